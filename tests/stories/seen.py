"""What somebody sees, whichever face shows it: the common words of both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from portvakt.messages import TEXTS
from portvakt.messages.base import OPTIONAL, PLACEHOLDER, forms


@dataclass(frozen=True)
class Key:
    """A new authenticator key as it is shown: once. `qr` says whether a QR code is shown too."""

    key: str
    account_name: str
    uri: str
    qr: bool


@dataclass(frozen=True)
class Price:
    """What it will cost, as it is said before it is agreed to. Ends as they are shown: to the minute on
    pages, None where the end is not known."""

    holds: tuple[datetime | None, ...] = ()
    blocked: Mapping[str, datetime] = field(default_factory=dict)  # masked identifier → until
    sessions: str = "none"
    waits_until: datetime | None = None


@dataclass(frozen=True)
class CaseSeen:
    """Where an application is; `said` are the reviewer's questions, reason and alternatives."""

    number: str
    state: str
    due: datetime | None = None
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """Where a flow stands. `status` is the contract's, or `lost` where there is no such flow, or
    `not_signed_in`. `words` is everything that can be read."""

    status: str
    step: str | None = None
    asked: tuple[str, ...] = ()
    refusal: str | None = None
    offers: tuple[str, ...] = ()
    key: Key | None = None
    price: Price | None = None
    codes: tuple[str, ...] = ()  # recovery codes, shown once
    details: Mapping[str, str] = field(default_factory=dict)  # what is approved
    export: Mapping[str, Any] | None = None
    passkey: Mapping[str, Any] | None = None  # what is asked of the browser and its device
    until: datetime | None = None  # of what waits
    due: datetime | None = None  # when reviewers answer at the latest
    number: str | None = None  # of an application that was sent
    case: CaseSeen | None = None
    words: str = ""
    account: str | None = None
    signed_in: bool = False


@dataclass(frozen=True)
class HoldSeen:
    reason: str
    starts: datetime
    ends: datetime | None  # None: when its cause is gone


@dataclass(frozen=True)
class WaitingSeen:
    """What is confirmed and waits for its time."""

    case: str
    title: str
    until: datetime


@dataclass(frozen=True)
class PayoutSeen:
    id: str
    address: str
    usable_from: datetime


@dataclass(frozen=True)
class DeviceSeen:
    id: str
    this: bool
    name: str


@dataclass(frozen=True)
class PasskeySeen:
    id: str | None  # None where it cannot be removed from here
    name: str
    synced: bool


@dataclass(frozen=True)
class Security:
    """The security centre. `ways` are the bound ways to prove, channels with their address, recovery
    codes with how many are left."""

    level: int
    raises: tuple[str, ...]
    ways: Mapping[str, str | None]
    holds: tuple[HoldSeen, ...]
    devices: tuple[DeviceSeen, ...]
    activity: tuple[str, ...]
    waiting: tuple[WaitingSeen, ...] = ()
    payouts: tuple[PayoutSeen, ...] = ()
    passkeys: tuple[PasskeySeen, ...] = ()
    words: str = field(default="", repr=False)


class Face(Protocol):
    """A program or a browser: keeps cookies or tokens, and the page it is at."""

    name: str

    def begin(self, action: str, inputs: Mapping[str, str]) -> Seen: ...
    def answer(self, inputs: Mapping[str, str]) -> Seen: ...
    def offer(self, offer: str) -> Seen: ...
    def resend(self, field: str) -> Seen: ...
    def cancel(self) -> Seen: ...
    def picture(self, kind: str, data: bytes) -> Seen: ...
    def look(self) -> Seen: ...
    def security(self) -> Security | None: ...
    def me(self) -> Mapping[str, Any] | None: ...
    def place(self) -> Any:
        """The page it is at, to come back to by `return_to` (Back button, a second tab)."""

    def return_to(self, place: Any) -> None: ...
    def forget_everything(self) -> None:
        """As on a device never used before."""

    def forget_session(self) -> None:
        """As after closing the program; the device stays known."""


def _pattern(wording: str) -> re.Pattern[str]:
    """A wording with its `[parts that may be missing]` and `{parameters}` as an expression."""
    out, rest = "", wording
    while match := OPTIONAL.search(rest):
        out += _filled(rest[: match.start()]) + f"(?:{_filled(match.group(1))})?"
        rest = rest[match.end() :]
    return re.compile(out + _filled(rest))


def _filled(text: str) -> str:
    pieces = PLACEHOLDER.split(text)
    # split gives: text, name, style, text, name, style, …
    return "(?:.+?)".join(re.escape(piece) for piece in pieces[::3])


_SAID = {
    id.removeprefix("refusal."): [_pattern(f) for f in forms(entry)]
    for id, entry in TEXTS.items()
    if id.startswith("refusal.")
}


def refusal_said(text: str) -> str | None:
    """The refusal whose English sentence this is; None for another text."""
    return next((id for id, ps in _SAID.items() if any(p.fullmatch(text) for p in ps)), None)
