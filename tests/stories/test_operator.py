"""What the operator decides: name, addresses, links, durations (S97); the source's numbers are the
defaults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.stories.person import Person

NAME, SUPPORT = "Another Exchange", "help@example.com"
LINK = "https://help.example.com/codes"
LOST = "https://help.example.com/authenticator"


@pytest.fixture(scope="module")
def own_settings() -> Mapping[str, Mapping[str, Any]]:
    return {
        "operator": {"name": NAME, "support_address": SUPPORT, "base_url": "http://localhost:8700"},
        "help": {"code_trouble": LINK, "authenticator": LOST},
        "codes": {"email_life": "2m", "resend_after": "30s", "tries": 2},
        "policy": {"sign_in": {"new_device_hold": "72h"}},
        "sandbox": {"step_up": "never"},
    }


@pytest.mark.proves("S97", "S44")
def test_the_operators_name_stands_in_messages_and_in_the_authenticator(holder: Person) -> None:
    mail = holder.world.messages(holder.email)[-1]
    assert NAME in mail["text"]
    assert SUPPORT in " ".join(holder.letters())
    key = holder.reaches_the_key()
    assert key.account_name == f"{NAME} ({holder.email})"


@pytest.mark.proves("S97")
def test_codes_live_as_long_and_bear_as_many_tries_as_the_operator_says(person: Person) -> None:
    person.begins("sign_up", identifier=person.email, robot="sandbox")
    code = person.code()
    person.world.passes("30s")
    person.asks_for_a_new("email_code").is_not_refused()
    code = person.code()
    person.world.passes("2m")
    person.enters(email_code=code).is_refused("wrong_code")
    person.enters(email_code=person.wrong(person.code())).is_refused("wrong_code")
    person.enters(email_code=person.code()).is_refused("too_many_tries")


@pytest.mark.proves("S97")
def test_the_operator_may_hold_longer_and_on_every_new_device(holder: Person) -> None:
    holder.binds_totp().takes_a_new_device().signs_in()
    (hold,) = holder.security.holds
    assert hold.ends == hold.starts + timedelta(hours=72)
    assert holder.world.may(holder.account, "withdraw")["decision"] == "deny"


@pytest.mark.proves("S97", "S70")
@pytest.mark.parametrize("face", ["html"])
def test_the_operators_own_help_page_is_linked_where_a_code_is_refused(person: Person) -> None:
    person.begins("sign_up", identifier=person.email, robot="sandbox")
    person.enters(email_code=person.wrong(person.code())).is_refused("wrong_code")
    links = {a.attributes.get("href") for a in person.face.page.all("a")}  # type: ignore[attr-defined]
    assert LINK in links


@pytest.mark.proves("S97", "S49")
@pytest.mark.parametrize("face", ["html"])
def test_the_operators_own_guide_for_a_lost_authenticator_takes_the_place_of_ours(
    holder: Person,
) -> None:
    holder.binds_totp().closes_everything().gives_password().is_asked_for("totp")
    for path in (None, "/help/codes"):
        if path:
            holder.face.open(path)  # type: ignore[attr-defined]
        links = {a.attributes.get("href") for a in holder.face.page.all("a")}  # type: ignore[attr-defined]
        assert LOST in links
        assert "/help/authenticator" not in links
