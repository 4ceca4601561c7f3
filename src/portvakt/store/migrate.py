"""Brings a database to the current schema. Run by the owner's role, never by the serving process."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy
from alembic import command, script
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.pool import NullPool

_SCRIPTS = Path(__file__).parent.parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def _engine(owner_url: str) -> sqlalchemy.Engine:
    url = make_url(owner_url).set(drivername="postgresql+psycopg")
    return sqlalchemy.create_engine(url, poolclass=NullPool)


def upgrade(owner_url: str) -> None:
    """Runs every pending step in one transaction; nothing is left half done. One at a time: an
    advisory lock makes a second migrator wait."""
    engine = _engine(owner_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("select pg_advisory_xact_lock(7031)")
        command.upgrade(_config(connection), "head")
    engine.dispose()


def pending(owner_url: str) -> list[str]:
    """Ids of steps that this database has not run; empty when it is current."""
    engine = _engine(owner_url)
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    steps = script.ScriptDirectory.from_config(_config())
    return [s.revision for s in steps.iterate_revisions("head", at or "base")][::-1]
