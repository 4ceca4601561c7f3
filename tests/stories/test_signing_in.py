"""Signing in with a password (S1–S7, S14, S18, S101, S102)."""

from __future__ import annotations

import pytest

from tests.stories.person import Person


@pytest.mark.proves("S2", "S6", "S101")
def test_without_a_second_factor_a_right_password_is_enough(holder: Person) -> None:
    holder.closes_everything().is_nobody()
    holder.begins("sign_in").is_asked_for("identifier", "password")
    holder.enters(identifier=holder.email, password=holder.password).is_signed_in()


@pytest.mark.proves("S3", "S4", "S5", "S102")
def test_with_an_authenticator_nobody_is_in_before_its_code(holder: Person) -> None:
    holder.binds_totp().closes_everything()
    holder.gives_password().is_asked_for("totp").is_nobody()
