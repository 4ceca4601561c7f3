"""The web application: pages, the JSON face, health and metrics over one core."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from starlette.applications import Starlette

from portvakt import api, console, metrics, web
from portvakt.core import Portvakt
from portvakt.settings import Settings, load


def build(settings: Settings) -> Starlette:
    """The ASGI application. SettingsError when the settings cannot be used."""
    portvakt = Portvakt(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await anyio.to_thread.run_sync(portvakt.open)
        await portvakt.session_reader.open()
        try:
            yield
        finally:
            await portvakt.session_reader.close()
            await anyio.to_thread.run_sync(portvakt.close)

    # the JSON face first: its first route is the hot read, and routes are tried one after another
    parts = (api, metrics, console, web)
    app = Starlette(routes=[route for part in parts for route in part.routes(portvakt)],
                    lifespan=lifespan, exception_handlers=web.exception_handlers())  # fmt: skip
    app.state.portvakt = portvakt
    return app


def create() -> Starlette:
    """For `uvicorn --factory`: settings from $PORTVAKT_CONFIG and the environment."""
    return build(load())
