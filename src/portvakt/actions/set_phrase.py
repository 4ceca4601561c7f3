"""The holder's own words, which every genuine message carries and no forger knows (anti-phishing)."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene, phrase_row
from portvakt.model import Outcome, Refusal
from portvakt.store import accounts


class SetPhrase(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        account = scene.owner
        sealed = scene.kit.keys.seal(scene.flow.sealed["phrase"].encode(), phrase_row(account))
        accounts.set_phrase(scene.tx, account, sealed)
        return Outcome(account)
