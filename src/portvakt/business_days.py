"""The business-day clock of reviewed cases (S55, S56, A5). Pure: a calendar and arithmetic, no clock.

The day of submission is day 0, a closed day too. A business day is no weekend, no holiday of the
operator's country and no closing day of his own. A day ends at midnight in his time zone: the earliest
end of a case is the end of business day 1, it is due at the end of business day 3.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import Any, Final

#: Beside its public holidays a country has days on which nobody works: Sweden its three Eves.
_CATEGORIES: Final[dict[str, tuple[str, ...]]] = {"SE": ("public", "de_facto")}
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FURTHEST: Final = timedelta(
    days=366
)  # no country closes for longer; a calendar that does is broken


class NoCalendar(ValueError):
    """There are no holidays to be known for this country or year: nothing is guessed (A58)."""


@cache
def _holidays(country: str, categories: tuple[str, ...]) -> Any:
    import holidays  # late: the serving process asks only when a case begins

    try:
        return holidays.country_holidays(country, categories=categories or None, expand=True)
    except (NotImplementedError, ValueError) as error:
        known = ", ".join(sorted(holidays.list_supported_countries()))
        raise NoCalendar(
            f"no holidays are known for {country}"
            + (f" with the categories {', '.join(categories)}" if categories else "")
            + f"; known countries: {known}"
        ) from error


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """`country` as ISO 3166-1 alpha-2, `weekend` as numbers of weekdays (Monday 0), `closed` days of the
    operator's own. NoCalendar at once for a country that nobody knows the holidays of."""

    country: str
    zone: tzinfo
    weekend: frozenset[int] = frozenset({5, 6})
    closed: frozenset[date] = frozenset()
    categories: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if len(self.weekend) > 6:
            raise NoCalendar("a week must have at least one business day")
        self._calendar()

    def _calendar(self) -> Any:
        chosen = (
            self.categories if self.categories is not None else _CATEGORIES.get(self.country, ())
        )
        return _holidays(self.country, chosen)

    def is_open(self, day: date) -> bool:
        """Whether this is a business day. NoCalendar beyond the years that the calendar knows."""
        calendar = self._calendar()
        if not calendar.start_year <= day.year <= calendar.end_year:
            raise NoCalendar(f"the holidays of {self.country} in {day.year} are not known")
        return day.weekday() not in self.weekend and day not in self.closed and day not in calendar

    def end_of(self, number: int, submitted: datetime) -> datetime:
        """The end of the business day `number` (1, 2, …) after this instant, in UTC."""
        day = submitted.astimezone(self.zone).date()
        left, furthest = number, day + _FURTHEST
        while left:
            day += timedelta(days=1)
            if day > furthest:
                raise NoCalendar(
                    f"{self.country} has no business day within a year after {submitted:%Y-%m-%d}"
                )
            left -= self.is_open(day)
        return datetime.combine(day + timedelta(days=1), time(0), self.zone).astimezone(UTC)

    def until(self, now: datetime, due: datetime) -> int:
        """Business days that end after `now` and not after `due`: 0 when it is due today or overdue."""
        day, last = (
            now.astimezone(self.zone).date(),
            (due - timedelta(microseconds=1)).astimezone(self.zone).date(),
        )
        count = 0
        while day < last:
            day += timedelta(days=1)
            count += self.is_open(day)
        return count


def weekend(days: Collection[str]) -> frozenset[int]:
    """`("sat", "sun")` → {5, 6}. ValueError names what is no weekday."""
    unknown = [d for d in days if d not in WEEKDAYS]
    if unknown:
        raise ValueError(f"{unknown[0]} is no weekday; they are {', '.join(WEEKDAYS)}")
    return frozenset(WEEKDAYS.index(d) for d in days)
