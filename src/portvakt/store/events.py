"""What happened to accounts, for the platform: in the order of commits, so that a reader misses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portvakt.store.tx import Row, Tx, jsonb


def add(
    tx: Tx, event: str, account: str, action: str, what: str, data: Mapping[str, Any], now: datetime
) -> None:
    tx.run("insert into events (id, at, account, action, event, data) values (%s, %s, %s, %s, %s, %s)",
           [event, now, account, action, what, jsonb(dict(data))])  # fmt: skip


def after(tx: Tx, cursor: tuple[int, str] | None, most: int) -> list[Row]:
    """Rows after `(transaction, id)`, oldest first. A row is served only when every transaction that
    might still commit an earlier one has ended."""
    transaction, id = cursor or (0, "")
    return tx.all("select id, tx::text::bigint as tx, at, account, action, event, data from events "
                  "where (tx, id) > (%s::text::xid8, %s) and tx < pg_snapshot_xmin(pg_current_snapshot()) "
                  "order by tx, id limit %s", [str(transaction), id, most])  # fmt: skip


def purge(tx: Tx, before: datetime) -> int:
    return tx.run("delete from events where at < %s", [before])
