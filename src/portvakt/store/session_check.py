"""The one asynchronous path: is this session alive, and what does GET /v1/me say? One statement, no
writes (ADR 0002). When a session was last used is noted in memory and written in batches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, cast

import psycopg
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from portvakt import rules
from portvakt.model import Client, Session
from portvakt.store.tx import DatabaseBusy

_SQL: Final = """
select s.id, s.account, s.client, s.device, s.created_at, s.expires_at, s.last_used_at, s.proofs,
  a.language, a.zone,
  (select json_agg(json_build_array(c.kind, c.address, c.registered, c.bound_at))
     from channels c where c.account = s.account and c.removed_at is null),
  array(select f.kind from factors f where f.account = s.account and f.removed_at is null),
  t.now
from sessions s join accounts a on a.id = s.account, (select portvakt_now() as now) t
where s.token_hash = %b and s.ended_at is null and s.expires_at > t.now and s.last_used_at > t.now - %s::interval
"""
_NOTE_AFTER: Final = timedelta(seconds=60)


class SessionReader:
    """Runs the statement on its own small asynchronous pool (autocommit)."""

    def __init__(self, url: str, *, idle: timedelta, size: int = 8) -> None:
        self._idle = f"{idle.total_seconds()} seconds"
        self._pool: AsyncConnectionPool = AsyncConnectionPool(
            url, min_size=1, max_size=size, timeout=5, open=False, name="session-check",
            kwargs={"autocommit": True, "row_factory": tuple_row, "application_name": "portvakt-session",
                    "options": "-c timezone=UTC -c statement_timeout=5s", "prepare_threshold": 1},
        )  # fmt: skip
        #: ids of sessions used since the last flush; the caller drains it into `sessions.touch`
        self.used: set[str] = set()

    async def open(self) -> None:
        await self._pool.open(wait=True, timeout=15)

    async def close(self) -> None:
        await self._pool.close()

    async def find(self, token_hash: bytes) -> Session | None:
        """The live session with all that it says about its account, or None."""
        try:
            async with self._pool.connection() as connection:
                cursor = await connection.execute(_SQL, [token_hash, self._idle], binary=False)
                row = await cursor.fetchone()
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise DatabaseBusy from error  # never "no session": nobody is signed out by an outage
        if row is None:
            return None
        (
            sid,
            account,
            client,
            device,
            created,
            expires,
            last,
            proofs,
            language,
            zone,
            channels,
            factors,
            now,
        ) = row
        if now - last > _NOTE_AFTER:
            self.used.add(sid)
        identifiers = tuple(
            {"kind": k, "value": a, "registered": r, "since": datetime.fromisoformat(since)}
            for k, a, r, since in sorted(channels or (), key=lambda c: (not c[2], c[0]))
        )
        kinds = frozenset(str(i["kind"]) for i in identifiers)
        second = rules.second_factors_of(frozenset(factors), kinds)
        return Session(
            id=sid, account=account, client=cast(Client, client), device=device, created_at=created,
            expires_at=expires, last_used_at=last, level=rules.level_of(second, len(kinds)),
            proofs=tuple(proofs), identifiers=identifiers, language=language, zone=zone,
        )  # fmt: skip
