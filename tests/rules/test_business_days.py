"""The business-day clock against an oracle of its own: rules written by hand from the laws of four
countries, Easter by Meeus, the end of a day by looking for it. It shares nothing with the clock, the
library of holidays least of all."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from portvakt import business_days
from portvakt.business_days import BusinessDays, NoCalendar

ONE = timedelta(days=1)
STOCKHOLM = ZoneInfo("Europe/Stockholm")
#: Where midnight is skipped or comes twice when clocks change (Cairo, Havana), odd offsets, both ends of
#: the earth: the operator's zone need not be that of his country's capital.
ZONES = (
    "Europe/Stockholm", "Europe/Berlin", "Europe/Paris", "America/New_York", "America/Los_Angeles",
    "Africa/Cairo", "America/Havana", "Asia/Kathmandu", "America/St_Johns", "Pacific/Auckland",
    "Pacific/Kiritimati", "UTC",
)  # fmt: skip
WEEKENDS = (("sat", "sun"), ("fri", "sat"), ("sun",), ())
TRIES = 5_000


# ── the oracle: which days are closed ───────────────────────────────────────────────────────────


def easter(year: int) -> date:
    """Meeus' rule for the Gregorian calendar (Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7  # noqa: E741  as in the book
    m = (a + 11 * h + 19 * l) // 433
    month = (h + l - 7 * m + 90) // 25
    return date(year, month, (h + l - 7 * m + 33 * month + 19) % 32)


def on_or_after(day: date, weekday: int) -> date:
    return day + ONE * ((weekday - day.weekday()) % 7)


def last_monday(year: int, month: int) -> date:
    day = date(year, month, 31)
    return day - ONE * day.weekday()


def sweden(year: int) -> Iterator[date]:
    """Lag (1989:253) om allmänna helgdagar, and the three Eves on which nobody works."""
    sunday = easter(year)
    yield from (date(year, 1, 1), date(year, 1, 6), date(year, 5, 1), date(year, 6, 6))
    yield from (date(year, 12, 25), date(year, 12, 26))
    yield from (sunday + ONE * n for n in (-2, 0, 1, 39, 49))
    midsummer = on_or_after(date(year, 6, 20), 5)
    yield from (midsummer, on_or_after(date(year, 10, 31), 5))
    yield from (midsummer - ONE, date(year, 12, 24), date(year, 12, 31))


def germany(year: int) -> Iterator[date]:
    """What is closed in all sixteen states."""
    yield from (date(year, 1, 1), date(year, 5, 1), date(year, 10, 3))
    yield from (date(year, 12, 25), date(year, 12, 26))
    yield from (easter(year) + ONE * n for n in (-2, 1, 39, 50))


def france(year: int) -> Iterator[date]:
    """Code du travail, article L3133-1."""
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    yield from (date(year, month, day) for month, day in fixed)
    yield from (easter(year) + ONE * n for n in (1, 39, 50))


def united_states(year: int) -> Iterator[date]:
    """5 U.S.C. 6103; a Saturday's is kept on the Friday before, a Sunday's on the Monday after. The New
    Year's Day of the year to come may be kept in this one."""
    yield on_or_after(date(year, 1, 15), 0)
    yield on_or_after(date(year, 2, 15), 0)
    yield last_monday(year, 5)
    yield on_or_after(date(year, 9, 1), 0)
    yield on_or_after(date(year, 10, 8), 0)
    yield on_or_after(date(year, 11, 22), 3)
    for day in (*(date(year, m, d) for m, d in ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))),
                date(year + 1, 1, 1)):  # fmt: skip
        yield day
        yield day + ONE * {5: -1, 6: 1}.get(day.weekday(), 0)


COUNTRIES = {"SE": sweden, "DE": germany, "FR": france, "US": united_states}


@cache
def closed(country: str) -> frozenset[date]:
    return frozenset(day for year in range(2022, 2037) for day in COUNTRIES[country](year))


# ── the oracle: when a day ends ─────────────────────────────────────────────────────────────────


@cache
def end_of_day(day: date, zone: str) -> datetime:
    """The first instant at which the wall clock there shows a later date: looked for, not computed."""
    at, there = datetime(day.year, day.month, day.day, tzinfo=UTC), ZoneInfo(zone)
    while at.astimezone(there).date() <= day:
        at += timedelta(minutes=15)
    while (at - timedelta(minutes=15)).astimezone(there).date() > day:
        at -= timedelta(minutes=15)
    return at


def end_of(number: int, submitted: datetime, country: str, zone: str, weekend: frozenset[str],
           own: frozenset[date]) -> datetime:  # fmt: skip
    day = submitted.astimezone(ZoneInfo(zone)).date()
    open_days = 0
    while open_days < number:
        day += ONE
        name = day.strftime("%a").lower()
        if name not in weekend and day not in closed(country) and day not in own:
            open_days += 1
    return end_of_day(day, zone)


# ── the clock is the oracle ─────────────────────────────────────────────────────────────────────


