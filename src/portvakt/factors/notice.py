"""The link of a notice: *this was not me*. It names the account that the notice was about and proves no
more than that somebody reads its messages; it signs nobody in (ADR 0014)."""

from __future__ import annotations

from typing import Any

from portvakt.factors.base import Checked, Kit, Naming, Scene
from portvakt.model import Refusal
from portvakt.ports.chance import token_looks_right
from portvakt.ports.crypto import Keys

PREFIX = "pvn"


def mailbox(keys: Keys, kind: str, address: str) -> bytes:
    """The address that a notice went to, as its links name it."""
    return keys.keyed_hash("link", kind, address)


class NoticeToken(Naming):
    name = "notice_token"
    longest = 128

    def read(self, kit: Kit, value: str) -> dict[str, str] | Refusal:
        """The token's keyed hash: the token itself is kept nowhere."""
        token = value.strip()
        if not token_looks_right(token, PREFIX):
            return Refusal("notice_token_invalid", field=self.name)
        return {self.name: kit.keys.token_hash(token).hex()}

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        link = scene.link
        if link is None or link.account != scene.subject:
            return Refusal("notice_token_invalid", field=self.name)
        about = {"notice_flow": link.flow, "notice_channel": link.channel}
        return Checked(proof=self.name, target=link.flow, given=about)
