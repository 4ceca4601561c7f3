"""The password: Argon2id, sealed with a key outside the database (S2, S7, A17–A19)."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any, Final

from portvakt import strength
from portvakt.factors.base import Checked, Input, Kit, Scene, lane
from portvakt.model import Field, Refusal
from portvakt.ports.chance import new_id
from portvakt.ports.passwords import LONGEST
from portvakt.store import accounts
from portvakt.store.limits import Bucket

KIND: Final = "password"
_GUESSABLE: Final = 2  # zxcvbn scores 0-4; below this a blocklist word or pattern gives it away
_LOOKED_AT: Final = 72  # characters given to the estimator: its time grows fast with length


def normal(password: str) -> str:
    """NFC, so that the same keys on two systems are the same password; nothing else is changed: the
    whole password counts, spaces and case included (NIST SP 800-63B-4 §3.1.1.2, A17)."""
    return unicodedata.normalize("NFC", password)


def secret_row(factor: str) -> str:
    return f"factors.secret/{factor}"


def enrol(scene: Scene, account: str, phc: str) -> str:
    """Binds the hash as the account's password; an earlier one is unbound first."""
    old = scene.facts.factor(KIND)
    if old is not None:
        accounts.remove_factor(scene.tx, old.id, scene.now)
    factor = new_id("fac")
    sealed = scene.kit.keys.seal(phc.encode(), secret_row(factor))
    accounts.add_factor(scene.tx, factor, account, KIND, sealed, now=scene.now)
    return factor


class Password(Input):
    name = "password"
    kind = "password"

    def _lane(self, scene: Scene) -> list[Bucket]:
        """One counter per account however the identifier is spelled, and for an unknown one a
        counter of the same size (A14)."""
        return lane(scene, KIND, scene.subject or str(scene.flow.given.get("identifier_hash")))

    def buckets(self, scene: Scene) -> list[Bucket]:
        """A flow ends too: one robot check is not worth guesses without end (A10, A11)."""
        return [*self._lane(scene), *scene.kit.buckets("password.flow", scene.flow.id)]

    def fetch(self, scene: Scene, value: str) -> Any:
        bound = scene.facts.factor(KIND)
        secret = accounts.secret_of(scene.tx, bound)
        return None if bound is None or secret is None else (bound.id, secret)

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        """The dummy is hashed where there is no password, so that time tells nothing (A02); nothing
        is hashed for a password longer than any password, whoever it is for (A18)."""
        if len(value) > LONGEST:
            return None
        phc = None
        if fetched is not None:
            factor, sealed = fetched
            phc = kit.keys.open(sealed, secret_row(factor)).decode()
        if not kit.hasher.verify(phc, normal(value)) or fetched is None or phc is None:
            return None
        factor, sealed = fetched
        newer = None
        if kit.hasher.outdated(phc):
            newer = kit.keys.seal(kit.hasher.hash(normal(value)).encode(), secret_row(factor))
        return factor, sealed, newer

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        bound = scene.facts.factor(KIND)
        if evidence is None or bound is None or bound.id != evidence[0]:
            return Refusal("wrong_password", field=self.name)
        factor, sealed, newer = evidence
        if newer is not None:
            accounts.reseal_factor(scene.tx, factor, sealed, newer)
        accounts.used_factor(scene.tx, factor, scene.now)
        return Checked(proof=self.name, target=factor, clears=tuple(self._lane(scene)))


class NewPassword(Input):
    """8 to 256 characters, not guessable, not made of the holder's own words (S26, S88)."""

    name = "new_password"
    kind = "new_password"
    early = True

    def ask(self, scene: Scene) -> Field:
        extra: dict[str, Any] = {"min_length": self._shortest(scene), "max_length": LONGEST}
        name = scene.flow.given.get("identifier") or next(
            (c.address for c in scene.facts.channels if c.registered), None
        )
        if name is not None:  # so that a password manager keeps the pair
            extra["identifier"] = name
        return Field(self.name, self.kind, extra=extra)

    def _shortest(self, scene: Scene) -> int:
        alone = not strength.second_factors(scene.facts)
        return scene.kit.password_shortest_alone if alone else scene.kit.password_shortest

    def fetch(self, scene: Scene, value: str) -> Any:
        own = [
            str(scene.flow.given.get("identifier", "")),
            *(c.address for c in scene.facts.channels),
        ]
        words = [
            w
            for text in own
            for w in [text, *text.replace("@", " ").replace(".", " ").split()]
            if len(w) > 3
        ]
        return self._shortest(scene), [*words, scene.kit.operator, "portvakt"]

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        shortest, words = fetched
        password = normal(value)
        if len(password) < shortest:
            return Refusal("password_too_short", {"min": shortest}, field=self.name)
        if len(password) > LONGEST:
            return Refusal("password_too_long", {"max": LONGEST}, field=self.name)
        folded = password.casefold()
        if any(len(folded) - len(w) < 6 and w.casefold() in folded for w in words):
            return Refusal("password_has_context", field=self.name)
        from zxcvbn import zxcvbn  # late: its word lists take 10 MB that a sign-in does not need

        if zxcvbn(password[:_LOOKED_AT], user_inputs=words)["score"] < _GUESSABLE:
            return Refusal("password_too_common", field=self.name)
        return kit.hasher.hash(password)

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        return Checked(sealed={self.name: evidence})
