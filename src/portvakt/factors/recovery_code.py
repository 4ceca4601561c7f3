"""Recovery codes: ten saved codes of 80 bits, shown once, kept as keyed hashes, each good once (NIST
SP 800-63B-4 §4.2.1.1). They stand in for a second factor that is not at hand, and that costs a hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from portvakt.factors.base import NOT_ASKED, Checked, Input, Kit, Scene, lane
from portvakt.factors.plain import Yes
from portvakt.model import Refusal, Show
from portvakt.ports.chance import new_recovery_code
from portvakt.ports.crypto import Keys
from portvakt.store import recovery
from portvakt.store.limits import Bucket

COUNT: Final = 10
_MEANT: Final = str.maketrans("OILoil", "011011")  # what a hand writes and an eye reads


def normal(code: str) -> str:
    """`abcd-efgh-…` in any spelling: letters that Crockford's base32 lacks are the digits meant."""
    return "".join(c for c in code.translate(_MEANT).upper() if c.isascii() and c.isalnum())


def hashed(keys: Keys, account: str, code: str) -> bytes:
    return keys.keyed_hash("recovery", account, normal(code))


class RecoveryCode(Input):
    name = "recovery_code"
    kind = "text"
    longest = 64

    def _lane(self, scene: Scene) -> list[Bucket]:
        return lane(scene, self.name, scene.subject or scene.flow.id)

    def buckets(self, scene: Scene) -> list[Bucket]:
        return [*self._lane(scene), *scene.kit.buckets("code.flow", f"{scene.flow.id}/{self.name}")]

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        return value

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        account = scene.flow.account
        if account is None or not recovery.spend(
            scene.tx, account, hashed(scene.kit.keys, account, evidence), scene.now
        ):
            return self.wrong()
        return Checked(proof=self.name, clears=tuple(self._lane(scene)))


class Kept(Yes):
    """*I have kept them*: only now do the new codes count, and the old ones no more."""

    name = "kept"

    def prepare(self, kit: Kit) -> dict[str, Any]:
        return {"codes": [new_recovery_code() for _ in range(COUNT)]}

    def fetch(self, scene: Scene, value: str) -> Any:
        """Nobody has kept codes that were not made yet, whatever was sent early."""
        return None if "codes" in scene.flow.sealed else NOT_ASKED

    def show(self, scene: Scene) -> tuple[Show, ...]:
        codes = scene.flow.sealed.get("codes")
        return (Show("recovery_codes", {"codes": list(codes)}),) if codes else ()
