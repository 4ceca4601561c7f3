"""How a parameter is said: times in the holder's language and zone, durations, numbers, lists.

Text that came from outside (device names, labels) is said without control and direction
characters, so it can neither break a mail header nor reorder a sentence (A08, A93).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

# C0/C1 controls, line and paragraph separators, direction marks, embeddings and isolates
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_LONGEST: Final = 500

# CLDR's own patterns lack the zone or the weekday; these are ours.
_LONG: Final = {"en": "EEEE d MMMM y 'at' HH:mm", "sv": "EEEE d MMMM y 'kl.' HH:mm"}
_SHORT: Final = {"en": "d MMM HH:mm", "sv": "d MMM 'kl.' HH:mm"}


@lru_cache(maxsize=16)
def locale(language: str) -> Locale:
    return Locale.parse(language)


@lru_cache(maxsize=512)
def zone_of(name: str | None) -> tzinfo:
    """The IANA zone, or UTC for none and for names that are no zone."""
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # unknown, a path, a folder: never an error page
        return UTC


def _zone_name(at: datetime) -> str:
    name = at.tzname() or "UTC"
    return f"UTC{name}" if name[:1] in "+-" else name


def clean(text: str) -> str:
    """Outside text made harmless for one line: see the module's docstring."""
    return _UNSAFE.sub(" ", text[:_LONGEST]).strip()


def clean_lines(text: str) -> str:
    """The same for words of several lines, which stay lines."""
    return "\n".join(clean(line) for line in text.splitlines())


def say_time(at: datetime, language: str, zone: str | None, style: str | None = None) -> str:
    """`Tuesday 24 November 2026 at 14:05 (CET)`; style `short`: `24 Nov 14:05 CET`. The styles `end`
    (long) and `soon` (short) round up to the minute: nobody shall come back too early.

    `at` must know its zone: a naive time is a bug and raises ValueError."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be said")
    if style in ("end", "soon") and (at.second or at.microsecond):
        at = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    local = at.astimezone(zone_of(zone))
    short = style in ("short", "soon")
    patterns = _SHORT if short else _LONG
    said = format_datetime(local, patterns.get(language, _LONG["en"]), locale=locale(language))
    return f"{said} {_zone_name(local)}" if short else f"{said} ({_zone_name(local)})"


def say_duration(lasts: timedelta, language: str) -> str:
    """`24 hours`, `30 days`, `1 hour 30 minutes`. Days only from a week up: holds are counted in
    hours from an instant, not in calendar days (A16). Rounded up to the minute."""
    tongue = locale(language)
    seconds = max(0, int(-(-lasts.total_seconds() // 1)))
    if 0 < seconds < 60:
        return format_unit(seconds, "duration-second", "long", locale=tongue)
    minutes = -(-seconds // 60)
    if minutes >= 7 * 24 * 60 and minutes % (24 * 60) == 0:
        return format_unit(minutes // (24 * 60), "duration-day", "long", locale=tongue)
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(format_unit(hours, "duration-hour", "long", locale=tongue))
    if rest or not hours:
        parts.append(format_unit(rest, "duration-minute", "long", locale=tongue))
    return " ".join(parts)


def say_value(value: object, language: str, zone: str | None, style: str | None = None) -> str:
    """One parameter as words. Kinds that have no words raise TypeError: showing a repr would
    leak more than intended."""
    match value:
        case bool():
            raise TypeError("a yes or no needs its own words")
        case str():
            return clean(value)
        case int():
            return format_decimal(value, locale=locale(language))
        case datetime():
            return say_time(value, language, zone, style)
        case date():
            return format_date(value, "d MMMM y", locale=locale(language))
        case timedelta():
            return say_duration(value, language)
        case list() | tuple():
            return format_list(
                [say_value(v, language, zone, style) for v in value], locale=locale(language)
            )
        case _:
            raise TypeError(f"a {type(value).__name__} has no words")
