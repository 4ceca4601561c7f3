"""Both tables made stricter from `portvakt.toml`: durations, counts, switches, added proofs; nothing
else. A loosening is refused unless that row says `allow_weaker = true`.

    [policy.sign_in]
    new_device_hold = "24h"     # every hold of the row that is shorter is raised to this
    robot = true                # the robot check always, not only under attack

    [protected.nft_transfer]    # a way out of the operator's own: strict in all that is not written
    payout_list = true
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from portvakt.policy import (
    ACTIONS,
    PROTECTED,
    PROVIDER_ROWS,
    PROVIDERS,
    Ask,
    HoldRule,
    Page,
    Protected,
    Row,
    When,
)


class PolicyError(ValueError):
    """A policy setting that cannot be used; the message says which and what to do."""


KEYS: Final = (
    "hold", "new_device_hold", "quarantine", "wait", "usable_after", "minimum_level", "robot", "flow_life",
    "allow_weaker",
)  # fmt: skip
#: key of `[protected.<id>]` → its values, the strict one first
WAYS: Final[Mapping[str, tuple[object, object]]] = {
    "stopped_by_hold": (True, False),
    "stopped_by_freeze": (True, False),
    "step_up": ("always", "never"),
    "second_factor": (True, False),
    "payout_list": (True, False),
}
_HIGHEST_LEVEL: Final = 4
_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


def tightened(overrides: Mapping[str, Mapping[str, Any]], duration: Callable[[str], timedelta],
              table: Mapping[str, Row] = ACTIONS) -> dict[str, Row]:  # fmt: skip
    """The table with the operator's settings applied; PolicyError names row and key."""
    out = dict(table)
    for action, settings in overrides.items():
        if action not in table:
            raise PolicyError(
                f"[policy.{action}]: there is no such action; `portvakt policy` prints them"
            )
        for key in settings:
            if key not in KEYS:
                raise PolicyError(
                    f"[policy.{action}] {key} is not a setting; there are {', '.join(KEYS)}"
                )
        out[action] = _row(action, table[action], settings, duration)
    return out


def with_providers(ids: Iterable[str], table: Mapping[str, Row] = ACTIONS) -> dict[str, Row]:
    """The table where these vouch for people: their rows, made from `PROVIDER_ROWS` where they have none,
    and no linking of others. Who is linked with one that is gone can still unlink."""
    own, more = tuple(ids), tuple(id for id in ids if id not in PROVIDERS)
    gone = {f"link_{id}" for id in PROVIDERS if id not in own}
    rows = {id: row for id, row in table.items() if id not in gone}
    rows |= {
        f"{verb}_{id}": replace(row, kind=id) for id in more for verb, row in PROVIDER_ROWS.items()
    }
    return {id: replace(row, more_ways=more) for id, row in rows.items()} if more else rows


def _weaker(row: str, key: str) -> PolicyError:
    return PolicyError(
        f"[{row}] {key} is weaker than the default; write allow_weaker = true there if you mean it"
    )


def _level(action: str, given: object, row: Row, weaker: bool) -> int:
    text = str(given)
    if isinstance(given, bool) or text not in {str(n) for n in range(_HIGHEST_LEVEL + 1)}:
        raise PolicyError(
            f"[policy.{action}] minimum_level is a security level, 0 to {_HIGHEST_LEVEL}"
        )
    if int(text) < row.minimum_level and not weaker:
        raise _weaker(f"policy.{action}", "minimum_level")
    return int(text)


def protected(
    overrides: Mapping[str, Mapping[str, Any]], table: Mapping[str, Protected] = PROTECTED
) -> dict[str, Protected]:
    """The second table with the operator's settings applied and his own rows added; PolicyError names
    row and key. A row of his own begins with the strict defaults of `Protected`."""
    out = dict(table)
    for id, settings in overrides.items():
        if not _ID.fullmatch(id):
            raise PolicyError(f"[protected.{id}]: an id is small letters, digits and _")
        out[id] = _way(id, table.get(id, Protected()), settings)
    return out


