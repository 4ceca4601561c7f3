"""One of ours freezes somebody's account, beside whatever its holder does."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import accounts


class FreezeByStaff(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        accounts.set_frozen_by_staff(scene.tx, scene.owner, scene.now)
        return Outcome(scene.owner)
