"""A50, A51: a thief applies for a reset; a second application, foreign files, evidence swapped afterwards,
votes that come again or too late."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.attacks import case_doing as case
from tests.attacks.doing import Platform, link, messages, refusal
from tests.evidence_files import encoded, scene
from tests.people import PASSWORD, Person
from tests.reviewers import approved_by_two, drawn, reviewers

Make = Callable[..., Person]
Sql = Callable[..., list[tuple[object, ...]]]
PICTURE = encoded(scene())


@pytest.mark.proves("A50")
def test_a_thief_with_password_and_every_code_gains_nothing_before_the_owner_could_object(
    stranger: Make, address: str
) -> None:
    """Two hasty reviewers, and still nothing at once: everything bound was told, and each message stops it."""
    owner, thief = case.settled(stranger()), stranger()
    sent = case.applies(owner, by=thief)
    for to in (owner.email, owner.phone):
        assert sent["case"] in f"{messages(owner, to)[0]}"
        assert link(owner, "stop", to)
    approved_by_two(address, sent["case"])
    asked = thief.start("sign_in", identifier=owner.email, password=PASSWORD)
    assert [f["name"] for f in asked["step"]["fields"]] == ["totp"]
    stopped = owner.start("stop_case", notice_token=link(owner, "stop", owner.phone))
    assert stopped["flow"]["status"] == "done"
    case.until(owner, sent["earliest"])
    asked = thief.start("sign_in", identifier=owner.email, password=PASSWORD)
    assert [f["name"] for f in asked["step"]["fields"]] == ["totp"]


@pytest.mark.proves("A50")
def test_an_owner_who_uses_what_is_reported_lost_ends_the_thiefs_application(
    stranger: Make,
) -> None:
    owner = case.settled(stranger())
    sent = case.applies(owner, by=stranger())
    flow = owner.sign_in()
    owner.wait("30s")
    assert owner.move(flow, inputs={"totp": owner.totp_code()})["flow"]["status"] == "done"
    assert case.state(owner, sent["case"]) == "stopped"


@pytest.mark.proves("A50")
def test_what_was_reset_opens_no_way_out_for_72_hours_and_a_new_authenticator(
    stranger: Make, address: str
) -> None:
    owner = case.settled(stranger())
    sent = case.applies(owner, by=stranger())
    approved_by_two(address, sent["case"])
    case.until(owner, sent["earliest"])
    platform = Platform(owner)
    owner.wait("73h")
    assert platform.asks(owner.account)["decision"] == "deny"
    reasons = platform.asks(owner.account)["reasons"]
    assert [r["id"] for r in reasons if r["id"] == "hold"] == ["hold"]


@pytest.mark.proves("A51")
def test_two_applications_at_the_same_moment_are_one(stranger: Make) -> None:
    owner = case.settled(stranger())
    first, second = case.to_the_form(owner), None
    second = case.to_the_form(owner)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda flow: case.sends(owner, flow), (first, second)))
    assert sorted(a["flow"]["status"] for a in answers) == ["refused", "waiting"]
    assert {refusal(a) for a in answers} == {None, "already_waiting"}


@pytest.mark.proves("A51")
def test_a_file_of_somebody_elses_flow_is_not_mine_to_name(stranger: Make) -> None:
    mine, other = case.settled(stranger()), case.settled(stranger())
    theirs = case.to_the_form(other)
    foreign = case.file(other, theirs, PICTURE)["file"]
    flow = case.to_the_form(mine)
    answer = case.sends(mine, flow, files=foreign)
    assert refusal(answer) == "no_such_file"
    own = case.file(mine, flow, PICTURE)["file"]
    assert case.sends(mine, flow, files=own)["flow"]["status"] == "waiting"


@pytest.mark.proves("A51")
def test_evidence_is_not_swapped_once_it_was_sent(stranger: Make, address: str) -> None:
    owner = case.settled(stranger())
    sent = case.applies(owner, files=(PICTURE,))
    late = case.upload(owner, sent, PICTURE).json()
    assert late["file"] is None
    assert late["refusal"]["id"] == "step_moved_on"
    assert len(reviewers(address)[0].files(sent["case"])) == 1


@pytest.mark.proves("A51", "A103")
def test_the_same_vote_again_is_no_second_one(stranger: Make, address: str) -> None:
    owner = case.settled(stranger())
    number = case.applies(owner)["case"]
    one = reviewers(address)[0].votes(number, "approve")
    again = one.asks_to_vote(number, "approve")
    assert again["flow"]["status"] == "refused"
    assert case.state(owner, number) == "open"
    drawn(address, number).votes(number, "approve")
    assert case.state(owner, number) == "approved"


@pytest.mark.proves("A51", "A103")
@pytest.mark.parametrize("how", ["rejected", "stopped", "approved"])
def test_a_vote_after_the_end_moves_nothing(stranger: Make, address: str, how: str) -> None:
    owner = case.settled(stranger())
    number = case.applies(owner)["case"]
    one, two, three = reviewers(address)
    for reviewer in (one, two, three):
        reviewer.opens(number)
    if how == "rejected":
        two.votes(number, "reject", alternatives="Look for the key.")
    elif how == "stopped":
        owner.start("stop_case", notice_token=link(owner, "stop"))
    else:
        one.votes(number, "approve")
        drawn(address, number).votes(number, "approve")
    for reviewer in (one, two, three):
        assert refusal(reviewer.asks_to_vote(number, "approve")) == "case_is_over"
        late = reviewer.asks_to_vote(number, "reject", alternatives="Look for the key.")
        assert refusal(late) == "case_is_over"
    assert case.state(owner, number) == how
