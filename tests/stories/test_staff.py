"""What our own people do about accounts and about one another: one freezes, two lift; people are added,
given another role and removed by two, and all of them are told (S92, S98, A105)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from tests.reviewers import Reviewer, operators, reviewers
from tests.stories import applicant as case
from tests.stories.person import Person

DAY = timedelta(days=1)


def _lifts(person: Person, account: str) -> None:
    """Two of ours, each with the face that this story goes by."""
    one, two, _ = reviewers(person.world.address)
    face = person.face.name
    assert one.proposes("lift_staff_freeze", account, face) == "open"
    proposal = two.proposal("lift_staff_freeze", account)
    assert two.decides(proposal, "approve", face) == "done"


def _told(person: Person) -> str:
    """What one of ours was told last, who has nothing to do with it."""
    return person.letters("reviewer-c@staff.example")[0]


def _comes_in(one: Reviewer) -> bool:
    asked = {"reviewer": one.account}
    answer = httpx.post(f"{one.address}/v1/sandbox/staff-sessions", json=asked, timeout=30)
    return answer.status_code == 200


@pytest.mark.proves("S92", "A105")
def test_what_one_of_ours_froze_lets_nothing_out_and_nobody_in_and_only_two_of_ours_lift_it(
    careful: Person,
) -> None:
    account, world, face = careful.account, careful.world, careful.face.name
    one, two, _ = reviewers(world.address)
    assert one.proposes("freeze_by_staff", careful.email, face) == "done"
    for action in ("withdraw", "trade"):
        assert "account_frozen" in world.why_not(account, action)
    careful.is_nobody().gives_password().is_asked_for("totp").confirms()
    careful.is_refused("frozen_by_staff").reads("contact us at support@localhost").is_nobody()
    for to in (careful.email, careful.phone):
        assert any("We have frozen your account" in x for x in careful.letters(to))
    careful.goes_through("unfreeze_account").is_refused("frozen_by_staff")
    assert "account_frozen" in world.why_not(account)

    assert two.proposes("lift_staff_freeze", account, face) == "open"
    assert "account_frozen" in world.why_not(account), "one alone lifts nothing"
    assert two.decides(two.proposal("lift_staff_freeze", account), "approve") == "own_proposal"
    assert one.decides(one.proposal("lift_staff_freeze", account), "approve", face) == "done"
    assert "account_frozen" not in world.why_not(account)
    assert "no longer frozen by us" in careful.letters()[0]
    assert abs(world.until(account) - world.now() - DAY) < timedelta(seconds=61)
    careful.signs_in()
    assert [h.reason for h in careful.security.holds] == ["Our freeze of the account was lifted"]
    said = " ".join(careful.security.activity)
    assert "Our people lifted their freeze of the account" in said


def test_a_freeze_of_ours_and_the_holders_own_do_not_end_each_other(
    somebody: Callable[..., Person],
) -> None:
    careful = somebody("json").signs_up().binds_everything()
    account, world, face = careful.account, careful.world, careful.face.name
    one = reviewers(world.address)[0]
    careful.freezes()
    assert one.proposes("freeze_by_staff", account, face) == "done"
    _lifts(careful, account)
    assert "account_frozen" in world.why_not(account), "the holder froze it himself"
    careful.unfreezes()
    assert one.proposes("freeze_by_staff", account, face) == "done"
    world.passes("24h")
    assert "account_frozen" in world.why_not(account), "what was waiting is stopped"
    _lifts(careful, account)
    careful.unfreezes()
    world.passes("24h")
    assert "account_frozen" not in world.why_not(account)


def test_a_reviewed_recovery_goes_on_and_lifts_no_freeze_of_ours(
    somebody: Callable[..., Person],
) -> None:
    careful = somebody("json").signs_up().binds_everything()
    account, world = careful.account, careful.world
    owner = case.settled(careful)
    one = reviewers(world.address)[0]
    assert one.proposes("freeze_by_staff", owner.email, owner.face.name) == "done"
    number = case.applies(owner)
    case.approved(owner, number)
    case.until(owner, case.end_of_business_day(1, world.now()))
    assert case.state(owner, number) == "done"
    assert "account_frozen" in world.why_not(account)


def test_from_a_case_its_reviewer_freezes_the_account_and_the_application_is_stopped(
    careful: Person,
) -> None:
    owner = case.settled(careful)
    number = case.applies(owner)
    one = reviewers(owner.world.address)[0]
    if owner.face.name == "html":
        visitor = one.browser()
        form = next(
            f
            for f in visitor.see(f"/console/cases/{number}").forms
            if f.action == "/console/frozen"
        )
        assert visitor.send(form, reason="A thief").path == "/console/frozen"
    else:
        assert one.proposes("freeze_by_staff", number) == "done"
    assert case.state(owner, number) == "stopped"


@pytest.mark.proves("A105")
def test_a_colleague_is_proposed_by_one_approved_by_another_told_to_all_and_counts_a_day_later(
    person: Person,
) -> None:
    new = person.signs_up().binds_totp()
    account, world, face = new.account, new.world, new.face.name
    one, two = operators(world.address)
    said = {"name": "Cia", "role": "reviewer"}
    assert one.proposes("add_staff", new.email, face, **said) == "open"
    assert "Proposed by Operator D" in _told(new)
    assert two.decides(two.proposal("add_staff", account), "approve", face) == "done"
    assert "You were given a role: Reviewer" in new.letters()[0]
    assert "Approved by Operator E" in _told(new)
    cia = Reviewer(world.address, account, "Cia")
    assert not _comes_in(cia)
    assert [(p["name"], p["counts"]) for p in one.reads("people") if p["account"] == account] == [
        ("Cia", False)
    ]
    world.passes("24h")
    assert cia.sees().status == 200
    assert cia.sees("/console/people").status == 200

    assert one.proposes("change_staff_role", account, face, role="auditor") == "open"
    assert two.decides(two.proposal("change_staff_role", account), "approve", face) == "done"
    assert "Your role is now Auditor" in new.letters()[0]
    assert not _comes_in(cia), "the old one is over"
    world.passes("24h")
    assert cia.proposes("freeze_by_staff", account) == "not_staff", "auditors read"
    assert cia.sees("/console/frozen").status == 200

    assert two.proposes("remove_staff", account, face) == "open"
    assert one.decides(one.proposal("remove_staff", account), "approve", face) == "done"
    assert "You have no role any more" in new.letters()[0]
    assert not _comes_in(cia)
    assert account not in [p["account"] for p in one.reads("people")]


def test_a_proposal_is_turned_down_or_taken_back_and_then_over(person: Person) -> None:
    new = person.signs_up().binds_totp()
    account, face = new.account, new.face.name
    one, two = operators(new.world.address)
    for who in (two, one):
        assert one.proposes("add_staff", account, face, name="Cia", role="lead") == "open"
        assert one.proposes("add_staff", account, name="Cia", role="lead") == "already_proposed"
        proposal = who.proposal("add_staff", account)
        assert who.decides(proposal, "reject", face) == "turned_down"
        assert two.decides(proposal, "approve") == "proposal_is_over"
    assert account not in [p["account"] for p in one.reads("people")]
    assert "Turned down" in _told(new)


def test_a_role_needs_an_authenticator_and_everything_that_it_takes(
    somebody: Callable[..., Person],
) -> None:
    new = somebody("html").signs_up()
    one = operators(new.world.address)[0]
    face = new.face.name
    said = {"name": "Cia", "role": "reviewer"}
    assert one.proposes("add_staff", new.email, face, **said) == "no_authenticator"
    new.binds_totp()
    assert one.proposes("add_staff", new.email, name="Cia") == "missing"
    assert one.proposes("add_staff", new.email, **{**said, "role": "king"}) == "not_offered"
    assert one.proposes("add_staff", "nobody@example.com", face, **said) == "no_such_account"
    assert one.proposes("remove_staff", new.email) == "not_ours"
