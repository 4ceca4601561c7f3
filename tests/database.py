"""A real PostgreSQL for the tests: one server per run, one database per test module.

The first worker that needs it starts the embedded server and migrates a template; every worker
joins the same server, and every module gets its own copy of the template, made in some 30 ms.
The run's controller removes the folder at the end.
"""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from portvakt import migrations
from portvakt.ports.embedded_postgres import APP, OWNER, EmbeddedPostgres, database_grants

_FOLDER = "PORTVAKT_TEST_DATA"
_MIGRATIONS = Path(migrations.__file__).parent / "versions"
#: named after the migrations: a control that takes a rule out of the schema gets its own
_TEMPLATE = "portvakt_template_" + hashlib.sha256(
    b"".join(file.read_bytes() for file in sorted(_MIGRATIONS.iterdir()) if file.is_file())
).hexdigest()[:8]  # fmt: skip
_OURS = pytest.StashKey[bool]()  # set in the process that made the folder


@dataclass(frozen=True, slots=True)
class Database:
    """A database of a test's own. The URLs are libpq URIs for the two roles, `admin_url` for the
    superuser (to look at what the app's role may not see)."""

    name: str
    owner_url: str
    app_url: str
    admin_url: str


@dataclass(frozen=True, slots=True)
class Server:
    """The run's server."""

    postgres: EmbeddedPostgres

    def urls(self, name: str) -> Database:
        url = self.postgres.url
        return Database(name, url(OWNER, name), url(APP, name), url("postgres", name))

    def create(self, name: str, template: str) -> Database:
        """A new database, copied from a template."""
        with psycopg.connect(self.postgres.admin_url, autocommit=True) as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER)
                )
            )
        made = self.urls(name)
        with psycopg.connect(made.admin_url, autocommit=True) as admin:
            for statement in database_grants(name):
                admin.execute(statement)
        return made

    def drop(self, name: str) -> None:
        with psycopg.connect(self.postgres.admin_url, autocommit=True) as admin:
            admin.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def migrated_template(self) -> None:
        """Makes and migrates the template, once per run whoever comes first."""
        from portvakt.store import migrate

        with (self.postgres.data / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = self.postgres.data / f"{_TEMPLATE}.done"
            if done.exists():
                return
            self.drop(_TEMPLATE)
            made = self.create(_TEMPLATE, "template0")
            migrate.upgrade(made.owner_url)
            done.touch()


def pytest_configure(config: pytest.Config) -> None:
    """The controller chooses the folder's name; workers inherit it with the environment, and so do
    the runs inside this run that try the controls (tests/controls)."""
    if hasattr(config, "workerinput") or _FOLDER in os.environ:
        return
    config.stash[_OURS] = True
    above = Path(tempfile.mkdtemp(prefix="portvakt-tests-", dir=_roomy()))
    # As root the server runs as another user, who must be able to walk through this folder of ours.
    above.chmod(0o711)
    os.environ[_FOLDER] = str(above / "pg")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not config.stash.get(_OURS, False):
        return
    folder = Path(os.environ.pop(_FOLDER))
    if folder.exists():
        # A worker that crashed may have left the server running: join it and be the last to leave.
        with EmbeddedPostgres(folder, durable=False):
            pass
    shutil.rmtree(folder.parent, ignore_errors=True)


def _roomy() -> str:
    """Where a short path is sure to have room for a socket."""
    return "/var/tmp" if Path("/var/tmp").is_dir() else tempfile.gettempdir()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The run's PostgreSQL server, started by whoever needs it first."""
    with EmbeddedPostgres(Path(os.environ[_FOLDER]), durable=False) as running:
        yield Server(running)


_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def new_database(postgres: Server) -> Iterator[Callable[[], Database]]:
    """Makes further migrated databases, for a test that must be alone in one."""
    made: list[str] = []

    def make() -> Database:
        postgres.migrated_template()
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        made.append(f"test_{worker}_{os.getpid()}_{next(_numbers)}")
        return postgres.create(made[-1], _TEMPLATE)

    yield make
    for name in made:
        postgres.drop(name)


@pytest.fixture
def new_empty_database(postgres: Server) -> Iterator[Database]:
    """A database with the roles' rights but without the schema: for the migrations' own tests."""
    name = f"empty_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(_numbers)}"
    yield postgres.create(name, "template0")
    postgres.drop(name)


@pytest.fixture(scope="module")
def database(new_database: Callable[[], Database]) -> Database:
    """This module's own migrated database: `owner_url`, `app_url`."""
    return new_database()
