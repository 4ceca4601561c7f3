"""Ten new recovery codes; they count once the holder says that they are kept, and the old ones no more."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.factors.recovery_code import hashed
from portvakt.model import Outcome, Refusal
from portvakt.ports.chance import new_id
from portvakt.store import recovery


class NewRecoveryCodes(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        account, keys = scene.owner, scene.kit.keys
        hashes = [hashed(keys, account, code) for code in scene.flow.sealed["codes"]]
        recovery.replace(scene.tx, account, new_id("set"), hashes, scene.now)
        return Outcome(account)
