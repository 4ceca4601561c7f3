"""Sessions and the devices they run on. Tokens stand here as keyed hashes only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from portvakt.store.tx import Row, Tx


def add(tx: Tx, session: str, account: str, token_hash: bytes, *, client: str, device: str | None,
        description: str, network: str, proofs: Iterable[str], now: datetime, expires: datetime) -> None:  # fmt: skip
    tx.run("insert into sessions (id, account, token_hash, client, device, description, network, proofs, "
           "created_at, last_used_at, expires_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
           [session, account, token_hash, client, device, description, network, list(proofs), now, now, expires])  # fmt: skip


def end(tx: Tx, account: str, session: str, by: str, now: datetime) -> bool:
    """Ends one session of this account; false when it is not there (or another's: the same)."""
    return bool(tx.run("update sessions set ended_at = %s, ended_by = %s "
                       "where id = %s and account = %s and ended_at is null", [now, by, session, account]))  # fmt: skip


def end_all(tx: Tx, account: str, by: str, now: datetime, keep: str | None = None) -> int:
    return tx.run("update sessions set ended_at = %s, ended_by = %s "
                  "where account = %s and ended_at is null and id is distinct from %s",
                  [now, by, account, keep])  # fmt: skip


def live(tx: Tx, account: str, now: datetime, idle: object) -> list[Row]:
    return tx.all("select id, client, device, description, network, created_at, last_used_at, expires_at "
                  "from sessions where account = %(account)s and ended_at is null and expires_at > %(now)s "
                  "and last_used_at > %(now)s - %(idle)s::interval order by last_used_at desc, id",
                  {"account": account, "now": now, "idle": idle})  # fmt: skip


def is_live(tx: Tx, session: str, account: str) -> bool:
    """Asked again under the account lock: a session that was ended meanwhile moves nothing (A85)."""
    return tx.one("select from sessions where id = %s and account = %s and ended_at is null "
                  "and expires_at > portvakt_now()", [session, account]) is not None  # fmt: skip


def live_one(tx: Tx, account: str, id: str, token_hash: bytes, idle: object) -> str | None:
    """The id of a live session of this account, named by id or by the hash of its token."""
    row = tx.one("select id from sessions where (id = %(id)s or token_hash = %(hash)s) and account = %(account)s "
                 "and ended_at is null and expires_at > portvakt_now() "
                 "and last_used_at > portvakt_now() - %(idle)s::interval",
                 {"id": id, "hash": token_hash, "account": account, "idle": idle})  # fmt: skip
    return None if row is None else row["id"]


def touch(tx: Tx, sessions: Iterable[str], now: datetime) -> None:
    tx.run("update sessions set last_used_at = greatest(last_used_at, %s) "
           "where id = any(%s) and ended_at is null", [now, list(sessions)])  # fmt: skip


def use_device(tx: Tx, account: str, token_hash: bytes, now: datetime) -> str | None:
    """The known device of this account with this token, noted as used now."""
    row = tx.one("update devices set last_used_at = %s where token_hash = %s and account = %s "
                 "and revoked_at is null returning id", [now, token_hash, account])  # fmt: skip
    return None if row is None else row["id"]


def add_device(
    tx: Tx, device: str, account: str, token_hash: bytes, description: str, now: datetime
) -> None:
    tx.run("insert into devices (id, account, token_hash, description, created_at, last_used_at) "
           "values (%s, %s, %s, %s, %s, %s)", [device, account, token_hash, description, now, now])  # fmt: skip


def forget_device_of(tx: Tx, account: str, session: str, keep_session: str | None, now: datetime) -> None:  # fmt: skip
    """The device of one session, unless the kept session runs on it too."""
    tx.run("update devices set revoked_at = %(now)s where account = %(account)s and revoked_at is null "
           "and id = (select device from sessions where id = %(session)s) "
           "and id is distinct from (select device from sessions where id = %(keep)s)",
           {"now": now, "account": account, "session": session, "keep": keep_session})  # fmt: skip


def forget_devices(tx: Tx, account: str, now: datetime, keep_session: str | None = None) -> None:
    """Remembered devices end with the sessions, but for the one the kept session runs on."""
    tx.run("update devices set revoked_at = %s where account = %s and revoked_at is null "
           "and id is distinct from (select device from sessions where id = %s)",
           [now, account, keep_session])  # fmt: skip
