"""Stops what waits: an unlocking, an unfreezing, a closing, the end of the payout list."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.store import flows


class StopCase(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        flow, account = scene.flow, scene.owner
        wanted = flow.given.get("case") or flow.given.get("notice_flow")
        waiting = [w for w in scene.case.waiting if wanted in (None, w.flow)]
        if not waiting:
            return Refusal("nothing_waits", field="case" if "case" in flow.given else None)
        channel = flow.given.get("notice_channel")
        if channel is not None and flow.session is None and flow.proof("password") is None:
            since = scene.now - scene.kit.lives.stopped_again
            if flows.stopped_by(scene.tx, account, channel, since):
                # who has one mailbox alone may stop the owner once, not for ever
                return Refusal("proof_too_weak_now")
        stopped = [w.action for w in waiting]
        return Outcome(account, stops=tuple(w.flow for w in waiting), params={"stopped": stopped[0]},
                       event={"stopped": stopped})  # fmt: skip
