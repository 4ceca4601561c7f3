"""Unfreezes the account, after its wait. It can be stopped meanwhile by whoever did not ask for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import accounts, flows, holds

_KEPT: Final = timedelta(days=30)  # how long a flow that ended is known


class UnfreezeAccount(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        tx, now, account = scene.tx, scene.now, scene.owner
        count_anew(scene, flows.last_done(tx, account, "freeze_account") or now - _KEPT)
        accounts.set_state(tx, account, "active", now)
        return Outcome(scene.owner)


def count_anew(scene: Scene, frozen: datetime) -> None:
    """The time to object to a reviewed change is not over while its owner could see nothing."""
    reviewed = [action for action, row in scene.kit.actions.items() if row.review is not None]
    holds.count_anew(scene.tx, scene.owner, reviewed, frozen, scene.now)
