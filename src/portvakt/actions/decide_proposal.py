"""Somebody else of ours approves a proposal, or turns it down; who made it may take it back (A105)."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.actions.proposing import not_his, not_now
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import proposals
from portvakt.store.tx import Row


class DecideProposal(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        tx, keys, me, given = scene.tx, scene.kit.keys, scene.owner, scene.flow.given
        proposal = proposals.find(tx, given["proposal"])
        if proposal is None:
            return Refusal("no_such_proposal", field="proposal")
        id, approves = proposal["id"], given["vote"] == "approve"
        refused = self._refused(scene, proposal, approves)
        if refused is not None:
            return refused
        why = {**proposals.reasons(keys, proposal), "answer": scene.flow.sealed["reason"]}
        sealed = keys.seal_json(why, proposals.sealed_row(id))
        decided = (
            proposals.approve(tx, id, me, sealed)
            if approves
            else proposals.turn_down(tx, id, me, sealed, scene.now)
        )
        if not decided:
            return Refusal("proposal_is_over", field="proposal")
        return Outcome(me, proposal=id, event={"proposal": id, "vote": given["vote"]})

    def _refused(self, scene: Scene, proposal: Row, approves: bool) -> Refusal | None:
        what, account = proposal["action"], proposal["account"]
        refused = not_his(scene, what, account)
        if refused is not None:
            return refused
        if proposal["state"] != "open" or proposal["expires_at"] <= scene.now:
            return Refusal("proposal_is_over", field="proposal")
        if not approves:
            return None
        if proposal["by"] == scene.owner:
            return Refusal("own_proposal", field="proposal")
        # removed, or given another role, since he proposed it
        if proposal["by_now"] != proposal["role"]:
            return Refusal("proposer_gone", field="proposal")
        return not_now(scene, what, account, proposal["given"])
