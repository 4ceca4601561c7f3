"""Passkeys (WebAuthn level 3): a way in that names its account, and the strongest second factor (A77–A82).

The challenge is the flow's own: random, kept sealed with it, spent by the first right answer. So an answer
belongs to one flow, and with it to one action, one account and the details that it shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from portvakt import rules, strength
from portvakt.devices import describe
from portvakt.factors.base import NOT_ASKED, Checked, Input, Kit, Scene, WayIn
from portvakt.factors.password import secret_row
from portvakt.factors.plain import Words
from portvakt.model import BoundFactor, Field, Refusal
from portvakt.policy import Ask
from portvakt.ports import passkeys
from portvakt.ports.chance import new_bytes, new_id
from portvakt.ports.crypto import same
from portvakt.ports.passkeys import Created, Known, RelyingParty, decoded, encoded
from portvakt.store import accounts
from portvakt.store.limits import Bucket

KIND: Final = "passkey"
_LONGEST: Final = 16 * 1024  # characters of an answer; with an attestation a few thousand


def party(kit: Kit) -> RelyingParty:
    if kit.relying_party is None:
        raise LookupError("a passkey is asked where none are served")
    return kit.relying_party


def key_of(kit: Kit, credential: bytes) -> bytes:
    """What a passkey is found by: the keyed hash of its credential's id."""
    return kit.keys.keyed_hash("passkey", credential.hex())


def handle_of(kit: Kit, account: str) -> bytes:
    """The user handle: 32 bytes that say nothing about anybody (§14.6.1), the same for all of an account's."""
    return kit.keys.keyed_hash("passkey handle", account)


def challenge() -> str:
    return encoded(new_bytes(32))


def enrol(scene: Scene, account: str, new: Mapping[str, Any], name: str) -> bool:
    """Binds it; false where it is bound already, to whomever (§7.1, A79)."""
    factor = new_id("fac")
    kept = {**new["secret"], "handle": encoded(handle_of(scene.kit, account))}
    sealed = scene.kit.keys.seal_json(kept, secret_row(factor))
    return accounts.add_factor(scene.tx, factor, account, KIND, sealed, now=scene.now, label=name,
                               key=key_of(scene.kit, decoded(kept["credential"])), last_step=new["count"],
                               synced=new["synced"], session=scene.flow.session)  # fmt: skip


def known(scene: Scene, bound: tuple[BoundFactor, ...]) -> list[Known]:
    """Bound passkeys as options name them; nothing of an account that is not proven yet (A01)."""
    if scene.flow.account is None:
        return []
    sealed = accounts.secrets_of(scene.tx, [f.id for f in bound])
    kept = [scene.kit.keys.open_json(secret, secret_row(id)) for id, secret in sealed.items()]
    return [Known(decoded(k["credential"]), tuple(k["transports"])) for k in kept]


