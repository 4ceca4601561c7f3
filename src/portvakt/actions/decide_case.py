"""A reviewer's vote (S95, A103): two different ones approve, the second drawn; one rejects; either asks for
more. Nobody about himself or somebody related; nobody without having opened the evidence."""

from __future__ import annotations

from typing import Any

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.ports.chance import choose, new_id
from portvakt.ports.crypto import sha256
from portvakt.store import cases, evidence, staff


class DecideCase(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        tx, me, given, now = scene.tx, scene.owner, scene.flow.given, scene.now
        case = cases.find_locked(tx, given["case"])
        refused = None if case is None else self._refused(scene, case)
        if case is None or refused is not None:
            return refused or Refusal("no_such_case", field="case")
        vote, sealed = given["vote"], scene.flow.sealed
        said = {k: sealed[k] for k in ("reason", "alternatives", "questions") if k in sealed}
        looked_at = sha256(*(bytes(e["hash"]) for e in evidence.listed(tx, case["flow"])))
        id = new_id("vot")
        row = scene.kit.keys.seal_json(said, cases.vote_row(id))
        if not cases.vote(tx, id, case, me, vote, row, looked_at, now):
            return Refusal("voted_already", field="vote")
        approvals = cases.approvals(tx, case)
        needed = scene.kit.actions[case["action"]].review
        state = {"reject": "rejected", "ask": "asked"}.get(vote, "open")
        if vote == "approve" and needed is not None and len(approvals) >= needed.reviewers:
            state = "approved"
        if state == "open":
            cases.draw(tx, case["flow"], draw(scene, case, set(approvals)), now)
        else:
            cases.set_state(tx, case["flow"], state, now if state == "rejected" else None)
        result = {"case": case["number"], "approvals": len(approvals), "state": state}
        return Outcome(me, result=result, advance=(case["flow"],), params={"vote": vote},
                       event={"case": case["number"], "vote": vote})  # fmt: skip

    def _refused(self, scene: Scene, case: Any) -> Refusal | None:
        tx, me, vote, sealed = scene.tx, scene.owner, scene.flow.given["vote"], scene.flow.sealed
        if case["state"] != "open":
            return Refusal("case_is_over", field="case")
        if staff.related(tx, me, case["account"]):
            return Refusal("own_case", field="case")
        if case["second"] is not None and case["second"] != me:
            return Refusal("not_drawn", field="case")
        if evidence.unseen(tx, case["flow"], me):
            return Refusal("evidence_unopened", field="vote")
        if vote == "reject" and "alternatives" not in sealed:
            return Refusal("alternatives_missing", field="alternatives")
        if vote == "ask" and "questions" not in sealed:
            return Refusal("questions_missing", field="questions")
        return None


def draw(scene: Scene, case: Any, without: set[str]) -> str | None:
    """The second reviewer, drawn among all who may: the first cannot choose his accomplice."""
    able = staff.able(scene.tx, case["account"], without)
    return choose(able) if able else None
