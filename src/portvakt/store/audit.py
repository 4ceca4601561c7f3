"""One row per flow step and decision, in the same transaction. The app's role can only add."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portvakt.store.tx import Row, Tx, jsonb


def add(tx: Tx, row: str, *, at: datetime, account: str | None, flow: str | None, session: str | None,
        action: str, event: str, client: str = "", network: str = "", device: str = "",
        detail: Mapping[str, Any] | None = None) -> None:  # fmt: skip
    tx.run("insert into audit (id, at, account, flow, session, action, event, client, network, device, detail) "
           "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
           [row, at, account, flow, session, action, event, client, network, device, jsonb(dict(detail or {}))])  # fmt: skip


def lately(
    tx: Tx, account: str, action: str, event: str, detail: Mapping[str, Any], since: datetime
) -> bool:
    """Whether exactly this was written down since then."""
    return tx.one("select from audit where account = %s and action = %s and event = %s and detail @> %s and at > %s limit 1",
                  [account, action, event, jsonb(dict(detail)), since]) is not None  # fmt: skip


def page(tx: Tx, account: str, before: str | None, most: int) -> list[Row]:
    """The account's own rows, newest first, older than the row `before`; not the silent steps."""
    return tx.all("select id, at, action, event, client, network, device, detail from audit "
                  "where account = %(account)s and event <> 'step' and (%(before)s::text is null or id < %(before)s) "
                  "order by id desc limit %(most)s",
                  {"account": account, "before": before, "most": most})  # fmt: skip
