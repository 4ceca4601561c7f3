"""Adds a payout address; it may be used after a day, so that a thief's is seen before it pays."""

from __future__ import annotations

from datetime import timedelta

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.ports.chance import new_id
from portvakt.store import payouts


class AddPayoutAddress(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        given, id = scene.flow.given, new_id("pay")
        usable = scene.now + (scene.row.usable_after or timedelta(0))
        if not payouts.add(scene.tx, id, scene.owner, given["asset"], given["address"], given.get("label"),
                           now=scene.now, usable=usable):  # fmt: skip
            return Refusal("payout_address_known", field="address")
        result = {"payout_address": id, "usable_from": usable, "holds": [], "quarantine": []}
        told = {"asset": given["asset"], "address": given["address"], "usable_from": usable}
        return Outcome(scene.owner, result=result, params=told, event={"payout_address": id})