def submissions(country: str) -> Iterator[tuple[datetime, str, tuple[str, ...], frozenset[date]]]:
    """Random instants of ten years, to the second and often beside midnight or a holiday; random zones,
    weekends and closing days of the operator's own."""
    chance = random.Random(f"business days of {country}")
    first, last = datetime(2024, 1, 1, tzinfo=UTC), datetime(2034, 1, 1, tzinfo=UTC)
    seconds, days = int((last - first).total_seconds()), sorted(closed(country))
    for _ in range(TRIES):
        zone = chance.choice(ZONES)
        match chance.randrange(4):
            case 0:  # within seconds of a local midnight
                day = (first + ONE * chance.randrange(3653)).date()
                at = end_of_day(day, zone) + timedelta(seconds=chance.randint(-2, 2))
            case 1:  # around a holiday
                day = chance.choice([d for d in days if 2024 <= d.year < 2034])
                at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) + timedelta(
                    hours=chance.randint(-96, 36)
                )
            case _:
                at = first + timedelta(seconds=chance.randrange(seconds))
        own = frozenset(
            at.date() + ONE * chance.randrange(8) for _ in range(chance.choice((0, 0, 1, 3)))
        )
        yield at, zone, chance.choice(WEEKENDS), own


@pytest.mark.proves("A58", "S55", "S56", "S96")
@pytest.mark.parametrize("country", COUNTRIES)
def test_the_earliest_and_the_due_end_of_thousands_of_cases_are_those_of_the_oracle(
    country: str,
) -> None:
    for at, zone, weekend, own in submissions(country):
        calendar = BusinessDays(
            country, ZoneInfo(zone), weekend=business_days.weekend(weekend), closed=own
        )
        for number in (1, 3):
            wanted = end_of(number, at, country, zone, frozenset(weekend), own)
            found = calendar.end_of(number, at)
            assert found == wanted, f"{country} {zone} {at} +{number} {weekend} {sorted(own)}"


@pytest.mark.proves("A58", "S56", "S96")
@pytest.mark.parametrize("country", COUNTRIES)
def test_every_day_of_ten_years_is_open_or_closed_as_the_law_says(country: str) -> None:
    calendar = BusinessDays(country, ZoneInfo("UTC"), weekend=frozenset())
    day = date(2024, 1, 1)
    while day.year < 2034:
        assert calendar.is_open(day) == (day not in closed(country)), day
        day += ONE


def test_the_oracle_knows_easter_as_the_almanac_prints_it() -> None:
    printed = ["2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16",
               "2029-04-01", "2030-04-21", "2031-04-13", "2032-03-28", "2033-04-17"]  # fmt: skip
    assert [easter(year).isoformat() for year in range(2024, 2034)] == printed


# ── the days that go wrong, one by one ──────────────────────────────────────────────────────────


