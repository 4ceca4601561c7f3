"""A105: what one of ours cannot do alone, nor about himself, nor once he is none of ours; and who is none of
ours at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from portvakt.policy import PROPOSED
from tests.attacks.conftest import Sql
from tests.attacks.doing import Platform, refusal
from tests.people import Json, Person
from tests.reviewers import REASON, Reviewer, operators, reviewers

Make = Callable[..., Person]
NAMED = 25  # how many accounts one of ours may name in a day


@pytest.fixture(scope="module")
def own_settings() -> Mapping[str, Mapping[str, Any]]:
    return {"limits": {"whom.staff": f"{NAMED}/1d"}}


@pytest.fixture
def frozen(stranger: Make, address: str) -> Person:
    """An account holder whom a reviewer froze."""
    holder = stranger().sign_up()
    assert reviewers(address)[0].proposes("freeze_by_staff", str(holder.account)) == "done"
    return holder


@pytest.fixture
def colleague(sql: Sql, stranger: Make, address: str) -> Iterator[Callable[[str], Reviewer]]:
    """One of ours more, for as long as the test lasts."""
    operators(address)  # those of the sandbox were there before
    made: list[Person] = []

    def join(role: str) -> Reviewer:
        made.append(stranger().sign_up())
        account = str(made[-1].account)
        sql("insert into staff (account, name, role, added_at, active_from) values (%s, 'X', %s, "
            "portvakt_now(), portvakt_now())", account, role)  # fmt: skip
        return Reviewer(address, account, "X")

    yield join
    for person in made:
        sql("update staff set removed_at = portvakt_now() where account = %s", person.account)


def _is_frozen(holder: Person) -> bool:
    reasons = Platform(holder).asks(holder.account, "trade")["reasons"]
    return "account_frozen" in [r["id"] for r in reasons]


def _lifting(holder: Person, by: Reviewer) -> Json:
    assert by.proposes("lift_staff_freeze", str(holder.account)) == "open"
    return by.proposal("lift_staff_freeze", str(holder.account))


@pytest.mark.proves("A105")
def test_one_alone_lifts_no_freeze_in_however_many_tabs(frozen: Person, address: str) -> None:
    one, other, _ = reviewers(address)
    proposal = _lifting(frozen, one)
    with ThreadPoolExecutor(4) as tabs:
        said = list(tabs.map(lambda _: one.decides(proposal, "approve"), range(4)))
    assert said == ["own_proposal"] * 4
    assert one.proposes("lift_staff_freeze", str(frozen.account)) == "already_proposed"
    assert _is_frozen(frozen)
    page = one.sees("/console/frozen")
    assert 'value="approve"' not in page.html, "nothing to click that would be refused"
    assert other.decides(proposal, "approve") == "done"
    assert not _is_frozen(frozen)


@pytest.mark.proves("A105")
def test_one_alone_adds_nobody_and_reviewers_have_no_say_in_it(
    stranger: Make, address: str
) -> None:
    new = stranger().sign_up().bind_totp()
    one, two = operators(address)
    said = {"name": "Cia", "role": "lead"}
    assert reviewers(address)[0].proposes("add_staff", new.email, **said) == "not_your_role"
    assert one.proposes("add_staff", new.email, **said) == "open"
    proposal = one.proposal("add_staff", str(new.account))
    assert one.decides(proposal, "approve") == "own_proposal"
    assert reviewers(address)[0].decides(proposal, "approve") == "not_your_role"
    assert new.ask("GET", "/v1/console/people").status_code == 404
    assert two.decides(proposal, "approve") == "done"
    assert new.ask("GET", "/v1/console/people").status_code == 404, "not before a day has passed"
    me = Reviewer(address, str(new.account), "Cia", token_of=lambda: str(new.session))
    assert me.proposes("freeze_by_staff", new.email) == "not_staff"
    new.wait("24h")
    assert Reviewer(address, str(new.account), "Cia").reads("people")
    for who, vote in ((one, "open"), (two, "done")):
        if vote == "open":
            assert who.proposes("remove_staff", str(new.account)) == vote
        else:
            assert who.decides(who.proposal("remove_staff", str(new.account)), "approve") == vote


@pytest.mark.proves("A105")
def test_nobody_has_a_say_about_himself(address: str, colleague: Callable[[str], Reviewer]) -> None:
    one, two = operators(address)
    me = colleague("lead")
    assert me.proposes("change_staff_role", me.account, role="operator") == "own_account"
    assert me.proposes("remove_staff", me.account) == "own_account"
    assert me.proposes("freeze_by_staff", me.account) == "own_account"
    assert one.proposes("remove_staff", me.account) == "open"
    proposal = one.proposal("remove_staff", me.account)
    assert proposal["id"] not in [p["id"] for p in me.reads("proposals")]
    assert me.decides(proposal, "reject") == "own_account"
    assert two.decides(proposal, "approve") == "done"


@pytest.mark.proves("A105", "A103")
def test_nobody_freezes_or_unfreezes_somebody_from_his_own_network(
    frozen: Person, stranger: Make, address: str, sql: Sql, colleague: Callable[[str], Reviewer]
) -> None:
    me = colleague("reviewer")
    proposal = _lifting(frozen, reviewers(address)[0])
    sql("update sessions s set network = o.network from sessions o where s.account = %s and o.account = %s",
        me.account, frozen.account)  # fmt: skip
    assert me.decides(proposal, "approve") == "own_account"
    assert me.proposes("lift_staff_freeze", str(frozen.account)) == "own_account"
    assert proposal["id"] not in [p["id"] for p in me.reads("proposals")]
    assert _is_frozen(frozen)


@pytest.mark.proves("A105", "A103")
@pytest.mark.parametrize("since", ["removed_at = portvakt_now()", "role = 'lead'"])
def test_who_was_removed_or_has_another_role_stands_behind_nothing_any_more(
    frozen: Person, address: str, sql: Sql, colleague: Callable[[str], Reviewer], since: str
) -> None:
    me, other = colleague("reviewer"), reviewers(address)[0]
    proposal = _lifting(frozen, me)
    sql(f"update staff set {since} where account = %s", me.account)
    assert other.decides(proposal, "approve") == "proposer_gone"
    assert _is_frozen(frozen)
    assert other.decides(proposal, "reject") == "turned_down"


@pytest.mark.proves("A105")
def test_a_proposal_of_last_week_is_over(frozen: Person, address: str) -> None:
    one, other, _ = reviewers(address)
    proposal = _lifting(frozen, one)
    frozen.wait("7d")
    assert other.decides(proposal, "approve") == "proposal_is_over"
    assert _is_frozen(frozen)
    assert other.proposal("lift_staff_freeze", str(frozen.account))["state"] == "expired"


@pytest.mark.proves("A105")
def test_of_two_who_approve_at_once_one_does_and_nobody_waits_for_the_other(
    frozen: Person, stranger: Make, address: str
) -> None:
    one, two, three = reviewers(address)
    second = stranger().sign_up()
    assert one.proposes("freeze_by_staff", second.email) == "done"
    by_one, by_two = _lifting(frozen, one), _lifting(second, two)
    moves = [(two, by_one), (three, by_one), (one, by_two), (three, by_two)]
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda move: move[0].decides(move[1], "approve"), moves))
    for pair in (said[:2], said[2:]):
        assert sorted(pair) == ["done", "proposal_is_over"], said
    assert not _is_frozen(frozen)


@pytest.mark.proves("A105", "A03")
def test_who_is_none_of_ours_does_nothing_and_learns_of_nobody(
    holder: Person, stranger: Make, address: str, colleague: Callable[[str], Reviewer]
) -> None:
    victim, auditor = stranger().sign_up(), colleague("auditor")
    said = {"what": "freeze_by_staff", "reason": REASON}
    known, unknown = (
        holder.start("propose", whom=whom, **said) for whom in (victim.email, "nobody@example.com")
    )
    for answer in (known, unknown, auditor.asks("propose", whom=victim.email, **said)):
        assert (answer["flow"]["status"], refusal(answer)) == ("refused", "not_staff")
    assert {k: v for k, v in known.items() if k != "flow"} == {
        k: v for k, v in unknown.items() if k != "flow"
    }
    assert not _is_frozen(victim)
    for path in ("people", "proposals", "frozen"):
        assert holder.ask("GET", f"/v1/console/{path}").status_code == 404


@pytest.mark.proves("A105")
def test_what_is_done_to_an_account_can_only_be_proposed(
    frozen: Person, stranger: Make, address: str
) -> None:
    me = stranger(like=frozen)
    me.session = operators(address)[0].token()
    for action in PROPOSED:
        for by in (me, frozen):
            answer = by.ask("POST", "/v1/flows", json={"action": action})
            assert answer.status_code == 422, (action, answer.text)
    assert _is_frozen(frozen)


@pytest.mark.proves("A104", "A105")
def test_one_of_ours_names_no_more_accounts_than_a_days_work_takes(
    holder: Person, colleague: Callable[[str], Reviewer]
) -> None:
    me = colleague("reviewer")
    for _ in range(NAMED):
        assert me.proposes("freeze_by_staff", "nobody@example.com") == "no_such_account"
    assert me.proposes("freeze_by_staff", holder.email) == "too_many_tries"
    assert not _is_frozen(holder)


@pytest.mark.proves("A105", "S98")
def test_who_did_what_why_and_with_whom_stays_written_and_the_reason_is_readable_by_ours_alone(
    frozen: Person, address: str, sql: Sql
) -> None:
    one, other, _ = reviewers(address)
    proposal = _lifting(frozen, one)
    other.decides(proposal, "approve")
    rows = [p for p in other.reads("proposals") if p["account"] == frozen.account]
    assert [(p["what"], p["state"], p["by"], p["second"], p["reason"]) for p in rows] == [
        ("lift_staff_freeze", "done", one.name, other.name, REASON),
        ("freeze_by_staff", "done", one.name, None, REASON),
    ]
    audited = sql("select action, event, detail->>'proposal' is not null from audit where account = %s "
                  "and action = any(%s) order by id", frozen.account, list(PROPOSED))  # fmt: skip
    assert audited == [("freeze_by_staff", "done", True), ("lift_staff_freeze", "done", True)]
    sealed = sql(
        "select encode(sealed, 'escape') from proposals where account = %s", frozen.account
    )
    assert not any(REASON in text for (text,) in sealed)
