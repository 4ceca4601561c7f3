"""A way out is approved by the holder, each time, for exactly what was asked (S91)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stories.person import Person

PAY = {"amount": "0.5", "asset": "BTC", "to": "bc1qar0srrr7xfkvy5l643"}


def asked(person: Person, **other: str) -> dict[str, Any]:
    """The platform asks whether it may pay out; it needs the holder's approval."""
    decision = person.world.may(person.account, "withdraw", **{**PAY, **other})
    assert (decision["decision"], decision["reasons"]) == ("step_up", [])
    return decision


@pytest.mark.proves("S91")
def test_a_withdrawal_is_approved_with_the_second_factor_and_carried_out_once(
    careful: Person,
) -> None:
    decision = asked(careful)
    assert decision["flow"] == {
        "action": "approve_protected_action",
        "inputs": {"decision": decision["id"]},
    }
    careful.begins("approve_protected_action", decision=decision["id"]).is_asked_for("totp")
    assert careful.seen.details == {"action": "withdraw", **PAY}
    careful.enters(totp=careful.authenticator.code()).is_done()
    receipt = careful.world.receipt(careful.account)
    allowed = careful.world.asks(careful.account, "withdraw", PAY, receipt=receipt)
    assert allowed["decision"] == "allow"
    assert careful.world.redeems(receipt, **PAY) == "redeemed"
    assert careful.world.redeems(receipt, **PAY) == "receipt_void"
    assert (
        careful.world.asks(careful.account, "withdraw", PAY, receipt=receipt)["decision"]
        == "step_up"
    )


@pytest.mark.proves("S91", "S4")
def test_a_wrong_code_approves_nothing_and_there_is_no_weaker_way(careful: Person) -> None:
    careful.begins("approve_protected_action", decision=asked(careful)["id"])
    assert careful.seen.offers == ()
    for weaker in ("sms_code", "email_code", "recovery_code"):
        careful.takes(weaker).is_refused("not_offered").is_asked_for("totp")
    careful.enters(totp=careful.authenticator.code_at(-20)).is_refused("wrong_code")
    assert not [e for e in careful.world.events(careful.account) if "receipt" in e["data"]]
    careful.enters(totp=careful.authenticator.code()).is_done()


@pytest.mark.proves("S91")
def test_with_one_detail_changed_the_approval_is_worth_nothing(careful: Person) -> None:
    careful.approves(asked(careful)["id"]).is_done()
    receipt = careful.world.receipt(careful.account)
    for changed in ({"amount": "5"}, {"to": "bc1qthief"}, {"asset": "ETH"}):
        other = careful.world.asks(careful.account, "withdraw", {**PAY, **changed}, receipt=receipt)
        assert other["decision"] == "step_up", changed
    assert careful.world.redeems(receipt, **{**PAY, "to": "bc1qthief"}) == "receipt_other_details"
    assert careful.world.redeems(receipt, **PAY) == "receipt_void", "who tries to cheat loses it"


@pytest.mark.proves("S91")
def test_a_hold_that_starts_meanwhile_voids_what_was_approved(careful: Person) -> None:
    careful.approves(asked(careful)["id"]).is_done()
    receipt = careful.world.receipt(careful.account)
    careful.changes_password()
    assert careful.world.redeems(receipt, **PAY) == "receipt_void"
    assert careful.world.why_not(careful.account) == ["hold"]


@pytest.mark.proves("S91", "S93")
def test_inside_a_hold_nothing_can_be_approved_even_if_it_was_asked_before(careful: Person) -> None:
    decision = asked(careful)
    careful.changes_password()
    careful.begins("approve_protected_action", decision=decision["id"])
    careful.is_refused("hold_active").is_told_it_is("refused")


@pytest.mark.proves("S91")
def test_what_was_asked_ten_minutes_ago_and_a_receipt_of_five_are_too_old(careful: Person) -> None:
    decision = asked(careful)
    careful.world.passes("10m")
    careful.begins("approve_protected_action", decision=decision["id"])
    careful.is_refused("no_such_decision")
    careful.approves(asked(careful)["id"]).is_done()
    receipt = careful.world.receipt(careful.account)
    careful.world.passes("5m")
    assert careful.world.redeems(receipt, **PAY) == "receipt_void"


@pytest.mark.proves("S91")
def test_nobody_approves_what_another_one_was_asked(careful: Person, other: Person) -> None:
    other.signs_up().binds_totp()
    other.begins("approve_protected_action", decision=asked(careful)["id"])
    other.is_refused("no_such_decision")


@pytest.mark.proves("S91")
def test_an_authenticator_bound_less_than_a_day_ago_approves_nothing_yet(holder: Person) -> None:
    holder.world.passes("2h")
    holder.signs_in().binds_totp()
    decision = holder.world.may(holder.account, "withdraw", **PAY)
    assert [r["id"] for r in decision["reasons"]] == ["factor_too_new"]
    holder.world.passes("24h")
    holder.signs_in().approves(asked(holder)["id"]).is_done()


@pytest.mark.proves("S91", "S92")
def test_trading_needs_no_approval_and_without_a_second_factor_nothing_can_be_approved(
    holder: Person,
) -> None:
    assert holder.world.may(holder.account, "trade")["decision"] == "allow"
    assert holder.world.why_not(holder.account) == ["bind_second_factor_first"]


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
