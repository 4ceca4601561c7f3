"""Removes a payout address, at once."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import payouts


class RemovePayoutAddress(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        id = scene.flow.given["payout_address"]
        gone = payouts.remove(scene.tx, id, scene.owner, scene.now)
        if gone is None:
            return Refusal("no_such_payout_address", field="payout_address")
        told = {"asset": gone["asset"], "address": gone["address"]}
        return Outcome(scene.owner, params=told, event={"payout_address": id})
