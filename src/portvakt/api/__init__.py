"""The JSON face: `/v1`, `/problems/<id>`, the OpenAPI document and its page (docs: the JSON face).

`routes(portvakt)` gives what `app.py` puts into the application. FastAPI routes and describes `/v1`;
reading, checking and answering are plain functions (`wire.py`, `body.py`, `shape.py`), because the
contract's refusals and problems are ours to word. The hot read stands in front of it, bare.
"""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from portvakt import __version__
from portvakt.api import console, decisions, flows, openapi, page, reads, sandbox, wire
from portvakt.core import Portvakt


def build(portvakt: Portvakt) -> FastAPI:
    """The application under `/v1`, without FastAPI's own pages, redirects and error answers."""
    api = FastAPI(
        title="Portvakt",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would be built from the Host header (A38)
        exception_handlers={HTTPException: wire.http_problem},
    )
    api.add_middleware(wire.Guard)
    api.state.portvakt = portvakt
    for module in (
        flows,
        reads,
        decisions,
        console,
        *([sandbox] if portvakt.sandbox is not None else []),
    ):
        # not include_router, which nests: `Allow` is answered from one flat list
        api.router.routes.extend(module.router.routes)
    api.router.routes.extend(
        [
            Route("/openapi.json", openapi.serve, methods=["GET"]),
            Route("/docs", page.docs, methods=["GET"]),
            Route("/docs/{file}", page.asset, methods=["GET"]),
        ]
    )
    return api


class _Under(Mount):
    """A mount that has every path below it. Starlette's own leaves out those with a line break,
    which would be answered by the pages, as HTML."""

    def __init__(self, path: str, app: ASGIApp) -> None:
        super().__init__(path, app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


def routes(portvakt: Portvakt) -> list[BaseRoute]:
    """In this order: the hot read in front of the application that would also match its path."""
    hot: Any = wire.Guard(reads.Me())
    return [
        Route("/v1/me", hot),
        _Under("/v1", build(portvakt)),
        Route("/problems/{id}", page.problem, methods=["GET"]),
    ]
