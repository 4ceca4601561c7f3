"""Unlocks the settings, after the days that were chosen when they were locked."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import accounts, holds


class UnlockSettings(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        accounts.set_lock(scene.tx, scene.owner, None)
        # a reset inside the lock was held until now (policy.md, reset_password)
        holds.end_when(scene.tx, scene.owner, "settings_unlocked", scene.now)
        return Outcome(scene.owner)
