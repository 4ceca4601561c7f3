"""Google, Apple or another provider vouches for a person (S8-S13, S88; ports/oidc.py).

`google` signs in whoever has bound that Google account; `new_google` binds one. The browser takes the
provider's answer back to us, and the input is that answer: `code=…&state=…`. What one try is bound to is
made for it, kept sealed with the flow, and used up by it (A73). A person is (issuer, subject): the keyed
hash of both is the factor's key, over all accounts one (S12, A68).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from portvakt import rules
from portvakt.factors.base import Checked, Input, Kit, Scene, WayIn
from portvakt.factors.password import secret_row
from portvakt.identifiers import mask, parse_email
from portvakt.model import Field, Refusal
from portvakt.ports.chance import new_id, new_token
from portvakt.ports.crypto import Keys, SealBroken
from portvakt.ports.oidc import Begun, Identity, NotVouched, ProviderUnavailable
from portvakt.store import accounts
from portvakt.store.limits import Bucket

#: a proof of somebody who has no account yet, to be taken over by a sign-up
TICKET: Final = "pvt_"
_TICKET_ROW: Final = "provider/ticket"


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a provider said, with the key of that person."""

    provider: str
    who: Identity
    at: datetime
    way: str  # the keyed hash, hexadecimal

    @property
    def kept(self) -> dict[str, Any]:
        return {"provider": self.provider, "issuer": self.who.issuer, "subject": self.who.subject,
                "email": self.who.email, "at": self.at.isoformat()}  # fmt: skip


def _vouched(keys: Keys, provider: str, who: Identity, at: datetime) -> Vouched:
    return Vouched(provider, who, at, keys.keyed_hash("provider", who.issuer, who.subject).hex())


def _reopened(keys: Keys, kept: dict[str, Any]) -> Vouched:
    who = Identity(kept["issuer"], kept["subject"], kept["email"])
    return _vouched(keys, kept["provider"], who, datetime.fromisoformat(kept["at"]))


def ticket(keys: Keys, vouched: Vouched) -> str:
    """The proof, sealed, for the sign-up that takes it over. It opens no account that there is."""
    sealed = keys.seal_json(vouched.kept, _TICKET_ROW)
    return TICKET + base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _opened(keys: Keys, text: str, provider: str, now: datetime, life: timedelta) -> Vouched | None:
    body = text.removeprefix(TICKET)
    try:
        kept = keys.open_json(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), _TICKET_ROW)
    except (SealBroken, ValueError):
        return None
    found = _reopened(keys, kept)
    return found if found.provider == provider and now - found.at < life else None


def enrol(scene: Scene, account: str) -> bool:
    """Binds whom the flow has proven; false where that person is bound already, wherever."""
    vouched = _reopened(scene.kit.keys, scene.flow.sealed["vouched"])
    factor, email = new_id("fac"), vouched.who.email
    parsed = parse_email(email) if email else None
    label = None if parsed is None or isinstance(parsed, Refusal) else mask("email", parsed.address)
    sealed = scene.kit.keys.seal_json(vouched.kept, secret_row(factor))
    return accounts.add_factor(scene.tx, factor, account, vouched.provider, sealed, key=bytes.fromhex(vouched.way),
                               label=label, now=scene.now, session=scene.flow.session)  # fmt: skip


def can_be_bound(scene: Scene) -> bool:
    """Whether nobody has that person bound; until the end of the transaction nobody else asks."""
    vouched = _reopened(scene.kit.keys, scene.flow.sealed["vouched"])
    return accounts.reserve(scene.tx, bytes.fromhex(vouched.way))


