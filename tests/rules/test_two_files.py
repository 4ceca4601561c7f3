"""The promise of docs/architecture.md: a new sensitive action is two files, a row and an `apply`. This one
gives up the account's e-mail address, and writes no consequence by hand: hold, quarantine, ended
sessions, notices and audit all follow from its row."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from portvakt import messages
from portvakt.actions import APPLY
from portvakt.actions.base import Action
from portvakt.core import Portvakt
from portvakt.factors.base import Scene
from portvakt.flow import Door
from portvakt.model import Answer, Outcome, Refusal
from portvakt.policy import ACTIONS, DAY, Ask, Row, page
from portvakt.store import accounts
from tests.core.conftest import Holder, key_file, portvakt  # noqa: F401  fixtures
from tests.database import Database

ROW = Row(pages=(page("password", Ask.PASSWORD), page("second_factor", Ask.SECOND_OR_CODE)),
          releases=("email",), quarantine=30 * DAY, kind="email")  # fmt: skip


class GiveUpEmail(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        channel = scene.facts.channel("email")
        if channel is None:
            return Refusal("not_offered")
        accounts.remove_channel(scene.tx, channel.id, scene.now)
        return Outcome(scene.owner)


@pytest.fixture
def holder(portvakt: Portvakt) -> Iterator[Holder]:  # noqa: F811
    """Somebody at a door that knows one action more."""
    kit = replace(portvakt.kit, actions={**ACTIONS, "give_up_email": ROW})
    old = portvakt.door
    messages.strict(False)  # it has no words of its own
    portvakt.door = Door(portvakt.db, kit, {**APPLY, "give_up_email": GiveUpEmail()})
    yield Holder(portvakt)
    portvakt.door = old


def _gives_up(holder: Holder) -> Answer:
    begun = holder.start("give_up_email", password="fyra helt olika ord utan mening")
    return holder.submit(begun, email_code=holder.code())


@pytest.mark.proves("S20", "S37", "S38", "S68", "S75", "S100", "A55")
def test_everything_a_row_causes_happens_without_a_line_in_the_action(
    holder: Holder, database: Database
) -> None:
    holder.signs_up()
    first = holder.caller
    holder.signs_in()
    done = _gives_up(holder)
    assert done.flow.status == "done", done
    assert done.result is not None
    until = done.result["holds"][0]["until"]
    assert done.result["quarantine"][0]["until"] - until == timedelta(days=29)
    reads, sandbox = holder.portvakt.reads, holder.portvakt.sandbox
    assert sandbox is not None
    (hold,) = reads.holds(holder.account)
    assert hold["cause"] == "give_up_email"
    assert hold["ends"] - hold["starts"] == timedelta(hours=24)
    assert [s["this"] for s in reads.sessions(holder.account, _this(holder))] == [True]
    assert first.session is not None
    with psycopg.connect(database.admin_url) as admin:
        told = admin.execute(
            "select count(*) from messages where flow = %s and template = 'notice'", [done.flow.id]
        ).fetchone()
        written = admin.execute(
            "select count(*) from audit where flow = %s and event = 'done'", [done.flow.id]
        ).fetchone()
    assert told == (1,), "the address that was given up is told"
    assert written == (1,)


def _this(holder: Holder) -> str:
    assert holder.caller.session is not None
    return holder.caller.session.id


@pytest.mark.proves("S37", "S68", "A59", "A60")
def test_a_quarantined_identifier_looks_free_and_is_not_in_any_spelling(holder: Holder) -> None:
    holder.signs_up()
    _gives_up(holder)
    free = Holder(holder.portvakt)
    stranger = Holder(holder.portvakt, email=holder.email.upper())
    answers = [h.start("sign_up", identifier=h.email, robot="sandbox") for h in (free, stranger)]
    shapes = [[(f.name, f.kind) for f in a.step.fields] for a in answers if a.step]
    assert shapes[0] == shapes[1]
    sandbox = holder.portvakt.sandbox
    assert sandbox is not None
    assert not [m for m in sandbox.messages(holder.email.upper()) if m["code"]]
    wrong = stranger.submit(answers[1], email_code="123456")
    assert wrong.refusal is not None
    assert wrong.refusal.id == "wrong_code"


@pytest.mark.proves("S68", "A59")
def test_the_quarantine_ends_by_itself_to_the_second_and_one_of_many_wins(holder: Holder) -> None:
    holder.signs_up()
    _gives_up(holder)
    sandbox = holder.portvakt.sandbox
    assert sandbox is not None
    sandbox.advance(timedelta(days=30) - timedelta(seconds=30))
    early = Holder(holder.portvakt, email=holder.email)
    early.start("sign_up", identifier=early.email, robot="sandbox")
    assert not _fresh_codes(holder), "thirty seconds too early"
    sandbox.advance(timedelta(seconds=31))
    ready = []
    for _ in range(6):
        person = Holder(holder.portvakt, email=holder.email)
        begun = person.start("sign_up", identifier=person.email, robot="sandbox")
        ready.append((person, person.submit(begun, email_code=person.code())))
    with ThreadPoolExecutor(6) as pool:
        ends = list(pool.map(_chooses_password, ready))
    assert sorted(e.flow.status for e in ends) == ["done"] + ["refused"] * 5
    assert {e.refusal.id for e in ends if e.refusal} == {"identifier_unavailable"}


def _fresh_codes(holder: Holder) -> list[object]:
    sandbox = holder.portvakt.sandbox
    assert sandbox is not None
    newest = sandbox.messages(holder.email)[0]
    return [newest] if newest["code"] else []


def _chooses_password(ready: tuple[Holder, Answer]) -> Answer:
    person, begun = ready
    return person.submit(begun, new_password="fyra helt olika ord utan mening")


class Broken(GiveUpEmail):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        super().apply(scene)
        raise ZeroDivisionError("a bug in the middle")


@pytest.mark.proves("S75")
def test_a_bug_in_the_middle_changes_nothing_at_all(holder: Holder) -> None:
    holder.signs_up()
    known = holder.portvakt.door
    holder.portvakt.door = Door(holder.portvakt.db, known.kit, {**APPLY, "give_up_email": Broken()})
    with pytest.raises(ZeroDivisionError):
        _gives_up(holder)
    assert [i["kind"] for i in holder.portvakt.reads.factors(holder.account)].count(
        "email_code"
    ) == 1
    assert holder.portvakt.reads.holds(holder.account) == []
    holder.portvakt.door = known
    assert _gives_up(holder).flow.status == "done", "and it can be done afterwards"
