"""Recovery codes: keyed hashes, ten a set, each spent once by one conditional UPDATE (A29)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from portvakt.store.tx import Tx


def replace(tx: Tx, account: str, set_id: str, hashes: Iterable[bytes], now: datetime) -> None:
    """A new set; whatever was left of the old one is worth nothing from now on."""
    drop(tx, account, now)
    for hashed in hashes:
        tx.run("insert into recovery_codes (hash, account, set_id, made_at) values (%s, %s, %s, %s)",
               [hashed, account, set_id, now])  # fmt: skip


def drop(tx: Tx, account: str, now: datetime) -> None:
    tx.run("update recovery_codes set replaced_at = %s where account = %s and replaced_at is null", [now, account])  # fmt: skip


def spend(tx: Tx, account: str, hashed: bytes, now: datetime) -> bool:
    """True for exactly one caller."""
    return bool(tx.run("update recovery_codes set used_at = %s where hash = %s and account = %s "
                       "and used_at is null and replaced_at is null", [now, hashed, account]))  # fmt: skip


def current_set(tx: Tx, account: str) -> str | None:
    row = tx.one("select set_id from recovery_codes where account = %s and replaced_at is null limit 1", [account])  # fmt: skip
    return None if row is None else row["set_id"]


def restore(tx: Tx, account: str, set_id: str | None, now: datetime) -> None:
    """Back to that set (or none): used ones stay used."""
    drop(tx, account, now)
    tx.run("update recovery_codes set replaced_at = null where account = %s and set_id = %s", [account, set_id])  # fmt: skip
