"""Changing the password while signed in (S33), and recovery codes for the day without the phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.stories.person import NEW_PASSWORD, Person

HOUR = timedelta(hours=1)


@pytest.mark.proves("S33", "S90")
def test_the_password_is_changed_with_the_old_one_and_the_strongest_factor(careful: Person) -> None:
    old = careful.password
    careful.begins("change_password").is_told_the_price(hold=24 * HOUR)
    careful.agrees().is_asked_for("password").enters(password=old).is_asked_for("totp")
    assert careful.seen.offers == ()
    careful.enters(totp=careful.authenticator.code()).is_asked_for("new_password")
    careful.enters(new_password=NEW_PASSWORD).is_done()
    assert "Your password was changed" in careful.letters()[0]
    assert careful.world.why_not(careful.account) == ["hold"]
    assert careful.security.holds[0].reason == "Your password was changed"
    careful.closes_everything().gives_password(old).is_refused("sign_in_failed")
    careful.gives_password(NEW_PASSWORD).is_asked_for("totp")


@pytest.mark.proves("S33")
def test_without_the_old_password_it_stays(careful: Person) -> None:
    careful.begins("change_password").agrees().enters(password="not the old one at all")
    careful.is_refused("wrong_password").is_asked_for("password")
    careful.enters(password=careful.password).is_asked_for("totp")
    careful.enters(totp=careful.authenticator.code_at(-20)).is_refused("wrong_code")
    careful.closes_everything().gives_password().is_asked_for("totp")


@pytest.mark.proves("S33")
def test_with_nothing_else_bound_a_code_by_mail_stands_for_the_factor(holder: Person) -> None:
    holder.begins("change_password").agrees().enters(password=holder.password)
    holder.is_asked_for("email_code").enters(email_code=holder.code())
    holder.enters(new_password=NEW_PASSWORD).is_done()


def test_an_account_that_has_a_password_sets_no_first_one(holder: Person) -> None:
    holder.begins("set_password").is_refused("already_bound").is_told_it_is("refused")


def test_ten_recovery_codes_are_shown_once_and_count_only_when_they_are_kept(
    careful: Person,
) -> None:
    careful.begins("new_recovery_codes")
    careful.is_asked_for("totp").confirms().is_asked_for("kept")
    codes = careful.seen.codes
    assert len(set(codes)) == 10
    assert all(re.fullmatch("[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", c) for c in codes)
    assert "recovery_code" not in careful.security.ways
    here = careful.is_here()
    careful.enters(kept="yes").is_done()
    assert careful.security.ways["recovery_code"] == "10"
    assert careful.security.holds == (), "the first codes only strengthen"
    careful.goes_back_to(here).looks_again()
    assert careful.seen.codes == ()
    assert not any(code in careful.security.words for code in codes)
    assert "New recovery codes were made" in careful.letters()[0]


def test_a_recovery_code_stands_for_the_phone_once_and_costs_a_day(careful: Person) -> None:
    codes = careful.makes_recovery_codes()
    careful.closes_everything().gives_password().is_asked_for("totp")
    assert careful.seen.offers == ("recovery_code",)
    careful.takes("recovery_code").is_asked_for("recovery_code")
    careful.enters(recovery_code="0000-0000-0000-0000").is_refused("sign_in_failed").is_nobody()
    careful.enters(recovery_code=codes[3].lower().replace("-", " ")).is_signed_in()
    assert careful.security.ways["recovery_code"] == "9"
    assert "A recovery code was used" in careful.letters()[0]
    assert careful.world.why_not(careful.account) == ["hold"]
    careful.closes_everything().gives_password().takes("recovery_code")
    careful.enters(recovery_code=codes[3]).is_refused("sign_in_failed").is_nobody()


@pytest.mark.proves("S104")
def test_a_recovery_code_stands_for_the_phone_in_a_reset_too(careful: Person) -> None:
    codes = careful.makes_recovery_codes()
    careful.closes_everything().has_forgotten_the_password().confirms().is_asked_for("totp")
    careful.takes("recovery_code").enters(recovery_code=codes[0]).is_asked_for("new_password")
    careful.enters(new_password=NEW_PASSWORD).is_done()
    assert "A recovery code was used" in careful.letters()[0]


def test_new_codes_make_the_old_ones_worthless_and_that_costs_a_day(careful: Person) -> None:
    old = careful.makes_recovery_codes()
    careful.begins("new_recovery_codes").is_told_the_price(hold=24 * HOUR).cancels()
    new = careful.makes_recovery_codes()
    assert not set(old) & set(new)
    assert careful.world.why_not(careful.account) == ["hold"]
    careful.closes_everything().gives_password().takes("recovery_code")
    careful.enters(recovery_code=old[0]).is_refused("sign_in_failed").is_nobody()
    careful.enters(recovery_code=new[0]).is_signed_in()


def test_recovery_codes_open_no_change_and_no_withdrawal(careful: Person) -> None:
    codes = careful.makes_recovery_codes()
    careful.begins("unbind_email").agrees().is_asked_for("totp")
    careful.takes("recovery_code").is_refused("not_offered")
    decision = careful.world.may(careful.account, "withdraw", amount="1", asset="BTC", to="bc1q")
    careful.begins("approve_protected_action", decision=decision["id"]).is_asked_for("totp")
    careful.takes("recovery_code").is_refused("not_offered").is_asked_for("totp")
    careful.enters(totp=codes[0]).is_refused("wrong_code").is_asked_for("totp")
