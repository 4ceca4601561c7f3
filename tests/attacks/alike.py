"""What a stranger can compare: two answers without what differs by nature."""

from __future__ import annotations

import re
from typing import Any

import httpx

#: members whose value is chance or the clock; that they are there, or null, still counts
_TIME = re.compile(r"\d{1,2}:\d{2}( [AP]M)?")  # as texts say it
_OWN = frozenset({"id", "token", "expires_at", "resend_at", "retry_at", "until", "challenge"})


def seen(answer: httpx.Response, *typed: str) -> dict[str, Any]:
    """Status, headers and body, with what was typed replaced by a word."""
    headers = {k: v for k, v in answer.headers.items() if k not in ("date", "content-length")}
    return {"status": answer.status_code, "headers": headers, "body": _plain(answer.json(), typed)}


def _plain(value: Any, typed: tuple[str, ...], inside: str = "") -> Any:
    if isinstance(value, dict):
        return {k: "·" if k in _OWN and v is not None and not (k == "id" and inside in ("step", "refusal"))
                else _plain(v, typed, k) for k, v in value.items()}  # fmt: skip
    if isinstance(value, list):
        return [_plain(v, typed, inside) for v in value]
    if isinstance(value, str):
        for word in typed:
            value = value.replace(word, "<typed>")
        return _TIME.sub("<time>", value)
    return value


def same(these: list[dict[str, Any]], those: list[dict[str, Any]]) -> None:
    """Two courses of answers that nobody can tell apart, turn by turn."""
    assert len(these) == len(those)
    for turn, (this, that) in enumerate(zip(these, those, strict=True)):
        assert this["status"] == that["status"], turn
        assert this["headers"] == that["headers"], turn
        for part in sorted(this["body"].keys() | that["body"].keys()):
            assert this["body"].get(part) == that["body"].get(part), (turn, part)


def auc(one: list[float], other: list[float]) -> float:
    """How well a single threshold tells two samples apart: 0.5 not at all, 1.0 always. Which of the
    two is slower does not matter to an attacker."""
    wins = sum((a > b) + 0.5 * (a == b) for a in one for b in other)
    area = wins / (len(one) * len(other))
    return max(area, 1 - area)
