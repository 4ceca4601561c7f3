"""The kinds of values that settings have: durations, networks, addresses, one-line texts."""

from __future__ import annotations

import ipaddress
import re
import zoneinfo
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer
from pydantic.config import JsonDict

from portvakt import business_days

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DURATION = re.compile(r"(?:[0-9]+[smhd])+")


def parse_duration(text: str) -> timedelta:
    """`"24h"`, `"90s"`, `"1h30m"`, `"7d"` → timedelta. ValueError for anything else."""
    if not isinstance(text, str) or not _DURATION.fullmatch(text):
        raise ValueError('a duration is written like "24h", "90s", "1h30m" or "7d"')
    parts = re.findall(r"([0-9]+)([smhd])", text)
    return timedelta(seconds=sum(int(count) * _UNITS[unit] for count, unit in parts))


def say_duration(value: timedelta) -> str:
    """A spelling that `parse_duration` reads back; days only beyond 72 h: `"24h"`, `"30d"`."""
    seconds = int(value.total_seconds())
    if seconds > 72 * 3_600 and seconds % 86_400 == 0:
        return f"{seconds // 86_400}d"
    for unit in ("h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"


def _duration(value: object) -> object:
    return value if isinstance(value, timedelta) else parse_duration(value)  # type: ignore[arg-type]


def words(value: object) -> object:
    """From the environment a list comes as `a, b`."""
    return [w.strip() for w in value.split(",") if w.strip()] if isinstance(value, str) else value


def weekdays(days: tuple[str, ...]) -> tuple[str, ...]:
    if len(business_days.weekend(days)) == len(business_days.WEEKDAYS):
        raise ValueError("leaves no day of the week on which somebody reviews")
    return days


def flat(value: object) -> object:
    """`password.account = "…"` is a table in a table for TOML, and one name for us."""
    if not isinstance(value, Mapping):
        return value
    found: dict[str, object] = {}
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            found |= {f"{key}.{name}": v for name, v in dict(flat(inner)).items()}  # type: ignore[call-overload]
        else:
            found[str(key)] = inner
    return found


def _network(text: str) -> str:
    ipaddress.ip_network(text)
    return text


def _proxy(text: str) -> str:
    """Where everybody is trusted, every visitor writes his own address and no limit holds (A12)."""
    if ipaddress.ip_network(text).prefixlen == 0:
        raise ValueError("must name your proxies' own networks, not the whole internet")
    return text


def _one_line(text: str) -> str:
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        raise ValueError("must be one line without control characters")
    return text.strip()


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise ValueError("must be an address that begins with https://")
    return text


def _secure(text: str) -> str:
    parts = urlsplit(_web_address(text))
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("must begin with https:// (plain http only for this machine itself)")
    return text


def origin(text: str) -> str:
    parts = urlsplit(_web_address(text))
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("must be scheme, host and port only, like https://id.example.com")
    return _secure(text).rstrip("/")


def _clamd(text: str) -> str:
    parts = urlsplit(text)
    tcp = parts.scheme == "tcp" and parts.hostname and parts.port and not parts.path
    if not tcp and not (parts.scheme == "unix" and parts.path.startswith("/")):
        raise ValueError('is written like "tcp://127.0.0.1:3310" or "unix:/run/clamav/clamd.ctl"')
    return text


def time_zone_name(text: str) -> str:
    if text not in zoneinfo.available_timezones():
        raise ValueError("is not a time zone like Europe/Stockholm")
    return text


def is_loopback(host: str) -> bool:
    """Whether this host name or address can be reached from this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


Duration = Annotated[
    timedelta, BeforeValidator(_duration), PlainSerializer(say_duration, return_type=str)
]
Line = Annotated[str, AfterValidator(_one_line), Field(min_length=1, max_length=200)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
SecureAddress = Annotated[str, AfterValidator(_secure)]
ClamdAddress = Annotated[str, AfterValidator(_clamd)]
Network = Annotated[str, AfterValidator(_network)]
Proxy = Annotated[str, AfterValidator(_proxy)]
Fingerprint = Annotated[str, Field(pattern=r"^([0-9A-F]{2}:){31}[0-9A-F]{2}$")]
Aaguid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
IosApp = Annotated[str, Field(pattern=r"^[A-Z0-9]{10}\.[A-Za-z0-9.-]+$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
SECRET: JsonDict = {"secret": True}  # such a value is never shown


def number(value: object) -> object:
    """ "16" from the environment is 16: a choice of numbers takes no text by itself."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value
