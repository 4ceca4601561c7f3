"""From a flow row to a scene: whose it is, what is true about them now, and the locks, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from portvakt import rules
from portvakt.factors import INPUTS, NAMING, OF_OTHERS, WAYS
from portvakt.factors.base import Kit, Scene
from portvakt.model import Caller, Channel, Flow, Problem, Refusal
from portvakt.policy import Ask
from portvakt.ports.chance import token_looks_right
from portvakt.ports.clock import monotonic
from portvakt.store import accounts, cases, changes, flows, limits, links, sessions
from portvakt.store.links import Link
from portvakt.store.tx import Tx

_ATTACK_SEEN_FOR: Final = 5.0  # seconds a process trusts its last look at the global failure count
NOT_FOUND: Final = Problem(404, "not_found")
#: Addresses, links and ways in of one POST by field name, as their `read` gives them
Reads = Mapping[str, Mapping[str, str] | Refusal]
NOTHING_READ: Final[Reads] = {}


class Scenes:
    """Builds and saves scenes for the door."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self._attack: tuple[float, bool] = (-1e9, False)

    def read(self, values: Mapping[str, str]) -> Reads:
        """What of a POST says whom it is about, read once."""
        named = {**NAMING, **WAYS}
        return {n: a.read(self.kit, values[n]) for n, a in named.items() if n in values}

    def build(self, tx: Tx, flow: Flow, caller: Caller, reads: Reads = NOTHING_READ) -> Scene:
        """Facts at this instant: the flow's account, or whom its identifier names (unproven). A new
        identifier is about nobody. A decoy runs the same statement."""
        given = self._with_addresses(flow, reads)
        link = self._link(tx, given)
        numbered, applicant = self._named(tx, flow, given, reads)
        given |= applicant
        named = flow.account or (link.account if link else numbered)
        key = given.get("identifier_hash") if named is None else None
        new = key is not None and self._gives_new_identifier(flow.action)
        device = caller.device_token
        device_hash = (
            self.kit.keys.token_hash(device)
            if device and token_looks_right(device, "pvd")
            else None
        )
        seen = accounts.seen(tx, accounts.NOBODY if new else named, device_hash=device_hash,
                             key=None if key is None else bytes.fromhex(key),
                             under_attack=self._under_attack(tx))  # fmt: skip
        owner = None if new else seen.owner
        taken = seen.owner is not None or seen.blocked
        decoy = key is not None and (taken if new else owner is None)
        row = self.kit.actions[flow.action]
        facts = seen.facts
        bound_now: tuple[Channel, ...] = ()
        if row.as_before and link is not None:  # proofs are taken as they were before the change
            change = changes.live(tx, link.account, link.flow, seen.now)
            facts = replace(facts, undoable=change is not None)
            if change is not None:
                before, bound_now = changes.before(tx, change), seen.facts.channels
                facts = replace(facts, factors=before.factors, channels=before.channels)
        return Scene(tx, self.kit, flow.action, row, replace(flow, given=given, decoy=decoy), facts, caller,
                     seen.now, named or owner, link=link, bound_now=bound_now,
                     others=self._others(tx, flow, given))  # fmt: skip

    def _others(self, tx: Tx, flow: Flow, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Whose account one of ours acts upon, and who is locked for that too."""
        row = self.kit.actions[flow.action]
        if not row.staff or row.by_staff:
            return ()
        return next((INPUTS[n].others(tx, self.kit, given[n]) for n in OF_OTHERS if n in given), ())

    def _named(
        self, tx: Tx, flow: Flow, given: Mapping[str, Any], reads: Reads
    ) -> tuple[str | None, dict[str, Any]]:
        """Whose case the number is, or whose way in this POST brings; unproven. What a way in names is
        not kept: a later POST brings its own.

        Where nobody could prove anything the number names nobody, and its applicant is who reads his new
        address: `{new_email, …, case_flow}`."""
        if "case_number" in given:
            return self._numbered(tx, given)
        read = reads.get(rules.self_named(self.kit.actions[flow.action], flow) or "")
        if read is None or isinstance(read, Refusal):
            return None, {}
        return accounts.of_factor(tx, bytes.fromhex(read["way"])), {}

    def _numbered(self, tx: Tx, given: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
        case = cases.find(tx, given["case_number"])
        if case is None or not self.kit.actions[case["action"]].unproven:
            return (None if case is None else case["account"]), {}
        begun = flows.find_locked(tx, case["flow"], lock=False)
        said = begun[0].given if begun else {}
        return None, {
            "case_flow": case["flow"],
            **{n: said[n] for n in said if n.startswith("new_")},
        }

    def _link(self, tx: Tx, given: Mapping[str, Any]) -> Link | None:
        hashed = given.get("notice_token")
        return None if hashed is None else links.find(tx, bytes.fromhex(hashed))

    def locked(self, tx: Tx, flow: Flow, caller: Caller, reads: Reads = NOTHING_READ) -> Scene | Problem:  # fmt: skip
        """Account first, then flow; `now` is read after the lock (ADR 0006)."""
        subject, others = self._lock_account(tx, flow, reads)
        row = flows.find_locked(tx, flow.id)
        if row is None:
            return NOT_FOUND
        locked = self.unsealed(*row)
        # a session ended meanwhile moves nothing (A85)
        if locked.session is not None and locked.status == "open" and not sessions.is_live(
                tx, locked.session, str(locked.account)):  # fmt: skip
            return NOT_FOUND
        scene = self.build(tx, locked, caller, reads)
        if (scene.subject, scene.others) != (subject, others):
            # the identifier changed hands while we waited for the lock
            return Problem(503, "overloaded", retry_after=1)
        return scene

    def _lock_account(self, tx: Tx, flow: Flow, reads: Reads) -> tuple[str | None, tuple[str, ...]]:
        """The account that is now locked: the flow's own, or whom its identifier names; and those of
        others that one of ours acts upon, all in the order of their ids."""
        given = self._with_addresses(flow, reads)
        key, link = given.get("identifier_hash"), self._link(tx, given)
        numbered, applicant = (link.account, {}) if link else self._named(tx, flow, given, reads)
        if applicant:  # whoever reads that address moves the case, and proves no account by it
            accounts.lock(tx, cases.sure(tx, applicant["case_flow"])["account"])
            return None, ()
        if flow.account is None and numbered is not None:
            accounts.lock(tx, numbered)
            return numbered, ()
        if flow.account is None and key is not None and not self._gives_new_identifier(flow.action):
            return accounts.lock_named(tx, bytes.fromhex(key)), ()
        others = self._others(tx, flow, given)
        accounts.lock_all(tx, (flow.account or accounts.NOBODY, *others))
        return flow.account, others

    def _gives_new_identifier(self, action: str) -> bool:
        return any(Ask.NEW_IDENTIFIER_CODE in p.asks for p in self.kit.actions[action].pages)

    def _with_addresses(self, flow: Flow, reads: Reads) -> dict[str, Any]:
        """What this POST says about whom, where nothing was kept yet or nothing proven about it."""
        given = dict(flow.given)
        for name, read in reads.items():
            again = name in ("identifier", "notice_token", "case_number") and self._may_be_renamed(
                flow
            )
            if name in WAYS or isinstance(read, Refusal):
                continue
            if name not in given or again:
                given |= read
        return given

    def _may_be_renamed(self, flow: Flow) -> bool:
        """A mistyped identifier may be typed again where it stands beside the password, until that
        is right; elsewhere only before anything follows from it (A14, A40)."""
        beside = rules.named_with_password(self.kit.actions[flow.action], flow)
        return flow.account is None and (beside or not flow.proofs)

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

    def _under_attack(self, tx: Tx) -> bool:
        """Looked up at most every five seconds by each process: a hint, not a proof (S99)."""
        seen, attacked = self._attack
        if monotonic() - seen > _ATTACK_SEEN_FOR:
            attacked = limits.peek(tx, self.kit.buckets("attack.all", "-"), tx.now())
            self._attack = (monotonic(), attacked)
        return attacked


def _sealed_row(flow: str) -> str:
    return f"flows.sealed/{flow}"
