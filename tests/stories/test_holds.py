"""What the platform is told, and holds: shown, ended by time alone, and trading goes on
(S91–S93)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.stories.person import Person

DAY = timedelta(hours=24)


@pytest.fixture(scope="module")
def own_settings() -> Mapping[str, Mapping[str, Any]]:
    """Without the approval of each single withdrawal, so that holds alone decide."""
    return {"sandbox": {"step_up": "never"}}


def reasons(decision: dict[str, Any]) -> list[str]:
    return [r["id"] for r in decision["reasons"]]


def when(decision: dict[str, Any]) -> datetime:
    """The instant of a decision: it lives for thirty seconds."""
    return datetime.fromisoformat(decision["expires_at"]) - timedelta(seconds=30)


@pytest.fixture
def held(holder: Person) -> Person:
    """Signed in on a new device, with nothing bound: held; then an authenticator is bound."""
    return holder.takes_a_new_device().signs_in().binds_totp()


@pytest.mark.proves("S91", "S92", "S93")
def test_a_new_device_without_a_second_factor_pauses_ways_out_for_a_day_and_trading_goes_on(
    held: Person,
) -> None:
    withdraw = held.world.may(held.account, "withdraw", amount="0.5", asset="BTC")
    assert (withdraw["decision"], reasons(withdraw)) == ("deny", ["hold"])
    (hold,) = held.security.holds
    assert hold.reason == "You logged in on a new device"
    assert hold.ends == hold.starts + DAY
    assert datetime.fromisoformat(withdraw["until"]).replace(microsecond=0) == hold.ends
    assert held.world.may(held.account, "trade")["decision"] == "allow"


@pytest.mark.proves("S91", "S93")
def test_the_hold_ends_by_itself_to_the_second_and_the_holder_is_told(held: Person) -> None:
    account = held.account
    until = datetime.fromisoformat(held.world.may(account, "withdraw")["until"])
    left = until - held.world.now()
    held.world.passes(f"{int(left.total_seconds()) - 4}s")
    last = held.world.may(account, "withdraw")
    assert (last["decision"] == "deny") == (when(last) < until)
    assert datetime.fromisoformat(last["until"] or last["expires_at"]) >= until
    held.world.passes("5s")
    after = held.world.may(account, "withdraw")
    assert when(after) >= until
    assert (after["decision"], after["reasons"], after["until"]) == ("allow", [], None)
    assert held.signs_in().security.holds == ()
    assert "Withdrawals are possible again" in held.letters()[0]


def test_signing_in_again_on_a_known_device_does_not_prolong_the_hold(held: Person) -> None:
    account = held.account
    first = datetime.fromisoformat(held.world.may(account, "withdraw")["until"])
    held.world.passes("1h")
    held.signs_in()
    assert datetime.fromisoformat(held.world.may(account, "withdraw")["until"]) == first


@pytest.mark.proves("S92")
def test_another_new_device_holds_anew_and_the_later_end_counts(holder: Person) -> None:
    account = holder.account
    holder.takes_a_new_device().signs_in()
    first = datetime.fromisoformat(holder.world.may(account, "withdraw")["until"])
    holder.world.passes("2h")
    holder.takes_a_new_device().signs_in()
    both = holder.world.may(account, "withdraw")
    second = datetime.fromisoformat(both["until"])
    assert second - first >= timedelta(hours=2)
    assert reasons(both).count("hold") == 2
    holder.world.passes("22h")
    assert datetime.fromisoformat(holder.world.may(account, "withdraw")["until"]) == second
    assert holder.world.may(account, "trade")["decision"] == "allow"


@pytest.mark.proves("S91")
def test_with_a_second_factor_a_new_device_holds_nothing(holder: Person) -> None:
    holder.binds_totp().takes_a_new_device().signs_in()
    assert holder.security.holds == ()
    assert holder.world.may(holder.account, "withdraw")["decision"] == "allow"


@pytest.mark.proves("S91")
def test_without_any_second_factor_nothing_may_leave(holder: Person) -> None:
    for action in ("withdraw", "internal_transfer", "p2p_sell", "card_payment", "create_api_key"):
        decision = holder.world.may(holder.account, action)
        assert decision["decision"] == "deny"
        assert reasons(decision) == ["bind_second_factor_first"]
        assert decision["until"] is None
    assert holder.world.may(holder.account, "trade")["decision"] == "allow"


@pytest.mark.proves("S98")
def test_a_refused_withdrawal_stands_in_the_holders_activity(holder: Person) -> None:
    holder.world.may(holder.account, "withdraw")
    assert holder.security.activity[0] == "A withdrawal was not allowed"


def test_the_first_authenticator_and_the_first_second_channel_hold_nothing(holder: Person) -> None:
    holder.binds_totp().binds_phone()
    assert holder.security.holds == ()
    assert holder.world.may(holder.account, "withdraw")["decision"] == "allow"
