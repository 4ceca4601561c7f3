"""Robot checks behind one port (S24, S99): self-hosted proof of work by altcha as the default; the
checks that others host are in `captcha_hosted.py`.

A challenge of altcha is signed and stateless; it carries its action and its end on our own clock. A
solution is accepted once: the caller spends `Solved.key` in the transaction of the effect (A52).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import altcha

from portvakt.ports.crypto import Keys, sha256

_LIFE: Final = timedelta(minutes=20)
_ALGORITHM: Final = "PBKDF2/SHA-256"


@dataclass(frozen=True, slots=True)
class Solved:
    """A right solution: `key` names it for good, `until` is when it would have ended anyway."""

    key: bytes | None  # None: nothing to spend (the sandbox's word)
    until: datetime


class CheckUnavailable(Exception):
    """Nobody can say now whether an answer is right: it counts as not given, and is not the visitor's
    fault. `reason` is a short word such as `timeout` or `keys`; nothing secret stands in it (A107).

    An exception, so that a caller who forgets it fails closed."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Widget:
    """What a page must load from elsewhere to show a check, and from where it may (A92)."""

    script: str  # address of the provider's script
    api: str  # the global object that the script makes
    answers: tuple[str, ...]  # form fields that the script adds by itself: none of ours
    script_src: tuple[str, ...]
    frame_src: tuple[str, ...]
    connect_src: tuple[str, ...] = ()
    style_src: tuple[str, ...] = ()
    style_attributes: bool = False  # does the script write `style="…"` into the page?
    options: Mapping[str, Any] = field(default_factory=dict)  # of the script's `render`
    language_option: str | None = None  # where `render` takes the language, not the address


class RobotCheck(Protocol):
    @property
    def provider(self) -> str:
        """Its name, as in the settings and in the `robot` field."""

    @property
    def widget(self) -> Widget | None:
        """None: everything comes from ourselves."""

    def challenge(self, action: str, now: datetime) -> Mapping[str, Any]:
        """What the `robot` field carries to the client."""

    def verify(self, answer: str, action: str, now: datetime) -> Solved | None:
        """None for a wrong, foreign or late answer; CheckUnavailable where that cannot be told.
        Slow: no transaction may be open."""


class Altcha:
    """Proof of work in the browser's own workers; no third party sees anything."""

    provider = "altcha"
    widget = None

    def __init__(self, keys: Keys, *, cost: int = 1000) -> None:
        self._secret, self._cost = keys.keyed_hash("robot", "altcha").hex(), cost

    def challenge(self, action: str, now: datetime) -> Mapping[str, Any]:
        until = int((now + _LIFE).timestamp())
        made = altcha.create_challenge(_ALGORITHM, self._cost, data={"for": action, "until": until},
                                       hmac_secret=self._secret)  # fmt: skip
        return made.to_dict()

    def verify(self, answer: str, action: str, now: datetime) -> Solved | None:
        try:
            payload = altcha.Payload.from_base64(answer)
            parameters = payload.challenge.parameters
            # The cost is the client's to pay, not ours: only our own parameters are worked on.
            if (parameters.algorithm, parameters.cost) != (_ALGORITHM, self._cost):
                return None
            result = altcha.verify_solution(payload, self._secret)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            return None
        data = parameters.data or {}
        until = data.get("until")
        if not result.verified or data.get("for") != action or not isinstance(until, int):
            return None
        if until <= now.timestamp():
            return None
        return Solved(sha256(str(payload.challenge.signature).encode()), now + _LIFE)


class SandboxRobotCheck:
    """The sandbox's check: the real one, and beside it the word `sandbox` (contract.md)."""

    def __init__(self, real: RobotCheck) -> None:
        self._real, self.provider, self.widget = real, real.provider, real.widget

    def challenge(self, action: str, now: datetime) -> Mapping[str, Any]:
        return self._real.challenge(action, now)

    def verify(self, answer: str, action: str, now: datetime) -> Solved | None:
        if answer == "sandbox":
            return Solved(None, now + _LIFE)
        return self._real.verify(answer, action, now)
