"""Gives one of ours another role. The old one is over at once, the new one counts a day later."""

from __future__ import annotations

from datetime import timedelta

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal, Text
from portvakt.store import staff


class ChangeStaffRole(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        role, active = (
            scene.flow.given["role"],
            scene.now + (scene.row.usable_after or timedelta(0)),
        )
        staff.set_role(scene.tx, scene.owner, role, active)
        return Outcome(scene.owner, params={"role": Text(f"console.role.{role}"), "from": active})
