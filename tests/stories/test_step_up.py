"""Without the sandbox's exception a way out needs an approval, which is not offered yet (S91)."""

from __future__ import annotations

import pytest

from tests.stories.person import Person


@pytest.mark.proves("S91")
def test_a_withdrawal_is_denied_as_long_as_it_cannot_be_approved(holder: Person) -> None:
    holder.binds_totp()
    decision = holder.world.may(holder.account, "withdraw", amount="1", asset="BTC", to="bc1q")
    assert decision["decision"] == "deny"
    assert [r["id"] for r in decision["reasons"]] == ["step_up_not_available"]
    assert decision["until"] is None
    assert holder.world.may(holder.account, "trade")["decision"] == "allow"


@pytest.mark.proves("S91")
@pytest.mark.parametrize(
    ("account", "action", "reason"),
    [
        ("acc_" + "0" * 32, "withdraw", "unknown_account"),
        ("", "withdraw", "unknown_account"),
        ("acc_\u00e5" * 9, "trade", "unknown_account"),
        (None, "print_money", "unknown_action"),
        (None, "", "unknown_action"),
        (None, "WITHDRAW", "unknown_action"),
    ],
)
def test_what_is_not_known_is_denied(
    person: Person, account: str | None, action: str, reason: str
) -> None:
    if account is None:
        account = person.signs_up().account
    decision = person.world.may(account, action)
    assert (decision["decision"], decision["reasons"][0]["id"]) == ("deny", reason)
