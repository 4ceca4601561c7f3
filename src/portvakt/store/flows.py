"""Flows, their proofs and the codes sent for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from portvakt.model import Flow, Proof
from portvakt.store.tx import Row, Tx, jsonb

_COLUMNS: Final = """
select f.id, f.token_hash, f.action, f.status::text, f.account, f.decoy, f.session, f.client, f.language,
  f.given, f.sealed, f.choice, f.version, f.created_at, f.expires_at, f.submitted_at, f.due_at,
  (select json_agg(json_build_array(p.kind, p.at, p.by, p.target)) from proofs p where p.flow = f.id) as proofs
from flows f
"""


def _flow(row: Row) -> tuple[Flow, bytes | None]:
    proofs = tuple(Proof(k, datetime.fromisoformat(a), b, t) for k, a, b, t in row["proofs"] or ())
    flow = Flow(
        id=row["id"], action=row["action"], status=row["status"], created_at=row["created_at"],
        expires_at=row["expires_at"], account=row["account"], decoy=row["decoy"],
        session=row["session"], client=row["client"], language=row["language"], given=row["given"],
        choice=row["choice"], proofs=proofs, version=row["version"],
        submitted_at=row["submitted_at"], due_at=row["due_at"],
    )  # fmt: skip
    return flow, row["sealed"]


def find(tx: Tx, flow: str, token_hash: bytes) -> tuple[Flow, bytes | None] | None:
    """The flow and its sealed inputs, if id and token belong together; else None (always 404)."""
    row = tx.one(_COLUMNS + "where f.id = %s and f.token_hash = %s", [flow, token_hash])
    return None if row is None else _flow(row)


def find_locked(tx: Tx, flow: str, *, lock: bool = True) -> tuple[Flow, bytes | None] | None:
    """The flow row locked, after the account's: one POST at a time moves a flow. Without the lock: to
    know whose account is to be locked first."""
    row = tx.one(_COLUMNS + "where f.id = %s" + (" for update of f" if lock else ""), [flow])
    return None if row is None else _flow(row)


def add(tx: Tx, flow: Flow, token_hash: bytes) -> None:
    tx.run("insert into flows (id, token_hash, action, account, session, client, language, choice, created_at, expires_at) "
           "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
           [flow.id, token_hash, flow.action, flow.account, flow.session, flow.client,
            flow.language, jsonb(dict(flow.choice)), flow.created_at, flow.expires_at])  # fmt: skip


def save(tx: Tx, flow: Flow, sealed: bytes | None) -> Flow:
    """Writes the facts back with the next version."""
    tx.run("update flows set status = %s, account = %s, decoy = %s, given = %s, sealed = %s, choice = %s, "
           "submitted_at = %s, due_at = %s, expires_at = %s, version = version + 1 where id = %s",
           [flow.status, flow.account, flow.decoy, jsonb(dict(flow.given)), sealed, jsonb(dict(flow.choice)),
            flow.submitted_at, flow.due_at, flow.expires_at, flow.id])  # fmt: skip
    return replace(flow, version=flow.version + 1)


def end_others(tx: Tx, account: str, keep: str) -> list[str]:
    """Ends the account's other open flows: half-done changes die with the sessions, and so does what
    waits (A44, A66). The ids of those that waited."""
    ended = tx.all("with before as (select id, status from flows where account = %s and id <> %s "
                   "and status in ('open', 'waiting') for update) "
                   "update flows f set status = 'cancelled', sealed = null from before b where f.id = b.id "
                   "returning f.id, b.status::text as was", [account, keep])  # fmt: skip
    return [row["id"] for row in ended if row["was"] == "waiting"]


def stop(tx: Tx, account: str, flow: str) -> str | None:
    """Stops one flow that waits; its action, or None where it does not wait (any more)."""
    row = tx.one("update flows set status = 'cancelled', sealed = null "
                 "where id = %s and account = %s and status = 'waiting' returning action", [flow, account])  # fmt: skip
    return None if row is None else row["action"]


def due(tx: Tx, now: datetime, most: int = 100) -> list[str]:
    """Waiting flows whose time has come, the oldest first."""
    rows = tx.all("select id from flows where status = 'waiting' and due_at <= %s order by due_at limit %s",
                  [now, most])  # fmt: skip
    return [row["id"] for row in rows]


def stopped_by(tx: Tx, account: str, link: str | None, channel: str | None, since: datetime) -> bool:  # fmt: skip
    """Whether a flow was stopped by a link or a code to this one address alone since then."""
    return tx.one("select from flows f where account = %s and action = 'stop_case' and status = 'done' "
                  "and submitted_at > %s and session is null "
                  "and not exists (select from proofs where flow = f.id and kind = 'password') "
                  "and (given->>'notice_channel' = %s or exists ("
                  "select from proofs where flow = f.id and target = %s)) limit 1",
                  [account, since, link, channel]) is not None  # fmt: skip


def doubt(tx: Tx, flow: str, until: datetime) -> None:
    """The flow waits at least until then, and counts as doubted."""
    tx.run("update flows set given = given || '{\"doubted\": true}', due_at = greatest(due_at, %(until)s), "
           "expires_at = greatest(expires_at, %(until)s + interval '30 days'), version = version + 1 "
           "where id = %(flow)s and status = 'waiting'", {"flow": flow, "until": until})  # fmt: skip


def last_done(tx: Tx, account: str, action: str) -> datetime | None:
    """When the account's newest flow of this action was submitted."""
    row = tx.sure("select max(submitted_at) as at from flows where account = %s and action = %s and status = 'done'",
                  [account, action])  # fmt: skip
    at: datetime | None = row["at"]
    return at


