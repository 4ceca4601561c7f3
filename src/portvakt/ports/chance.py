"""Randomness from the operating system: ids, tokens, codes, keys. Ids are never secrets."""

from __future__ import annotations

import secrets
import string
import zlib
from collections.abc import Sequence
from typing import Final

import uuid_utils

_ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_TOKEN_BITS: Final = {"pvn": 128}  # a notice's link must fit into a text message
_CHARACTERS: Final = {256: 43, 128: 22}  # 62^43 > 2^256, 62^22 > 2^128
_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK_CHARACTERS: Final = 6


def new_id(prefix: str) -> str:
    """`<prefix>_<UUIDv7 as 32 hex digits>`: sorts by time, names a row, is no secret (RFC 9562)."""
    return f"{prefix}_{uuid_utils.uuid7().hex}"


def _base62(number: int, width: int) -> str:
    out = ""
    for _ in range(width):
        number, digit = divmod(number, 62)
        out = _ALPHABET[digit] + out
    return out


def new_token(prefix: str) -> str:
    """`<prefix>_<random characters><6 characters CRC-32>`: 256 bits, 128 for `pvn`; the checksum lets
    secret scanners and clients tell a token from noise. Only its keyed hash is stored."""
    bits = _TOKEN_BITS.get(prefix, 256)
    body = _base62(secrets.randbits(bits), _CHARACTERS[bits])
    return f"{prefix}_{body}{_base62(zlib.crc32(f'{prefix}_{body}'.encode()), _CHECK_CHARACTERS)}"


def token_looks_right(token: str, prefix: str) -> bool:
    """True when prefix, length and checksum fit, before anything is hashed or looked up."""
    characters = _CHARACTERS[_TOKEN_BITS.get(prefix, 256)]
    if len(token) != len(prefix) + 1 + characters + _CHECK_CHARACTERS or not token.isascii():
        return False
    head, check = token[:-_CHECK_CHARACTERS], token[-_CHECK_CHARACTERS:]
    return head.startswith(f"{prefix}_") and _base62(zlib.crc32(head.encode()), 6) == check


def new_code(digits: int = 6) -> str:
    """A decimal code of so many digits, uniformly drawn (S89)."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def new_totp_key(characters: int) -> str:
    """A base32 key (RFC 4648, A–Z 2–7) of 16 or 32 characters: 80 or 160 bits (S47, ADR 0011)."""
    return "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(characters))


def new_recovery_code() -> str:
    """`XXXX-XXXX-XXXX-XXXX`: 80 bits in Crockford's base32, which has no I, L, O and U."""
    code = "".join(secrets.choice(_CROCKFORD) for _ in range(16))
    return "-".join(code[i : i + 4] for i in range(0, 16, 4))


def new_case_number() -> str:
    """`XXXX-XXXX` in Crockford's base32: names a case to people, is no secret."""
    code = "".join(secrets.choice(_CROCKFORD) for _ in range(8))
    return f"{code[:4]}-{code[4:]}"


def choose(among: Sequence[str]) -> str:
    """One of them, uniformly drawn. ValueError for none."""
    if not among:
        raise ValueError("nobody to choose from")
    return secrets.choice(among)


def new_bytes(count: int) -> bytes:
    return secrets.token_bytes(count)
