"""Things given: identifiers, new addresses, which session; and the robot check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from portvakt import identifiers as spelling
from portvakt.factors.base import Checked, Input, Kit, Naming, Scene
from portvakt.model import ChannelKind, Field, Refusal
from portvakt.ports.captcha import CheckUnavailable, Solved
from portvakt.store import services


class Address(Naming):
    """An e-mail address or phone number, kept as its canonical form's keyed hash and as typed."""

    kind = "identifier"
    longest = 320
    early = True
    only: ClassVar[ChannelKind | None] = None

    def ask(self, scene: Scene) -> Field:
        kept = scene.flow.given.get(self.name) or self._told(scene)
        return Field(self.name, self.kind, value=None if kept is None else str(kept))

    def _told(self, scene: Scene) -> str | None:
        """What somebody else said of it: to be looked at and changed, never taken for proven."""
        return None

    def read(self, kit: Kit, value: str) -> dict[str, str] | Refusal:
        """`{name, name_kind, name_hash, name_abuse}` for what was typed, or why it is no address.
        The last is shared by all spellings that reach one mailbox: limits count by it (A05)."""
        if self.only == "email":
            parsed = spelling.parse_email(value)
        elif self.only == "phone":
            parsed = spelling.parse_phone(value, kit.country, countries=kit.sms_countries)
        else:
            parsed = spelling.parse(value, kit.country, countries=kit.sms_countries)
        if isinstance(parsed, Refusal):
            return Refusal(parsed.id, parsed.params, field=self.name)
        if parsed.kind == "phone" and not kit.sms_served:
            return Refusal("phone_not_served", field=self.name)
        return {self.name: parsed.address, f"{self.name}_kind": parsed.kind,
                f"{self.name}_hash": kit.keys.identifier_hash(parsed.canonical).hex(),
                f"{self.name}_abuse": kit.keys.identifier_hash(parsed.abuse_key).hex()}  # fmt: skip

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        return Checked(given=evidence)


class Identifier(Address):
    name = "identifier"

    def _told(self, scene: Scene) -> str | None:
        told = scene.flow.sealed.get("vouched", {}).get("email")
        return None if told is None else str(told)

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        # Asked again with a password that grew old: the account is fixed by then, and another
        # name changes nothing (A40).
        return Checked(given={} if scene.flow.account is not None else evidence)


class NewEmail(Address):
    name = "new_email"
    only = "email"


class NewPhone(Address):
    name = "new_phone"
    only = "phone"


ADDRESSES: Final[Mapping[str, Address]] = {
    a.name: a for a in (Identifier(), NewEmail(), NewPhone())
}


class Robot(Input):
    """ "I'm not a robot" (S24): proof of work by default; a solution is spent once (A52). Where a
    provider cannot be asked nobody passes, and is told so: `robot_unavailable`."""

    name = "robot"
    kind = "robot"
    longest = 8192

    def ask(self, scene: Scene) -> Field:
        robot = scene.kit.robot
        extra = {"provider": robot.provider, "challenge": robot.challenge(scene.action, scene.now)}
        return Field(self.name, self.kind, extra=extra)

    def fetch(self, scene: Scene, value: str) -> Any:
        return scene.action

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        try:
            solved = kit.robot.verify(value, fetched, now)
        except CheckUnavailable:
            return Refusal("robot_unavailable", field=self.name)
        return solved or Refusal("robot_failed", field=self.name)

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        solved: Solved = evidence
        if solved.key is not None and not services.spend_robot(scene.tx, solved.key, solved.until):
            return Refusal("robot_failed", field=self.name)
        return Checked(proof=self.name)
