"""What the reports of something lost share: a case for reviewers, and what its approval does
(S48–S62, S72, S106, S108)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final

from portvakt import rules
from portvakt.actions.base import Action
from portvakt.actions.bind_channel import add_channel
from portvakt.assessment import Known, assess
from portvakt.factors.base import Scene
from portvakt.model import Channel, Facts, Outcome, Refusal
from portvakt.ports.chance import new_case_number
from portvakt.store import accounts, cases, identifiers, knowledge, recovery

_LONGER_THAN_IT_WAITS: Final = timedelta(days=40)  # a flow is given up before that


class ReportLost(Action):
    def submit(self, scene: Scene) -> Mapping[str, Any] | Refusal:
        """Everything is proven: the assessment, and the case. One at a time for an account (A51)."""
        again = cases.last_ended(scene.tx, scene.owner, "rejected")
        if again is not None and again + scene.kit.lives.reapply_after > scene.now:
            return Refusal("rejected_lately", {"until": again + scene.kit.lives.reapply_after})
        return self.file(scene, scene.owner) or Refusal("already_waiting")

    def file(self, scene: Scene, account: str | None) -> Mapping[str, Any] | Refusal | None:
        """What the answer says of the new case; None where the account has one under way. The
        applicant's new address is kept for him from now on."""
        tx, flow, kit = scene.tx, scene.flow, scene.kit
        cause, case = rules.consequences(scene.case), scene.case
        if cause.wait_until is None or cause.due_until is None:
            raise LookupError(f"{scene.action} has reviewers and no calendar")
        new, until = _new_channel(scene), cause.wait_until + _LONGER_THAN_IT_WAITS
        if new is not None and not identifiers.reserve(tx, new[2], new[0], until, flow.id):
            return Refusal("identifier_unavailable")
        answers = flow.sealed["answers"]
        facts = scene.facts if account is not None else Facts()
        level, someone = rules.level(facts), account or accounts.NOBODY
        told = knowledge.of(tx, kit.keys, someone)
        known = Known(
            facts,
            knowledge.devices(tx, someone),
            tuple(told.get("recent", ())),
            told.get("balances", {}),
        )
        found = assess(kit.questions, answers, known, level)
        sealed = kit.keys.seal_json({"answers": dict(answers), "lines": [asdict(line) for line in found.lines]},
                                    cases.sealed_row(flow.id))  # fmt: skip
        number = new_case_number()
        added = cases.add(
            tx, flow.id, number, account, scene.action, lost=sorted(case.lost), long_tier=rules.long_tier(case),
            level=level, submitted=scene.now, earliest=cause.wait_until, due=cause.due_until,
            score=found.score, verdict=found.verdict, sealed=sealed)  # fmt: skip
        return {"case": number, "due": cause.due_until} if added else None

    def apply(self, scene: Scene) -> Outcome | Refusal:
        """Two reviewers have approved and the owner had his time to object."""
        tx, now, lost = scene.tx, scene.now, scene.case.lost
        new = _new_channel(scene)
        # kept since it was asked for; a claim that fails has changed nothing
        if new is not None and not identifiers.give_back(tx, new[2], scene.owner, [scene.flow.id]):
            return Refusal("identifier_unavailable")
        for factor in scene.facts.factors:
            if factor.kind in lost and (factor.kind != "password" or scene.row.unproven):
                accounts.remove_factor(tx, factor.id, now)
        for channel in scene.facts.channels:
            if channel.kind in lost:
                self._remove(scene, channel)
        if new is not None:
            add_channel(scene, scene.owner, *new, registered=True)
        accounts.register_other(tx, scene.owner)
        if lost & {"totp", "passkey"}:  # codes that stood in for it go with it
            recovery.drop(tx, scene.owner, now)
        cases.set_state(tx, scene.flow.id, "done", now)
        return Outcome(scene.owner, params={"lost": sorted(lost)}, event={"lost": sorted(lost)},
                       tell=((new[0], new[1]),) if new else ())  # fmt: skip

    def _remove(self, scene: Scene, channel: Channel) -> None:
        accounts.remove_channel(scene.tx, channel.id, scene.now)
        if scene.row.quarantine is None:  # nobody has it then, and nobody is kept from it
            identifiers.free(scene.tx, bytes.fromhex(channel.key), scene.owner)


def _new_channel(scene: Scene) -> tuple[Any, str, bytes] | None:
    """(kind, address, keyed hash) of the applicant's new address, if its code was right."""
    kind = rules.new_channel(scene.flow)
    code = scene.flow.proof(f"new_{kind}_code")
    if (
        kind is None
        or code is None
        or code.target is None
        or code.target != scene.flow.given[f"new_{kind}_hash"]
    ):
        return None
    return kind, scene.flow.given[f"new_{kind}"], bytes.fromhex(code.target)
