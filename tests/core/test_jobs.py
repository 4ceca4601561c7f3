"""Messages leave by jobs: written with their cause, tried again, given up when their time is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import psycopg
import pytest

from portvakt.core import Portvakt
from portvakt.jobs import Jobs
from portvakt.messages.compose import Composed
from portvakt.ports.delivery import PermanentFailure, TemporaryFailure
from tests.core.conftest import Holder
from tests.database import Database


@dataclass
class Fickle:
    """A mail server that fails as often as it is told to."""

    fails: list[Exception] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)

    def send(self, to: str, composed: Composed | str, *, message_id: str) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append((to, message_id))


def _jobs(portvakt: Portvakt, server: Fickle) -> Jobs:
    return Jobs(portvakt.db, portvakt.kit, server, server, portvakt.operator)


def _states(database: Database, flow: str) -> list[tuple[str, int, bool]]:
    with psycopg.connect(database.admin_url) as admin:
        return admin.execute(
            "select state::text, attempts, payload is null from messages where flow = %s "
            "order by created_at", [flow]).fetchall()  # fmt: skip


@pytest.mark.proves("S89")
def test_a_code_is_sent_by_a_job_and_never_in_the_request(
    portvakt: Portvakt, holder: Holder, database: Database
) -> None:
    server = Fickle()
    begun = holder.start("sign_up", identifier=holder.email, robot="sandbox")
    assert _states(database, begun.flow.id) == [("queued", 0, False)]
    _jobs(portvakt, server).deliver()
    assert [to for to, _ in server.sent] == [holder.email]
    assert _states(database, begun.flow.id) == [("sent", 1, True)], "its content is erased"


@pytest.mark.proves("A115")
def test_a_mail_server_that_is_away_is_tried_again_later(
    portvakt: Portvakt, holder: Holder, database: Database
) -> None:
    server = Fickle(fails=[TemporaryFailure("timeout")])
    begun = holder.start("sign_up", identifier=holder.email, robot="sandbox")
    jobs = _jobs(portvakt, server)
    jobs.deliver()
    assert _states(database, begun.flow.id) == [("queued", 1, False)]
    jobs.deliver()
    assert server.sent == [], "not before its time"
    assert portvakt.sandbox is not None
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("update clock set shift = shift + interval '20 seconds'")
    jobs.deliver()
    assert [to for to, _ in server.sent] == [holder.email]


@pytest.mark.proves("A115")
def test_an_address_that_is_refused_for_good_is_given_up(
    portvakt: Portvakt, holder: Holder, database: Database
) -> None:
    server = Fickle(fails=[PermanentFailure("refused", 550)])
    begun = holder.start("sign_up", identifier=holder.email, robot="sandbox")
    _jobs(portvakt, server).deliver()
    assert _states(database, begun.flow.id) == [("failed", 1, True)]


@pytest.mark.proves("A115", "S89")
def test_an_expired_code_is_never_sent(
    portvakt: Portvakt, holder: Holder, database: Database
) -> None:
    server = Fickle()
    begun = holder.start("sign_up", identifier=holder.email, robot="sandbox")
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        owner.execute("update clock set shift = shift + interval '11 minutes'")
    _jobs(portvakt, server).deliver()
    assert server.sent == []
    assert _states(database, begun.flow.id) == [("expired", 1, True)]


@pytest.mark.proves("S90", "S93")
def test_the_end_of_a_hold_comes_by_itself_and_is_told_once(
    portvakt: Portvakt, holder: Holder
) -> None:
    holder.signs_up()
    stranger = Holder(portvakt, email=holder.email)
    stranger.signs_in()  # a new device on an account without second factor holds ways out
    assert len(portvakt.reads.holds(holder.account)) == 1
    assert portvakt.sandbox is not None
    portvakt.sandbox.advance(timedelta(hours=24))
    assert portvakt.reads.holds(holder.account) == []
    portvakt.sandbox.advance(timedelta(minutes=5))
    told = [m for m in portvakt.sandbox.messages(holder.email) if "hold" in m["subject"].lower()
            or "withdraw" in m["subject"].lower()]  # fmt: skip
    assert len(told) == 1, [m["subject"] for m in portvakt.sandbox.messages(holder.email)]
