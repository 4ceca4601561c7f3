"""Ends every other session of the account (S100); the row does it all."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal


class EndOtherSessions(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        return Outcome(scene.owner)
