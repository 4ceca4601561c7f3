"""A103-A105: our own people. Who decides what, what they may look at, and what none of them can do."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from portvakt import logs
from portvakt.policy import ACTIONS, PROPOSED
from tests.attacks import case_doing as case
from tests.attacks.doing import refusal
from tests.evidence_files import encoded, scene
from tests.people import Person
from tests.reviewers import Reviewer, drawn, reviewers

Make = Callable[..., Person]
Sql = Callable[..., list[tuple[Any, ...]]]
PICTURE = encoded(scene())
VIEWS = 12


@pytest.fixture(scope="module")
def own_settings() -> Mapping[str, Mapping[str, Any]]:
    return {"limits": {"case.views": f"{VIEWS}/1d"}}


@pytest.fixture
def colleague(stranger: Make, address: str, sql: Sql) -> Iterator[Callable[[Person], Reviewer]]:
    """Makes an account holder one of ours, for as long as the test lasts."""
    made = []
    reviewers(address)  # those of the sandbox were there before

    def join(person: Person) -> Reviewer:
        sql("insert into staff (account, name, role, added_at, active_from) values (%s, 'X', 'reviewer', "
            "portvakt_now(), portvakt_now())", person.account)  # fmt: skip
        made.append(person.account)
        return Reviewer(address, str(person.account), "X")

    yield join
    for account in made:
        sql("update staff set removed_at = portvakt_now() where account = %s", account)


# ── A103 ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A103")
def test_nobody_decides_about_himself_or_finds_his_own_case(
    stranger: Make, address: str, colleague: Callable[[Person], Reviewer]
) -> None:
    owner = case.settled(stranger())
    me = colleague(owner)
    number = case.applies(owner)["case"]
    assert me.case(number).status == 404
    assert number not in me.sees().words
    assert refusal(me.asks_to_vote(number, "approve")) == "own_case"
    assert reviewers(address)[0].case(number).status == 200


@pytest.mark.proves("A103")
def test_nobody_decides_about_somebody_from_the_same_network(
    stranger: Make, colleague: Callable[[Person], Reviewer], sql: Sql
) -> None:
    owner, friend = case.settled(stranger()), stranger().sign_up()
    number = case.applies(owner)["case"]
    me = colleague(friend)
    assert me.case(number).status == 200
    sql("update sessions s set network = o.network from sessions o where s.account = %s and o.account = %s",
        friend.account, owner.account)  # fmt: skip
    assert me.case(number).status == 404
    assert number not in me.sees().words
    assert refusal(me.asks_to_vote(number, "approve")) == "own_case"


@pytest.mark.proves("A103")
def test_a_vote_counts_only_after_every_picture_was_opened_whole(
    stranger: Make, address: str
) -> None:
    owner = case.settled(stranger())
    number = case.applies(owner, files=(PICTURE, PICTURE))["case"]
    one = reviewers(address)[0]
    files, browser = one.files(number), one.browser()
    for path in files:
        browser.ask("GET", f"{path}/preview")  # a glance is no look
    assert refusal(one.asks_to_vote(number, "approve")) == "evidence_unopened"
    browser.ask("GET", files[0])
    assert refusal(one.asks_to_vote(number, "approve")) == "evidence_unopened"
    browser.ask("GET", files[1])
    assert one.asks_to_vote(number, "approve")["flow"]["status"] == "done"


@pytest.mark.proves("A103")
def test_the_second_reviewer_is_drawn_and_nobody_else_takes_his_place(
    stranger: Make, address: str
) -> None:
    owner = case.settled(stranger())
    number = case.applies(owner)["case"]
    one, *others = reviewers(address)
    one.votes(number, "approve")
    second = drawn(address, number)
    (third,) = [r for r in others if r.account != second.account]
    assert second.account != one.account
    assert refusal(third.asks_to_vote(number, "approve")) == "not_drawn"
    assert refusal(one.asks_to_vote(number, "approve")) in ("not_drawn", "voted_already")
    assert case.state(owner, number) == "open"


@pytest.mark.proves("A103")
def test_who_is_no_longer_one_of_ours_neither_votes_nor_counts(
    stranger: Make, address: str, colleague: Callable[[Person], Reviewer], sql: Sql
) -> None:
    owner = case.settled(stranger())
    number = case.applies(owner)["case"]
    me = colleague(stranger().sign_up())
    me.votes(number, "approve")
    second = drawn(address, number)
    sql("update staff set removed_at = portvakt_now() where account = %s", me.account)
    second.votes(number, "approve")
    assert case.state(owner, number) == "open"
    drawn(address, number).votes(number, "approve")
    assert case.state(owner, number) == "approved"


# ── A104 ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A104")
def test_who_looks_at_more_cases_than_a_days_work_is_shown_no_more(
    stranger: Make, address: str
) -> None:
    owner = case.settled(stranger())
    number = case.applies(owner)["case"]
    one = reviewers(address)[2]
    owner.wait("24h")
    for _ in range(VIEWS):
        assert one.case(number).status == 200
        owner.wait("16m")  # a sitting is one look
    assert one.case(number).status == 429
    assert number in one.sees().words  # the queue says nothing about anybody


@pytest.mark.proves("A104")
def test_what_is_decided_is_not_to_be_read_again_by_reviewers(stranger: Make, address: str) -> None:
    owner = case.settled(stranger())
    number = case.applies(owner, files=(PICTURE,))["case"]
    one = reviewers(address)[0]
    (path,) = one.files(number)
    one.votes(number, "reject", alternatives="Look for the key.")
    assert one.case(number).status == 404
    assert one.browser().ask("GET", path).status_code == 404
    assert one.browser().ask("GET", f"{path}/preview").status_code == 404


@pytest.mark.proves("A104")
def test_every_look_is_in_the_holders_history_and_no_address_is_shown_in_full(
    stranger: Make, address: str
) -> None:
    owner = case.settled(stranger())
    sent = case.applies(owner, files=(PICTURE,))
    one = reviewers(address)[0].opens(sent["case"])
    html = one.case(sent["case"]).html + one.sees().html
    for known in (owner.email, owner.phone, str(owner.account)):
        assert known not in html
    flow = owner.sign_in()
    owner.wait("30s")
    owner.enter(owner.move(flow, inputs={"totp": owner.totp_code()}))
    said = [row["text"] for row in owner.ask("GET", "/v1/me/activity").json()]
    for words in ("looked at the application", "opened a file"):
        assert any(words in line for line in said), said


@pytest.mark.proves("A104", "A107")
def test_no_answer_and_no_reason_can_be_read_in_a_table_and_no_number_in_a_log(
    stranger: Make, address: str, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.StringIO()
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # put back afterwards
    logs.configure("info", human=False, stream=written)
    told, why = "kanarie-in-the-answer", "kanarie-in-the-reason"
    owner = case.settled(stranger())
    flow = case.to_the_form(owner)
    sent = owner.move(flow, inputs={"agree": True, "answers": case.form(reason=told)})
    number = sent["result"]["case"]
    one = reviewers(address)[0]
    one.asks_to_vote(number, "ask", reason=why, questions=why)
    owner.wait("10d")  # overdue, which is said aloud
    columns = sql("select table_name, column_name, data_type from information_schema.columns "
                  "where table_schema = 'public'")  # fmt: skip
    readable = [
        (t, c, k) for t, c, k in columns if k in ("text", "jsonb", "bytea", "ARRAY", "json")
    ]
    assert len(readable) > 50
    for table, column, kind in readable:
        plain = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
        for canary in (told, why):
            found = sql(f'select 1 from "{table}" where {plain} like %s limit 1', f"%{canary}%")
            assert found == [], (table, column)
    assert "case_overdue" in written.getvalue()
    for canary in (told, why, number, owner.email):
        assert canary not in written.getvalue()


# ── A105 ────────────────────────────────────────────────────────────────────────────────────────


def _paths(routes: list[BaseRoute]) -> Iterator[tuple[str, set[str]]]:
    for route in routes:
        yield str(getattr(route, "path", "")), set(getattr(route, "methods", None) or ())
        yield from _paths(list(getattr(route, "routes", None) or ()))


@pytest.mark.proves("A105")
def test_the_console_changes_nothing_but_by_a_vote_or_a_proposal(app: Starlette) -> None:
    """Over all routes: nobody of ours sets a password, a factor or an address, or ends a hold."""
    console = {path: methods for path, methods in _paths(app.routes) if path.startswith("/console")}
    assert {path for path, methods in console.items() if methods - {"GET", "HEAD"}} == {
        "/console/cases/{number}", "/console/people", "/console/frozen",
    }  # fmt: skip
    ours = [path for path, _ in _paths(app.routes) if "staff" in path or "admin" in path]
    assert ours == [p for p in ours if "sandbox" in p]
    begun = {action for action, row in ACTIONS.items() if row.staff and not row.by_staff}
    assert begun == {"decide_case", "propose", "decide_proposal"}
    assert {action: ACTIONS[action].by_staff for action in PROPOSED} == {
        "freeze_by_staff": 1, "lift_staff_freeze": 2, "add_staff": 2, "change_staff_role": 2, "remove_staff": 2,
    }  # fmt: skip


@pytest.mark.proves("A105")
def test_no_action_of_one_of_ours_is_about_somebody_elses_account(
    stranger: Make, address: str, holder: Person
) -> None:
    """Named in whatever way, the holder's account stays as it is: an action is about who is signed in, or
    about who is proven by what only the holder has."""

    def account() -> list[Any]:
        return [holder.ask("GET", f"/v1/me/{what}").json() for what in ("factors", "holds")]

    before, me = account(), stranger()
    me.session = reviewers(address)[1].token()
    for action in sorted(ACTIONS):
        for name in ("account", "subject", "staff"):
            sent = {"action": action, "inputs": {name: holder.account}}
            answer = me.ask("POST", "/v1/flows", json=sent)
            assert answer.status_code == 422, (action, answer.text)
    assert account() == before
