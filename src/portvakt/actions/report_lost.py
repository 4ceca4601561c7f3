"""What the three reports of something lost share: a case for reviewers, and what its approval does
(S48–S62, S72, S106, S108)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from portvakt import rules
from portvakt.actions.base import Action
from portvakt.assessment import Known, assess
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.ports.chance import new_case_number
from portvakt.store import accounts, cases, knowledge, recovery


class ReportLost(Action):
    def submit(self, scene: Scene) -> Mapping[str, Any] | Refusal:
        """Everything is proven: the assessment, and the case. One at a time for an account (A51)."""
        tx, flow, account, kit = scene.tx, scene.flow, scene.owner, scene.kit
        again = cases.last_rejected(tx, account)
        if again is not None and again + kit.lives.reapply_after > scene.now:
            return Refusal("rejected_lately", {"until": again + kit.lives.reapply_after})
        cause, case = rules.consequences(scene.case), scene.case
        answers = flow.sealed["answers"]
        level = rules.level(scene.facts)
        devices, told = knowledge.devices(tx, account), knowledge.of(tx, kit.keys, account)
        known = Known(scene.facts, devices, tuple(told.get("recent", ())), told.get("balances", {}))
        found = assess(kit.questions, answers, known, level)
        sealed = kit.keys.seal_json({"answers": dict(answers), "lines": [asdict(line) for line in found.lines]},
                                    cases.sealed_row(flow.id))  # fmt: skip
        number = new_case_number()
        if cause.wait_until is None or cause.due_until is None or not cases.add(
                tx, flow.id, number, account, scene.action, lost=sorted(case.lost), long_tier=rules.long_tier(case),
                level=level, submitted=scene.now, earliest=cause.wait_until, due=cause.due_until,
                score=found.score, verdict=found.verdict, sealed=sealed):  # fmt: skip
            return Refusal("already_waiting")
        return {"case": number, "due": cause.due_until}

    def apply(self, scene: Scene) -> Outcome | Refusal:
        """Two reviewers have approved and the owner had his time to object."""
        tx, now, lost = scene.tx, scene.now, scene.case.lost
        for factor in scene.facts.factors:
            if factor.kind in lost and factor.kind != "password":
                accounts.remove_factor(tx, factor.id, now)
        for channel in scene.facts.channels:
            if channel.kind in lost:
                accounts.remove_channel(tx, channel.id, now)
        accounts.register_other(tx, scene.owner)
        if lost & {"totp", "passkey"}:  # codes that stood in for it go with it
            recovery.drop(tx, scene.owner, now)
        cases.set_state(tx, scene.flow.id, "done", now)
        return Outcome(scene.owner, params={"lost": sorted(lost)}, event={"lost": sorted(lost)})
