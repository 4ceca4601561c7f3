"""One of ours proposes something about somebody else's account. Where its row takes one person it is done at
once, else somebody else of ours decides (A105)."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.actions.proposing import not_his, not_now
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.ports.chance import new_id
from portvakt.store import proposals


class Propose(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        tx, kit, me, flow = scene.tx, scene.kit, scene.owner, scene.flow
        what, account, takes = (
            flow.given["what"],
            scene.others[0],
            kit.actions[flow.given["what"]].takes,
        )
        missing = next((name for name in takes if name not in flow.given), None)
        if missing is not None:
            return Refusal("missing", field=missing)
        given = {name: flow.given[name] for name in takes}
        refused = not_his(scene, what, account) or not_now(scene, what, account, given)
        if refused is not None:
            return refused
        id = new_id("prp")
        sealed = kit.keys.seal_json({"reason": flow.sealed["reason"]}, proposals.sealed_row(id))
        if not proposals.add(tx, id, what, account, given, by=me, role=str(scene.facts.role), sealed=sealed,
                             now=scene.now, expires=scene.now + kit.lives.proposal):  # fmt: skip
            return Refusal("already_proposed", field="what")
        return Outcome(me, proposal=id, event={"proposal": id, "what": what})
