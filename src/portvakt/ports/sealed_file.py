"""Files sealed each with a key of its own: forgetting the key is forgetting the file (A108).

The key is one short value in a row. When it is gone the file is, wherever its content lies, as long as
the key was not copied with it (ASVS 14.2.7).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portvakt.ports.crypto import Keys, SealBroken

_KEY_BITS: Final = 256
_NONCE: Final = 12


@dataclass(frozen=True, slots=True)
class Sealed:
    """`key` opens `content`, and is itself sealed by the key file. Keep them in different columns."""

    key: bytes
    content: bytes

    def __repr__(self) -> str:
        return f"Sealed(***, {len(self.content)} bytes)"


def seal(keys: Keys, row: str, plain: bytes) -> Sealed:
    """AES-256-GCM under a new random key. `row` (table, column and id) is associated data of both parts
    and must be given to open."""
    key, nonce = AESGCM.generate_key(_KEY_BITS), os.urandom(_NONCE)
    content = nonce + AESGCM(key).encrypt(nonce, plain, row.encode())
    return Sealed(keys.seal(key, row), content)


def open_(keys: Keys, row: str, sealed: Sealed) -> bytes:
    """The plain bytes; SealBroken where key, row or content do not fit."""
    key, content = keys.open(sealed.key, row), sealed.content
    try:
        return AESGCM(key).decrypt(content[:_NONCE], content[_NONCE:], row.encode())
    # ValueError: too short to have been sealed, or a key that is no file's
    except (InvalidTag, ValueError):
        raise SealBroken("a sealed file does not fit its row") from None
