"""Binds a passkey under a name of its holder's; there may be several."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors import passkey
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal


class AddPasskey(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        name = str(scene.flow.given.get("passkey_name") or passkey.default_name(scene))
        if not passkey.enrol(scene, scene.owner, scene.flow.sealed["new_passkey"], name):
            return Refusal("passkey_in_use", field="new_passkey")
        return Outcome(scene.owner, params={"name": name})
