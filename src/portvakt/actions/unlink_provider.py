"""Unlinks an account at a provider. Until no undo can bring it back nobody else can link it."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import accounts


class UnlinkProvider(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        factor = scene.facts.factor(scene.row.kind or "")
        if factor is None:
            return Refusal("not_bound")
        accounts.remove_factor(scene.tx, factor.id, scene.now)
        return Outcome(scene.owner)