def stockholm(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


#: submitted in Stockholm → the end of business day 1, of business day 3
SWEDISH = {
    "a plain Monday": ("2026-11-23 10:00", "2026-11-25 00:00", "2026-11-27 00:00"),
    "Friday 23:59": ("2026-11-20 23:59:59", "2026-11-24 00:00", "2026-11-26 00:00"),
    "Saturday 00:00, a closed day 0": ("2026-11-21 00:00", "2026-11-24 00:00", "2026-11-26 00:00"),
    "Sunday 23:59": ("2026-11-22 23:59:59", "2026-11-24 00:00", "2026-11-26 00:00"),
    "Monday 00:00": ("2026-11-23 00:00", "2026-11-25 00:00", "2026-11-27 00:00"),
    "before Easter": ("2026-04-02 15:00", "2026-04-08 00:00", "2026-04-10 00:00"),
    "on Good Friday": ("2026-04-03 09:00", "2026-04-08 00:00", "2026-04-10 00:00"),
    "before Midsummer Eve": ("2026-06-18 12:00", "2026-06-23 00:00", "2026-06-25 00:00"),
    "on Midsummer Eve": ("2026-06-19 12:00", "2026-06-23 00:00", "2026-06-25 00:00"),
    "31 December": ("2026-12-31 12:00", "2027-01-05 00:00", "2027-01-08 00:00"),
    "before Christmas": ("2026-12-23 18:00", "2026-12-29 00:00", "2026-12-31 00:00"),
    "clocks go forward": ("2026-03-27 12:00", "2026-03-31 00:00", "2026-04-02 00:00"),
    "clocks go back": ("2026-10-23 12:00", "2026-10-27 00:00", "2026-10-29 00:00"),
}


@pytest.mark.proves("A58", "S55", "S56")
@pytest.mark.parametrize(("submitted", "earliest", "due"), SWEDISH.values(), ids=SWEDISH)
def test_a_swedish_case_ends_at_the_midnights_that_people_count(
    submitted: str, earliest: str, due: str
) -> None:
    calendar = BusinessDays("SE", STOCKHOLM)
    assert calendar.end_of(1, stockholm(submitted)) == stockholm(earliest)
    assert calendar.end_of(3, stockholm(submitted)) == stockholm(due)


@pytest.mark.proves("A58")
@pytest.mark.parametrize(("month", "offset"), [(3, 2), (10, 1)])
def test_a_day_on_which_clocks_change_ends_at_its_own_midnight_not_after_24_hours(
    month: int, offset: int
) -> None:
    """Where Sunday is a business day: it has 23 hours in March, 25 in October."""
    calendar = BusinessDays("SE", STOCKHOLM, weekend=frozenset({5}))
    saturday = {3: 28, 10: 24}[month]
    ends = calendar.end_of(1, stockholm(f"2026-{month:02}-{saturday} 12:00"))
    assert ends == datetime(2026, month, saturday + 1, 24 - offset, tzinfo=UTC)


@pytest.mark.proves("A58")
def test_a_day_ends_where_its_next_midnight_is_skipped_and_at_the_first_where_there_are_two() -> (
    None
):
    cairo = BusinessDays("SE", ZoneInfo("Africa/Cairo"), weekend=frozenset({4, 5}))
    before = datetime(2026, 4, 22, 12, tzinfo=UTC)  # Thursday 23 April ends as clocks go to 01:00
    assert cairo.end_of(1, before) == datetime(2026, 4, 23, 22, tzinfo=UTC)
    havana = BusinessDays("US", ZoneInfo("America/Havana"), weekend=frozenset({6}))
    before = datetime(2026, 10, 30, 12, tzinfo=UTC)  # Saturday 31 October ends at 00:00 CDT
    assert havana.end_of(1, before) == datetime(2026, 11, 1, 4, tzinfo=UTC)


@pytest.mark.proves("A58")
def test_where_the_reviewer_or_the_applicant_sits_changes_nothing() -> None:
    calendar = BusinessDays("SE", STOCKHOLM)
    at = stockholm("2026-11-20 23:59:59")
    for zone in ZONES:
        assert calendar.end_of(3, at.astimezone(ZoneInfo(zone))) == calendar.end_of(3, at)


def test_the_operators_own_closing_days_and_weekend_count_beside_the_holidays() -> None:
    at = stockholm("2026-11-23 10:00")
    shut = frozenset({date(2026, 11, 24)})
    assert BusinessDays("SE", STOCKHOLM, closed=shut).end_of(1, at) == stockholm("2026-11-26 00:00")
    friday = BusinessDays("SE", STOCKHOLM, weekend=business_days.weekend(("fri", "sat")))
    assert friday.end_of(3, stockholm("2026-11-24 10:00")) == stockholm("2026-11-30 00:00")


@pytest.mark.proves("A58", "S96")
def test_nothing_is_guessed_for_a_country_or_a_year_without_a_calendar() -> None:
    with pytest.raises(NoCalendar, match=r"no holidays are known for XX; known countries: .*SE"):
        BusinessDays("XX", STOCKHOLM)
    with pytest.raises(NoCalendar, match="no holidays are known for SE with the categories moon"):
        BusinessDays("SE", STOCKHOLM, categories=("moon",))
    with pytest.raises(NoCalendar, match="at least one business day"):
        BusinessDays("SE", STOCKHOLM, weekend=frozenset(range(7)))
    calendar = BusinessDays("SE", STOCKHOLM)
    assert calendar.end_of(1, stockholm("2100-12-28 10:00")) == stockholm("2100-12-30 00:00")
    with pytest.raises(NoCalendar, match="the holidays of SE in 2101 are not known"):
        calendar.end_of(3, stockholm("2100-12-30 10:00"))


def test_a_calendar_without_an_open_day_in_a_year_ends_in_words_and_not_in_a_loop() -> None:
    shut = frozenset(date(2026, 1, 1) + ONE * n for n in range(500))
    with pytest.raises(NoCalendar, match="no business day within a year"):
        BusinessDays("SE", STOCKHOLM, closed=shut).end_of(1, stockholm("2026-01-01 10:00"))


# ── how many are left ───────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("S95")
def test_the_days_left_are_those_of_the_calendar_and_none_on_the_last_day_or_when_overdue() -> None:
    calendar = BusinessDays("SE", STOCKHOLM)
    due = calendar.end_of(3, stockholm("2026-11-19 10:00"))  # Thursday: due at Tuesday's end
    told = {"2026-11-19 10:00": 3, "2026-11-20 23:59": 2, "2026-11-21 09:00": 2,
            "2026-11-22 23:59": 2, "2026-11-23 00:00": 1, "2026-11-24 08:00": 0,
            "2026-11-25 00:00": 0, "2026-11-30 00:00": 0}  # fmt: skip
    assert {at: calendar.until(stockholm(at), due) for at in told} == told


def test_a_weekend_is_named_in_words_and_what_is_no_weekday_is_refused_by_name() -> None:
    assert business_days.weekend(("fri", "sat")) == frozenset({4, 5})
    with pytest.raises(ValueError, match="funday is no weekday; they are mon, tue"):
        business_days.weekend(("funday",))
