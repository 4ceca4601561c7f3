"""The platform's services, the decisions they were given, kept answers, spent robot checks."""

from __future__ import annotations

from datetime import datetime

from portvakt.store.tx import Row, Tx


def secret_hash(tx: Tx, client_id: str) -> bytes | None:
    row = tx.one(
        "select secret_hash from services where client_id = %s and removed_at is null", [client_id]
    )
    return None if row is None else bytes(row["secret_hash"])


def add(tx: Tx, client_id: str, secret_hash: bytes, now: datetime) -> bool:
    """False when the client id is taken."""
    return bool(tx.run("insert into services (client_id, secret_hash, created_at) values (%s, %s, %s) "
                       "on conflict do nothing", [client_id, secret_hash, now]))  # fmt: skip


def replace_secret(tx: Tx, client_id: str, secret_hash: bytes, now: datetime) -> None:
    tx.run("insert into services (client_id, secret_hash, created_at) values (%s, %s, %s) on conflict (client_id) "
           "do update set secret_hash = excluded.secret_hash, removed_at = null", [client_id, secret_hash, now])  # fmt: skip


def add_decision(tx: Tx, decision: str, *, at: datetime, service: str, account: str, action: str, details: bytes,
                 answer: str, until: datetime | None, reasons: list[str], expires: datetime,
                 sealed: bytes | None = None, session: str | None = None) -> None:  # fmt: skip
    tx.run("insert into decisions (id, at, service, account, action, details, decision, until, reasons, expires_at, "
           "sealed, session) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
           [decision, at, service, account, action, details, answer, until, reasons, expires, sealed, session])  # fmt: skip


def claim_answer(
    tx: Tx, scope: bytes, request: bytes, now: datetime, expires: datetime
) -> Row | None:
    """None when this request is now ours to work on; else the row that stands: `{request, sealed}`.

    An answer past its time, or one that a crashed worker never wrote (older than a minute), is taken
    over: what it would have done was rolled back with it, because the answer is written in the same
    transaction as its effect."""
    taken = tx.run(
        "insert into answers as a (scope, request, created_at, expires_at) values (%(s)s, %(r)s, %(now)s, %(exp)s) "
        "on conflict (scope) do update set request = excluded.request, sealed = null, created_at = excluded.created_at, "
        "expires_at = excluded.expires_at where a.expires_at <= %(now)s "
        "or (a.sealed is null and a.request = excluded.request and a.created_at < %(now)s - interval '60 seconds')",
        {"s": scope, "r": request, "now": now, "exp": expires})  # fmt: skip
    if taken:
        return None
    return tx.one("select request, sealed from answers where scope = %s", [scope])


def keep_answer(tx: Tx, scope: bytes, sealed: bytes, expires: datetime) -> None:
    tx.run(
        "update answers set sealed = %s, expires_at = %s where scope = %s", [sealed, expires, scope]
    )


def drop_answer(tx: Tx, scope: bytes) -> None:
    """The request ended without an effect worth keeping (turned away): it may be tried again."""
    tx.run("delete from answers where scope = %s and sealed is null", [scope])


def spend_robot(tx: Tx, hash: bytes, expires: datetime) -> bool:
    """True once per solution (A52)."""
    return bool(tx.run("insert into robot_spent (hash, expires_at) values (%s, %s) on conflict do nothing",
                       [hash, expires]))  # fmt: skip


def purge(tx: Tx, now: datetime) -> None:
    tx.run("delete from answers where expires_at <= %s", [now])
    tx.run("delete from robot_spent where expires_at <= %s", [now])
