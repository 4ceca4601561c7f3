"""The red button and the links in messages: freeze, undo, stop; unfreezing and closing, which wait
(A8, S37, S75, S98, S100)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.stories.person import Person

DAY = timedelta(days=1)


def test_a_frozen_account_lets_nothing_out_and_nobody_in(careful: Person) -> None:
    account = careful.account
    careful.freezes().is_nobody()
    for action in ("withdraw", "trade", "create_api_key"):
        decision = careful.world.may(account, action)
        assert decision["decision"] == "deny"
        assert "account_frozen" in [r["id"] for r in decision["reasons"]]
    careful.gives_password("a wrong password").is_refused("sign_in_failed")
    careful.gives_password().is_asked_for("totp").confirms().is_refused(
        "account_frozen"
    ).is_nobody()
    assert any("Your account was frozen" in x for x in careful.letters())
    assert any("Your account was frozen" in x for x in careful.letters(careful.phone))


@pytest.mark.parametrize("proof", ["password", "email_code", "sms_code"])
def test_who_is_not_signed_in_freezes_with_one_proof(careful: Person, proof: str) -> None:
    account = careful.account
    careful.closes_everything().begins("freeze_account").is_asked_for("identifier", "robot")
    careful.enters(identifier=careful.email, robot="sandbox").is_asked_for("password")
    if proof != "password":
        careful.takes(proof).is_asked_for(proof)
    careful.confirms().is_done()
    assert "account_frozen" in careful.world.why_not(account)


def test_with_a_wrong_proof_nothing_is_frozen(careful: Person, other: Person) -> None:
    account = careful.account
    other.begins("freeze_account", identifier=careful.email, robot="sandbox")
    other.enters(password="not the password at all").is_refused("wrong_password")
    other.takes("email_code").enters(email_code="000000").is_refused("wrong_code")
    assert "account_frozen" not in careful.world.why_not(account)


@pytest.mark.proves("A39")
@pytest.mark.parametrize("channel", ["email", "phone"])
def test_the_link_of_a_notice_freezes_by_its_button_from_any_device(
    careful: Person, somebody: Callable[..., Person], face: str, channel: str
) -> None:
    account, to = careful.account, careful.email if channel == "email" else careful.phone
    somebody(face).follows_the_link("freeze_account", to).is_done()
    assert "account_frozen" in careful.world.why_not(account)
    careful.is_nobody()


def test_unfreezing_waits_a_day_that_the_owner_can_use_to_stop_it(careful: Person) -> None:
    account = careful.account
    careful.freezes().unfreezes()
    assert careful.seen.until is not None
    assert abs(careful.seen.until - careful.world.now() - DAY) < timedelta(seconds=61)
    assert "will be unfrozen" in careful.letters()[0]
    careful.follows_the_link("stop_case").is_done()
    careful.world.passes("24h")
    assert "account_frozen" in careful.world.why_not(account)
    careful.unfreezes().follows_the_link("stop_case", careful.phone).is_done()
    careful.unfreezes().follows_the_link("stop_case").is_refused("proof_too_weak_now")


def test_after_the_day_it_is_open_again_and_held_for_another(careful: Person) -> None:
    account = careful.account
    careful.freezes().unfreezes()
    careful.world.passes("24h")
    assert "no longer frozen" in "".join(careful.letters()[:2])
    assert "account_frozen" not in careful.world.why_not(account)
    careful.signs_in()
    assert [h.reason for h in careful.security.holds] == ["Your account was unfrozen"]
    careful.world.passes("24h")
    assert careful.world.may(account, "withdraw")["decision"] == "step_up"


def test_after_an_unfreezing_a_link_alone_freezes_no_more_for_a_week(careful: Person) -> None:
    account = careful.account
    careful.freezes().unfreezes()
    careful.world.passes("24h")
    careful.follows_the_link("freeze_account").is_refused("proof_too_weak_now")
    assert "account_frozen" not in careful.world.why_not(account)
    careful.signs_in().freezes()
    assert "account_frozen" in careful.world.why_not(account)


@pytest.mark.proves("S37")
def test_who_has_the_old_mailbox_takes_an_unbinding_back_and_throws_the_thief_out(
    careful: Person, other: Person
) -> None:
    """Somebody has phone and mailbox for a moment, and binds an address of his own."""
    careful.unbinds_email()
    careful.begins("bind_email", new_email=other.email).confirms()
    careful.enters(new_email_code=other.code()).is_done()
    first = careful.world.until(careful.account)
    account = careful.account
    careful.takes_a_new_device().follows_the_link("undo_change").is_asked_for("password")
    careful.enters(password="not the password at all").is_refused("wrong_password")
    careful.enters(password=careful.password).is_asked_for("totp")
    careful.enters(totp=careful.authenticator.code()).is_done()
    careful.is_nobody()
    assert careful.world.until(account) > first, "held anew"
    for to in (careful.email, careful.phone, other.email):
        assert any("was undone" in letter for letter in careful.letters(to)[:2]), to
    seen = careful.signs_in().security
    assert seen.ways["email_code"] == careful.email
    other.begins("sign_up", identifier=other.email, robot="sandbox")
    other.enters(email_code=other.code()).is_asked_for("new_password")
    careful.follows_the_link("undo_change").is_refused("undo_too_late")


def test_when_the_hold_is_over_a_change_is_undone_no_more(careful: Person) -> None:
    careful.unbinds_email()
    token = careful.world.link(careful.email, "undo")
    careful.world.passes("24h")
    careful.begins("undo_change", notice_token=token)
    careful.is_refused("undo_too_late").is_told_it_is("refused")
    assert "email_code" not in careful.signs_in_by(careful.phone).security.ways


def test_a_link_that_is_not_whole_does_nothing(careful: Person) -> None:
    token = careful.world.link(careful.email, "freeze")
    for wrong in (token[:-1], token[:-6] + "AAAAAA", "pvn_x", "hello"):
        careful.begins("freeze_account", notice_token=wrong).is_refused("notice_token_invalid")
    assert careful.me is not None


def test_closing_waits_a_week_holds_meanwhile_and_can_be_stopped(careful: Person) -> None:
    careful.begins("close_account").is_told_the_price(
        hold=timedelta(0), blocked=30 * DAY, sessions="all", waits=7 * DAY
    )
    careful.agrees().is_asked_for("password").enters(password=careful.password)
    careful.is_asked_for("totp").confirms().confirms().is_told_it_is("waiting")
    assert careful.world.why_not(careful.account) == ["hold"]
    (waiting,) = careful.security.waiting
    assert waiting.title == "Close your account"
    assert abs(waiting.until - careful.world.now() - 7 * DAY) < timedelta(seconds=30)
    assert [h.ends for h in careful.security.holds] == [None]
    careful.stops(waiting.case)
    assert careful.security.waiting == ()
    assert careful.world.may(careful.account, "withdraw")["decision"] == "step_up"
    assert "was stopped" in careful.letters()[0]


def test_a_closed_account_is_nobodys_and_its_address_rests_for_a_month(careful: Person) -> None:
    account = careful.account
    careful.goes_through("close_account").is_told_it_is("waiting")
    careful.world.passes("168h")
    assert "Your account is closed" in careful.letters()[0]
    assert "account_closed" in careful.world.why_not(account)
    careful.is_nobody()
    careful.gives_password().is_refused("sign_in_failed")
    careful.begins("sign_up", identifier=careful.email, robot="sandbox")
    careful.enters(email_code="123456").is_refused("wrong_code")
    careful.world.passes("720h")
    careful.takes_a_new_device().begins("sign_up", identifier=careful.email, robot="sandbox")
    careful.enters(email_code=careful.code()).is_asked_for("new_password")


def test_an_account_is_not_closed_inside_a_hold(careful: Person) -> None:
    careful.changes_password().begins("close_account").is_refused("hold_active")
