"""What is measured: Portvakt as an operator starts it, and the bare server on the same database."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg

from bench import load, processes
from bench.statements import StatementLog
from portvakt.core import Portvakt
from portvakt.model import Answer, Caller
from portvakt.ports.crypto import Keys
from portvakt.ports.embedded_postgres import EmbeddedPostgres
from portvakt.settings import Settings
from portvakt.store import migrate

WORKERS: Final = 2
PASSWORD: Final = "fyra helt olika ord utan mening"
#: Raised so that the load is never refused; as many windows each as the product's own, so that as
#: many rows are counted.
LIMITS: Final = {
    "password.device": "1000000/15m",
    "flow.network": "1000000/1m, 1000000/1h",
    "try.network": "1000000/1m, 1000000/1h",
}
_BARE_OPTIONS: Final = ("--loop", "uvloop", "--http", "httptools", "--ws", "none", "--no-access-log",
                        "--no-server-header", "--no-proxy-headers", "--log-level", "warning")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holder:
    """An account without a second factor, its live session, and the device it signs in from."""

    identifier: str
    session: str
    device: str
    ip: str


class Stand:
    """Running servers. `api` is Portvakt's origin, `bare` the bare server's."""

    def __init__(self, folder: Path, accounts: int, generator: str = "") -> None:
        self.folder, self.data = folder, folder / "data"
        self.postgres = EmbeddedPostgres(self.data / "postgres")
        self._accounts = accounts
        self.generator = generator or load.generator()
        self._stack = ExitStack()
        self.holders: list[Holder] = []
        self.session_ids: list[str] = []

    def __enter__(self) -> Stand:
        try:
            self._stack.enter_context(self.postgres)
            self._seed()
            self.portvakt = self._stack.enter_context(self.serve())
            self.api = self.portvakt.url.removesuffix("/readyz")
            self.bare_server = self._stack.enter_context(self._serve_bare())
            self.bare = self.bare_server.url.removesuffix("/")
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    # ── servers ─────────────────────────────────────────────────────────────────────────────────

    def serve(self) -> processes.Server:
        """`portvakt serve --embedded`: two serving processes and the worker, ready when the
        database answers."""
        port, config = free_port(), self.folder / "bench.json"
        # Each account comes from a network of its own, through a proxy, as in life: were all of one
        # network, the row that counts it would be the bottleneck and not the service.
        config.write_text(json.dumps({
            "serve": {"trusted_proxies": ["127.0.0.1/32"], "log_level": "warning"},
            "operator": {"base_url": f"http://127.0.0.1:{port}"},
            "limits": LIMITS,
            # Never reached: a sign-in from a known device sends nothing.
            "mail": {"smtp_url": "smtp://127.0.0.1:9", "from": "bench@example.com"},
        }))  # fmt: skip
        command = [sys.executable, "-m", "portvakt.cli", "serve", "--config", str(config), "--embedded",
                   "--data", str(self.data), "--port", str(port), "--workers", str(WORKERS)]  # fmt: skip
        url = f"http://127.0.0.1:{port}/readyz"
        return processes.Server(command, url, self.folder / "portvakt.log", {})

    def _serve_bare(self) -> processes.Server:
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "bench.bare:app", "--port", str(port),
                   "--workers", str(WORKERS), *_BARE_OPTIONS]  # fmt: skip
        env = {"BENCH_DATABASE": self.postgres.app_url,
               "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}  # fmt: skip
        log = self.folder / "bare.log"
        return processes.Server(command, f"http://127.0.0.1:{port}/", log, env)

    def database_processes(self) -> list[psutil.Process]:
        pid = (self.data / "postgres/server/cluster/postmaster.pid").read_text().split("\n", 1)[0]
        return processes.tree(int(pid))

    # ── accounts ────────────────────────────────────────────────────────────────────────────────

    def _seed(self) -> None:
        """Signs people up through the door, in a sandbox that is gone before anything is measured."""
        migrate.upgrade(self.postgres.owner_url)
        keys = self.data / "portvakt.keys"
        Keys.generate().save(keys)
        base = Settings.model_validate({"keys": {"file": str(keys)}, "sandbox": {}})
        settings = base.with_database(self.postgres.app_url, self.postgres.owner_url)
        with Portvakt(settings).running() as portvakt:
            self.holders = [_signed_up(portvakt, n) for n in range(self._accounts)]
            portvakt.jobs.deliver()
        with psycopg.connect(self.postgres.owner_url, autocommit=True) as owner:
            self.session_ids = [row[0] for row in owner.execute("select id from sessions")]
            owner.execute((Path(__file__).parent / "crowd.sql").read_bytes())

    def argon2(self) -> Sequence[str]:
        """The parameters of the passwords, as the hash itself tells them: memory, time, lanes."""
        hasher = Settings().passwords
        return [str(n) for n in (hasher.memory_kib, hasher.time_cost, hasher.parallelism)]

    # ── loads ───────────────────────────────────────────────────────────────────────────────────

    def sign_ins(self, connections: int = 8) -> load.Load:
        """One POST with identifier and password, from a known device."""
        requests = [
            load.post(self.api, "/v1/flows",
                      {"action": "sign_in", "inputs": {"identifier": h.identifier, "password": PASSWORD}},
                      portvakt_device=h.device, portvakt_client="ios", x_forwarded_for=h.ip)
            for h in self.holders
        ]  # fmt: skip
        return load.Load(
            self.api, requests, connections, must='"session_token":"pvs_', by=self.generator
        )

    def checks(self, connections: int) -> load.Load:
        """`GET /v1/me` with live sessions."""
        requests = [
            load.get(self.api, "/v1/me", authorization=f"Bearer {h.session}") for h in self.holders
        ]
        return load.Load(self.api, requests, connections, by=self.generator)

    def selects(self, connections: int) -> load.Load:
        """One bare indexed SELECT per request."""
        requests = [load.get(self.bare, f"/{session}") for session in self.session_ids]
        return load.Load(self.bare, requests, connections, by=self.generator)

    # ── statements ──────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def statements_logged(self) -> Iterator[StatementLog]:
        """Lets the database write down every statement while this lasts."""
        log = self.data / "postgres/server/postgres.log"
        mark = "portvakt-bench"
        settings = {"log_statement": "all", "log_line_prefix": f"{mark} %a|"}
        with psycopg.connect(self.postgres.admin_url, autocommit=True) as admin:
            for name, value in settings.items():
                admin.execute(f"alter system set {name} = '{value}'")
            admin.execute("select pg_reload_conf()")
            time.sleep(0.3)
            try:
                yield StatementLog(log, mark)
            finally:
                for name in settings:
                    admin.execute(f"alter system reset {name}")
                admin.execute("select pg_reload_conf()")
                time.sleep(0.3)


def _signed_up(portvakt: Portvakt, number: int) -> Holder:
    email, ip = f"holder{number}@example.com", f"198.18.{number // 250}.{number % 250 + 1}"
    caller = Caller(client="ios", ip=ip)
    first = portvakt.door.start("sign_up", {"identifier": email, "robot": "sandbox"}, caller)
    assert isinstance(first, Answer), first
    flow, token = first.flow.id, str(first.flow.token)
    assert portvakt.sandbox is not None
    code = next(m["code"] for m in portvakt.sandbox.messages(email) if m["code"])
    inputs = {"email_code": code, "new_password": PASSWORD}
    last: Any = portvakt.door.submit(flow, token, caller, inputs=inputs)
    assert last.flow.status == "done", last
    return Holder(email, last.result["session_token"], last.result["device_token"], ip)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for a run, where the database's own user may walk through and the disk is a real
    one (fsync in a memory file system would cost nothing)."""
    above = "/var/tmp" if Path("/var/tmp").is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="portvakt-bench-", dir=above))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
