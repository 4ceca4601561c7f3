"""Reviewed recovery of a lost authenticator: who applies, what it takes, how long it takes, and who can
stop it (S48-S62, S108)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.reviewers import reviewers
from tests.stories import applicant as case
from tests.stories.applicant import end_of_business_day, settled
from tests.stories.person import Person

HOURS = timedelta(hours=1)


@pytest.fixture
def owner(careful: Person) -> Person:
    """Somebody with everything bound long ago, at the sign-in page."""
    return settled(careful)


def near(said: datetime | None, meant: datetime) -> bool:
    """Pages round up to the minute."""
    return said is not None and timedelta(0) <= said - meant <= timedelta(seconds=61)


@pytest.mark.proves("S48", "S50", "S51", "S52", "S53", "S55", "S56", "S60", "S108")
def test_who_lost_the_authenticator_applies_with_everything_else_and_is_told_how_long_it_takes(
    owner: Person,
) -> None:
    owner.begins("reset_second_factor").is_asked_for("lost")
    owner.enters(lost="totp").is_asked_for("identifier", "password", "robot")
    owner.answers_all().is_asked_for("email_code", "sms_code")
    owner.answers_all().is_asked_for("agree", "answers", "files")
    earliest = end_of_business_day(1, owner.world.now())
    owner.is_told_the_price(hold=72 * HOURS, sessions="all", waits=earliest - owner.world.now())
    owner.reads("until you have bound an authenticator app again")
    case.sends(owner).is_told_it_is("waiting")
    due = end_of_business_day(3, owner.world.now())
    assert near(owner.seen.until, earliest)
    assert near(owner.seen.due, due)
    assert owner.seen.number is not None
    status = case.looks(owner, owner.seen.number).seen.case
    assert status is not None
    assert status.state == "open"
    assert near(status.due, due)


@pytest.mark.proves("S51")
def test_without_the_password_nobody_can_even_apply(owner: Person) -> None:
    """The right one goes on; the wrong one is refused as at signing in, and sends no code."""
    owner.begins("reset_second_factor", lost="totp")
    before = len(owner.world.messages(owner.email))
    owner.enters(identifier=owner.email, password="a wrong password", robot="sandbox")
    owner.is_refused("sign_in_failed").is_asked_for("identifier", "password")
    assert len(owner.world.messages(owner.email)) == before
    owner.answers_all().is_not_refused().is_asked_for("email_code", "sms_code")


@pytest.mark.proves("S52", "S108")
@pytest.mark.parametrize("wrong", ["email_code", "sms_code"])
def test_every_channel_that_is_kept_has_to_be_proven(owner: Person, wrong: str) -> None:
    owner.begins("reset_second_factor", lost="totp").answers_all()
    owner.is_asked_for("email_code", "sms_code")
    codes = {"email_code": owner.code(), "sms_code": owner.code(owner.phone)}
    owner.enters(**{**codes, wrong: owner.wrong(codes[wrong])}).is_refused("sign_in_failed")
    assert "answers" not in owner.seen.asked
    owner.enters(**{wrong: codes[wrong]}).is_not_refused().is_asked_for("agree", "answers", "files")


@pytest.mark.proves("S48", "S49", "S50")
@pytest.mark.parametrize("face", ["html"])
def test_the_way_stands_under_the_code_field_behind_restoring_by_oneself(owner: Person) -> None:
    page = owner.gives_password().face.page  # type: ignore[attr-defined]
    (lost,) = [a for a in page.all("a") if a.text == "Lost 2-factor authentication?"]
    owner.face.open(lost.attributes["href"])  # type: ignore[attr-defined]
    guide = owner.face.page  # type: ignore[attr-defined]
    links = [a for a in guide.all("a") if a.attributes.get("href") == "/lost-authenticator"]
    assert links
    assert guide.text.index("Enter a setup key") < guide.text.index(links[0].text)


@pytest.mark.proves("S57", "S60", "A50")
def test_everything_bound_is_told_at_once_with_number_dates_and_a_way_to_stop(
    owner: Person,
) -> None:
    number = case.applies(owner)
    for to in (owner.email, owner.phone):
        letter = owner.letters(to)[0]
        assert number in letter
        assert "lost authenticator" in letter
        assert owner.world.link(to, "stop_case"[:4])
    assert "your authenticator works until then" in owner.letters()[0]


@pytest.mark.proves("S55", "S59", "S60", "S62", "S95", "S108")
def test_two_reviewers_approve_and_it_takes_effect_at_the_earliest_time_and_not_before(
    careful: Person,
) -> None:
    account = careful.account
    number = case.applies(settled(careful))
    earliest = end_of_business_day(1, careful.world.now())
    first, *others = reviewers(careful.world.address)
    first.votes(number, "approve", careful.face.name)
    assert case.state(careful, number) == "open"
    assert "a first reviewer has read it" in careful.letters()[0]
    case.second_reviewer(careful, number).votes(number, "approve", careful.face.name)
    assert case.state(careful, number) == "approved"
    assert "approved" in careful.letters()[0]
    assert "approved" in careful.letters(careful.phone)[0]
    careful.gives_password().is_asked_for("totp")
    case.until(careful, earliest)
    assert case.state(careful, number) == "done"
    assert "Log in at once and bind a new one" in careful.letters()[0]
    # signing in takes the phone now, and the authenticator is bound again
    assert careful.signs_in().security.level < 3
    assert careful.world.why_not(account) == ["hold", "hold"]
    careful.world.passes("73h")
    careful.signs_in()
    assert careful.world.why_not(account) == ["hold"]
    careful.binds_totp()
    careful.world.passes("24h")
    assert careful.world.why_not(account) == []
    assert len(others) == 2


@pytest.mark.proves("S59", "S62")
def test_who_binds_again_at_once_is_held_for_72_hours_all_the_same(careful: Person) -> None:
    account = careful.account
    number = case.applies(settled(careful))
    case.approved(careful, number)
    case.until(careful, end_of_business_day(1, careful.world.now()))
    effect = careful.world.now()
    careful.signs_in().binds_totp()
    left = careful.world.until(account) - effect
    assert 71 * HOURS < left <= 72 * HOURS
    careful.world.passes("72h")
    assert careful.world.why_not(account) == []


@pytest.mark.proves("S61")
def test_the_authenticator_works_until_then_and_using_it_ends_the_application(
    owner: Person,
) -> None:
    number = case.applies(owner)
    owner.signs_in()
    assert case.state(owner, number) == "stopped"
    assert "was stopped" in " ".join(owner.letters())
    assert owner.security.waiting == ()
    assert "totp" in owner.security.ways


@pytest.mark.proves("S60", "S61", "A50")
@pytest.mark.parametrize("channel", ["email", "phone"])
def test_the_link_of_any_message_stops_it_from_any_device(
    owner: Person, somebody: Callable[..., Person], face: str, channel: str
) -> None:
    number = case.applies(owner)
    to = owner.email if channel == "email" else owner.phone
    somebody(face).follows_the_link("stop_case", to).is_done()
    assert case.state(owner, number) == "stopped"
    assert not reviewers(owner.world.address)[0].case(number).words.count("Your vote")
    owner.world.passes("6d")
    assert "totp" in owner.signs_in().security.ways


@pytest.mark.proves("S60")
@pytest.mark.parametrize("way", ["security", "cancel"])
def test_who_is_signed_in_or_has_the_page_stops_it(owner: Person, way: str) -> None:
    owner.signs_in()
    number = case.applies(owner)
    (waiting,) = owner.security.waiting
    assert waiting.title == "Lost authenticator app"
    owner.stops(waiting.case)
    assert case.state(owner, number) == "stopped"
    assert owner.security.waiting == ()
    if way == "cancel":  # and another may follow
        assert case.state(owner, case.applies(owner)) == "open"


@pytest.mark.proves("S56", "S95")
def test_a_missed_due_time_tells_the_reviewers_and_approves_nothing(owner: Person) -> None:
    number = case.applies(owner)
    first = reviewers(owner.world.address)[0]
    first.votes(number, "approve", owner.face.name)
    case.until(owner, end_of_business_day(3, owner.world.now()))
    told = owner.world.messages("reviewer-a@staff.example")
    assert any(f"Case {number} is overdue" in m["subject"] for m in told)
    assert number in first.sees("/console?show=overdue").words
    owner.world.passes("10d")
    assert case.state(owner, number) == "open"
    owner.gives_password().is_asked_for("totp")


@pytest.mark.proves("A51")
def test_one_application_at_a_time(owner: Person) -> None:
    number = case.applies(owner)
    owner.begins("reset_second_factor", lost="totp").answers_all().answers_all()
    owner.is_refused("already_waiting").is_told_it_is("refused")
    assert case.state(owner, number) == "open"
