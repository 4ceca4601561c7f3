"""An operator who gives out keys of 16 characters, as the source says (S43–S47, S109)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.stories.person import Authenticator, Person


@pytest.fixture(scope="module")
def own_settings() -> Mapping[str, Mapping[str, Any]]:
    return {"totp": {"key_characters": 16}}


@pytest.mark.proves("S43", "S44", "S45", "S46", "S47", "S109")
def test_whoever_kept_the_sixteen_characters_restores_the_authenticator_on_a_new_phone(
    holder: Person,
) -> None:
    key = holder.reaches_the_key()
    assert re.fullmatch("[A-Z2-7]{16}", key.key)
    holder.authenticator.enter_key(key.account_name, key.key)
    holder.enters(new_totp=holder.authenticator.code()).is_done()
    known = holder.security
    new_phone = Authenticator(holder.world)
    new_phone.enter_key(f"Exchange ({holder.email})", key.key)
    assert new_phone.code_at(0) == holder.authenticator.code_at(0)
    holder.closes_everything().gives_password()
    holder.world.passes("30s")
    holder.enters(totp=new_phone.code()).is_signed_in()
    assert holder.security.ways == known.ways, "the server notices nothing"
    assert holder.security.holds == known.holds
