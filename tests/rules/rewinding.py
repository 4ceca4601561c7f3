"""A database that can be taken back to where it was: what a search tries leaves no trace for the next
try. The statements are the real ones on a real PostgreSQL; only the outermost COMMIT never comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import psycopg
from psycopg.rows import DictRow, dict_row

from portvakt.core import Portvakt
from portvakt.jobs import Jobs
from portvakt.policy import ACTIONS, Row
from portvakt.ports.mail import MemoryMailer
from portvakt.ports.passwords import PasswordHasher
from portvakt.ports.sms import MemorySms
from portvakt.sandbox import Sandbox
from portvakt.store.tx import Database, Tx
from portvakt.team import Team
from tests.rules.players import Place


class Rewinding(Database):
    """One connection; each transaction of the service is a savepoint of one that is open all the time.
    Connected as the schema's owner, who may move the clock inside it too."""

    def __init__(self, owner_url: str) -> None:
        super().__init__(owner_url)
        self._connection: psycopg.Connection[DictRow] = psycopg.connect(
            owner_url,
            row_factory=dict_row,
            options="-c timezone=UTC -c plan_cache_mode=force_generic_plan",
        )

    def close(self) -> None:
        self._connection.rollback()
        self._connection.close()

    @contextmanager
    def tx(self) -> Iterator[Tx]:
        with self._connection.transaction():
            yield Tx(self._connection)

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """What happens inside did not happen."""
        with self._connection.transaction(force_rollback=True):
            yield

    def passes(self, seconds: float) -> None:
        with self.tx() as tx:
            tx.run("update clock set shift = shift + make_interval(secs => %s)", [seconds])


class RewindingPlace(Place):
    def __init__(
        self, portvakt: Portvakt, db: Rewinding, actions: Mapping[str, Row] = ACTIONS
    ) -> None:
        quick = PasswordHasher(memory_kib=64, time_cost=1, parallelism=1, threads=1, queue=64)
        super().__init__(portvakt, db, replace(portvakt.kit, hasher=quick, actions=actions))
        self.rewinding = db
        self._jobs = Jobs(db, self.kit, MemoryMailer(), MemorySms(), portvakt.operator,
                          keep_sent=True, resume=self._resume)  # fmt: skip
        self.sandbox = Sandbox(db, self.kit, self._jobs, portvakt.operator, "", ("", ""))

    def _resume(self) -> bool:
        moved = [self.door.resume(flow) for flow in self.door.due()]
        return any(moved)

    @property
    def team(self) -> Team:
        """The operator's command."""
        return Team(self.db, self.kit, self.door.by_command)

    def passes(self, seconds: float) -> None:
        """Time goes by, and what is due is done."""
        self.rewinding.passes(seconds)
        self._jobs.sweep()
