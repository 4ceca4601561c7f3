"""What of a POST is tried now: known names of bearable length, on the page that is current."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_network
from typing import Final

from portvakt import asking, rules
from portvakt.asking import AUTHORITY_FIELDS
from portvakt.factors import INPUTS
from portvakt.model import Flow, Need, Problem
from portvakt.policy import Row

_LISTS: Final = frozenset({"lost", "files"})
#: proofs that need to be told whose; a link says that itself, and nobody guesses one
_OF_SOMEBODY: Final = AUTHORITY_FIELDS - {asking.NAMING}
_CREDENTIALS: Final = frozenset(
    {"passkey_create", "passkey_get"}
)  # JSON objects in JSON, text in a form
_NUMBERS: Final = frozenset({"days"})  # JSON numbers are as good as their digits


def _of_somebody(name: str) -> bool:
    return name in _OF_SOMEBODY or INPUTS[name].kind == "redirect"


def network_of(ip: str) -> str:
    """What limits count as one network: an IPv4 address, an IPv6 /64 (A12). The text is not cut:
    in `2001:db8::1:2:3:4` zeros are left out, and its fourth part is the visitor's own choice."""
    if ":" not in ip:
        return ip
    return str(ip_network((ip, 64), strict=False))


def too_many(again: datetime, now: datetime) -> Problem:
    """Turned away by a counter: nothing is read, tried or written down."""
    return Problem(429, "too_many_requests", retry_after=max(1, int((again - now).total_seconds())))


def read(row: Row, inputs: Mapping[str, object]) -> dict[str, str] | Problem:
    """Known names, text of bearable length; everything else is the client's mistake."""
    known = asking.inputs(row)
    out: dict[str, str] = {}
    for name, value in inputs.items():
        if name not in known:
            return Problem(
                422, "unknown_field", {"field": name[:64] if name.isidentifier() else "?"}
            )
        text = _as_text(name, value)
        if not isinstance(text, str) or len(text) > INPUTS[name].longest or _unfit(text):
            return Problem(400, "malformed", {"field": name})
        out[name] = text
    return out


def _as_text(name: str, value: object) -> object:
    """JSON has truth and numbers of its own: `true` agrees, and 7 days are 7."""
    if (
        name in _LISTS
        and isinstance(value, list)
        and all(isinstance(v, str) and "," not in v for v in value)
    ):
        return ",".join(value)
    if name == "answers" and isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if INPUTS[name].kind in _CREDENTIALS and isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, bool) and INPUTS[name].kind == "agree":
        return "yes" if value else "no"
    return str(value) if type(value) is int and name in _NUMBERS else value


def tried(
    needs: tuple[Need, ...], need: Need | None, flow: Flow, values: dict[str, str]
) -> list[str]:
    """The inputs for the current page, in its order, and those that may come early."""
    names = [
        n
        for n in (*sorted(asking.OPTIONAL), "files")
        if values.get(n, "").strip() and n not in flow.given
    ]
    if asking.NAMING in values and not rules.named(flow):
        names.append(asking.NAMING)
    if need is None:
        return names
    names += [n for n in need.missing if n in values and n not in names]
    robot = next((n for n in needs if "robot" in n.missing), None)
    paid = robot is None or "robot" in names
    if (
        "identifier" in need.missing
        and "identifier" not in names
        and "identifier" not in flow.given
    ):
        names = [n for n in names if not _of_somebody(n)]  # a proof of nobody proves nothing
    if not paid and robot is need:
        names = [n for n in names if not _of_somebody(n)]  # no guess before the robot check (A10)
    if paid:
        names += [n for later in needs for n in later.missing
                  if later is not need and n in values and INPUTS[n].early and n not in names]  # fmt: skip
    # Who it is about, then the robot check, then the rest: while the check fails nothing behind it is
    # looked at, or a bot would read from the refusal whether its password was right (A10).
    return sorted(
        names, key=lambda n: (n not in ("identifier", "case_number", asking.NAMING), n != "robot")
    )


def _unfit(text: str) -> bool:
    """Lone surrogates have no UTF-8 form: no database and no hash can hold them."""
    return any("\ud800" <= c <= "\udfff" for c in text)
