"""Work that waits outside a request: send messages, sweep what is due, purge.

Jobs are written in the transaction of their cause (store/outbox.py) and run by `portvakt worker`.
Every one may run twice or be lost in the middle: messages are claimed by a conditional UPDATE, and the
sweep picks up whatever a dead worker left.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from portvakt import notify
from portvakt.factors.base import Kit
from portvakt.messages.compose import Operator, compose, compose_sms
from portvakt.ports.chance import choose, new_id
from portvakt.ports.clock import sleep
from portvakt.ports.delivery import PermanentFailure, TemporaryFailure
from portvakt.ports.mail import Mailer
from portvakt.ports.sms import SmsSender
from portvakt.store import (
    accounts,
    cases,
    changes,
    events,
    evidence,
    flows,
    holds,
    limits,
    links,
    messages,
    outbox,
    proposals,
    services,
    staff,
)
from portvakt.store.tx import Database, Row, Tx

if TYPE_CHECKING:
    import procrastinate

log = structlog.get_logger("portvakt.jobs")

_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(minutes=15)
_KEPT: Final = timedelta(days=30)  # metadata of messages that have left
_UNUSED_KEPT: Final = timedelta(days=2)  # evidence that no case took
_EVENTS_KEPT: Final = timedelta(days=90)  # for a platform that was away


class Jobs:
    """What the worker runs. `keep_sent` is the sandbox's mailbox: sent messages stay readable."""

    def __init__(self, db: Database, kit: Kit, mailer: Mailer, sms: SmsSender, operator: Operator, *,
                 keep_sent: bool = False, resume: Callable[[], bool] = lambda: False) -> None:  # fmt: skip
        self._db, self._kit, self._mailer, self._sms = db, kit, mailer, sms
        self._operator, self._keep, self._resume = operator, keep_sent, resume

    # ── messages ────────────────────────────────────────────────────────────────────────────────

    def deliver(self, message: str | None = None) -> int:
        """Sends one message, or all that are due; returns how many were taken."""
        with self._db.tx() as tx:
            taken = messages.claim(tx, tx.now(), message=message)
        for row in taken:
            self._deliver(row)
        return len(taken)

    def _deliver(self, row: Row) -> None:
        with self._db.tx() as tx:
            now = tx.now()
            if row["expires_at"] <= now:  # an expired code is never sent (A115)
                messages.give_up(
                    tx, row["id"], "expired", "its time was over before it could be sent"
                )
                return
        try:
            self._send(row)
        except PermanentFailure as failure:
            log.warning(
                "message_failed", message=row["id"], channel=row["channel"], why=str(failure)
            )
            with self._db.tx() as tx:
                messages.give_up(tx, row["id"], "failed", str(failure)[:200])
        except TemporaryFailure as failure:
            wait = min(_FIRST_WAIT * 2 ** min(row["attempts"], 10), _LONGEST_WAIT)
            log.info("message_waits", message=row["id"], channel=row["channel"], attempt=row["attempts"],
                     why=str(failure))  # fmt: skip
            with self._db.tx() as tx:
                messages.again(tx, row["id"], tx.now() + wait, str(failure)[:200])
                outbox.wake(tx, row["id"], wait)
        else:
            with self._db.tx() as tx:
                messages.sent(tx, row["id"], tx.now(), keep=self._keep)

    def _send(self, row: Row) -> None:
        if row["template"] == outbox.NOTHING:
            raise PermanentFailure("there is nobody to tell")
        body = outbox.unpack(self._kit.keys, row["id"], row["payload"])
        what = (row["template"], body["params"], body["language"], body["zone"], self._operator)
        if row["channel"] == "email":
            self._mailer.send(body["to"], compose(*what), message_id=row["id"])
        else:
            self._sms.send(body["to"], compose_sms(*what), message_id=row["id"])

    # ── due work ────────────────────────────────────────────────────────────────────────────────

    def sweep(self) -> None:
        """Everything whose time has come: expired flows, ended holds, stuck messages, old rows."""
        with self._db.tx() as tx:
            now = tx.now()
            flows.expire(tx, now)
            self._cases(tx, now)
            proposals.expire(tx, now)
        while self._resume():
            pass
        while self._tell_ended_holds():
            pass
        while self.deliver():
            pass
        with self._db.tx() as tx:
            limits.purge(tx, now - timedelta(days=2))
            services.purge(tx, now)
            messages.purge(tx, now - _KEPT)
            links.purge(tx, now)
            changes.forget_secrets(tx, now)
            events.purge(tx, now - _EVENTS_KEPT)
            flows.purge(tx, now - _KEPT)

    def _cases(self, tx: Tx, now: datetime) -> None:
        """A drawn reviewer who has not voted for a business day is drawn anew; an overdue case is said
        aloud, and never approves itself (S56, A103); evidence past its time is forgotten."""
        cases.stop_expired(tx)
        for case in cases.to_redraw(tx):
            if self._kit.calendar.end_of(1, case["drawn_at"]) <= now:
                without = {*cases.approvals(tx, case), case["second"]}
                able = staff.able(tx, case["account"], without)
                if able:  # with nobody else to draw the one who was drawn stays
                    cases.draw(tx, case["flow"], choose(able), now)
        for late in cases.overdue(tx, now):
            log.warning("case_overdue", flow=late["flow"])
            notify.voters(tx, self._kit, {"action": "case_overdue", "case": late["number"]}, now)
        evidence.erase_old(tx, now - self._kit.evidence_kept, now - _UNUSED_KEPT)

    def _tell_ended_holds(self) -> bool:
        """A hold's end needs nobody's action (S93); its holder is told once (S90), and not while
        another hold goes on: that would read as if money could move."""
        with self._db.tx() as tx:
            now = tx.now()
            ended = holds.ended_untold(tx, now)
            for row in ended:
                facts = accounts.facts(tx, row["account"])
                if facts.account is None or facts.holds:
                    continue
                params = {"action": "hold_ended", "at": row["ends_at"], "cause": row["cause"]}
                notify.everywhere(tx, self._kit, row["account"], params, now=now, facts=facts)
                events.add(
                    tx, new_id("evt"), row["account"], "hold", "ended", {"cause": row["cause"]}, now
                )
        return bool(ended)

    def settle(self, seconds: float = 20.0) -> None:
        """Runs all due work and waits for what another worker has taken (sandbox, tests)."""
        self.sweep()
        self.deliver_all(seconds)

    def deliver_all(self, seconds: float = 5.0) -> None:
        """Sends what is due and waits for what another worker is just sending (sandbox, tests)."""
        waited = 0.0
        while waited < seconds:
            self.deliver()
            with self._db.tx() as tx:
                if messages.unsettled(tx, tx.now()) == 0:
                    return
            sleep(0.02)
            waited += 0.02


def worker_app(jobs: Jobs, url: str) -> procrastinate.App:
    """The job queue's application for `portvakt worker`: the two tasks by the names that the outbox
    defers, the sweep once a minute."""
    import procrastinate  # late: the serving processes carry `Jobs` for the sandbox, and no queue

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(
        conninfo=url, min_size=1, max_size=4, kwargs={"application_name": "portvakt-worker"}))  # fmt: skip

    @app.task(name=outbox.DELIVER, queue="messages", pass_context=False)
    def deliver(message: str) -> None:
        jobs.deliver(message)

    @app.periodic(cron="* * * * *")
    @app.task(name=outbox.SWEEP, queue="sweep", queueing_lock="sweep")
    def sweep(timestamp: int) -> None:
        jobs.sweep()

    return app
