"""TOTP (RFC 6238): SHA-1, 6 digits, 30 s, T0 = 0, ±1 step, each step once for good (S79, A21)."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import pyotp

from portvakt.factors.base import Checked, Input, Kit, Scene, lane
from portvakt.factors.code import DIGITS, plain_digits
from portvakt.factors.password import secret_row
from portvakt.model import Field, Refusal, Show
from portvakt.ports.chance import new_id, new_totp_key
from portvakt.ports.crypto import same
from portvakt.store import accounts
from portvakt.store.limits import Bucket

KIND: Final = "totp"
STEP: Final = 30  # seconds


class _Hotp(pyotp.HOTP):
    """pyotp takes no key under 112 bits. The operator's setting decides here: the keys of the
    requirements have 80 (S47, `totp.key_characters`)."""

    def byte_secret(self) -> bytes:
        return base64.b32decode(self.secret)


def step_of(key: str, code: str, at: datetime, drift: int) -> int | None:
    """The time step whose code this is, at most `drift` steps from `at`; None if it is none. All
    candidates are compared, each in constant time."""
    now = int(at.timestamp()) // STEP
    otp = _Hotp(key, digits=DIGITS)
    found = None
    for step in range(now - drift, now + drift + 1):
        if same(otp.at(step).encode(), code.encode()):
            found = step
    return found


def enrol(scene: Scene, account: str, key: str, step: int) -> str:
    """Binds the key. The step of the first code counts as spent: it opens nothing else (A21)."""
    factor = new_id("fac")
    sealed = scene.kit.keys.seal(key.encode(), secret_row(factor))
    accounts.add_factor(scene.tx, factor, account, KIND, sealed, now=scene.now, last_step=step,
                        session=scene.flow.session)  # fmt: skip
    return factor


def account_name(operator: str, identifier: str) -> str:
    """`<Operator> (<identifier>)`: what the holder types or pastes as account name (S44)."""
    return f"{operator} ({identifier})"


def uri(operator: str, identifier: str, key: str) -> str:
    """The key URI that authenticator apps read from the QR code (S78)."""
    label = f"{quote(operator)}:{quote(identifier)}"
    return f"otpauth://totp/{label}?secret={key}&issuer={quote(operator)}"


class Totp(Input):
    name = "totp"
    kind = "code"

    def _lane(self, scene: Scene) -> list[Bucket]:
        return lane(scene, KIND, scene.subject or scene.flow.id)

    def ask(self, scene: Scene) -> Field:
        return Field(self.name, self.kind, extra={"digits": DIGITS})

    def buckets(self, scene: Scene) -> list[Bucket]:
        return [*self._lane(scene), *scene.kit.buckets("code.flow", f"{scene.flow.id}/{self.name}")]

    def fetch(self, scene: Scene, value: str) -> Any:
        bound = scene.facts.factor(KIND)
        secret = accounts.secret_of(scene.tx, bound)
        return None if bound is None or secret is None else (bound.id, secret)

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        if fetched is None:
            return None
        factor, sealed = fetched
        key = kit.keys.open(sealed, secret_row(factor)).decode()
        step = step_of(key, plain_digits(value), now, kit.totp_drift)
        return None if step is None else (factor, step)

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        if evidence is None:
            return self.wrong()
        factor, step = evidence
        if not accounts.spend_step(scene.tx, factor, step, scene.now):
            return self.wrong()
        return Checked(proof=self.name, target=factor, clears=tuple(self._lane(scene)))


class NewTotp(Input):
    """The first code of a new key. The key is shown while this flow is open and never again (S86)."""

    name = "new_totp"
    kind = "code"

    def show(self, scene: Scene) -> tuple[Show, ...]:
        key = scene.flow.sealed.get("totp_key")
        registered = next((c for c in scene.facts.channels if c.registered), None)
        if key is None or registered is None:
            return ()
        link = uri(scene.kit.operator, registered.address, key)
        import segno  # late: only who shows a QR code needs it

        svg = segno.make(link, error="m", micro=False).svg_inline(
            scale=5, border=4, omitsize=True, dark="#000", light="#fff"
        )
        name = account_name(scene.kit.operator, registered.address)
        return (Show("totp_key", {"key": key, "account_name": name, "uri": link, "qr_svg": svg}),)

    def ask(self, scene: Scene) -> Field:
        return Field(self.name, self.kind, extra={"digits": DIGITS})

    def prepare(self, kit: Kit) -> dict[str, str]:
        """The new key: made no earlier than here, behind the proofs in front of it."""
        return {"totp_key": new_totp_key(kit.totp_characters)}

    def buckets(self, scene: Scene) -> list[Bucket]:
        return scene.kit.buckets("code.flow", f"{scene.flow.id}/{self.name}")

    def fetch(self, scene: Scene, value: str) -> Any:
        return scene.flow.sealed.get("totp_key")

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        return (
            None if fetched is None else step_of(fetched, plain_digits(value), now, kit.totp_drift)
        )

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        if evidence is None:
            return self.wrong()
        return Checked(proof=self.name, sealed={"totp_step": evidence})
