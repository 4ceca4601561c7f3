"""Gives an account a role among our people. It counts a day later; the operator's first two count at once."""

from __future__ import annotations

from datetime import timedelta

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal, Text
from portvakt.store import staff


class AddStaff(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        given, now = scene.flow.given, scene.now
        later = timedelta(0) if given.get("at_once") else scene.row.usable_after or timedelta(0)
        name, role, active = given["name"], given["role"], now + later
        staff.add(scene.tx, scene.owner, name, role, now=now, active=active)
        return Outcome(
            scene.owner, params={"name": name, "role": Text(f"console.role.{role}"), "from": active}
        )
