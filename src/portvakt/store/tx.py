"""Connections and transactions. All SQL lives in this package; edges never see it.

Flows, reads and jobs are synchronous (ADR 0002: no cancellation in the middle of a COMMIT). One
transaction = one `with db.tx() as tx`. Inside, the account row is locked first, flows after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool, PoolTimeout

Row = DictRow


class DatabaseBusy(Exception):
    """No connection or lock could be had in time, or the database is away: 503 with Retry-After.
    Whether a COMMIT under way took effect is then unknown, so what it spent counts as spent."""


_IN_THE_WAY = (psycopg.OperationalError, psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled,
               psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)  # fmt: skip


class Tx:
    """One open transaction. `now` is the database's clock plus the sandbox's shift."""

    __slots__ = ("_cursor", "connection", "statements")

    def __init__(self, connection: psycopg.Connection[DictRow]) -> None:
        self.connection = connection
        self._cursor = connection.cursor()  # one for all: every answer is read before the next asks
        self.statements = 0

    def all(self, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> list[Row]:
        self.statements += 1
        return self._cursor.execute(sql, params).fetchall()

    def one(self, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> Row | None:
        self.statements += 1
        return self._cursor.execute(sql, params).fetchone()

    def sure(self, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> Row:
        """The one row that must be there; its absence is a bug."""
        row = self.one(sql, params)
        if row is None:
            raise LookupError("the database answered no row")
        return row

    def run(self, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> int:
        """Executes; returns how many rows were touched."""
        self.statements += 1
        return self._cursor.execute(sql, params).rowcount

    def now(self) -> datetime:
        when: datetime = self.sure("select portvakt_now() as now")["now"]
        return when


class Database:
    """The app's pool of connections (role `portvakt_app`)."""

    def __init__(self, url: str, *, size: int = 12, wait: float = 5.0) -> None:
        self.url = url
        self._pool: ConnectionPool[psycopg.Connection[DictRow]] = ConnectionPool(
            url, min_size=1, max_size=size, timeout=wait, open=False, name="portvakt",
            kwargs={"row_factory": dict_row, "application_name": "portvakt",
                    # every statement finds its rows by a key: a plan of its own for each set of
                    # parameters costs more than it can win
                    "options": "-c plan_cache_mode=force_generic_plan "
                               "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=15s "
                               "-c idle_in_transaction_session_timeout=30s"},
        )  # fmt: skip

    def __repr__(self) -> str:
        return "Database(***)"

    def open(self) -> None:
        self._pool.open(wait=True, timeout=15)

    def close(self) -> None:
        self._pool.close()

    def stats(self) -> Mapping[str, int]:
        return self._pool.get_stats()

    @contextmanager
    def tx(self) -> Iterator[Tx]:
        """Commits at the end, rolls back on an exception. DatabaseBusy: see there."""
        try:
            with self._pool.connection() as connection:
                yield Tx(connection)
        except (PoolTimeout, *_IN_THE_WAY) as error:
            raise DatabaseBusy from error


def jsonb(value: Any) -> Jsonb:
    return Jsonb(value)
