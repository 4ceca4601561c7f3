"""Cases: submitted flows that wait for reviewers, and the votes about them. Votes are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from portvakt.policy import VOTERS
from portvakt.ports.crypto import Keys
from portvakt.store.tx import Row, Tx

_COLUMNS: Final = """
select c.flow, c.number, c.account, c.action, c.state::text, c.round, c.lost, c.long_tier, c.level,
  c.submitted_at, c.earliest_at, c.due_at, c.score, c.verdict, c.sealed, c.second, c.drawn_at, c.decided_at
from cases c
"""


def sealed_row(flow: str) -> str:
    """The associated data of a case's sealed answers."""
    return f"cases.sealed/{flow}"


def vote_row(vote: str) -> str:
    """The associated data of what was written with a vote."""
    return f"votes.sealed/{vote}"


def add(tx: Tx, flow: str, number: str, account: str | None, action: str, *, lost: Sequence[str], long_tier: bool, level: int,
        submitted: datetime, earliest: datetime, due: datetime, score: int, verdict: str, sealed: bytes) -> bool:  # fmt: skip
    """False where the account has a case under way (A51). Without an account it is about nobody: its
    applicant cannot tell, and no reviewer sees it."""
    return bool(tx.run(
        "insert into cases (flow, number, account, action, lost, long_tier, level, submitted_at, earliest_at, "
        "due_at, score, verdict, sealed) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
        "on conflict do nothing",
        [flow, number, account, action, list(lost), long_tier, level, submitted, earliest, due, score, verdict,
         sealed]))  # fmt: skip


def find(tx: Tx, which: str) -> Row | None:
    """A case by its flow or its number."""
    return tx.one(_COLUMNS + "where c.flow = %(w)s or c.number = %(w)s", {"w": which})


def sure(tx: Tx, flow: str) -> Row:
    """The case of a flow that has one."""
    return tx.sure(_COLUMNS + "where c.flow = %s", [flow])


def find_locked(tx: Tx, which: str) -> Row | None:
    return tx.one(_COLUMNS + "where c.flow = %(w)s or c.number = %(w)s for update", {"w": which})


def queue(tx: Tx) -> list[Row]:
    """Open cases, the one that is due first on top, with how many have approved in this round."""
    return tx.all("select c.flow, c.number, c.account, c.action, c.state::text, c.long_tier, c.level, c.score, c.verdict, "
                  "c.submitted_at, c.due_at, c.second, (select count(*) from votes v join staff s on s.account = v.staff "
                  "where v.case_flow = c.flow and v.round = c.round and v.vote = 'approve' and s.removed_at is null) as approvals "
                  "from cases c where c.state in ('open', 'asked') and c.account is not null order by c.due_at, c.flow")  # fmt: skip


def set_state(tx: Tx, flow: str, state: str, now: datetime | None = None) -> None:
    """`now` where that is the end of it."""
    tx.run("update cases set state = %s::case_state, decided_at = coalesce(%s, decided_at) where flow = %s",
           [state, now, flow])  # fmt: skip


def next_round(tx: Tx, flow: str, sealed: bytes, due: datetime) -> None:
    """The applicant has added something: everybody looks anew."""
    tx.run("update cases set state = 'open', round = round + 1, sealed = %s, due_at = greatest(due_at, %s), "
           "second = null, drawn_at = null, overdue_told_at = null where flow = %s", [sealed, due, flow])  # fmt: skip


def doubt(tx: Tx, flow: str, earliest: datetime) -> None:
    """Identity is to be shown, and nothing takes effect before then (policy.md, stop_case). Where no
    file shows it yet the applicant is asked, whatever was voted."""
    tx.run("update cases c set long_tier = true, earliest_at = greatest(earliest_at, %s), state = case when (select count(distinct e.kind) "
           "from evidence e where e.flow = c.flow and e.kind in ('document', 'photo')) = 2 then state else 'asked' end "
           "where c.flow = %s", [earliest, flow])  # fmt: skip


