"""The ledger of holds: rows are added, ends only move later, nothing is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portvakt.store.tx import Row, Tx


def add(tx: Tx, hold: str, account: str, *, cause: str, flow: str | None, starts: datetime,
        ends: datetime | None, ends_when: str | None = None, actions: tuple[str, ...] = ()) -> None:  # fmt: skip
    tx.run("insert into holds (id, account, cause, flow, actions, starts_at, ends_at, ends_when) "
           "values (%s, %s, %s, %s, %s, %s, %s, %s)",
           [hold, account, cause, flow, list(actions), starts, ends, ends_when])  # fmt: skip


def ended_untold(tx: Tx, now: datetime, most: int = 200) -> list[Row]:
    """Holds whose end has come and was not told yet; claimed, so two sweepers do not both tell."""
    return tx.all("update holds set ended_told_at = %(now)s where id in ("
                  "select id from holds where ended_told_at is null and ends_at <= %(now)s "
                  "order by ends_at limit %(most)s for update skip locked) "
                  "returning id, account, cause, ends_at", {"now": now, "most": most})  # fmt: skip


def count_anew(tx: Tx, account: str, causes: Sequence[str], since: datetime, now: datetime) -> None:
    """Holds with one of these causes that began since then last as long as they would from now on."""
    tx.run("update holds set ends_at = %(now)s + (ends_at - starts_at), ended_told_at = null "
           "where account = %(account)s and cause = any(%(causes)s) and starts_at >= %(since)s and ends_at is not null",
           {"account": account, "causes": list(causes), "since": since, "now": now})  # fmt: skip


def end_when(tx: Tx, account: str, condition: str, now: datetime, flow: str | None = None) -> int:
    """Ends holds that last until something happens, now that it has. Holds with an end of their own
    are not touched: nothing shortens those."""
    return tx.run("update holds set ends_at = %(now)s, ended_told_at = %(now)s where account = %(account)s "
                  "and ends_at is null and ends_when = %(when)s and (%(flow)s::text is null or flow = %(flow)s)",
                  {"account": account, "when": condition, "now": now, "flow": flow})  # fmt: skip
