"""A lost address or number, and what is lost beside the authenticator: identity evidence, longer holds,
and identifiers that nobody can use for a while (S72, S106, S108, A6)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.evidence_files import encoded, scene
from tests.stories import applicant as case
from tests.stories.applicant import end_of_business_day, settled
from tests.stories.person import Person

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.mark.proves("S72", "S106")
@pytest.mark.parametrize(
    ("action", "asked"),
    [("unbind_lost_email", ("totp", "sms_code")), ("unbind_lost_phone", ("totp", "email_code"))],
)
def test_a_lost_channel_is_unbound_after_review_and_its_identifier_is_nobodys_for_30_days(
    careful: Person, other: Person, action: str, asked: tuple[str, ...]
) -> None:
    account, lost = careful.account, case.ABOUT[action]
    gone, kept = (
        (careful.email, careful.phone) if lost == "email" else (careful.phone, careful.email)
    )
    careful.identifier = kept
    settled(careful).begins(action).enters(lost=lost).answers_all().is_asked_for(*asked)
    careful.answers_all().is_not_refused()
    careful.is_told_the_price(
        hold=72 * HOUR, blocked=30 * DAY, sessions="all",
        waits=end_of_business_day(1, careful.world.now()) - careful.world.now(),
    )  # fmt: skip
    case.sends(careful).is_told_it_is("waiting")
    number = careful.seen.number
    assert number is not None
    for to in (gone, kept):  # the lost one too: it may be in other hands, or not lost at all
        assert number in careful.letters(to)[0]
    case.approved(careful, number)
    case.until(careful, end_of_business_day(1, careful.world.now()))
    ways = careful.signs_in().security.ways
    assert ("email_code" in ways, "sms_code" in ways) == (lost != "email", lost != "phone")
    assert 71 * HOUR < careful.world.until(account) - careful.world.now() <= 72 * HOUR
    other.begins("sign_up", identifier=gone, robot="sandbox").does_not_read("already")
    assert not any(m["code"] for m in other.world.messages(gone)[:1])
    careful.world.passes("30d")
    other.signs_up(gone)


@pytest.mark.proves("S106", "S108")
def test_a_second_lost_thing_takes_identity_evidence_and_is_held_for_seven_days(
    careful: Person,
) -> None:
    account = careful.account
    case.reports(settled(careful), "reset_second_factor", "phone")
    careful.is_told_the_price(
        hold=7 * DAY, blocked=30 * DAY, sessions="all",
        waits=end_of_business_day(1, careful.world.now()) - careful.world.now(),
    )  # fmt: skip
    case.sends(careful).is_asked_for("files")  # without a picture it goes nowhere
    careful.adds_picture("document", encoded(scene())).is_not_refused()
    careful.enters(answers=case.form()).is_refused("evidence_incomplete")
    careful.adds_picture("photo", encoded(scene())).is_not_refused()
    careful.enters(answers=case.form()).is_told_it_is("waiting")
    number = careful.seen.number
    assert number is not None
    case.approved(careful, number)
    case.until(careful, end_of_business_day(1, careful.world.now()))
    careful.world.passes("1m")
    assert 6 * DAY < careful.world.until(account) - careful.world.now() <= 7 * DAY
    ways = careful.signs_in().security.ways
    assert "totp" not in ways
    assert "sms_code" not in ways


@pytest.mark.proves("S108")
def test_what_was_bound_within_a_week_proves_nothing_in_a_case(careful: Person) -> None:
    """The same application a week later is the short one, and the promise is kept though time passes."""
    account = careful.account
    case.reports(careful.closes_everything())
    careful.is_told_the_price(
        hold=7 * DAY, sessions="all",
        waits=end_of_business_day(1, careful.world.now()) - careful.world.now(),
    )  # fmt: skip
    case.sends(careful, pictures=2).is_told_it_is("waiting")
    number = careful.seen.number
    assert number is not None
    careful.world.passes("8d")
    case.approved(careful, number)
    assert 6 * DAY < careful.world.until(account) - careful.world.now() <= 7 * DAY
    assert case.state(careful, number) == "done"


@pytest.mark.proves("S108")
def test_with_the_password_lost_too_the_mailbox_begins_and_the_password_is_reset_afterwards(
    careful: Person,
) -> None:
    settled(careful).begins("reset_second_factor").enters(lost="totp,password")
    careful.is_asked_for("identifier", "robot").answers_all()
    careful.is_asked_for("email_code").answers_all().is_asked_for("sms_code").answers_all()
    case.sends(careful, pictures=2).is_told_it_is("waiting")
    number = careful.seen.number
    assert number is not None
    case.approved(careful, number)
    case.until(careful, end_of_business_day(1, careful.world.now()))
    careful.resets_password().signs_in()
    assert "totp" not in careful.security.ways


@pytest.mark.proves("S108")
def test_a_frozen_account_may_apply_and_its_hold_counts_from_the_unfreezing(
    careful: Person,
) -> None:
    account = careful.account
    settled(careful).signs_in().freezes()
    number = case.applies(careful)
    case.approved(careful, number)
    case.until(careful, end_of_business_day(1, careful.world.now()))
    assert "account_frozen" in careful.world.why_not(account)
    careful.world.passes("5d")
    careful.unfreezes().world.passes("24h")
    left = careful.world.now()
    careful.signs_in().binds_totp()
    assert 71 * HOUR < careful.world.until(account) - left <= 72 * HOUR


@pytest.mark.proves("S106", "S108")
def test_what_is_not_bound_cannot_be_lost(holder: Person) -> None:
    settled(holder).begins("reset_second_factor").enters(lost="totp").answers_all()
    holder.is_asked_for("email_code").answers_all()
    holder.is_refused("nothing_lost").is_told_it_is("refused")


@pytest.mark.proves("S108")
def test_with_nothing_left_there_is_nothing_to_begin_with(careful: Person) -> None:
    settled(careful).begins("reset_second_factor")
    careful.enters(lost="totp,passkey,email,phone,password").is_refused("nothing_kept")
