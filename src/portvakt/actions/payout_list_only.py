"""What turning the payout list on (at once) and off (after a wait) share."""

from __future__ import annotations

from typing import ClassVar

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import accounts


class PayoutListOnly(Action):
    on: ClassVar[bool]

    def apply(self, scene: Scene) -> Outcome | Refusal:
        accounts.set_list_only(scene.tx, scene.owner, self.on)
        return Outcome(scene.owner)
