"""How time passes at a place that can be taken back: in one go until the next thing changes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from portvakt.model import Facts
from portvakt.policy import Lives
from portvakt.store import accounts
from tests.rules.rewinding import RewindingPlace

HOUR: Final = 3600.0
_OLD: Final = timedelta(days=9)  # past everything that is young for a week
#: Late enough on the eve of a business day that it is over after 24 hours: the shortest wait that there is.
_LATE: Final = time(23, 40)


def facts_of(place: RewindingPlace, account: str) -> Facts:
    with place.db.tx() as tx:
        return accounts.facts(tx, account)


def grows_old(place: RewindingPlace) -> None:
    """What was made now is older than a week, and three business days follow, of which the first begins in 20
    minutes: whatever day the test runs on, all waits are as long as on any other."""
    days, zone = place.kit.calendar, place.kit.calendar.zone
    now = place.now()
    late = datetime.combine((now + _OLD).astimezone(zone).date(), _LATE, zone)
    while late < now + _OLD or not all(
        days.is_open(late.date() + timedelta(days=n)) for n in (1, 2, 3)
    ):
        late += timedelta(days=1)
    place.passes((late - now).total_seconds())


def until_something_changes(place: RewindingPlace, account: str) -> float | None:
    """Seconds until the next hold, wait, youth of a factor or of a payout address is over."""
    now, facts, lives = place.now(), facts_of(place, account), Lives()
    ends = [h.ends for h in facts.holds if h.ends] + [w.until for w in facts.waiting]
    since = [*(f.bound_at for f in facts.factors), *(c.bound_at for c in facts.channels)]
    ends += [at + lives.approves_after for at in since]
    ends += [at + lives.removed_lately for _, at in facts.removed]
    ends += payouts(place, account)
    later = sorted((e - now).total_seconds() for e in ends if e > now)
    # a search itself takes time: what began minutes apart ends in one go
    return max(s for s in later if s < later[0] + HOUR / 2) + 1 if later else None


def payouts(place: RewindingPlace, account: str) -> list[datetime]:
    """From when the addresses of the payout list may be used."""
    rows = place.rows("select usable_at from payout_addresses where account = %s and removed_at is null "
                      "order by 1", account)  # fmt: skip
    return [row["usable_at"] for row in rows]
