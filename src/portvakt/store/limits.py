"""Counters in fixed windows, counted before the work and committed (A15, A26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portvakt.store.tx import Tx

Bucket = tuple[bytes, int, int]  # hash of the name, window in seconds, most


@dataclass(frozen=True, slots=True)
class Taken:
    """`retry_at` when a bucket is over its most; `left`: tries left in the fullest one."""

    retry_at: datetime | None = None
    left: int | None = None


def take(tx: Tx, buckets: Sequence[Bucket], now: datetime) -> Taken:
    """Counts one try in every bucket; says when to come back if one is over its most."""
    return take_each(tx, [buckets], now)[0]


def take_each(tx: Tx, groups: Sequence[Sequence[Bucket]], now: datetime) -> list[Taken]:
    """The same for several groups of buckets, each with an answer of its own.

    One statement; rows are taken in the order of their keys, so parallel takers do not deadlock.
    Fixed windows: a window begins with its first try and ends after its seconds."""
    ordered = sorted({bucket for group in groups for bucket in group})
    if not ordered:
        return [Taken() for _ in groups]
    rows = tx.all(
        "insert into limits as l (bucket, seconds, starts_at, count) "
        "select b, s, %(now)s, 1 from unnest(%(b)s::bytea[], %(s)s::int[]) as t(b, s) "
        "on conflict (bucket, seconds) do update set "
        "  count = case when l.starts_at + make_interval(secs => l.seconds) <= %(now)s then 1 else l.count + 1 end, "
        "  starts_at = case when l.starts_at + make_interval(secs => l.seconds) <= %(now)s then %(now)s else l.starts_at end "
        "returning bucket, seconds, count, starts_at + make_interval(secs => seconds) as ends",
        {"now": now, "b": [b for b, _, _ in ordered], "s": [s for _, s, _ in ordered]})  # fmt: skip
    counted = {(bytes(r["bucket"]), r["seconds"]): (r["count"], r["ends"]) for r in rows}
    return [
        _taken([(most - counted[b, s][0], counted[b, s][1]) for b, s, most in group])
        for group in groups
    ]


def _taken(rest: Sequence[tuple[int, datetime]]) -> Taken:
    """From (left, end of the window) of each bucket of a group."""
    if not rest:
        return Taken()
    over = [ends for left, ends in rest if left < 0]
    return Taken(max(over) if over else None, max(0, min(left for left, _ in rest)))


def spare(tx: Tx, buckets: Sequence[Bucket], now: datetime) -> bool:
    """Whether one more may be had; what a narrow window turns away is not counted in the wider ones:
    ten notices kept back within an hour must not mute the rest of the day."""
    return all(
        take(tx, [bucket], now).retry_at is None for bucket in sorted(buckets, key=lambda b: b[1])
    )


def peek(tx: Tx, buckets: Sequence[Bucket], now: datetime) -> bool:
    """True when any of these buckets is at or over its most; nothing is counted."""
    rows = tx.all("select bucket, seconds, count from limits where bucket = any(%s) "
                  "and starts_at + make_interval(secs => seconds) > %s", [[b for b, _, _ in buckets], now])  # fmt: skip
    most = {(b, s): m for b, s, m in buckets}
    return any(r["count"] >= most.get((bytes(r["bucket"]), r["seconds"]), 1 << 30) for r in rows)


def clear(tx: Tx, buckets: Sequence[Bucket]) -> None:
    """Forgets the counters of what was just proven (NIST SP 800-63B-4 §3.2.2)."""
    if buckets:
        tx.run("delete from limits where bucket = any(%s)", [[b for b, _, _ in buckets]])


def purge(tx: Tx, before: datetime) -> int:
    """Forgets windows that ended before then: an operator's may last longer than ours (A24)."""
    return tx.run("delete from limits where starts_at < %(before)s "
                  "and starts_at + make_interval(secs => seconds) < %(before)s", {"before": before})  # fmt: skip
