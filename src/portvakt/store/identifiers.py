"""Who an identifier names, and until when it names nobody (quarantine). Keyed by a keyed hash of the
canonical form, so that every spelling meets in one row (A04, A06, A59)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from portvakt.store.tx import Tx

Standing = Literal["free", "taken", "blocked"]


def standing(tx: Tx, key: bytes, now: datetime) -> tuple[Standing, str | None, datetime | None]:
    """(standing, account that owns it, blocked until)."""
    row = tx.one("select account, blocked_until from identifiers where hash = %s", [key])
    if row is None:
        return "free", None, None
    if row["account"] is not None:
        return "taken", row["account"], None
    until = row["blocked_until"]
    return ("blocked", None, until) if until is not None and until > now else ("free", None, None)


def claim(tx: Tx, key: bytes, kind: str, account: str, now: datetime) -> bool:
    """Gives a free identifier to the account: one conditional upsert, so exactly one of any number of
    parallel claims wins, also in the second a quarantine ends (A59)."""
    return bool(tx.run(
        "insert into identifiers as i (hash, kind, account) values (%(key)s, %(kind)s, %(account)s) "
        "on conflict (hash) do update set account = excluded.account, blocked_until = null "
        "where i.account is null and (i.blocked_until is null or i.blocked_until <= %(now)s)",
        {"key": key, "kind": kind, "account": account, "now": now}))  # fmt: skip


def quarantine(tx: Tx, key: bytes, until: datetime) -> None:
    """Takes the identifier from whoever has it and blocks it for everybody until then (S37, S68)."""
    tx.run("update identifiers set account = null, "
           "blocked_until = greatest(coalesce(blocked_until, %(until)s), %(until)s) where hash = %(key)s",
           {"key": key, "until": until})  # fmt: skip
