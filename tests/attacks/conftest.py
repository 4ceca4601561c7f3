"""The attack catalogue, line by line, against the real application.

Every test here has a control: a build without the one defence, on which the test must fail
(tests/controls). A test that could not fail would prove nothing.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from portvakt.settings.loading import save_private
from tests.database import Database
from tests.people import Person, holder, people, person, stranger
from tests.serving import sandbox_settings

__all__ = ["holder", "person", "stranger"]

Own = Mapping[str, Mapping[str, Any]]
Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def sql(database: Database) -> Iterator[Sql]:
    """Looks into this module's database, or changes it, as nobody outside can."""
    with psycopg.connect(database.admin_url, autocommit=True) as admin:

        def run(statement: str, *values: object) -> list[tuple[Any, ...]]:
            found = admin.execute(statement, values or None)
            return found.fetchall() if found.description else []

        yield run


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Nodes:
    """Serving processes of their own on one database; their logs stand in files."""

    def __init__(self, origins: list[str], logs: list[Path]) -> None:
        self.origins, self.logs = origins, logs


@pytest.fixture(scope="module")
def nodes(
    database: Database, tmp_path_factory: pytest.TempPathFactory, own_settings: Own
) -> Iterator[Nodes]:
    """Two nodes, as a platform runs them: two processes, one PostgreSQL."""
    folder: Path = tmp_path_factory.mktemp("nodes")
    running: list[subprocess.Popen[bytes]] = []
    origins: list[str] = []
    logs: list[Path] = []
    for number in range(2):
        port = _free_port()
        more = {**own_settings, "serve": {**own_settings.get("serve", {}), "port": port}}
        settings = sandbox_settings(database, folder / "portvakt.keys", more)
        config = folder / f"node{number}.json"
        save_private(settings, config)
        logs.append(folder / f"node{number}.log")
        with logs[-1].open("wb") as log:
            running.append(
                subprocess.Popen(
                    [sys.executable, "-m", "portvakt.serving"],
                    env={**os.environ, "PORTVAKT_CONFIG": str(config)}, stdout=log, stderr=log,
                )
            )  # fmt: skip
        origins.append(f"http://127.0.0.1:{port}")
    try:
        for process, origin, log_file in zip(running, origins, logs, strict=True):
            _wait_until_ready(process, origin, log_file)
        yield Nodes(origins, logs)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)


def _wait_until_ready(process: subprocess.Popen[bytes], origin: str, log: Path) -> None:
    patience = time.monotonic() + 40
    while True:
        if process.poll() is not None or time.monotonic() > patience:
            raise RuntimeError(f"a node did not start: {log.read_text()[-2000:]}")
        try:
            if httpx.get(f"{origin}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)


@pytest.fixture
def at_nodes(nodes: Nodes) -> Iterator[Callable[..., Person]]:
    """People: `at_nodes()` talks to the first node, `at_nodes(at=1)` to the second."""
    with people(*nodes.origins) as make:
        yield make
