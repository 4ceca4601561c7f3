"""Ends one session: this one, or another of the same account (S100)."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal


class EndSession(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        which = scene.flow.given.get("session") or scene.flow.session
        return Outcome(scene.owner, ends_session=which)
