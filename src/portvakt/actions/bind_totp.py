"""Binds an authenticator app; active only now, after its first right code (S80, S86)."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors import totp
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal


class BindTotp(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        sealed = scene.flow.sealed
        totp.enrol(scene, scene.owner, sealed["totp_key"], sealed["totp_step"])
        return Outcome(scene.owner)
