"""Counts what flows answer, for `/metrics`. Labels are ids from closed lists, never anything typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from prometheus_client import Counter

from portvakt import policy
from portvakt.flow import Door
from portvakt.model import Answer, Caller, Problem

FLOWS = Counter(
    "portvakt_flow_answers_total",
    "Answers of flows by action and result: open, waiting, done, expired, or a refusal's id.",
    ["action", "result"],
)
SIGN_IN_FAILURES = Counter(
    "portvakt_sign_in_failures_total", "Sign-ins refused for a wrong identifier, password or code."
)
TURNED_AWAY = Counter(
    "portvakt_turned_away_total", "Flow requests answered by a problem document.", ["problem"]
)

_GUESSING: Final = frozenset({"sign_in_failed", "wrong_code", "too_many_tries"})


def count(answer: Answer | Problem) -> None:
    """Counts one answer. An operator sees guessing as a rising sign-in failure count (A10, A11)."""
    if isinstance(answer, Problem):
        TURNED_AWAY.labels(answer.id).inc()
        return
    action = answer.flow.action if answer.flow.action in policy.ACTIONS else "unknown"
    result = answer.refusal.id if answer.refusal is not None else str(answer.flow.status)
    FLOWS.labels(action, result).inc()
    if action == "sign_in" and result in _GUESSING:
        SIGN_IN_FAILURES.inc()


class CountedDoor(Door):
    """The door, with a counter at it. Looking again (`look`) is not counted: nothing was tried."""

    def start(
        self,
        action: str,
        inputs: Mapping[str, object],
        caller: Caller,
        *,
        offer: str | None = None,
    ) -> Answer | Problem:
        answer = super().start(action, inputs, caller, offer=offer)
        count(answer)
        return answer

    def submit(
        self,
        flow: str,
        token: str,
        caller: Caller,
        *,
        inputs: Mapping[str, object] | None = None,
        step: str | None = None,
        offer: str | None = None,
        resend: str | None = None,
        cancel: bool = False,
    ) -> Answer | Problem:
        answer = super().submit(
            flow, token, caller, inputs=inputs, step=step, offer=offer, resend=resend, cancel=cancel
        )
        count(answer)
        return answer
