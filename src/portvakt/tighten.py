"""The table made stricter from `[policy.<action>]` of `portvakt.toml`: durations, switches, added
proofs; nothing else. A loosening is refused unless that row says `allow_weaker = true`.

    [policy.sign_in]
    new_device_hold = "24h"     # every hold of the row that is shorter is raised to this
    robot = true                # the robot check always, not only under attack
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from portvakt.policy import ACTIONS, Ask, HoldRule, Page, Row, When


class PolicyError(ValueError):
    """A policy setting that cannot be used; the message says which and what to do."""


_KEYS: Final = ("hold", "new_device_hold", "quarantine", "robot", "flow_life", "allow_weaker")


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
            if key not in _KEYS:
                raise PolicyError(
                    f"[policy.{action}] {key} is not a setting; there are {', '.join(_KEYS)}"
                )
        out[action] = _row(action, table[action], settings, duration)
    return out


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
            raise PolicyError(f"[policy.{action}] {key} is weaker than the default; "
                              "write allow_weaker = true there if you mean it")  # fmt: skip
        return wanted

    if "hold" in settings:
        longest = max((r.lasts for r in row.hold), default=timedelta(0))
        lasts = length("hold", least=longest)
        row = replace(row, hold=(HoldRule(lasts),))
    if "new_device_hold" in settings:
        lasts = length("new_device_hold")
        row = replace(row, hold=tuple(r for rule in row.hold for r in _raised(rule, lasts)))
    if "quarantine" in settings:
        row = replace(row, quarantine=length("quarantine", least=row.quarantine or timedelta(0)))
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
