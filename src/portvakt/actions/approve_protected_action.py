"""The holder approves exactly what the platform asked: action, amount, destination (S91, I6). The receipt
is redeemed once, by that service, for these details; a hold that starts meanwhile voids it."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.ports.chance import new_id
from portvakt.store import receipts


class ApproveProtectedAction(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        account, lives = scene.owner, scene.kit.lives
        decision = scene.flow.given["decision"]
        decided = receipts.decision(scene.tx, decision, account, scene.now - lives.approvable)
        if decided is None:
            return Refusal("no_such_decision", field="decision")
        receipt = new_id("rcp")
        expires = scene.now + lives.receipt
        if not receipts.add(scene.tx, receipt, account, decided, now=scene.now, expires=expires):
            return Refusal("no_such_decision", field="decision")
        told = {"receipt": receipt, "decision": decision, "asked": decided["action"]}
        return Outcome(account, result={"receipt": receipt, "expires_at": expires}, event=told)
