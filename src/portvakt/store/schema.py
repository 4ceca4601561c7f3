"""Is the schema current? Asked at every start, so without loading the migrations' machinery."""

from __future__ import annotations

from pathlib import Path

import psycopg

_STEPS = Path(__file__).parent.parent / "migrations" / "versions"


def newest() -> str:
    """The id of the last step: files are `<id>_<topic>.py` and run in the order of their names."""
    return max(path.name.partition("_")[0] for path in _STEPS.glob("[0-9]*_*.py"))


def is_current(url: str) -> bool:
    """Whether this database has run the last step. False also where it has run none."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        if connection.execute("select to_regclass('public.alembic_version')").fetchone() == (None,):
            return False
        return connection.execute("select version_num from alembic_version").fetchone() == (
            newest(),
        )
