"""Passkeys that are lost come back by a reviewed case as an authenticator app does (S48, S61, S108)."""

from __future__ import annotations

import pytest

from tests.stories import applicant as case
from tests.stories.applicant import settled
from tests.stories.person import Person


@pytest.fixture
def owner(holder: Person) -> Person:
    """E-mail, phone and a passkey, bound long ago."""
    return settled(holder.binds_phone().adds_passkey())


def applies(owner: Person) -> str:
    """Of what could be lost the passkeys alone are ticked."""
    owner.begins("reset_second_factor").enters(lost="passkey")
    owner.is_asked_for("identifier", "password", "robot").answers_all()
    owner.is_asked_for("email_code", "sms_code").answers_all()
    case.sends(owner).is_told_it_is("waiting")
    assert owner.seen.number is not None
    return owner.seen.number


@pytest.mark.proves("S48", "S59", "S108")
def test_two_reviewers_unbind_lost_passkeys_and_ways_out_wait_until_something_is_bound_again(
    owner: Person,
) -> None:
    number = applies(owner)
    case.approved(owner, number)
    assert owner.seen.until is not None
    case.until(owner, owner.seen.until)
    owner.closes_everything().gives_password().is_asked_for("sms_code").confirms().is_signed_in()
    account = owner.account
    assert owner.security.passkeys == ()
    owner.world.passes("73h")
    assert owner.world.why_not(account) == ["hold"]
    owner.signs_in().adds_passkey()
    # bound soon after something was unbound it holds a day of its own, and no longer
    owner.world.passes("25h")
    assert owner.world.why_not(account) == []


@pytest.mark.proves("S61")
def test_a_passkey_that_is_used_was_not_lost_and_ends_the_case(owner: Person) -> None:
    number = applies(owner)
    owner.signs_in_by_passkey()
    assert case.state(owner, number) == "stopped"


@pytest.mark.proves("S108")
def test_a_passkey_that_is_kept_has_to_be_proven(careful: Person) -> None:
    owner = settled(careful.adds_passkey())
    owner.begins("reset_second_factor").enters(lost="totp").answers_all()
    owner.is_asked_for("passkey", "email_code", "sms_code").answers_all()
    owner.is_asked_for("agree", "answers", "files")
