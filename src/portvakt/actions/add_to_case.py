"""The applicant answers a reviewer's questions: everybody looks anew."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.factors.case import case_of
from portvakt.model import Outcome, Refusal
from portvakt.policy import Review
from portvakt.store import cases, evidence


class AddToCase(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        tx, kit = scene.tx, scene.kit
        case = case_of(scene)
        if case is None or case["state"] != "asked":
            return Refusal("nothing_asked", field="case_number")
        before = kit.keys.open_json(bytes(case["sealed"]), cases.sealed_row(case["flow"]))
        before["more"] = [
            *before.get("more", ()),
            {"at": scene.now.isoformat(), "answers": dict(scene.flow.sealed["answers"])},
        ]
        evidence.take_over(tx, scene.flow.given.get("files", ()), case["flow"])
        review = kit.actions[case["action"]].review or Review()
        due = kit.calendar.end_of(review.due, scene.now)
        cases.next_round(
            tx, case["flow"], kit.keys.seal_json(before, cases.sealed_row(case["flow"])), due
        )
        return Outcome(scene.flow.account, result={"case": case["number"], "due": due})
