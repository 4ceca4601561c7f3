"""What the three ways to a new password share: it takes the old one's place (S26, S33)."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors import password
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal


class NewPassword(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        password.enrol(scene, scene.owner, scene.flow.sealed["new_password"])
        return Outcome(scene.owner)
