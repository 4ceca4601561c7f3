"""Keys outside the database: keyed hashes, sealing, form tokens.

One 32-byte root key per key id; every purpose has its own key derived by HKDF-SHA-256 (RFC 5869), so
that no value of one purpose can be used for another. Sealing is AES-256-GCM (NIST SP 800-38D) with
the key id in front and the row named as associated data: a ciphertext pasted into another row does
not open (A108).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE: Final = 12
_ROOT: Final = 32


class SealBroken(Exception):
    """A sealed value does not open: wrong key, wrong row, or changed."""


class Keys:
    """The keyring. `current` seals and hashes; the others only open what they once sealed."""

    def __init__(self, roots: Mapping[str, bytes], current: str) -> None:
        if current not in roots:
            raise ValueError(f"key id {current!r} is not in the key file")
        for name, root in roots.items():
            if len(root) != _ROOT or not 1 <= len(name) <= 16 or not name.isalnum():
                raise ValueError(
                    f"key {name!r}: 32 bytes and an id of 1-16 letters and digits needed"
                )
        self._roots, self.current = dict(roots), current
        self._derive = lru_cache(maxsize=256)(self._derive_uncached)

    def __repr__(self) -> str:
        return "Keys(***)"

    # ── file ────────────────────────────────────────────────────────────────────────────────────

    @classmethod
    def generate(cls) -> Keys:
        return cls({"k1": os.urandom(_ROOT)}, "k1")

    @classmethod
    def load(cls, path: Path) -> Keys:
        """Reads `{"current": "k1", "keys": {"k1": "<base64>"}}`. ValueError says what is wrong."""
        try:
            data = json.loads(path.read_text())
            roots = {k: base64.b64decode(v, validate=True) for k, v in data["keys"].items()}
            return cls(roots, data["current"])
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(
                f"{path.name} is not a key file; make one with `portvakt init`"
            ) from error

    def save(self, path: Path) -> None:
        """Writes the file readable by its owner alone; never overwrites one."""
        text = {"current": self.current,
                "keys": {k: base64.b64encode(v).decode() for k, v in self._roots.items()}}  # fmt: skip
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(text, file)

    # ── derived keys ────────────────────────────────────────────────────────────────────────────

    def _derive_uncached(self, key_id: str, purpose: str) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=f"portvakt/{purpose}".encode()).derive(
            self._roots[key_id]
        )

    def keyed_hash(self, purpose: str, *parts: str) -> bytes:
        """HMAC-SHA-256 over the parts, each with its length in front so that no two lists of parts
        meet. Purposes: token, code, identifier, service, form."""
        raw = [part.encode() for part in parts]
        message = b"".join(len(part).to_bytes(4, "big") + part for part in raw)
        return hmac.digest(self._derive(self._first, purpose), message, "sha256")

    @property
    def _first(self) -> str:
        # Hashes that are looked up stay under the first key for good: a new sealing key must not
        # orphan identifiers and tokens (rotation of these is a migration of its own).
        return next(iter(self._roots))

    def token_hash(self, token: str) -> bytes:
        return self.keyed_hash("token", token)

    def identifier_hash(self, canonical: str) -> bytes:
        return self.keyed_hash("identifier", canonical)

    # ── sealing ─────────────────────────────────────────────────────────────────────────────────

    def seal(self, plain: bytes, row: str) -> bytes:
        """AES-256-GCM; `row` (table, column and id) is associated data and must be given to open."""
        key_id = self.current.encode()
        nonce = os.urandom(_NONCE)
        boxed = AESGCM(self._derive(self.current, "seal")).encrypt(nonce, plain, row.encode())
        return bytes([len(key_id)]) + key_id + nonce + boxed

    def open(self, sealed: bytes, row: str) -> bytes:
        """The plain bytes; SealBroken where key, row or content do not fit."""
        size = sealed[0] if sealed else 0
        key_id, rest = sealed[1 : 1 + size].decode(errors="replace"), sealed[1 + size :]
        if key_id not in self._roots:
            raise SealBroken("sealed with a key that is not in the key file")
        try:
            key = self._derive(key_id, "seal")
            return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], row.encode())
        except (InvalidTag, ValueError) as error:  # ValueError: too short to have been sealed
            raise SealBroken("a sealed value does not fit its row") from error

    def seal_json(self, value: Any, row: str) -> bytes:
        return self.seal(json.dumps(value, separators=(",", ":")).encode(), row)

    def open_json(self, sealed: bytes, row: str) -> Any:
        return json.loads(self.open(sealed, row))

    # ── forms ───────────────────────────────────────────────────────────────────────────────────

    def form_token(self, cookie: str) -> str:
        """The CSRF value for a form, bound to the browser's cookie (A91)."""
        return base64.urlsafe_b64encode(self.keyed_hash("form", cookie)).decode().rstrip("=")

    def form_token_ok(self, cookie: str, token: str) -> bool:
        return same(self.form_token(cookie).encode(), token.encode())


def same(left: bytes, right: bytes) -> bool:
    """Constant-time comparison."""
    return hmac.compare_digest(left, right)


def sha256(*parts: bytes) -> bytes:
    """SHA-256 over length-prefixed parts (not keyed: request fingerprints, details of decisions)."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()
