"""An authenticator in software, ES256: makes passkeys and signs with them as a browser and its device would,
and lies wherever a test wants it to. It gives what `toJSON()` gives (WebAuthn level 3, §5.1)."""

from __future__ import annotations

import base64
import copy
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

Json = dict[str, Any]
ORIGIN: Final = "http://localhost:8700"
UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
HERE: Final = UP | UV
NO_MODEL: Final = bytes(16)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Credential:
    id: bytes
    key: ec.EllipticCurvePrivateKey
    rp: str
    handle: bytes
    count: int
    flags: int

    def cose(self, algorithm: int = -7) -> bytes:
        point = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: algorithm, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})  # fmt: skip


@dataclass
class Device:
    """What somebody unlocks with a finger. `synced`: its passkeys are copied, and do not count."""

    origin: str = ORIGIN
    synced: bool = True
    model: bytes = NO_MODEL
    attests: bool = False  # it says what it is, by its own key
    held: list[Credential] = field(default_factory=list)

    def create(self, options: Mapping[str, Any], *, type: str = "webauthn.create", algorithm: int = -7,
               flags: int | None = None, id: bytes | None = None, origin: str | None = None, rp: str | None = None,
               challenge: str | None = None, client: Json | None = None) -> Json:  # fmt: skip
        """A new passkey for these options; what is said otherwise is a lie."""
        id = id or secrets.token_bytes(32)
        own = BE | BS if self.synced else 0
        made = Credential(id, ec.generate_private_key(ec.SECP256R1()), options["rp"]["id"],
                          unb64(options["user"]["id"]), 0 if self.synced else 1, own)  # fmt: skip
        self.held.append(made)
        credential = self.model + len(id).to_bytes(2) + id + made.cose(algorithm)
        data = _data(rp or made.rp, (HERE | own if flags is None else flags) | AT, made.count) + credential  # fmt: skip
        told = _client(type, challenge or options["challenge"], origin or self.origin, client)
        attested: Json = {"fmt": "none", "attStmt": {}}
        if self.attests:
            signed = made.key.sign(data + sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
            attested = {"fmt": "packed", "attStmt": {"alg": -7, "sig": signed}}
        statement = cbor2.dumps({**attested, "authData": data})
        answer: Json = {"clientDataJSON": b64(told), "attestationObject": b64(statement)}
        answer["transports"] = ["internal"]
        return _credential(id, answer)

    def get(self, options: Mapping[str, Any], *, by: Credential | None = None, type: str = "webauthn.get",
            flags: int | None = None, origin: str | None = None, rp: str | None = None, count: int | None = None,
            challenge: str | None = None, handle: bytes | str | None = "own", key: Any = None, id: bytes | None = None,
            client: Json | None = None) -> Json:  # fmt: skip
        """Signs with the newest passkey that these options take."""
        taken = {unb64(c["id"]) for c in options.get("allowCredentials") or ()}
        used = by or next(c for c in reversed(self.held) if not taken or c.id in taken)
        if not self.synced and count is None:
            used.count += 1
        data = _data(rp or used.rp, HERE | used.flags if flags is None else flags,
                     used.count if count is None else count)  # fmt: skip
        told = _client(type, challenge or options["challenge"], origin or self.origin, client)
        signed = (key or used.key).sign(data + sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        answer = {"clientDataJSON": b64(told), "authenticatorData": b64(data), "signature": b64(signed)}  # fmt: skip
        own = used.handle if handle == "own" else handle
        if isinstance(own, bytes):
            answer["userHandle"] = b64(own)
        return _credential(id or used.id, answer)

    def cloned(self) -> Device:
        """The same keys and counters in somebody else's hand."""
        other = Device(self.origin, self.synced, self.model)
        other.held = [copy.copy(c) for c in self.held]
        return other


def _data(rp: str, flags: int, count: int) -> bytes:
    return sha256(rp.encode()).digest() + bytes([flags]) + count.to_bytes(4)


def _client(type: str, challenge: str, origin: str, more: Json | None) -> bytes:
    told = {"type": type, "challenge": challenge, "origin": origin, "crossOrigin": False}
    return json.dumps({**told, **(more or {})}).encode()


def _credential(id: bytes, response: Json) -> Json:
    return {"id": b64(id), "rawId": b64(id), "type": "public-key", "response": response,
            "authenticatorAttachment": "platform", "clientExtensionResults": {}}  # fmt: skip
