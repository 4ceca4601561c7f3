"""A forgotten password is reset by a code, at a price that is told first (S19–S32, S104)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.stories.person import NEW_PASSWORD, Person
from tests.stories.seen import Seen

HOUR = timedelta(hours=1)


def sent(person: Person, to: str) -> int:
    return len(person.world.messages(to))


@pytest.mark.proves("S19", "S23", "S25", "S26", "S27", "S104")
def test_a_code_to_the_registered_address_and_a_new_password_are_enough_and_sign_nobody_in(
    holder: Person,
) -> None:
    holder.closes_everything()
    holder.begins("reset_password").is_asked_for("agree", "identifier", "robot")
    holder.enters(agree="yes", identifier=holder.email, robot="sandbox")
    holder.is_asked_for("email_code").does_not_read(holder.email)
    holder.enters(email_code=holder.code()).is_asked_for("new_password")
    holder.enters(new_password=NEW_PASSWORD).is_done()
    assert not holder.seen.signed_in
    holder.is_nobody()
    holder.gives_password().is_refused("sign_in_failed")
    holder.gives_password(NEW_PASSWORD).is_signed_in()


@pytest.mark.proves("S25", "S104")
def test_with_a_wrong_code_the_old_password_stays(holder: Person) -> None:
    holder.closes_everything().has_forgotten_the_password()
    holder.enters(email_code=holder.wrong(holder.code())).is_refused("wrong_code")
    holder.enters(new_password=NEW_PASSWORD).is_asked_for("email_code")
    holder.gives_password(NEW_PASSWORD).is_refused("sign_in_failed")
    holder.gives_password().is_signed_in()


@pytest.mark.proves("S24", "S104")
def test_the_robot_check_comes_before_any_code(holder: Person) -> None:
    before = sent(holder, holder.email)
    holder.begins("reset_password", agree="yes", identifier=holder.email, robot="I am no robot")
    holder.is_refused("robot_failed")
    assert "robot" in holder.seen.asked
    assert sent(holder, holder.email) == before
    holder.enters(agree="yes", robot="sandbox").is_asked_for("email_code")
    assert sent(holder, holder.email) == before + 1


@pytest.mark.proves("S20", "S21")
def test_the_pause_of_withdrawals_is_told_before_and_on_every_page(careful: Person) -> None:
    careful.closes_everything()
    careful.begins("reset_password").is_told_the_price(hold=24 * HOUR, sessions="all")
    careful.enters(agree="yes", identifier=careful.email, robot="sandbox")
    for field in ("email_code", "totp", "new_password"):
        careful.is_asked_for(field).reads("withdrawals will be paused for 24 hours")
        if field != "new_password":
            careful.confirms()


@pytest.mark.proves("S20", "S21")
def test_on_a_device_never_used_before_the_pause_is_twice_as_long(careful: Person) -> None:
    account = careful.account
    careful.takes_a_new_device()
    careful.begins("reset_password").is_told_the_price(hold=48 * HOUR, sessions="all")
    careful.resets_password()
    left = careful.world.until(account) - careful.world.now()
    assert 48 * HOUR - timedelta(seconds=20) < left <= 48 * HOUR


@pytest.mark.proves("S28", "S30")
def test_registered_by_mail_with_a_number_bound_the_number_may_be_typed_instead(
    holder: Person,
) -> None:
    holder.binds_phone().closes_everything()
    mails = sent(holder, holder.email)
    holder.has_forgotten_the_password(holder.phone).is_asked_for("sms_code")
    assert sent(holder, holder.email) == mails
    holder.enters(sms_code=holder.code(holder.phone)).is_asked_for("email_code")  # A36
    holder.enters(email_code=holder.code()).enters(new_password=NEW_PASSWORD).is_done()
    holder.gives_password(NEW_PASSWORD).is_asked_for("sms_code")


@pytest.mark.proves("S29", "S30")
def test_registered_by_number_with_an_address_bound_the_address_may_be_typed_instead(
    person: Person,
) -> None:
    person.signs_up(person.phone).binds_email().closes_everything()
    texts = sent(person, person.phone)
    person.has_forgotten_the_password(person.email).is_asked_for("email_code")
    assert sent(person, person.phone) == texts
    person.enters(email_code=person.code()).is_asked_for("sms_code")
    person.enters(sms_code=person.code(person.phone)).enters(new_password=NEW_PASSWORD).is_done()
    person.gives_password(NEW_PASSWORD, person.phone).is_asked_for("sms_code")


@pytest.mark.proves("S28", "S30")
def test_the_code_may_be_sent_to_the_other_channel_where_there_is_one(holder: Person) -> None:
    holder.binds_phone().closes_everything()
    holder.has_forgotten_the_password().is_asked_for("email_code")
    assert holder.seen.offers == ("sms_code",)
    holder.takes("sms_code").is_asked_for("sms_code").does_not_read(holder.phone)
    holder.enters(sms_code=holder.code(holder.phone)).is_not_refused()


@pytest.mark.proves("S31", "A43")
def test_a_channel_that_is_not_bound_gets_nothing_and_nobody_can_tell(
    holder: Person, other: Person
) -> None:
    """The holder has only typed a number once, and never confirmed it."""
    holder.begins("bind_phone", new_phone=holder.phone).confirms()
    unconfirmed = sent(holder, holder.phone)
    other.signs_up().binds_phone().closes_everything()
    seen = []
    for one in (other, holder.closes_everything()):
        seen.append(_looks(one.has_forgotten_the_password().seen))
        seen.append(_looks(one.takes("sms_code").seen))
        seen.append(_looks(one.enters(sms_code="000000").seen))
    assert seen[:3] == seen[3:]
    assert sent(holder, holder.phone) == unconfirmed
    assert sent(other, other.phone) > 0


@pytest.mark.proves("S7", "S104")
def test_an_unknown_address_looks_like_a_known_one_and_is_told_the_truth_itself(
    holder: Person, other: Person
) -> None:
    known = _looks(holder.closes_everything().has_forgotten_the_password().seen)
    unknown = _looks(other.has_forgotten_the_password().seen)
    assert known == unknown
    assert "There is no account" in other.letters()[0]
    other.enters(email_code="123456").is_refused("wrong_code").is_nobody()


@pytest.mark.proves("S26", "S104")
@pytest.mark.parametrize(
    ("password", "refusal"),
    [("kort", "password_too_short"), ("password1", "password_too_common")],
)
def test_the_new_password_follows_the_rules_of_the_first(
    holder: Person, password: str, refusal: str
) -> None:
    holder.closes_everything().has_forgotten_the_password().confirms()
    holder.enters(new_password=password).is_refused(refusal).is_asked_for("new_password")
    holder.enters(new_password=NEW_PASSWORD).is_done()


@pytest.mark.proves("S32", "S104", "A41")
def test_the_second_factor_is_asked_in_the_reset_and_again_at_the_next_sign_in(
    careful: Person,
) -> None:
    careful.closes_everything().has_forgotten_the_password().confirms()
    careful.is_asked_for("totp")
    for weaker in ("email_code", "sms_code"):
        careful.takes(weaker).is_refused("not_offered").is_asked_for("totp")
    careful.enters(totp=careful.authenticator.code()).enters(new_password=NEW_PASSWORD).is_done()
    careful.gives_password(NEW_PASSWORD).is_asked_for("totp").is_nobody()
    careful.enters(totp=careful.authenticator.code()).is_signed_in()
    assert set(careful.security.ways) == {"password", "email_code", "sms_code", "totp"}


@pytest.mark.proves("S32", "S90", "S100")
def test_a_reset_ends_every_session_and_is_told_everywhere(
    careful: Person, somebody: Callable[..., Person], face: str
) -> None:
    forgetful = somebody(face)
    forgetful.email, forgetful.phone = careful.email, careful.phone
    forgetful.identifier, forgetful.authenticator = careful.email, careful.authenticator
    assert careful.me is not None
    forgetful.resets_password()
    careful.is_nobody()
    for to in (careful.email, careful.phone):
        letter = careful.letters(to)[0]
        assert "Your password was reset" in letter
        assert "ithdrawals are paused until" in letter
    assert "logged out on all your devices" in careful.letters()[0]


@pytest.mark.proves("S89", "S104", "A42")
def test_of_two_resets_that_are_begun_one_succeeds_and_the_code_of_the_other_is_dead(
    holder: Person,
) -> None:
    holder.closes_everything().has_forgotten_the_password()
    first, place = holder.code(), holder.is_here()
    holder.has_forgotten_the_password()
    second = holder.code()
    if first != second:
        holder.enters(email_code=first).is_refused("wrong_code")
    holder.enters(email_code=second).enters(new_password=NEW_PASSWORD).is_done()
    holder.goes_back_to(place).looks_again().enters(email_code=first).is_refused("wrong_code")
    holder.is_asked_for("email_code").gives_password(NEW_PASSWORD).is_signed_in()


def _looks(seen: Seen) -> tuple[object, ...]:
    return seen.status, seen.step, seen.asked, seen.refusal, seen.offers


@pytest.mark.proves("S22")
@pytest.mark.parametrize("face", ["html"])
def test_forgot_password_stands_on_the_sign_in_page_and_leads_there(person: Person) -> None:
    person.begins("sign_in")
    links = {a.text: a.attributes["href"] for a in person.face.page.all("a")}  # type: ignore[attr-defined]
    assert links["Forgot password?"] == "/reset-password"
