"""Freezes the account: nothing leaves it and nobody is signed in until it is unfrozen. Takes little."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import accounts


class FreezeAccount(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        accounts.set_state(scene.tx, scene.owner, "frozen")
        return Outcome(scene.owner)