class Passkey(WayIn):
    name = "passkey"
    kind = "passkey_get"
    longest = _LONGEST

    def read(self, kit: Kit, value: str) -> dict[str, str] | Refusal:
        """Whose it says it is: a way in names its account, and proves it only by its signature."""
        credential = passkeys.credential_of(value)
        return self.wrong() if credential is None else {"way": key_of(kit, credential).hex()}

    def prepare(self, kit: Kit) -> Mapping[str, Any]:
        return {"passkey_challenge": challenge()}

    def _usable(self, scene: Scene) -> tuple[BoundFactor, ...]:
        """What was bound a moment ago approves nothing yet, though an older one beside it does (I6)."""
        approves = any(Ask.SECOND_APPROVING in page.asks for page in scene.row.pages)
        if approves:
            return strength.ripe(scene.facts, KIND, scene.now, scene.kit.lives)
        return tuple(f for f in scene.facts.factors if f.kind == KIND)

    def ask(self, scene: Scene) -> Field:
        kept = scene.flow.sealed.get("passkey_challenge")
        extra: dict[str, Any] = {}
        if kept is not None:
            bound = known(scene, self._usable(scene))
            options = passkeys.request_options(party(scene.kit), decoded(kept), bound)
            extra = {"options": options}
        return Field(self.name, self.kind, extra=extra)

    def buckets(self, scene: Scene) -> list[Bucket]:
        """By flow alone: nobody guesses a key, and a counter of the account would let strangers lock its
        owner out (A16)."""
        return scene.kit.buckets("passkey.flow", scene.flow.id)

    def fetch(self, scene: Scene, value: str) -> Any:
        kept = scene.flow.sealed.get("passkey_challenge")
        if kept is None:
            return NOT_ASKED
        credential = passkeys.credential_of(value)
        if credential is None:
            return self.wrong()
        found = accounts.by_key(scene.tx, key_of(scene.kit, credential))
        usable = {f.id for f in self._usable(scene)}
        mine = found if found is not None and found["id"] in usable else None
        names = scene.flow.account is None and rules.self_named(scene.row, scene.flow) == KIND
        return kept, mine, names

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        kept, found, names = fetched
        if found is None:
            return None
        secret = kit.keys.open_json(bytes(found["secret"]), secret_row(found["id"]))
        told = passkeys.asserted(party(kit), value, decoded(kept), public_key=decoded(secret["public_key"]),
                                 count=found["last_step"] or 0, synced=bool(found["synced"]))  # fmt: skip
        if told is None or (names and told.handle is None):
            return None
        if told.handle is not None and not same(told.handle, decoded(secret["handle"])):
            return None
        return kept, found["id"], told.count

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        """The flow is locked and has not moved since: whoever comes second finds another challenge."""
        if evidence is None:
            return self.wrong()
        kept, factor, count = evidence
        if scene.flow.sealed.get("passkey_challenge") != kept:
            return self.wrong()
        if factor not in {f.id for f in self._usable(scene)}:
            return self.wrong()
        if not accounts.spend_count(scene.tx, factor, count, scene.now):
            return self.wrong()
        return Checked(proof=self.name, target=factor, sealed={"passkey_challenge": challenge()})

    def wrong(self) -> Refusal:
        return Refusal("wrong_passkey", field=self.name)


class NewPasskey(Input):
    """A passkey to bind: discoverable, its user verified, on no authenticator twice."""

    name = "new_passkey"
    kind = "passkey_create"
    longest = _LONGEST

    def prepare(self, kit: Kit) -> Mapping[str, Any]:
        return {"new_passkey_challenge": challenge()}

    def ask(self, scene: Scene) -> Field:
        kept = scene.flow.sealed.get("new_passkey_challenge")
        name = next((c.address for c in scene.facts.channels if c.registered), scene.kit.operator)
        extra: dict[str, Any] = {}
        if kept is not None:
            bound = known(scene, tuple(f for f in scene.facts.factors if f.kind == KIND))
            handle = handle_of(scene.kit, scene.owner)
            extra["options"] = passkeys.creation_options(
                party(scene.kit), decoded(kept), handle=handle, name=name, bound=bound
            )
        return Field(self.name, self.kind, extra=extra)

    def buckets(self, scene: Scene) -> list[Bucket]:
        return scene.kit.buckets("passkey.flow", scene.flow.id)

    def fetch(self, scene: Scene, value: str) -> Any:
        return scene.flow.sealed.get("new_passkey_challenge", NOT_ASKED)

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        return fetched, passkeys.created(party(kit), value, decoded(fetched))

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        kept, new = evidence
        if new is None or scene.flow.sealed.get("new_passkey_challenge") != kept:
            return Refusal("passkey_unfit", field=self.name)
        return Checked(proof=self.name, target=new.model,
                       sealed={"new_passkey": _kept(new), "new_passkey_challenge": challenge()})  # fmt: skip


def _kept(new: Created) -> dict[str, Any]:
    secret = {"credential": encoded(new.credential), "public_key": encoded(new.public_key),
              "transports": list(new.transports), "model": new.model}  # fmt: skip
    return {"secret": secret, "count": new.count, "synced": new.synced}


class PasskeyName(Words):
    """What its holder calls it; the device that it was made on, where nothing is said."""

    def __init__(self) -> None:
        super().__init__("passkey_name", 64, optional=True)

    def ask(self, scene: Scene) -> Field:
        kept = scene.flow.given.get(self.name) or default_name(scene)
        return Field(self.name, self.kind, optional=True, value=kept, extra={"max_length": self.most})  # fmt: skip


def default_name(scene: Scene) -> str:
    return describe(scene.caller.user_agent)
