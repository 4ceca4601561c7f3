"""What was bound before a change, kept for as long as its hold lasts, and brought back by its undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portvakt.model import BoundFactor, Channel, Facts
from portvakt.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Change:
    flow: str
    account: str
    action: str
    at: datetime
    factors: tuple[str, ...]
    channels: tuple[str, ...]
    registered: str
    codes_set: str | None
    lock_days: int | None


def add(tx: Tx, flow: str, account: str, action: str, at: datetime, until: datetime, *,
        factors: Sequence[str], channels: Sequence[str], registered: str, codes_set: str | None,
        lock_days: int | None) -> None:  # fmt: skip
    tx.run("insert into changes (flow, account, action, at, undo_until, factors, channels, registered, codes_set, lock_days) "
           "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
           [flow, account, action, at, until, list(factors), list(channels), registered, codes_set, lock_days])  # fmt: skip


def live(tx: Tx, account: str, flow: str | None, now: datetime) -> Change | None:
    """The change of this flow, while it can be undone."""
    row = tx.one("select flow, account, action, at, factors, channels, registered, codes_set, lock_days from changes "
                 "where flow = %s and account = %s and undone_at is null and undo_until > %s",
                 [flow, account, now])  # fmt: skip
    if row is None:
        return None
    return Change(row["flow"], row["account"], row["action"], row["at"], tuple(row["factors"]),
                  tuple(row["channels"]), row["registered"], row["codes_set"], row["lock_days"])  # fmt: skip


_BEFORE: Final = """
select (select json_agg(json_build_array(f.id, f.kind, f.bound_at, f.label, f.synced) order by f.bound_at, f.id)
          from factors f where f.account = %(account)s and f.id = any(%(factors)s)) as factors,
       (select json_agg(json_build_array(c.id, c.kind, c.address, c.id = %(registered)s, c.bound_at, encode(c.hash, 'hex'))
            order by c.bound_at, c.id)
          from channels c where c.account = %(account)s and c.id = any(%(channels)s)) as channels
"""


def before(tx: Tx, change: Change) -> Facts:
    """Factors and channels as they were before the change; nothing else of the facts."""
    row = tx.sure(_BEFORE, {"account": change.account, "factors": list(change.factors),
                            "channels": list(change.channels), "registered": change.registered})  # fmt: skip
    return Facts(
        factors=tuple(BoundFactor(i, k, datetime.fromisoformat(b), None, label, synced=synced)
                      for i, k, b, label, synced in row["factors"] or ()),
        channels=tuple(Channel(i, k, a, r, datetime.fromisoformat(b), None, key)
                       for i, k, a, r, b, key in row["channels"] or ()),
    )  # fmt: skip


def restore(tx: Tx, change: Change, now: datetime) -> tuple[list[bytes], list[str]]:
    """Brings back what was bound before and drops what was bound since: the keys of the channels that
    were dropped, and the flows whose changes are undone. Later changes are overtaken: nobody may go
    back to a state that a thief had made."""
    dropped = tx.all("update channels set removed_at = %s, registered = false where account = %s and removed_at is null "
                     "and not (id = any(%s)) returning hash",
                     [now, change.account, list(change.channels)])  # fmt: skip
    tx.run("update factors set removed_at = %s where account = %s and removed_at is null and not (id = any(%s))",
           [now, change.account, list(change.factors)])  # fmt: skip
    tx.run("update channels set registered = false where account = %s and removed_at is null", [change.account])  # fmt: skip
    tx.run("update channels set removed_at = null, registered = (id = %s) where account = %s and id = any(%s)",
           [change.registered, change.account, list(change.channels)])  # fmt: skip
    tx.run("update factors set removed_at = null where account = %s and id = any(%s)",
           [change.account, list(change.factors)])  # fmt: skip
    # a lock that a thief put on since would keep the owner from changing what the thief knows
    tx.run(
        "update accounts set settings_lock_days = %s where id = %s",
        [change.lock_days, change.account],
    )
    tx.run("update payout_addresses set removed_at = %s where account = %s and removed_at is null and added_at >= %s",
           [now, change.account, change.at])  # fmt: skip
    undone = tx.all("update changes set undone_at = %s where account = %s and at >= %s and undone_at is null "
                    "returning flow", [now, change.account, change.at])  # fmt: skip
    return [bytes(row["hash"]) for row in dropped], [row["flow"] for row in undone]


def forget_secrets(tx: Tx, now: datetime) -> int:
    """Erases the secrets of unbound factors that no undo can bring back any more, and what names them: it
    may be bound anew. The rows stay: who had what bound when is kept (NIST SP 800-63B-4 §4)."""
    return tx.run("update factors f set secret = '', key = null where f.removed_at is not null and octet_length(f.secret) > 0 "
                  "and not exists (select from changes c where c.account = f.account and f.id = any(c.factors) "
                  "and c.undone_at is null and c.undo_until > %s)", [now])  # fmt: skip
