"""Step-up: the decision that is to be approved, and the receipt, redeemed once (A53, S91)."""

from __future__ import annotations

from datetime import datetime

from portvakt.store.tx import Row, Tx


def details_row(decision: str) -> str:
    """The associated data of a decision's sealed details."""
    return f"decisions.sealed/{decision}"


def decision(tx: Tx, decision: str, account: str, since: datetime) -> Row | None:
    """`{id, service, action, details, sealed, session}` of a step-up decision about this account that
    was made after `since` and has no receipt yet."""
    return tx.one("select d.id, d.service, d.action, d.details, d.sealed, d.session from decisions d "
                  "where d.id = %s and d.account = %s and d.decision = 'step_up' and d.at > %s "
                  "and not exists (select from receipts r where r.decision = d.id)",
                  [decision, account, since])  # fmt: skip


def add(
    tx: Tx, receipt: str, account: str, decided: Row, *, now: datetime, expires: datetime
) -> bool:
    """False where this decision has been approved already."""
    return bool(tx.run("insert into receipts (id, account, decision, service, action, details, created_at, expires_at) "
                       "values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (decision) do nothing",
                       [receipt, account, decided["id"], decided["service"], decided["action"],
                        decided["details"], now, expires]))  # fmt: skip


def fits(
    tx: Tx, receipt: str, account: str, service: str, action: str, details: bytes, now: datetime
) -> bool:
    """Whether this receipt is for exactly this and can still be redeemed."""
    return tx.one("select from receipts where id = %s and account = %s and service = %s and action = %s "
                  "and details = %s and redeemed_at is null and voided_at is null and expires_at > %s",
                  [receipt, account, service, action, details, now]) is not None  # fmt: skip


def find(tx: Tx, receipt: str, service: str) -> Row | None:
    return tx.one("select account, action, details, expires_at, redeemed_at, voided_at from receipts "
                  "where id = %s and service = %s", [receipt, service])  # fmt: skip


def redeem(tx: Tx, receipt: str, now: datetime) -> bool:
    """True for exactly one caller."""
    return bool(tx.run("update receipts set redeemed_at = %(now)s where id = %(id)s and redeemed_at is null "
                       "and voided_at is null and expires_at > %(now)s", {"id": receipt, "now": now}))  # fmt: skip


def void(tx: Tx, now: datetime, *, account: str | None = None, receipt: str | None = None) -> int:
    """Of an account all that are open, or one."""
    return tx.run("update receipts set voided_at = %s where redeemed_at is null and voided_at is null "
                  "and (account = %s or id = %s)", [now, account, receipt])  # fmt: skip
