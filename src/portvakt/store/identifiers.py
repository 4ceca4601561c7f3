"""Who an identifier names, and until when it names nobody (quarantine). Keyed by a keyed hash of the
canonical form, so that every spelling meets in one row (A04, A06, A59)."""

from __future__ import annotations

from collections.abc import Sequence
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
        "on conflict (hash) do update set account = excluded.account, blocked_until = null, blocked_by = null "
        "where i.account is null and (i.blocked_until is null or i.blocked_until <= %(now)s)",
        {"key": key, "kind": kind, "account": account, "now": now}))  # fmt: skip


def quarantine(tx: Tx, key: bytes, until: datetime, by: str) -> None:
    """Takes the identifier from whoever has it and blocks it for everybody until then (S37, S68).
    `by` is the flow that gave it up."""
    tx.run("update identifiers set account = null, blocked_by = %(by)s, "
           "blocked_until = greatest(coalesce(blocked_until, %(until)s), %(until)s) where hash = %(key)s",
           {"key": key, "until": until, "by": by})  # fmt: skip


def reserve(tx: Tx, key: bytes, kind: str, until: datetime, by: str) -> bool:
    """Keeps a free identifier from everybody while the flow `by` waits; false where it is not free."""
    return bool(tx.run(
        "insert into identifiers as i (hash, kind, blocked_until, blocked_by) values (%(key)s, %(kind)s, %(until)s, %(by)s) "
        "on conflict (hash) do update set blocked_until = excluded.blocked_until, blocked_by = excluded.blocked_by "
        "where i.account is null and (i.blocked_until is null or i.blocked_until <= portvakt_now() or i.blocked_by = %(by)s)",
        {"key": key, "kind": kind, "until": until, "by": by}))  # fmt: skip


def release(tx: Tx, by: str) -> None:
    """Lets go of what this flow reserved: it waits no more."""
    tx.run(
        "update identifiers set blocked_until = null, blocked_by = null where blocked_by = %s", [by]
    )


def reserved(tx: Tx, key: bytes, by: str) -> bool:
    """Whether this flow keeps the identifier."""
    return (
        tx.one("select from identifiers where hash = %s and blocked_by = %s", [key, by]) is not None
    )


def free(tx: Tx, key: bytes, account: str) -> None:
    """Takes it from this account and leaves it to anybody: what a thief bound is not kept from its
    owner by the undo."""
    tx.run("update identifiers set account = null where hash = %s and account = %s", [key, account])


def give_back(tx: Tx, key: bytes, account: str, by: Sequence[str]) -> bool:
    """Lifts the quarantine that one of these flows began, for the account alone that had it; false
    where that is not how it stands (A8, A61)."""
    return bool(tx.run("update identifiers set account = %s, blocked_until = null, blocked_by = null "
                       "where hash = %s and account is null and blocked_by = any(%s)", [account, key, list(by)]))  # fmt: skip
