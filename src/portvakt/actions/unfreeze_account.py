"""Unfreezes the account, after its wait. It can be stopped meanwhile by whoever did not ask for it."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import accounts


class UnfreezeAccount(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        accounts.set_state(scene.tx, scene.owner, "active", scene.now)
        return Outcome(scene.owner)
