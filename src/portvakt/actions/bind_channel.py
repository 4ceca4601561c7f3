"""What `bind_email` and `bind_phone` share (S87)."""

from __future__ import annotations

from typing import ClassVar

from portvakt.actions.base import Action
from portvakt.factors.base import Scene
from portvakt.model import ChannelKind, Outcome, Refusal
from portvakt.ports.chance import new_id
from portvakt.store import accounts, identifiers


def add_channel(scene: Scene, account: str, kind: ChannelKind, address: str, key: bytes, *,
                registered: bool = False) -> None:  # fmt: skip
    """Binds an address that is the account's already, as far as `identifiers` knows."""
    accounts.add_channel(scene.tx, new_id("chn"), account, kind, address, key,
                         registered=registered, now=scene.now, session=scene.flow.session)  # fmt: skip


class BindChannel(Action):
    kind: ClassVar[ChannelKind]
    given: ClassVar[str]

    def apply(self, scene: Scene) -> Outcome | Refusal:
        account, address = scene.owner, scene.flow.given[self.given]
        key = bytes.fromhex(scene.flow.given[f"{self.given}_hash"])
        code = scene.flow.proof(f"{self.given}_code")
        # the code must have gone to exactly the address that is about to be claimed; a claim that
        # fails (taken or quarantined meanwhile) has changed nothing
        if code is None or code.target != key.hex() or not identifiers.claim(
                scene.tx, key, self.kind, account, scene.now):  # fmt: skip
            return Refusal("identifier_unavailable", field=self.given)
        add_channel(scene, account, self.kind, address, key)
        return Outcome(account, tell=((self.kind, address),))