def _way(id: str, way: Protected, settings: Mapping[str, Any]) -> Protected:
    weaker = settings.get("allow_weaker") is True
    for key, value in settings.items():
        if key == "allow_weaker":
            continue
        if key not in WAYS:
            known = ", ".join([*WAYS, "allow_weaker"])
            raise PolicyError(f"[protected.{id}] {key} is not a setting; there are {known}")
        strict, loose = WAYS[key]
        if type(value) is not type(strict) or value not in (strict, loose):
            form = "true or false" if strict is True else f'"{strict}" or "{loose}"'
            raise PolicyError(f"[protected.{id}] {key} is {form}")
        if value == loose and getattr(way, key) == strict and not weaker:
            raise _weaker(f"protected.{id}", key)
    way = replace(way, **{key: value for key, value in settings.items() if key in WAYS})
    if way.step_up == "always" and not way.second_factor:
        raise PolicyError(
            f'[protected.{id}] step_up = "always" takes a second factor: it is what approves'
        )
    return way


def _row(
    action: str, row: Row, settings: Mapping[str, Any], duration: Callable[[str], timedelta]
) -> Row:
    weaker = settings.get("allow_weaker") is True

    def length(
        key: str, *, least: timedelta = timedelta(0), most: timedelta = timedelta.max
    ) -> timedelta:
        try:
            wanted = duration(str(settings[key]))
        except ValueError as error:
            raise PolicyError(f"[policy.{action}] {key}: {error}") from None
        if not least <= wanted <= most and not weaker:
            raise _weaker(f"policy.{action}", key)
        return wanted

    def only(key: str, there: bool, what: str) -> bool:
        """Whether to apply it: said of a row that has no such thing it would do nothing, or harm."""
        if key in settings and not there:
            raise PolicyError(f"[policy.{action}] {key} is for actions that {what}")
        return key in settings

    if "hold" in settings:
        longest = max((r.lasts for r in row.hold), default=timedelta(0))
        lasts = length("hold", least=longest)
        row = replace(row, hold=(HoldRule(lasts),))
    if "new_device_hold" in settings:
        lasts = length("new_device_hold")
        row = replace(row, hold=tuple(r for rule in row.hold for r in _raised(rule, lasts)))
    if "quarantine" in settings:
        row = replace(row, quarantine=length("quarantine", least=row.quarantine or timedelta(0)))
    if only("wait", row.wait is not None, "wait before they take effect"):
        row = replace(row, wait=length("wait", least=row.wait or timedelta(0)) or None)
    if only("usable_after", row.usable_after is not None, "add something that is used later"):
        lasts = length("usable_after", least=row.usable_after or timedelta(0))
        row = replace(row, usable_after=lasts)
    asks_level = any(when is When.BELOW_MINIMUM for when, _ in row.refuse_if)
    if only("minimum_level", asks_level, "can lower the security level"):
        row = replace(row, minimum_level=_level(action, settings["minimum_level"], row, weaker))
    if "flow_life" in settings:
        row = replace(row, life=length("flow_life", most=row.life))
    if settings.get("robot") is True:
        if row.session:
            raise PolicyError(f"[policy.{action}] robot is for actions that anybody can start, "
                              "without a session")  # fmt: skip
        first = row.pages[0]
        asks = tuple(a for a in first.asks if a not in (Ask.ROBOT, Ask.ROBOT_UNDER_ATTACK))
        row = replace(row, pages=(Page(first.id, (*asks, Ask.ROBOT)), *row.pages[1:]))
    return row


def _raised(rule: HoldRule, lasts: timedelta) -> tuple[HoldRule, ...]:
    """At least so long. A rule for everything else is raised for new devices alone, and stays in force
    as it is for those that are known."""
    if rule.lasts >= lasts:
        return (rule,)
    if rule.when:
        return (HoldRule(lasts, rule.when),)
    return HoldRule(lasts, (When.NEW_DEVICE,)), rule