def stopped(tx: Tx, flow: str) -> None:
    """The flow of this case waits no more: neither does the case, if it is one."""
    tx.run("update cases set state = 'stopped', decided_at = portvakt_now() where flow = %s "
           "and state in ('open', 'asked', 'approved')", [flow])  # fmt: skip


def stop_expired(tx: Tx) -> None:
    """A case that nobody decided in its whole life is over; it was never approved (S56)."""
    tx.run("update cases c set state = 'stopped', decided_at = portvakt_now() where c.state in ('open', 'asked', 'approved') "
           "and exists (select from flows f where f.id = c.flow and f.status = 'expired')")  # fmt: skip


def draw(tx: Tx, flow: str, second: str | None, now: datetime) -> None:
    tx.run("update cases set second = %s, drawn_at = %s where flow = %s", [second, now, flow])


def to_redraw(tx: Tx) -> list[Row]:
    return tx.all(
        _COLUMNS + "where c.state = 'open' and c.second is not null for update skip locked"
    )


def overdue(tx: Tx, now: datetime) -> list[Row]:
    """Cases past their due time that nobody was told about yet; claimed."""
    return tx.all("update cases set overdue_told_at = %(now)s where flow in (select flow from cases "
                  "where state in ('open', 'asked') and account is not null and due_at <= %(now)s and overdue_told_at is null "
                  "for update skip locked) returning flow, number", {"now": now})  # fmt: skip


def vote(
    tx: Tx, id: str, case: Row, staff: str, vote: str, sealed: bytes, evidence: bytes, now: datetime
) -> bool:
    """False where this one of ours has voted in this round already."""
    return bool(tx.run("insert into votes (id, case_flow, round, staff, vote, sealed, evidence, at) "
                       "values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
                       [id, case["flow"], case["round"], staff, vote, sealed, evidence, now]))  # fmt: skip


def votes(tx: Tx, flow: str) -> list[Row]:
    """All votes about a case, oldest first, with whose they are."""
    return tx.all("select v.id, v.round, v.staff, s.name, v.vote, v.sealed, v.at from votes v join staff s "
                  "on s.account = v.staff where v.case_flow = %s order by v.at, v.id", [flow])  # fmt: skip


def words(keys: Keys, vote: Row) -> dict[str, Any]:
    """What was written with a vote: reason, alternatives, questions, as far as there are any."""
    return dict(keys.open_json(bytes(vote["sealed"]), vote_row(vote["id"])))


def last_words(tx: Tx, keys: Keys, flow: str) -> dict[str, Any]:
    """What was written with the newest vote about a case; empty where nobody has voted."""
    given = votes(tx, flow)
    return words(keys, given[-1]) if given else {}


def approvals(tx: Tx, case: Row) -> list[str]:
    """Who has approved in this round and is still one of ours: who was removed since counts no more (A103)."""
    rows = tx.all("select v.staff from votes v join staff s on s.account = v.staff where v.case_flow = %s and v.round = %s "
                  "and v.vote = 'approve' and s.removed_at is null and s.role = any(%s) order by v.at",
                  [case["flow"], case["round"], list(VOTERS)])  # fmt: skip
    return [row["staff"] for row in rows]


def last_ended(tx: Tx, account: str, *states: str) -> datetime | None:
    """When a case of the account last came to one of these ends."""
    row = tx.sure(
        "select max(decided_at) as at from cases where account = %s and state::text = any(%s)",
        [account, list(states)],
    )
    at: datetime | None = row["at"]
    return at


def counts(tx: Tx, now: datetime) -> dict[str, Any]:
    """For metrics: how many are open, and how many of them are overdue."""
    return dict(tx.sure("select count(*) as open, count(*) filter (where due_at <= %s) as overdue from cases "
                        "where state in ('open', 'asked') and account is not null", [now]))  # fmt: skip
