"""Everything that goes wrong on the way: too late, twice, out of order, two tabs, back, given up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stories.person import Person


def over(person: Person, status: str) -> None:
    """The flow is over. A browser may have forgotten it, and then says that the page is no longer
    open; an app keeps the token and is told how it ended."""
    allowed = {status} if person.face.name == "json" else {status, "lost"}
    assert person.seen.status in allowed, person.seen
    assert not person.seen.signed_in


def test_a_flow_left_open_for_half_an_hour_has_expired_and_nothing_is_changed(
    holder: Person,
) -> None:
    key = holder.reaches_the_key()
    holder.authenticator.enter_key(key.account_name, key.key)
    holder.world.passes("30m")
    holder.enters(new_totp=holder.authenticator.code()).is_told_it_is("expired")
    assert holder.seen.key is None
    holder.looks_again()
    over(holder, "expired")
    assert "totp" not in holder.security.ways


@pytest.mark.proves("S5")
def test_a_sign_in_left_open_has_expired_even_with_the_right_code(holder: Person) -> None:
    holder.binds_totp().closes_everything().gives_password().is_asked_for("totp")
    holder.world.passes("30m")
    holder.enters(totp=holder.authenticator.code()).is_told_it_is("expired").is_nobody()


def test_a_proof_grows_old_after_five_minutes_and_is_asked_for_again(holder: Person) -> None:
    key = holder.reaches_the_key()
    holder.authenticator.enter_key(key.account_name, key.key)
    holder.world.passes("5m")
    holder.enters(new_totp=holder.authenticator.code())
    holder.is_asked_for("email_code")
    holder.is_refused("proof_too_old")
    assert "totp" not in holder.security.ways
    holder.enters(email_code=holder.code()).is_asked_for("new_totp")
    assert holder.seen.key is not None
    assert holder.seen.key.key == key.key, "who has scanned it already need not scan again"
    holder.enters(new_totp=holder.authenticator.code()).is_done()


def test_a_page_that_is_only_looked_at_sends_no_code_and_does_not_say_so(holder: Person) -> None:
    holder.reaches_the_key()
    holder.world.passes("5m")
    sent = len(holder.world.messages(holder.email))
    holder.looks_again().is_asked_for("email_code").does_not_read("sent to")
    assert len(holder.world.messages(holder.email)) == sent
    holder.asks_for_a_new("email_code").is_not_refused().reads("sent to")
    holder.enters(email_code=holder.code()).is_asked_for("new_totp")


def test_what_is_done_is_not_done_again(holder: Person) -> None:
    key = holder.reaches_the_key()
    holder.authenticator.enter_key(key.account_name, key.key)
    here = holder.is_here()
    holder.enters(new_totp=holder.authenticator.code()).is_done()
    letters = len(holder.letters())
    holder.goes_back_to(here).enters(new_totp=holder.authenticator.last_code())
    over(holder, "done")
    assert len(holder.letters()) == letters


@pytest.mark.proves("S5")
def test_a_sign_in_sent_twice_gives_one_session(holder: Person) -> None:
    holder.binds_totp().closes_everything().gives_password()
    here, code = holder.is_here(), holder.authenticator.code()
    holder.enters(totp=code).is_signed_in()
    devices = len(holder.security.devices)
    # pages are not kept by the browser (no-store): Back asks for them again
    holder.goes_back_to(here).looks_again()
    over(holder, "done")
    assert len(holder.security.devices) == devices


def test_pages_out_of_order_are_answered_with_the_page_that_is_due(person: Person) -> None:
    person.begins("sign_up", identifier=person.email, robot="sandbox")
    first = person.is_here()
    person.enters(email_code=person.code()).is_asked_for("new_password")
    # the Back button: the page before, sent once more
    person.goes_back_to(first).enters(email_code=person.code())
    person.is_refused("step_moved_on").is_asked_for("new_password")
    person.enters(new_password=person.password).is_signed_in()


def test_two_tabs_with_two_flows_do_not_disturb_each_other(person: Person) -> None:
    person.begins("sign_up", identifier=person.email, robot="sandbox")
    mail_tab, mail_code = person.is_here(), person.code()
    person.begins("sign_up", identifier=person.phone, robot="sandbox")
    phone_tab = person.is_here()
    person.goes_back_to(mail_tab).enters(email_code=mail_code).is_asked_for("new_password")
    mail_tab = person.is_here()
    person.goes_back_to(phone_tab).enters(sms_code=person.code(person.phone))
    person.is_asked_for("new_password").enters(new_password=person.password).is_signed_in()
    assert person.security.ways == {"password": None, "sms_code": person.phone}
    person.goes_back_to(mail_tab).looks_again().enters(new_password=person.password).is_signed_in()
    assert person.security.ways == {"password": None, "email_code": person.email}


def test_the_same_page_in_two_tabs_binds_once(holder: Person) -> None:
    holder.begins("bind_totp").confirms()
    one = holder.is_here()
    assert holder.seen.key is not None
    holder.authenticator.enter_key("Exchange", holder.seen.key.key)
    holder.begins("bind_totp").confirms()
    assert holder.seen.key is not None
    holder.enters(new_totp=_first_code(holder.seen.key.key, holder)).is_done()
    ways = dict(holder.security.ways)
    holder.goes_back_to(one).enters(new_totp=holder.authenticator.code())
    over(holder, "cancelled")  # ended together with the other sessions' flows
    assert holder.security.ways == ways


def test_cancelling_changes_nothing_and_is_for_good(holder: Person) -> None:
    holder.begins("bind_phone", new_phone=holder.phone).confirms()
    here = holder.is_here()
    code = holder.code(holder.phone)
    holder.cancels().is_told_it_is("cancelled")
    assert "sms_code" not in holder.security.ways
    holder.goes_back_to(here).enters(new_phone_code=code)
    over(holder, "cancelled")
    assert "sms_code" not in holder.security.ways


def test_a_flow_belongs_to_the_program_that_began_it(
    holder: Person, somebody: Callable[..., Person], face: str
) -> None:
    holder.begins("bind_phone", new_phone=holder.phone)
    thief = somebody(face)
    if face == "html":
        thief.signs_up().security  # noqa: B018  somebody with cookies of his own
        thief.goes_back_to(holder.is_here())
    else:
        flow, _, step = holder.is_here()
        thief.begins("sign_in")
        _, own_token, _ = thief.is_here()
        thief.goes_back_to((flow, own_token, step))
    thief.looks_again().is_told_it_is("lost")


def test_who_was_logged_out_elsewhere_can_not_finish_what_was_begun(
    holder: Person, somebody: Callable[..., Person], face: str
) -> None:
    second = somebody(face)
    second.identifier, second.email, second.phone = holder.email, holder.email, holder.phone
    second.signs_in()
    key = second.reaches_the_key()
    second.authenticator.enter_key(key.account_name, key.key)
    holder.begins("end_other_sessions").is_done()
    second.enters(new_totp=second.authenticator.code())
    assert second.seen.status in ("lost", "not_signed_in", "cancelled")
    assert "totp" not in holder.security.ways


def test_a_new_code_makes_the_one_before_worthless(holder: Person) -> None:
    holder.begins("bind_totp").is_asked_for("email_code")
    old = holder.code()
    holder.asks_for_a_new("email_code").is_refused("resend_too_soon")
    holder.reads("wait until")
    holder.world.passes("1m")
    holder.asks_for_a_new("email_code").is_not_refused()
    new = holder.code()
    if new != old:
        holder.enters(email_code=old).is_refused("wrong_code")
    holder.enters(email_code=new).is_asked_for("new_totp")


def test_an_offer_that_is_not_made_is_refused_and_nothing_is_sent(holder: Person) -> None:
    holder.begins("bind_totp").is_asked_for("email_code")
    for offer in ("sms_code", "totp", "password", "other_channel", "🙂"):
        holder.takes(offer).is_refused("not_offered").is_asked_for("email_code")
    assert holder.world.messages(holder.phone) == []


def test_an_account_that_changed_meanwhile_is_told_of_at_the_end(holder: Person) -> None:
    """Both tabs ask to bind the number; the second comes too late."""
    holder.begins("bind_phone", new_phone=holder.phone).confirms()
    here, code = holder.is_here(), holder.code(holder.phone)
    holder.world.passes("1m")
    holder.binds_phone()
    holder.goes_back_to(here).enters(new_phone_code=code)
    holder.is_refused("step_moved_on").is_asked_for("sms_code")
    holder.confirms().is_refused("already_bound").is_told_it_is("refused")
    assert holder.security.ways["sms_code"] == holder.phone


def _first_code(key: str, person: Person) -> str:
    from tests.stories.person import Authenticator

    app = Authenticator(person.world)
    app.enter_key("Exchange", key)
    return app.code()
