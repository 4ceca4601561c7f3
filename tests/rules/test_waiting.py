"""What waits and what it holds, where the service itself was away for long."""

from __future__ import annotations

import pytest

from portvakt.core import Portvakt
from tests.core.conftest import key_file, portvakt  # noqa: F401  fixtures
from tests.database import Database
from tests.rules.players import Place, owner_at, passes

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
