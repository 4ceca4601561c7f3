"""From a flow row to a scene: whose it is, what is true about them now, and the locks, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from portvakt import rules
from portvakt.factors.base import Kit, Scene
from portvakt.factors.given import ADDRESSES
from portvakt.model import ENDED, Caller, Flow, Problem, Refusal
from portvakt.policy import Ask
from portvakt.ports.chance import token_looks_right
from portvakt.ports.clock import monotonic
from portvakt.store import accounts, flows, identifiers, limits, sessions
from portvakt.store.tx import Tx

_ATTACK_SEEN_FOR: Final = 5.0  # seconds a process trusts its last look at the global failure count
NOT_FOUND: Final = Problem(404, "not_found")


class Scenes:
    """Builds and saves scenes for the door."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self._attack: tuple[float, bool] = (-1e9, False)

    def build(
        self, tx: Tx, flow: Flow, caller: Caller, values: Mapping[str, str] | None = None
    ) -> Scene:
        """Facts at this instant: the flow's account, or whom its identifier names (unproven)."""
        now = tx.now()
        flow = replace(flow, given=self._with_addresses(flow, values or {}))
        subject, decoy = self._subject(tx, flow, now)
        device = caller.device_token
        device_hash = (
            self.kit.keys.token_hash(device)
            if device and token_looks_right(device, "pvd")
            else None
        )
        facts = accounts.facts(tx, subject, device_hash, under_attack=self._under_attack(tx, now))
        row = self.kit.actions[flow.action]
        return Scene(
            tx, self.kit, flow.action, row, replace(flow, decoy=decoy), facts, caller, now, subject
        )

    def locked(self, tx: Tx, flow: Flow, caller: Caller, given: dict[str, str]) -> Scene | Problem:
        """Account first, then flow; `now` is read after the lock (design.md §4)."""
        subject = (
            flow.account
            or self._subject(tx, replace(flow, given=self._with_addresses(flow, given)))[0]
        )
        accounts.lock(tx, subject)
        row = flows.find_locked(tx, flow.id)
        if row is None:
            return NOT_FOUND
        locked = self.unsealed(*row)
        # a session ended meanwhile moves nothing (A85)
        if locked.session is not None and locked.status not in ENDED and not sessions.is_live(
                tx, locked.session, str(locked.account)):  # fmt: skip
            return NOT_FOUND
        scene = self.build(tx, locked, caller, given)
        if scene.subject != subject:  # the identifier changed hands while we waited for the lock
            return Problem(503, "overloaded", retry_after=1)
        return scene

    def _with_addresses(self, flow: Flow, values: Mapping[str, str]) -> Mapping[str, Any]:
        """Addresses of this POST, read, where none was kept yet or nothing was proven about it."""
        given = dict(flow.given)
        for name, address in ADDRESSES.items():
            again = name == "identifier" and self._may_be_renamed(flow)
            if name in values and (name not in given or again):
                read = address.read(self.kit, values[name])
                if not isinstance(read, Refusal):
                    given |= read
        return given

    def _may_be_renamed(self, flow: Flow) -> bool:
        """A mistyped identifier may be typed again where it stands beside the password, until that
        is right; elsewhere only before anything follows from it (A14, A40)."""
        beside = rules.named_with_password(self.kit.actions[flow.action])
        return flow.account is None and (beside or not flow.proofs)

    def _subject(self, tx: Tx, flow: Flow, now: datetime | None = None) -> tuple[str | None, bool]:
        """(account, decoy): whom the flow is about. A new identifier is about nobody."""
        if flow.account is not None:
            return flow.account, False
        key = flow.given.get("identifier_hash")
        if key is None:
            return None, False
        standing, owner, _ = identifiers.standing(tx, bytes.fromhex(key), now or tx.now())
        if any(Ask.NEW_IDENTIFIER_CODE in p.asks for p in self.kit.actions[flow.action].pages):
            return None, standing != "free"
        return owner, owner is None

    def save(self, scene: Scene) -> Scene:
        sealed = (
            self.kit.keys.seal_json(dict(scene.flow.sealed), _sealed_row(scene.flow.id))
            if scene.flow.sealed
            else None
        )
        return replace(scene, flow=flows.save(scene.tx, scene.flow, sealed))

    def unsealed(self, flow: Flow, sealed: bytes | None) -> Flow:
        if sealed is None:
            return flow
        return replace(flow, sealed=self.kit.keys.open_json(bytes(sealed), _sealed_row(flow.id)))

    def _under_attack(self, tx: Tx, now: datetime) -> bool:
        """Looked up at most every five seconds by each process: a hint, not a proof (S99)."""
        seen, attacked = self._attack
        if monotonic() - seen > _ATTACK_SEEN_FOR:
            attacked = limits.peek(tx, self.kit.buckets("attack.all", "-"), now)
            self._attack = (monotonic(), attacked)
        return attacked


def _sealed_row(flow: str) -> str:
    return f"flows.sealed/{flow}"
