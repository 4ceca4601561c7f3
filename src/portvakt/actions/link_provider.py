"""Links an account at a provider: from now on it signs in. Nobody's twice (S12, A68)."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors import provider
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal


class LinkProvider(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        if not provider.can_be_bound(scene):
            return Refusal("provider_linked_already")
        provider.enrol(scene, scene.owner)
        return Outcome(scene.owner)
