"""Payout addresses: where the holder lets value go."""

from __future__ import annotations

from datetime import datetime

from portvakt.store.tx import Row, Tx


def add(tx: Tx, id: str, account: str, asset: str, address: str, label: str | None, *,
        now: datetime, usable: datetime) -> bool:  # fmt: skip
    """False where it is there already."""
    return bool(tx.run("insert into payout_addresses (id, account, asset, address, label, added_at, usable_at) "
                       "values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
                       [id, account, asset, address, label, now, usable]))  # fmt: skip


def remove(tx: Tx, id: str, account: str, now: datetime) -> Row | None:
    """`{asset, address}` of what was removed; None where it is not there (or another's: the same)."""
    return tx.one("update payout_addresses set removed_at = %s where id = %s and account = %s "
                  "and removed_at is null returning asset, address", [now, id, account])  # fmt: skip


def all_of(tx: Tx, account: str) -> list[Row]:
    return tx.all("select id, asset, address, label, added_at, usable_at from payout_addresses "
                  "where account = %s and removed_at is null order by added_at, id", [account])  # fmt: skip


def find(tx: Tx, account: str, asset: str, address: str) -> datetime | None:
    """From when this destination may be used; None where it is not on the list."""
    row = tx.one("select usable_at from payout_addresses where account = %s and asset = %s and address = %s "
                 "and removed_at is null", [account, asset, address])  # fmt: skip
    return None if row is None else row["usable_at"]
