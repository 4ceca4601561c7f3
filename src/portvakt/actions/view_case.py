"""Where an application stands, for its applicant: by its number and the password (A18)."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.factors.case import case_of
from portvakt.model import Outcome, Refusal
from portvakt.store import cases


class ViewCase(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        case = case_of(scene)
        if case is None:
            return Refusal("no_such_case", field="case_number")
        said = {}
        if case["state"] in ("asked", "rejected"):
            said = cases.last_words(scene.tx, scene.kit.keys, case["flow"])
        state = case["state"]
        if scene.kit.actions[case["action"]].unproven and state == "stopped":
            # that somebody stopped it would tell that there is somebody (A01)
            state = "open" if case["due_at"] > scene.now else "rejected"
        return Outcome(scene.flow.account, result={
            "case": case["number"], "action": case["action"], "state": state,
            "submitted": case["submitted_at"], "earliest": case["earliest_at"], "due": case["due_at"],
            "decided": case["decided_at"], "questions": said.get("questions"),
            "identity": case["state"] == "asked" and "questions" not in said,
            "reason": said.get("reason") if case["state"] == "rejected" else None,
            "alternatives": said.get("alternatives"),
        })  # fmt: skip
