"""Files sealed each with a key of its own: forgetting the key is forgetting the file (A108).

Content lies in backups for as long as these are kept. Its key is one short value in a row, so a file is
gone for good, also from what was copied elsewhere, when the key is (ASVS 14.2.7).
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
    except (
        InvalidTag,
        ValueError,
    ):  # ValueError: too short to have been sealed, or no key of a file
        raise SealBroken("a sealed file does not fit its row") from None
