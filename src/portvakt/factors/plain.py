"""Things given in a word or two: agreement, a payout address, days, the holder's own phrase, which case."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final

from portvakt import rules
from portvakt.factors.base import Checked, Input, Kit, Scene
from portvakt.identifiers import mask
from portvakt.messages.values import clean
from portvakt.model import Field, Refusal, Show
from portvakt.store import receipts
from portvakt.store.receipts import details_row

YES: Final = frozenset({"yes", "true", "on", "1"})


class Yes(Input):
    """A box to tick, or the button of its page."""

    kind = "agree"
    longest = 8

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        if evidence.strip().lower() not in YES:
            return Refusal("must_agree", field=self.name)
        return Checked(given={self.name: "yes"})


class Agree(Yes):
    """To what the action will cause, computed by the rule that later writes it and shown before (S21,
    S38, S67, S68)."""

    name = "agree"
    early = True

    def show(self, scene: Scene) -> tuple[Show, ...]:
        cause = rules.consequences(scene.told)
        every, effect = scene.kit.stopped_by_hold, cause.wait_until or scene.now
        holds: list[dict[str, Any]] = []
        if cause.held_meanwhile:
            holds.append({"actions": every, "until": cause.wait_until, "lasts": effect - scene.now})
        if cause.hold_until or cause.hold_when:
            # what ends with a binding is a pause of its own; locked settings have no end to be known
            locked = cause.hold_when == "settings_unlocked"
            until = None if locked else cause.hold_until
            lasts = until - effect if until else None
            holds.append({"actions": every, "until": until, "lasts": lasts})
            if cause.hold_when and not locked:
                holds[-1]["when"] = cause.hold_when
        addresses = {c.key: mask(c.kind, c.address) for c in scene.told.facts.channels}
        quarantine = [
            {"identifier": addresses[key], "until": until, "lasts": until - effect}
            for _, key, until in cause.quarantine
        ]
        notices = list(addresses.values()) if cause.tells == "all" else []
        return (Show("consequences", {
            "holds": holds, "quarantine": quarantine, "sessions": cause.ends_sessions, "notices": notices,
            "waits_until": cause.wait_until, **({"due": cause.due_until} if cause.due_until else {}),
        }),)  # fmt: skip


class Words(Input):
    """A short text, kept as it is but for control and direction characters (A93)."""

    most: ClassVar[int]

    def __init__(self, name: str, most: int, *, optional: bool = False, kind: str = "text") -> None:
        self.name, self.most, self.longest, self._optional = name, most, most * 4, optional  # type: ignore[misc]

    def ask(self, scene: Scene) -> Field:
        return Field(self.name, self.kind, optional=self._optional, extra={"max_length": self.most})

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        text = clean(value)
        if not text or len(text) > self.most:
            return Refusal("text_unfit", {"max": self.most}, field=self.name)
        return text

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        return Checked(given={self.name: evidence})


class Phrase(Words):
    """The holder's own words: kept sealed with the flow, as they are with the account."""

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        return Checked(sealed={self.name: evidence})


class Destination(Words):
    """A payout address or an asset: letters, digits and the few signs that such addresses have. What
    it means is the platform's to know; it is compared as it is written."""

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        text = value.strip()
        fits = (
            text.isascii() and text.isprintable() and " " not in text and 0 < len(text) <= self.most
        )
        return text if fits else Refusal("text_unfit", {"max": self.most}, field=self.name)


class Days(Input):
    """For how long the settings lock stays shut once somebody wants it open: 1 to 30 days."""

    name = "days"
    kind = "text"
    longest = 8

    def ask(self, scene: Scene) -> Field:
        return Field(self.name, self.kind, extra={"min": 1, "max": 30})

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        text = evidence.strip()
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 30):
            return Refusal("days_unfit", {"min": 1, "max": 30}, field=self.name)
        return Checked(given={self.name: int(text)})


class Named(Input):
    """The id of something of the account's own; whether it is there, the action says."""

    longest = 64
    kind = "text"

    def __init__(
        self, name: str, missing: str, *, optional: bool = False, early: bool = False
    ) -> None:
        self.name, self.early, self._missing, self._optional = name, early, missing, optional  # type: ignore[misc]

    def ask(self, scene: Scene) -> Field:
        return Field(self.name, self.kind, optional=self._optional)

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        return Refusal(self._missing, field=self.name) if "\x00" in value else value.strip()

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        return Checked(given={self.name: evidence})


class Decided(Input):
    """The platform's question that is to be approved. What it says is fixed with it: the details are
    shown with the factor that is asked, told with each code, and stand in the receipt."""

    name = "decision"
    longest = 64

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        account = scene.flow.account
        since = scene.now - scene.kit.lives.approvable
        if account is None or "\x00" in evidence:
            return Refusal("no_such_decision", field=self.name)
        row = receipts.decision(scene.tx, evidence.strip(), account, since)
        if row is None or row["sealed"] is None or row["session"] not in (None, scene.flow.session):
            return Refusal("no_such_decision", field=self.name)
        details = scene.kit.keys.open_json(bytes(row["sealed"]), details_row(row["id"]))
        # where value goes is the holder's to know: sealed with the flow as with the decision (A107)
        given = {self.name: row["id"], "asked": row["action"]}
        return Checked(given=given, sealed={"details": details})
