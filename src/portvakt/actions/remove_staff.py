"""Takes somebody's role among our people away, at once. The row stays: who voted is never forgotten."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import staff


class RemoveStaff(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        person = staff.held(scene.tx, scene.owner)
        staff.remove(scene.tx, scene.owner, scene.now)
        return Outcome(scene.owner, params={"name": person["name"]} if person else {})
