"""What `unbind_email` and `unbind_phone` share (S63–S76). Quarantine, hold and notices are the row's."""

from __future__ import annotations

from typing import ClassVar

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import ChannelKind, Outcome, Refusal
from portvakt.store import accounts


class UnbindChannel(Action):
    kind: ClassVar[ChannelKind]

    def apply(self, scene: Scene) -> Outcome | Refusal:
        channel = scene.facts.channel(self.kind)
        proven = scene.flow.proof("email_code" if self.kind == "email" else "sms_code")
        # the code must have come from exactly the address that goes
        if channel is None or proven is None or proven.target != channel.id:
            return Refusal("not_bound")
        accounts.remove_channel(scene.tx, channel.id, scene.now)
        if channel.registered:  # an account has one registered identifier: the one that is left
            accounts.register_other(scene.tx, scene.owner)
        return Outcome(scene.owner)
