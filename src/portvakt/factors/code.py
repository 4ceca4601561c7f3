"""Codes sent to an address: the shared life of `email_code` and `sms_code` (S89).

A code is bound to account, action, flow, field and exact address by its keyed hash (A27, A28); it
lives minutes, is spent by one conditional UPDATE, and the newest one alone counts. Where the address
may not be used (taken, quarantined, unknown) the row is the same and no code on earth fits it: a job
tells the truth to the address itself, and nothing to anybody else (A01, A03).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from portvakt import identifiers as spelling
from portvakt.asking import CODE_OF
from portvakt.factors.base import NOT_ASKED, Checked, Input, Kit, Scene, details_of, lane, phrase_of
from portvakt.model import ChannelKind, Field, Refusal
from portvakt.policy import Ask
from portvakt.ports.chance import new_bytes, new_code, new_id
from portvakt.ports.crypto import same
from portvakt.store import accounts, flows, identifiers, limits, outbox
from portvakt.store.limits import Bucket

DIGITS: Final = 6


def plain_digits(text: str) -> str:
    """ "123 456", "１２３４５６" and "١٢٣٤٥٦" are 123456: respelling makes no second code."""
    out = []
    for character in text:
        digit = unicodedata.digit(character, -1)
        if digit >= 0:
            out.append(str(digit))
        elif not character.isspace() and character not in "-–.":
            return ""
    return "".join(out) if len(out) == DIGITS else ""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a code goes. `key` is the keyed hash of the canonical address; `usable` is false where
    the address may not be used and the truth goes to it instead (`template`)."""

    kind: ChannelKind
    address: str
    key: bytes
    channel: str | None = None
    usable: bool = True
    template: str = "code"
    until: datetime | None = None


