"""Everything that is kept about the account, as data, for its holder; secrets are not in it."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene, phrase_of
from portvakt.model import Outcome, Refusal
from portvakt.store import export


class ExportData(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        found = export.everything(scene.tx, scene.owner)
        found["account"]["phrase"] = phrase_of(scene.kit.keys, scene.facts.account)
        return Outcome(scene.owner, result={"export": {"made": scene.now, **found}})
