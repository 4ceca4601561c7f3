"""What we and the platform know about an account, for the assessment of a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portvakt.ports.crypto import Keys
from portvakt.store.tx import Tx


def _row(account: str) -> str:
    return f"account_facts.sealed/{account}"


def devices(tx: Tx, account: str) -> tuple[str, ...]:
    """Descriptions of devices ever used, the newest first."""
    rows = tx.all("select description, max(last_used_at) as at from devices where account = %s and description <> '' "
                  "group by description order by at desc limit 20", [account])  # fmt: skip
    return tuple(row["description"] for row in rows)


def of(tx: Tx, keys: Keys, account: str) -> Mapping[str, Any]:
    """What the platform told last: `{"recent": [{…}], "balances": {asset: amount}}`; empty for nothing."""
    row = tx.one("select sealed from account_facts where account = %s", [account])
    if row is None:
        return {}
    told: Mapping[str, Any] = keys.open_json(bytes(row["sealed"]), _row(account))
    return told


def tell(tx: Tx, keys: Keys, account: str, told: Mapping[str, Any], now: datetime) -> None:
    tx.run("insert into account_facts (account, sealed, given_at) values (%s, %s, %s) on conflict (account) do update "
           "set sealed = excluded.sealed, given_at = excluded.given_at",
           [account, keys.seal_json(dict(told), _row(account)), now])  # fmt: skip
