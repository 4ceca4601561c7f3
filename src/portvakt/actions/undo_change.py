"""*This was not me*: takes a change back, with what proved the owner before it, and drops everything that
was bound since (A8, A61). Its quarantine is lifted for this account alone."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import changes, holds, identifiers, recovery


class UndoChange(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        tx, now, account = scene.tx, scene.now, scene.owner
        change = changes.live(tx, account, scene.flow.given.get("notice_flow"), now)
        if change is None:
            return Refusal("undo_too_late")
        now_bound = tuple((c.kind, c.address) for c in scene.bound_now)
        dropped, undone = changes.restore(tx, change, now)
        for key in dropped:
            identifiers.free(tx, key, account)
        for channel in scene.facts.channels:  # as they were before
            identifiers.give_back(tx, bytes.fromhex(channel.key), account, undone)
        if change.lock_days is None:
            holds.end_when(tx, account, "settings_unlocked", now)
        recovery.restore(tx, account, change.codes_set, now)
        return Outcome(account, params={"undone": change.action}, tell=now_bound,
                       event={"undone": change.action})  # fmt: skip
