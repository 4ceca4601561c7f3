"""Sign-in: password, then the strongest bound second factor, then a session (S1–S7, A1)."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.actions.signing_in import open_session
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal


class SignIn(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        return Outcome(scene.owner, result=open_session(scene, scene.owner, scene.facts))
