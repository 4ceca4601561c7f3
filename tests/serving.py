"""The real application on a real port of this machine, for every suite that talks HTTP to it.

A module that needs other settings overrides the fixture `own_settings`; each module has a database
and a clock of its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from portvakt.app import build
from portvakt.ports.crypto import Keys
from portvakt.settings import Settings
from tests.database import Database


def sandbox_settings(
    database: Database, keys: Path, more: Mapping[str, Mapping[str, Any]] | None = None
) -> Settings:
    """Settings of a sandbox on this database; `more` is laid over them, section by section."""
    if not keys.exists():
        Keys.generate().save(keys)
    sections: dict[str, dict[str, Any]] = {
        "operator": {"name": "Exchange", "base_url": "http://localhost:8700"},
        "database": {"url": database.app_url, "owner_url": database.owner_url, "embedded": True},
        "keys": {"file": str(keys)},
        "serve": {"trusted_proxies": ["127.0.0.1/32"]},
        "sandbox": {},
    }
    for name, values in (more or {}).items():
        sections[name] = {**sections.get(name, {}), **values}
    return Settings.model_validate(sections)


@contextmanager
def serving(app: Starlette, port: int = 0) -> Iterator[str]:
    """Runs the application in a thread; gives the origin that it listens on."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="error", proxy_headers=False, lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    patience = time.monotonic() + 20
    while not server.started:
        if not thread.is_alive() or time.monotonic() > patience:
            raise RuntimeError("the application did not start")
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture(scope="module")
def own_settings() -> Mapping[str, Mapping[str, Any]]:
    """What a module wants set otherwise, section by section."""
    return {}


@pytest.fixture(scope="module")
def settings(
    database: Database,
    tmp_path_factory: pytest.TempPathFactory,
    own_settings: Mapping[str, Mapping[str, Any]],
) -> Settings:
    return sandbox_settings(
        database, tmp_path_factory.mktemp("keys") / "portvakt.keys", own_settings
    )


@pytest.fixture(scope="module")
def app(settings: Settings) -> Starlette:
    return build(settings)


@pytest.fixture(scope="module")
def address(app: Starlette) -> Iterator[str]:
    """The origin that the application listens on."""
    with serving(app) as origin:
        yield origin
