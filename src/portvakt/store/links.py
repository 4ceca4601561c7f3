"""The links of notices: who they are about and which message they stood in. Tokens are kept as keyed
hashes; a link signs nobody in, and acts by POST only (ADR 0014)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portvakt.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Link:
    account: str
    flow: str | None
    channel: str  # keyed hash of the address, hexadecimal


def add(tx: Tx, hashed: bytes, account: str, flow: str | None, channel: bytes, *,
        now: datetime, expires: datetime) -> None:  # fmt: skip
    tx.run("insert into notice_links (hash, account, flow, channel, created_at, expires_at) "
           "values (%s, %s, %s, %s, %s, %s)", [hashed, account, flow, channel, now, expires])  # fmt: skip


def find(tx: Tx, hashed: bytes) -> Link | None:
    """The live link of this token; the same statement for a token that nobody has."""
    row = tx.one("select account, flow, encode(channel, 'hex') as channel from notice_links "
                 "where hash = %s and expires_at > portvakt_now()", [hashed])  # fmt: skip
    return None if row is None else Link(row["account"], row["flow"], row["channel"])


def purge(tx: Tx, now: datetime) -> int:
    return tx.run("delete from notice_links where expires_at <= %s", [now])
