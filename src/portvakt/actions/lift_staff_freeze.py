"""Lifts the freeze that one of ours put on. Where the holder froze it himself it stays frozen."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.actions.unfreeze_account import count_anew
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import accounts


class LiftStaffFreeze(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        since = accounts.set_frozen_by_staff(scene.tx, scene.owner, None)
        if since is not None:
            count_anew(scene, since)
        return Outcome(scene.owner)