def prove(tx: Tx, flow: str, proof: Proof) -> None:
    tx.run("insert into proofs (flow, kind, at, by, target) values (%s, %s, %s, %s, %s) "
           "on conflict (flow, kind) do update set at = excluded.at, by = excluded.by, target = excluded.target",
           [flow, proof.kind, proof.at, proof.by, proof.target])  # fmt: skip


def expire(tx: Tx, now: datetime) -> int:
    """Ends what is past its time and forgets its secrets. What waits is ended by the door alone
    (`due`): it may hold something."""
    return tx.run("update flows set status = 'expired', sealed = null "
                  "where status = 'open' and expires_at <= %s", [now])  # fmt: skip


def purge(tx: Tx, before: datetime) -> int:
    """Forgets what ended flows were given; what they did stands in the audit."""
    return tx.run("delete from flows f where f.expires_at < %s and f.status not in ('open', 'waiting') "
                  "and not exists (select from cases c where c.flow = f.id)", [before])  # fmt: skip


# ── codes ───────────────────────────────────────────────────────────────────────────────────────


def live_code(tx: Tx, flow: str, field: str) -> Mapping[str, Any] | None:
    """The one live code of this flow and field: `{id, hash, address, sent_at, expires_at}`."""
    return tx.one("select id, hash, address, sent_at, expires_at from codes "
                  "where flow = %s and field = %s and spent_at is null and replaced_at is null",
                  [flow, field])  # fmt: skip


def add_code(tx: Tx, code: str, flow: str, field: str, hash: bytes, address: bytes, *,
             now: datetime, expires: datetime) -> None:  # fmt: skip
    """Replaces the live code: an old one is dead from now on (A28)."""
    tx.run("update codes set replaced_at = %s where flow = %s and field = %s "
           "and spent_at is null and replaced_at is null", [now, flow, field])  # fmt: skip
    tx.run("insert into codes (id, flow, field, hash, address, sent_at, expires_at) "
           "values (%s, %s, %s, %s, %s, %s, %s)",
           [code, flow, field, hash, address, now, expires])  # fmt: skip


def end_codes(tx: Tx, addresses: Sequence[bytes], but: str, now: datetime) -> None:
    """Codes of other flows on their way to these addresses are dead: what was asked for before a change
    opens nothing after it (A42). The flows go on, and ask for a new one as for any that is too old."""
    tx.run("update codes set expires_at = least(expires_at, %s) where address = any(%s) and flow <> %s "
           "and spent_at is null and replaced_at is null", [now, list(addresses), but])  # fmt: skip


def spend_code(tx: Tx, code: str, now: datetime) -> bool:
    """True for exactly one caller, while it lives."""
    return bool(tx.run("update codes set spent_at = %(now)s where id = %(id)s and spent_at is null "
                       "and replaced_at is null and expires_at > %(now)s", {"id": code, "now": now}))  # fmt: skip
