"""Closes the account, after a week in which it can be stopped. Its identifiers are given up."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import accounts


class CloseAccount(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        accounts.set_state(scene.tx, scene.owner, "closed")
        for channel in scene.facts.channels:
            accounts.remove_channel(scene.tx, channel.id, scene.now)
        for factor in scene.facts.factors:
            accounts.remove_factor(scene.tx, factor.id, scene.now)
        return Outcome(scene.owner)