class SentCode(Input):
    kind = "code"
    channel: ClassVar[ChannelKind]
    #: name of the given input that holds the new address; None: the bound channel
    new: ClassVar[str | None] = None

    # ── where to ────────────────────────────────────────────────────────────────────────────────

    def _for_new(self, scene: Scene) -> str | None:
        if self.new is not None:
            return self.new
        asked = {ask for page in scene.row.pages for ask in page.asks}
        return "identifier" if Ask.NEW_IDENTIFIER_CODE in asked else None

    def target(self, scene: Scene) -> Target | None:
        """None where there is nothing to send to: nobody is told, the step looks the same."""
        given = self._for_new(scene)
        if given is None:
            bound = scene.facts.channel(self.channel)
            if bound is None:
                return self._nobody(scene)
            return Target(self.channel, bound.address, bytes.fromhex(bound.key), bound.id)
        address = scene.flow.given.get(given)
        if address is None:
            return None
        key = bytes.fromhex(scene.flow.given[f"{given}_hash"])
        standing, owner, until = identifiers.standing(scene.tx, key, scene.now)
        # read for a free address too: the same statements, whoever it belongs to (A02)
        owned = accounts.facts(scene.tx, owner).channel(self.channel)
        case = scene.flow.given.get("case_flow")
        kept = case is not None and identifiers.reserved(
            scene.tx, key, case
        )  # for this very applicant
        if standing == "free" or kept:
            return Target(self.channel, address, key)
        if standing == "blocked":
            return Target(
                self.channel, address, key, usable=False, template="identifier_blocked", until=until
            )
        # the mail goes to the address as its owner wrote it, never as a stranger spelled it (A04)
        template = "sign_up_taken" if given == "identifier" else "bind_in_use"
        return Target(
            self.channel, owned.address if owned else address, key, usable=False, template=template
        )

    def _nobody(self, scene: Scene) -> Target | None:
        """Where nobody is proven yet the same is done for an unknown address as for a known one: the
        truth goes to an e-mail address that was typed, and nothing to anybody else (A01, A02, A34)."""
        if scene.flow.account is not None:
            return None
        given = scene.flow.given
        named = given.get("identifier_hash")
        if given.get("identifier_kind") == self.channel and named is not None:
            template = "no_account" if self.channel == "email" else outbox.NOTHING
            key = bytes.fromhex(named)
            return Target(self.channel, given["identifier"], key, usable=False, template=template)
        # the other channel of nobody is one address too, always the same: guesses and messages are
        # counted for it as for somebody's, else a cap that never comes would tell (A03)
        key = (
            new_bytes(32)
            if named is None
            else scene.kit.keys.keyed_hash("other", self.channel, named)
        )
        return Target(self.channel, "", key, usable=False, template=outbox.NOTHING)

    # ── sending ─────────────────────────────────────────────────────────────────────────────────

    def _life(self, kit: Kit) -> timedelta:
        return kit.lives.email_code if self.channel == "email" else kit.lives.sms_code

    def _hash(self, scene: Scene, key: bytes, code: str) -> bytes:
        """Bound to the password that stood when it was sent, too: whoever was sent a code before a
        reset or a change has none after it, also where his flow has proven nothing yet (A42)."""
        account = scene.flow.account or scene.subject or "-"
        password = scene.facts.factor("password")
        since = password.id if password else "-"
        return scene.kit.keys.keyed_hash(
            "code", scene.flow.id, scene.action, self.name, account, since, key.hex(), code
        )

    def send(self, scene: Scene) -> Refusal | None:
        """Replaces the live code by a new one and posts it; caps per target and altogether come
        first (A34, A35) and count alike for targets that are told the truth."""
        target = self.target(scene)
        key = target.key if target else new_bytes(32)
        # What anybody can send to an address is counted apart from what its holder asks for after a
        # right password, or from a device of his own: else ten sign-ups or resets by a stranger keep
        # the owner's next code away (A16, A35), and three hundred those of everybody whose number
        # begins like his (A34).
        own = scene.flow.account is not None or scene.facts.device_known
        bound = ".bound" if own and target is not None and target.channel is not None else ""
        # by the mailbox where it was typed: else each `victim+1@` of a stranger has messages of its own
        given = scene.flow.given
        same_kind = given.get("identifier_kind") == self.channel
        typed = self._for_new(scene) or ("identifier" if same_kind else None)
        mailbox = key.hex() if bound else given.get(f"{typed}_abuse", key.hex())
        counters = scene.kit.buckets(f"send.{self.channel}{bound}", mailbox)
        if self.channel == "phone":
            counters += scene.kit.buckets(f"send.phone.all{bound}", "-")
            # a number that nobody typed is bound to its account, and no pump's; that there is none is
            # not told by whose prefix is full (A03, A34)
            if not bound and typed:
                prefix = target.address[:7] if target else "-"
                counters += scene.kit.buckets("send.phone.prefix", prefix)
        again = limits.take(scene.tx, counters, scene.now).retry_at
        if again is not None:
            return Refusal("too_many_messages", field=self.name, retry_at=again)
        code = new_code(DIGITS)
        usable = target is not None and target.usable
        fits = self._hash(scene, key, code) if usable else new_bytes(32)
        expires = scene.now + self._life(scene.kit)
        flows.add_code(
            scene.tx,
            new_id("cod"),
            scene.flow.id,
            self.name,
            fits,
            key,
            now=scene.now,
            expires=expires,
        )
        if target is not None:
            params: dict[str, Any] = {"action": scene.action}
            if usable:
                params |= {"code": code, "life": self._life(scene.kit), "host": scene.kit.host,
                           "details": details_of(scene.flow)}  # fmt: skip
            elif target.until is not None:
                params["until"] = target.until
            account = scene.facts.account
            if target.channel is not None:  # nobody but the holder reads his own words
                params["phrase"] = phrase_of(scene.kit.keys, account)
            outbox.post(scene.tx, scene.kit.keys, account=scene.flow.account, flow=scene.flow.id,
                        channel=self.channel, to=target.address, template=target.template, params=params,
                        language=account.language if account else scene.flow.language,
                        zone=(account.zone if account else None) or scene.caller.zone or scene.kit.zone,
                        now=scene.now, expires=expires)  # fmt: skip
        return None

    def resend(self, scene: Scene) -> Refusal | None:
        live = flows.live_code(scene.tx, scene.flow.id, self.name)
        if live is not None:
            free = live["sent_at"] + scene.kit.lives.resend_after
            if free > scene.now:
                return Refusal("resend_too_soon", field=self.name, retry_at=free)
        return self.send(scene)

    def ask(self, scene: Scene) -> Field | Refusal:
        live = flows.live_code(scene.tx, scene.flow.id, self.name)
        if scene.send and (live is None or live["expires_at"] <= scene.now):
            refused = self.send(scene)
            if refused is not None:
                return refused
            live = flows.live_code(scene.tx, scene.flow.id, self.name)
        resend_at = live["sent_at"] + scene.kit.lives.resend_after if live else scene.now
        return Field(
            self.name,
            self.kind,
            # a page that is only looked at sends nothing, and must not say that it did (A39)
            sent_to=self._masked(scene) if live else None,
            resend_at=resend_at,
            extra={"digits": DIGITS},
        )

    def _masked(self, scene: Scene) -> str:
        given = self._for_new(scene)
        bound = scene.facts.channel(self.channel)
        address = scene.flow.given.get(given) if given else (bound.address if bound else None)
        if not given and scene.flow.account is None:
            # what was typed is repeated, of the other channel nothing is told (A01, A03)
            typed = scene.flow.given.get("identifier_kind") == self.channel
            address = scene.flow.given.get("identifier") if typed else None
        return spelling.mask(self.channel, str(address)) if address else "•••"

    # ── the three stages ────────────────────────────────────────────────────────────────────────

    def _lane(self, scene: Scene) -> list[Bucket]:
        """One counter per account and factor across all flows (A24); a new address that no account
        has yet is counted by itself."""
        target = self.target(scene)
        name = (
            scene.flow.account or scene.subject or (target.key.hex() if target else scene.flow.id)
        )
        return lane(scene, CODE_OF[self.channel], f"{name}/{self.name}")

    def buckets(self, scene: Scene) -> list[Bucket]:
        return [*self._lane(scene), *scene.kit.buckets("code.flow", f"{scene.flow.id}/{self.name}")]

    def fetch(self, scene: Scene, value: str) -> Any:
        live = flows.live_code(scene.tx, scene.flow.id, self.name)
        if live is None:
            return NOT_ASKED
        tried = self._hash(scene, bytes(live["address"]), plain_digits(value))
        return live["id"], bytes(live["hash"]), tried, bytes(live["address"])

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        code, fits, tried, key = fetched
        return (code, key) if same(fits, tried) else None

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        if evidence is None:
            return self.wrong()
        code, key = evidence
        target = self.target(scene)
        # the address must still be the one the code went to (A28, A40)
        if target is None or not target.usable or target.key != key:
            return self.wrong()
        if not flows.spend_code(scene.tx, code, scene.now):
            return self.wrong()
        if target.channel is not None:
            accounts.used_channel(scene.tx, target.channel, scene.now)
        proven = target.channel or key.hex()
        return Checked(proof=self.name, target=proven, clears=tuple(self._lane(scene)))
