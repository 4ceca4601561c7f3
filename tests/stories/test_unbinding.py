"""Unbinding e-mail, phone and authenticator: told first, proven thrice, and what goes is blocked for a
while (S34–S39, S63–S76, S105, A19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.stories.person import Person

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.mark.proves("S34", "S36", "S37", "S38", "S63", "S66", "S67", "S68", "S69", "S71", "S105")
@pytest.mark.parametrize("channel", ["email", "phone"])
def test_a_channel_is_unbound_after_its_price_the_authenticator_and_both_codes(
    careful: Person, channel: str
) -> None:
    gone = {"email": "email_code", "phone": "sms_code"}[channel]
    careful.begins(f"unbind_{channel}").is_asked_for("agree").reads("For your security")
    careful.is_told_the_price(hold=24 * HOUR, blocked=30 * DAY)
    careful.agrees().is_asked_for("totp")
    careful.enters(totp=careful.authenticator.code()).is_asked_for("email_code", "sms_code")
    careful.does_not_read(careful.email).does_not_read(careful.phone)
    careful.enters(email_code=careful.code(), sms_code=careful.code(careful.phone)).is_done()
    seen = careful.security
    assert gone not in seen.ways
    (hold,) = seen.holds
    assert hold.ends is not None
    assert hold.ends - hold.starts == 24 * HOUR
    assert careful.world.may(careful.account, "withdraw")["decision"] == "deny"


@pytest.mark.proves("S38", "S74", "S105")
def test_without_agreeing_and_without_the_authenticator_no_code_is_even_sent(
    careful: Person,
) -> None:
    before = len(careful.world.messages(careful.email)), len(careful.world.messages(careful.phone))
    careful.begins("unbind_email").is_asked_for("agree")
    careful.enters(agree="no").is_refused("must_agree").is_asked_for("agree")
    careful.agrees().is_asked_for("totp").enters(totp=careful.authenticator.code_at(-20))
    careful.is_refused("wrong_code").is_asked_for("totp")
    after = len(careful.world.messages(careful.email)), len(careful.world.messages(careful.phone))
    assert after == before


@pytest.mark.proves("S71", "S74", "S75")
def test_one_right_code_of_two_changes_nothing(careful: Person) -> None:
    careful.begins("unbind_email").agrees().confirms()
    right = careful.code(careful.phone)
    careful.enters(email_code=careful.code(), sms_code=careful.wrong(right))
    careful.is_refused("wrong_code").is_asked_for("sms_code")
    assert set(careful.security.ways) == {"password", "email_code", "sms_code", "totp"}
    assert careful.security.holds == ()
    careful.enters(sms_code=right).is_done()


@pytest.mark.proves("S74")
def test_no_proof_is_carried_over_from_an_earlier_try(careful: Person) -> None:
    careful.begins("unbind_email").agrees().confirms()
    mail, text = careful.code(), careful.code(careful.phone)
    careful.cancels().begins("unbind_email").is_asked_for("agree")
    careful.agrees().is_asked_for("totp").confirms().is_asked_for("email_code", "sms_code")
    if mail != careful.code() and text != careful.code(careful.phone):
        careful.enters(email_code=mail, sms_code=text).is_refused("wrong_code")
    careful.answers_all().is_done()


@pytest.mark.proves("S74", "S105")
def test_a_proof_of_five_minutes_ago_is_asked_for_again(careful: Person) -> None:
    careful.begins("unbind_email").agrees().confirms().is_asked_for("email_code", "sms_code")
    careful.world.passes("5m")
    careful.answers_all().is_refused("proof_too_old").is_asked_for("totp")
    assert "email_code" in careful.security.ways


@pytest.mark.proves("S35", "S64", "S105")
def test_without_authenticator_mail_and_phone_all_bound_it_says_what_to_bind_first(
    holder: Person,
) -> None:
    holder.begins("unbind_phone").is_refused("not_bound").is_told_it_is("refused")
    holder.begins("unbind_email").is_refused("bind_totp_first").is_told_it_is("refused")
    holder.binds_totp().begins("unbind_email").is_refused("bind_phone_first")
    holder.binds_phone().begins("unbind_email").is_not_refused().is_asked_for("agree")


@pytest.mark.proves("S39", "S76", "S87")
def test_the_second_channel_is_unbound_only_after_the_first_has_been_replaced(
    careful: Person,
) -> None:
    careful.unbinds_phone()
    careful.begins("unbind_email").is_refused("bind_phone_first").is_told_it_is("refused")
    first = careful.world.until(careful.account)
    careful.phone = careful.phone.replace("+46701740", "+46701741")
    careful.begins("bind_phone", new_phone=careful.phone).confirms()
    careful.enters(new_phone_code=careful.code(careful.phone)).is_done()
    assert careful.security.ways["sms_code"] == careful.phone
    assert careful.world.until(careful.account) > first, "bound soon after an unbinding: held anew"
    careful.begins("unbind_email").is_asked_for("agree")


@pytest.mark.proves("S73")
@pytest.mark.parametrize("face", ["html"])
def test_the_page_after_it_advises_to_bind_again_and_leads_straight_on(careful: Person) -> None:
    careful.unbinds_phone().reads("unbound").reads("bind a new one as soon as possible")
    careful.reads("Paused until")
    assert careful.face.page.one("form", action="/start/bind_phone")  # type: ignore[attr-defined]
    careful.phone = careful.phone.replace("+46701740", "+46701741")
    careful.begins("bind_phone", new_phone=careful.phone).confirms()
    careful.enters(new_phone_code=careful.code(careful.phone)).is_done()


@pytest.mark.proves("S75", "S90", "S98", "S100", "A44")
def test_factor_hold_block_notices_other_sessions_and_history_come_together(
    careful: Person, somebody: Callable[..., Person], face: str
) -> None:
    second = somebody(face)
    second.identifier, second.email, second.phone = careful.email, careful.email, careful.phone
    second.authenticator = careful.authenticator
    second.signs_in()
    careful.unbinds_email()
    second.is_nobody()
    assert "e-mail address was unbound" in careful.letters()[0], "the old one is told"
    assert "e-mail address was unbound" in careful.letters(careful.phone)[0], "and what remains"
    assert careful.security.activity[0] == "The e-mail address was unbound"
    event = careful.world.hears(careful.account, "unbind_email")[-1]
    assert (event["action"], event["event"]) == ("unbind_email", "done")
    assert event["data"]["hold_until"]
    assert [q["kind"] for q in event["data"]["quarantine"]] == ["email"]


@pytest.mark.proves("S37", "S68", "S87", "S88", "A03")
def test_what_was_unbound_is_usable_by_nobody_in_any_spelling_until_the_second(
    careful: Person, other: Person, somebody: Callable[..., Person], face: str
) -> None:
    careful.unbinds_email()
    began = careful.security.holds[0].starts
    gone = careful.email
    for spelled in (gone, gone.upper(), f" {gone} ", gone.replace("person", "Person")):
        other.begins("sign_up", identifier=spelled, robot="sandbox").is_asked_for("email_code")
        other.enters(email_code="123456").is_refused("wrong_code")
    assert "cannot be used" in careful.letters(gone)[0], "the truth goes to the address alone"
    # bound to no account, not even the one that it was of
    for one in (other.signs_up(other.phone), careful):
        one.begins("bind_email", new_email=gone).confirms().is_asked_for("new_email_code")
        one.enters(new_email_code="123456").is_refused("wrong_code")
    # neither a name to sign in by nor one to reset by
    sent = len(careful.world.messages(gone))
    somebody(face).gives_password(careful.password, gone).is_refused("sign_in_failed")
    somebody(face).has_forgotten_the_password(gone).enters(email_code="123456")
    codes = [m["code"] for m in careful.world.messages(gone)][: -sent or None]
    assert codes == [None], "a reset gives no code either, only the truth"

    left = began + 30 * DAY - careful.world.now()
    careful.world.passes(f"{int(left.total_seconds()) - 6}s")
    late = somebody(face).begins("sign_up", identifier=gone, robot="sandbox")
    assert careful.world.messages(gone)[0]["code"] is None
    careful.world.passes("8s")
    late.begins("sign_up", identifier=gone, robot="sandbox")
    late.enters(email_code=late.code(gone)).is_asked_for("new_password")


@pytest.mark.proves("S34", "S30")
def test_the_number_that_is_left_becomes_the_login_name(careful: Person) -> None:
    careful.unbinds_email().closes_everything()
    careful.gives_password(identifier=careful.email).is_refused("sign_in_failed")
    careful.gives_password(identifier=careful.phone).is_asked_for("totp")
    careful.enters(totp=careful.authenticator.code()).is_signed_in()


@pytest.mark.proves("S70", "S72")
@pytest.mark.parametrize("face", ["html"])
def test_who_cannot_receive_a_code_or_has_it_refused_is_led_to_help(careful: Person) -> None:
    careful.begins("unbind_email").agrees().confirms().reads("Cannot receive one of the codes?")
    assert "/help/codes#lost" in _links(careful)
    careful.enters(email_code="000000", sms_code="000000").is_refused("wrong_code")
    careful.reads("What to do when a code does not work")
    assert "/help/codes" in _links(careful)


@pytest.mark.proves("A19")
def test_the_authenticator_is_unbound_with_its_own_code_and_one_from_every_channel(
    careful: Person,
) -> None:
    careful.begins("unbind_totp").is_told_the_price(hold=24 * HOUR).agrees().is_asked_for("totp")
    careful.enters(totp=careful.authenticator.code()).is_asked_for("email_code", "sms_code")
    careful.answers_all().is_done()
    assert "totp" not in careful.security.ways
    assert "Your authenticator app was unbound" in careful.letters()[0]
    assert careful.world.why_not(careful.account) == ["hold"]
    careful.signs_in().begins("unbind_totp").is_refused("not_bound")


def _links(person: Person) -> set[str]:
    return {a.attributes.get("href", "") for a in person.face.page.all("a")}  # type: ignore[attr-defined]
