"""Our people: accounts with a role, active from a day after they were added."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from portvakt.policy import ROLES, VOTERS
from portvakt.store.tx import Row, Tx


def add(tx: Tx, account: str, name: str, role: str, *, now: datetime, active: datetime) -> None:
    tx.run("insert into staff (account, name, role, added_at, active_from) values (%s, %s, %s, %s, %s) "
           "on conflict (account) do update set name = excluded.name, role = excluded.role, "
           "active_from = excluded.active_from, removed_at = null", [account, name, role, now, active])  # fmt: skip


def set_role(tx: Tx, account: str, role: str, active: datetime) -> None:
    tx.run("update staff set role = %s, active_from = %s where account = %s and removed_at is null",
           [role, active, account])  # fmt: skip


def remove(tx: Tx, account: str, now: datetime) -> bool:
    return bool(
        tx.run(
            "update staff set removed_at = %s where account = %s and removed_at is null",
            [now, account],
        )
    )


def find(tx: Tx, account: str) -> Row | None:
    """`{account, name, role, active_from}` of somebody who is active now."""
    return tx.one("select account, name, role, active_from from staff where account = %s and removed_at is null "
                  "and active_from <= portvakt_now()", [account])  # fmt: skip


def everybody(tx: Tx) -> list[Row]:
    return tx.all("select s.account, s.name, s.role, s.added_at, s.active_from, s.removed_at from staff s "
                  "order by s.name, s.account")  # fmt: skip


def held(tx: Tx, account: str) -> Row | None:
    """`{name, role}` of one of ours, also one whose role does not count yet."""
    return tx.one("select name, role from staff where account = %s and removed_at is null", [account])  # fmt: skip


def accounts(tx: Tx, roles: Sequence[str] = ROLES) -> list[str]:
    """All of ours in these roles, also those whose role does not count yet, in a fixed order."""
    rows = tx.all("select account from staff where removed_at is null and role = any(%s) order by account",
                  [list(roles)])  # fmt: skip
    return [row["account"] for row in rows]


def reviewers(tx: Tx) -> list[str]:
    """Accounts of those who may vote now, in a fixed order."""
    rows = tx.all("select account from staff where removed_at is null and role = any(%s) "
                  "and active_from <= portvakt_now() order by account", [list(VOTERS)])  # fmt: skip
    return [row["account"] for row in rows]


def able(tx: Tx, account: str, without: Collection[str]) -> list[str]:
    """Who may vote about a case of this account, in a fixed order, but for those who are named."""
    return [s for s in reviewers(tx) if s not in without and not related(tx, s, account)]


def related(tx: Tx, staff: str, account: str) -> bool:
    """Whether this one of ours has something to do with the account: his own, or one that was used from the
    same network within 30 days (A103). A device is known to one account alone, so it says nothing."""
    return staff == account or tx.one(
        "select from sessions a join sessions b on a.network = b.network "
        "where a.account = %(s)s and b.account = %(a)s and a.network not in ('', '127.0.0.1', '0.0.0.0') "
        "and a.created_at > portvakt_now() - interval '30 days' and b.created_at > portvakt_now() - interval '30 days' "
        "limit 1", {"s": staff, "a": account}) is not None  # fmt: skip
