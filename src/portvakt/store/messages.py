"""Mails and SMS on their way: written with their cause, claimed by jobs, erased when they left."""

from __future__ import annotations

from datetime import datetime, timedelta

from portvakt.store.tx import Row, Tx


def add(tx: Tx, message: str, *, account: str | None, flow: str | None, channel: str, template: str,
        payload: bytes, now: datetime, expires: datetime) -> None:  # fmt: skip
    tx.run("insert into messages (id, account, flow, channel, template, payload, created_at, due_at, expires_at) "
           "values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
           [message, account, flow, channel, template, payload, now, now, expires])  # fmt: skip


def claim(tx: Tx, now: datetime, *, message: str | None = None, most: int = 20,
          stuck: timedelta = timedelta(minutes=2)) -> list[Row]:  # fmt: skip
    """Takes due messages for sending; one that a dead worker left in `sending` is due again after
    two minutes (a second copy is better than none; Message-ID makes it recognisable)."""
    return tx.all(
        "with taken as ("
        "update messages set state = 'sending', attempts = attempts + 1, claimed_at = %(now)s where id in ("
        "  select id from messages where (%(id)s::text is null or id = %(id)s) and due_at <= %(now)s"
        "    and (state = 'queued' or (state = 'sending' and claimed_at < %(now)s - %(stuck)s::interval))"
        "  order by due_at limit %(most)s for update skip locked)"
        " returning id, account, channel::text, template, payload, attempts, expires_at, created_at)"
        # in the order they were written: of two codes the newer one must arrive last
        " select * from taken order by created_at, id",
        {"now": now, "id": message, "most": most, "stuck": stuck})  # fmt: skip


def sent(tx: Tx, message: str, now: datetime, *, keep: bool) -> None:
    tx.run("update messages set state = 'sent', sent_at = %s, failure = null, "
           "payload = case when %s then payload end where id = %s", [now, keep, message])  # fmt: skip


def again(tx: Tx, message: str, due: datetime, failure: str) -> None:
    tx.run("update messages set state = 'queued', due_at = %s, failure = %s where id = %s",
           [due, failure, message])  # fmt: skip


def give_up(tx: Tx, message: str, state: str, failure: str) -> None:
    """`failed` or `expired`: an expired code is never sent (A115)."""
    tx.run("update messages set state = %s::message_state, failure = %s, payload = null where id = %s",
           [state, failure, message])  # fmt: skip


def unsettled(tx: Tx, now: datetime) -> int:
    return int(tx.sure("select count(*) as n from messages where state in ('queued', 'sending') "
                       "and due_at <= %s", [now])["n"])  # fmt: skip


def kept(tx: Tx, most: int = 200) -> list[Row]:
    """The sandbox's mailbox: what was sent and kept, newest first."""
    return tx.all("select id, channel::text, template, payload, sent_at from messages "
                  "where state = 'sent' and payload is not null order by created_at desc, id desc limit %s", [most])  # fmt: skip


def purge(tx: Tx, before: datetime) -> int:
    return tx.run(
        "delete from messages where created_at < %s and state in ('sent', 'failed', 'expired')",
        [before],
    )
