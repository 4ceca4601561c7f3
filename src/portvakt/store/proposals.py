"""Proposals: what one of ours wants done to an account, who stands behind it, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from portvakt.ports.crypto import Keys
from portvakt.store.tx import Row, Tx, jsonb

#: `by_now`: the proposer's role as it counts now, or null
_COLUMNS: Final = """
select p.id, p.action, p.account, p.given, p.by, p.role, p.sealed, p.state::text, p.proposed_at, p.expires_at,
  p.second, p.decided_at, p.flow, b.name as by_name, c.name as second_name,
  coalesce(p.given->>'name', w.name) as whom_name,
  case when b.removed_at is null and b.active_from <= portvakt_now() then b.role end as by_now
from proposals p join staff b on b.account = p.by
  left join staff c on c.account = p.second left join staff w on w.account = p.account
"""


def sealed_row(proposal: str) -> str:
    """The associated data of the reasons for a proposal."""
    return f"proposals.sealed/{proposal}"


def reasons(keys: Keys, proposal: Row) -> dict[str, Any]:
    """Why, in the words of who proposed it (`reason`) and of who decided it (`answer`)."""
    said: dict[str, Any] = keys.open_json(bytes(proposal["sealed"]), sealed_row(proposal["id"]))
    return said


def add(tx: Tx, id: str, action: str, account: str, given: Mapping[str, Any], *, by: str, role: str, sealed: bytes,
        now: datetime, expires: datetime) -> bool:  # fmt: skip
    """False where the same is proposed already."""
    expire(tx, now)
    return bool(tx.run(
        "insert into proposals (id, action, account, given, by, role, sealed, proposed_at, expires_at) "
        "values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        [id, action, account, jsonb(dict(given)), by, role, sealed, now, expires]))  # fmt: skip


def find(tx: Tx, id: str) -> Row | None:
    return tx.one(_COLUMNS + "where p.id = %s", [id])


def approve(tx: Tx, id: str, by: str, sealed: bytes) -> bool:
    """True for exactly one second person."""
    return bool(tx.run("update proposals set second = %s, sealed = %s where id = %s and state = 'open' and second is null",
                       [by, sealed, id]))  # fmt: skip


def turn_down(tx: Tx, id: str, by: str, sealed: bytes, now: datetime) -> bool:
    """By somebody else, or taken back by who proposed it."""
    return bool(tx.run("update proposals set state = 'turned_down', second = nullif(%s, by), sealed = %s, decided_at = %s "
                       "where id = %s and state = 'open' and second is null", [by, sealed, now, id]))  # fmt: skip


def done(tx: Tx, id: str, flow: str, now: datetime) -> bool:
    """True once."""
    return bool(tx.run("update proposals set state = 'done', flow = %s, decided_at = %s where id = %s and state = 'open'",
                       [flow, now, id]))  # fmt: skip


def expire(tx: Tx, now: datetime) -> int:
    """A proposal that nobody decided in its life is over."""
    return tx.run("update proposals set state = 'expired', decided_at = expires_at "
                  "where state = 'open' and expires_at <= %s", [now])  # fmt: skip


def listed(tx: Tx, now: datetime, most: int = 20) -> list[Row]:
    """Open ones, the oldest first; then those decided last."""
    return [
        *tx.all(_COLUMNS + "where p.state = 'open' and p.expires_at > %s order by p.proposed_at, p.id", [now]),
        *tx.all(_COLUMNS + "where p.state <> 'open' order by p.decided_at desc, p.id desc limit %s", [most]),
    ]  # fmt: skip


def newest_done(tx: Tx, action: str, about: Sequence[str]) -> dict[str, Row]:
    """For each of these accounts the newest one of this action that was done."""
    rows = tx.all(_COLUMNS + "where p.action = %s and p.account = any(%s) and p.state = 'done' order by p.decided_at",
                  [action, list(about)])  # fmt: skip
    return {row["account"]: row for row in rows}
