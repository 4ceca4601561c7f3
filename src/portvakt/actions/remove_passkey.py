"""Removes one of the account's passkeys (A19)."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.factors.passkey import KIND
from portvakt.model import Outcome, Refusal
from portvakt.store import accounts


class RemovePasskey(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        id = scene.flow.given["passkey_id"]
        gone = next((f for f in scene.facts.factors if f.kind == KIND and f.id == id), None)
        if gone is None:
            return Refusal("no_such_passkey", field="passkey_id")
        accounts.remove_factor(scene.tx, gone.id, scene.now)
        return Outcome(scene.owner, params={"name": gone.label or ""})
