"""Locks the settings: nothing can be changed until they are unlocked, which takes the days chosen."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import accounts


class LockSettings(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        days = int(scene.flow.given["days"])
        accounts.set_lock(scene.tx, scene.owner, days)
        return Outcome(scene.owner, params={"days": days})
