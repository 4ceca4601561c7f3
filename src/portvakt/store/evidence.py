"""Evidence files: sealed contents, who has looked at them, and their end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portvakt.ports.sealed_file import Sealed
from portvakt.store.tx import Row, Tx


def row_name(evidence: str) -> str:
    """The associated data of a file's sealed key."""
    return f"evidence.key/{evidence}"


def add(tx: Tx, id: str, flow: str, kind: str, *, sealed: Sealed, preview: Sealed, hash: bytes, pages: int,
        now: datetime) -> None:  # fmt: skip
    tx.run("insert into evidence (id, flow, kind, key, content, preview_key, preview, hash, pages, added_at) "
           "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
           [id, flow, kind, sealed.key, sealed.content, preview.key, preview.content, hash, pages, now])  # fmt: skip


def count(tx: Tx, flow: str) -> int:
    return int(tx.sure("select count(*) as n from evidence where flow = %s", [flow])["n"])


def take_over(tx: Tx, ids: Sequence[str], flow: str) -> None:
    """Files that were sent for an addition belong to its case from now on."""
    tx.run("update evidence set flow = %s where id = any(%s)", [flow, list(ids)])


def listed(tx: Tx, flow: str) -> list[Row]:
    return tx.all("select id, kind, hash, pages, added_at, erased_at from evidence where flow = %s order by added_at, id",
                  [flow])  # fmt: skip


def find(tx: Tx, id: str) -> Row | None:
    return tx.one(
        "select id, flow, kind, key, content, preview_key, preview from evidence where id = %s and erased_at is null",
        [id],
    )


def seen(tx: Tx, id: str, staff: str, now: datetime) -> None:
    tx.run(
        "insert into evidence_views (evidence, staff, at) values (%s, %s, %s) on conflict do nothing",
        [id, staff, now],
    )


def unseen(tx: Tx, flow: str, staff: str) -> int:
    """How many of a case's files this one of ours has not opened."""
    return int(tx.sure("select count(*) as n from evidence e where e.flow = %s and e.erased_at is null and not exists ("
                       "select from evidence_views v where v.evidence = e.id and v.staff = %s)", [flow, staff])["n"])  # fmt: skip


def erase_old(tx: Tx, before: datetime, unused_before: datetime) -> int:
    """Forgets the contents whose case was decided before then, and files that no case took."""
    return tx.run("update evidence e set key = null, content = null, preview_key = null, preview = null, erased_at = portvakt_now() "
                  "where e.erased_at is null and (exists (select from cases c where c.flow = e.flow and c.decided_at < %s) "
                  "or (e.added_at < %s and not exists (select from cases c where c.flow = e.flow)))",
                  [before, unused_before])  # fmt: skip
