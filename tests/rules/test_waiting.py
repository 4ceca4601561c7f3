"""What waits and what it holds, however long or short that is."""

from __future__ import annotations

import pytest

from portvakt.core import Portvakt
from portvakt.model import Problem
from tests.core.conftest import key_file, portvakt  # noqa: F401  fixtures
from tests.database import Database
from tests.rules.players import DETAILS, SERVICE, Place, owner_at, passes

DAY = 86_400


@pytest.mark.proves("S93")
@pytest.mark.parametrize(("away", "ends"), [(8, "done"), (40, "expired")])
def test_a_closing_holds_nothing_once_it_is_over_however_late_that_is_seen(
    portvakt: Portvakt, database: Database, away: int, ends: str  # noqa: F811
) -> None:  # fmt: skip
    """No worker ran for weeks: what waited too long is given up, and its hold with it."""
    place = Place(portvakt)
    owner = owner_at(place)
    passes(database.owner_url, 120)
    begun = owner.does("close_account")
    assert begun.status == "waiting"
    assert portvakt.reads.holds(owner.account)
    passes(database.owner_url, away * DAY)
    portvakt.jobs.sweep()
    status = place.rows("select status::text from flows where id = %s", begun.answer.flow.id)
    assert status == [{"status": ends}]
    assert portvakt.reads.holds(owner.account) == []
    if ends == "expired":
        assert owner.place.may(owner.account, "trade").decision == "allow"


@pytest.mark.proves("S91", "A56")
def test_what_was_approved_before_a_hold_stays_void_when_the_hold_is_stopped(
    portvakt: Portvakt, database: Database  # noqa: F811
) -> None:  # fmt: skip
    """A closing begun and cancelled within a minute: its hold is over, and the receipt is void all the
    same. Without it in between the same receipt is redeemed."""
    place = Place(portvakt)
    owner = owner_at(place, "email", ("phone",))
    passes(database.owner_url, 120)
    owner.does("approve_protected_action")
    assert not isinstance(portvakt.decider.redeem(owner.receipts[-1], DETAILS, SERVICE), Problem)
    owner.does("approve_protected_action")
    passes(database.owner_url, 61)
    begun = owner.does("close_account")
    owner.submit(begun, cancel=True)
    assert portvakt.reads.holds(owner.account) == []
    assert place.may(owner.account).decision == "step_up", "nothing is held any more"
    redeemed = portvakt.decider.redeem(owner.receipts[-1], DETAILS, SERVICE)
    assert isinstance(redeemed, Problem)
    assert redeemed.id == "receipt_void"
