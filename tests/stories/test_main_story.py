"""The turns that the whole requirement is about: a reset and an unbinding, from the change until the
last consequence is over (S20, S32, S36, S37, S68, S91–S93)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.stories.person import Person

DAY = timedelta(hours=24)
PAY = {"amount": "0.5", "asset": "BTC", "to": "bc1qar0srrr7xfkvy5l643"}


def when(decision: dict[str, Any]) -> datetime:
    """The instant of a decision: it lives for thirty seconds."""
    return datetime.fromisoformat(decision["expires_at"]) - timedelta(seconds=30)


@pytest.mark.proves("S5", "S19", "S20", "S27", "S32", "S90", "S91", "S92", "S93")
def test_after_a_reset_withdrawals_wait_a_day_to_the_second_and_are_then_approved(
    careful: Person,
) -> None:
    account, world = careful.account, careful.world
    assert world.may(account, "withdraw", **PAY)["decision"] == "step_up"
    careful.closes_everything().resets_password()
    denied = world.may(account, "withdraw", **PAY)
    until = datetime.fromisoformat(denied["until"])
    assert (denied["decision"], [r["id"] for r in denied["reasons"]]) == ("deny", ["hold"])
    assert timedelta(0) <= when(denied) - (until - DAY) < timedelta(seconds=20)

    (hold,) = careful.signs_in().security.holds
    assert hold.reason == "Your password was reset"
    assert hold.ends == until.replace(microsecond=0)
    assert hold.ends - hold.starts == DAY
    assert world.may(account, "trade")["decision"] == "allow"

    left = until - world.now()
    world.passes(f"{int(left.total_seconds()) - 4}s")
    last = world.may(account, "withdraw", **PAY)
    assert (last["decision"] == "deny") == (when(last) < until)
    world.passes("5s")
    decision = world.may(account, "withdraw", **PAY)
    assert when(decision) >= until
    assert (decision["decision"], decision["until"]) == ("step_up", None)
    assert any("Withdrawals are possible again" in letter for letter in careful.letters())

    careful.signs_in()
    assert careful.security.holds == (), "nobody had to lift it"
    careful.approves(decision["id"]).is_done()
    receipt = world.receipt(account)
    assert world.asks(account, "withdraw", PAY, receipt=receipt)["decision"] == "allow"
    assert world.redeems(receipt, **PAY) == "redeemed"


@pytest.mark.proves("S36", "S37", "S39", "S68", "S87", "S88", "S91", "S92", "S105")
def test_after_an_unbinding_withdrawals_wait_a_day_and_the_address_a_month(
    careful: Person, other: Person
) -> None:
    account, world, old = careful.account, careful.world, careful.email
    careful.unbinds_email()
    assert world.why_not(account) == ["hold"]
    assert world.may(account, "trade")["decision"] == "allow"
    # a new one at once; the change is an unbinding and a binding
    careful.email = f"new.{old}"
    careful.begins("bind_email", new_email=careful.email).confirms()
    careful.enters(new_email_code=careful.code()).is_done()
    world.passes("24h")
    careful.signs_in_by(careful.phone)
    assert careful.security.holds == ()
    decision = world.may(account, "withdraw", **PAY)
    careful.approves(decision["id"]).is_done()
    assert world.redeems(world.receipt(account), **PAY) == "redeemed"

    other.begins("sign_up", identifier=old, robot="sandbox")
    assert world.messages(old)[0]["code"] is None, "told that it cannot be used yet"
    world.passes("696h")  # 30 days since
    other.begins("sign_up", identifier=old, robot="sandbox")
    other.enters(email_code=other.code(old)).enters(new_password=other.password).is_signed_in()
    assert other.account != account
    assert other.security.ways["email_code"] == old
    assert careful.signs_in().security.ways["email_code"] == careful.email