class _Redirect(Input):
    kind = "redirect"
    longest = 8192

    def __init__(self, provider: str, name: str) -> None:
        self.provider = provider
        self.name = name  # type: ignore[misc]
        self._seed = f"{name}_try"
        self.once = (self._seed,)  # type: ignore[misc]

    def prepare(self, kit: Kit) -> dict[str, str]:
        return {self._seed: new_token("prv")}

    def ask(self, scene: Scene) -> Field:
        seed = scene.flow.sealed.get(self._seed)
        if seed is None:
            return Field(self.name, self.kind, extra={"provider": self.provider})
        begun = Begun.of(scene.flow.id, str(seed))
        return Field(self.name, self.kind, extra={"provider": self.provider, "state": begun.state,
                     "nonce": begun.nonce, "challenge": begun.challenge})  # fmt: skip

    def finish(self, kit: Kit, field: Field) -> Field | Refusal:
        said, provider = dict(field.extra), kit.providers.get(self.provider)
        if provider is None:
            return Refusal("provider_unavailable", field=self.name)
        url = None
        if "state" in said:
            try:
                url = provider.url(said["state"], said["nonce"], said["challenge"])
            except ProviderUnavailable:
                return Refusal("provider_unavailable", field=self.name)
        shown = {"provider": self.provider, "label": provider.client.label, "url": url}
        return Field(field.name, field.kind, extra=shown)

    def buckets(self, scene: Scene) -> list[Bucket]:
        return scene.kit.buckets("password.flow", f"{scene.flow.id}/{self.name}")

    def fetch(self, scene: Scene, value: str) -> Any:
        seed = scene.flow.sealed.get(self._seed)
        return None if seed is None else Begun.of(scene.flow.id, str(seed))

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        """Asks the provider. A try that was never begun, or is used up, is like a foreign one."""
        provider = kit.providers.get(self.provider)
        if provider is None:  # switched off: what it said before is worth nothing (A76)
            return Refusal("provider_unavailable", field=self.name)
        if fetched is None:
            return Refusal("provider_failed", field=self.name)
        try:
            return _vouched(kit.keys, self.provider, provider.identity(value, fetched, now), now)
        except ProviderUnavailable:
            return Refusal("provider_unavailable", field=self.name)
        except NotVouched as why:
            declined = why.reason == "declined"
            return Refusal("provider_declined" if declined else "provider_failed", field=self.name)


class ViaProvider(_Redirect, WayIn):
    """A way in that names its account by itself; the second step follows as after a password (A2)."""

    def __init__(self, provider: str) -> None:
        super().__init__(provider, provider)

    def read(self, kit: Kit, value: str) -> dict[str, str] | Refusal:
        return {}  # only the provider can tell

    def named(self, evidence: Any) -> dict[str, str] | None:
        return {"way": evidence.way} if isinstance(evidence, Vouched) else None

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        vouched: Vouched = evidence
        bound = scene.facts.factor(self.provider)
        if bound is None or not accounts.has_key(scene.tx, bound.id, bytes.fromhex(vouched.way)):
            if scene.subject is None and rules.self_named(scene.row, scene.flow):
                label = scene.kit.providers[self.provider].client.label
                taken_over = {"provider": label, "ticket": ticket(scene.kit.keys, vouched)}
                return Refusal("provider_not_linked", taken_over, field=self.name)
            return Refusal("wrong_provider", field=self.name)
        accounts.used_factor(scene.tx, bound.id, scene.now)
        return Checked(proof=self.name, target=bound.id)


class NewViaProvider(_Redirect):
    """Control of what is about to be bound. At a sign-up the proof of a sign-in that found nobody is
    taken over: a ticket instead of an answer."""

    def __init__(self, provider: str) -> None:
        super().__init__(provider, f"new_{provider}")

    def fetch(self, scene: Scene, value: str) -> Any:
        if value.startswith(TICKET):
            life = scene.kit.lives.proof
            found = _opened(scene.kit.keys, value, self.provider, scene.now, life)
            return found or Refusal("provider_failed", field=self.name)
        return super().fetch(scene, value)

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        if isinstance(fetched, Vouched):
            return fetched if self.provider in kit.providers else Refusal("provider_unavailable")
        return super().work(kit, fetched, value, now)

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        vouched: Vouched = evidence
        if accounts.of_factor(scene.tx, bytes.fromhex(vouched.way)) is not None:
            return Refusal("provider_linked_already", field=self.name)
        return Checked(proof=self.name, target=vouched.way, sealed={"vouched": vouched.kept})
