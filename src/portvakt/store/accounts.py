"""Accounts, their channels and factors, read as the facts that rules see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portvakt.model import Account, BoundFactor, Channel, ChannelKind, Facts, Hold, Waiting
from portvakt.policy import Lives
from portvakt.store.tx import Row, Tx

#: Looked up where there is no account, so that a decoy runs the same statements (A01, A02).
NOBODY: Final = "acc_" + "0" * 32
NO_FACTOR: Final = "fac_" + "0" * 32

_SEEN: Final = """
with t as materialized (select portvakt_now() as now),
  named as (select i.account, i.blocked_until from identifiers i where i.hash = %(key)s)
select t.now, n.account as owner, n.blocked_until > t.now as blocked,
  a.id, case when a.frozen_by_staff_at is not null and a.state = 'active' then 'frozen' else a.state::text end as state,
  a.frozen_by_staff_at is not null as frozen_by_staff, a.created_at, a.language, a.zone,
  a.settings_lock_days, a.unfrozen_at, a.payout_list_only, a.phrase,
  (select json_agg(json_build_array(f.id, f.kind, f.bound_at, f.last_used_at, f.label,
      f.bound_in = a.first_session and f.bound_at <= a.created_at + %(founding)s::interval, f.synced)
      order by f.bound_at, f.id)
     from factors f where f.account = a.id and f.removed_at is null) as factors,
  (select json_agg(json_build_array(c.id, c.kind, c.address, c.registered, c.bound_at, c.last_used_at,
      encode(c.hash, 'hex'), c.bound_in = a.first_session and c.bound_at <= a.created_at + %(founding)s::interval)
      order by c.bound_at, c.id)
     from channels c where c.account = a.id and c.removed_at is null) as channels,
  (select json_agg(json_build_array(h.id, h.cause, h.actions, h.starts_at, h.ends_at, h.ends_when, h.flow)
      order by h.starts_at)
     from holds h where h.account = a.id and (h.ends_at is null or h.ends_at > t.now)) as holds,
  (select json_agg(json_build_array(kind, removed_at)) from (
     select f.kind, f.removed_at from factors f
       where f.account = a.id and f.removed_at is not null and f.kind <> 'password'
     union all select c.kind::text, c.removed_at from channels c
       where c.account = a.id and c.removed_at is not null) gone) as removed,
  (select json_agg(json_build_array(w.id, w.action, w.submitted_at, w.due_at,
      (select c.lost from cases c where c.flow = w.id), w.given ? 'doubted') order by w.due_at)
     from flows w where w.account = a.id and w.status = 'waiting') as waiting,
  (select json_build_array(count(*) filter (where r.used_at is null), min(r.made_at))
     from recovery_codes r where r.account = a.id and r.replaced_at is null) as codes,
  (select json_build_array(s.role, s.active_from <= t.now) from staff s
     where s.account = a.id and s.removed_at is null) as staff,
  (select array_agg(d.account) from devices d where d.token_hash = %(device)s and d.revoked_at is null) as device_of
from t left join named n on true left join accounts a on a.id = coalesce(%(account)s::text, n.account)
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look shows: the instant, which account an identifier names, whether it is kept from
    everybody (quarantine), and the facts about the account that was asked for."""

    now: datetime
    owner: str | None
    blocked: bool
    facts: Facts


def lock(tx: Tx, account: str | None) -> None:
    """Locks the account row first (ADR 0003); decoys wait for a row that is not there."""
    tx.run("select from accounts where id = %s for update", [account or NOBODY])


def lock_all(tx: Tx, all_of: Iterable[str]) -> None:
    """Several, in the order of their ids, so that two who lock the same ones never wait for each other."""
    for account in sorted(set(all_of)):
        lock(tx, account)


def lock_named(tx: Tx, key: bytes) -> str | None:
    """Locks the account that an identifier names and says which. Whether it still does when the lock
    is held must be asked again."""
    row = tx.one("select id from accounts where id = (select account from identifiers where hash = %s) "
                 "for update", [key])  # fmt: skip
    return None if row is None else row["id"]


def share(tx: Tx, account: str) -> None:
    """Waits for every effect under way on this account, and makes later ones wait (A53)."""
    tx.run("select from accounts where id = %s for share", [account])


def facts(tx: Tx, account: str | None) -> Facts:
    """All facts about one account; empty facts for nobody."""
    return seen(tx, account or NOBODY).facts


def seen(tx: Tx, account: str | None, *, key: bytes | None = None, device_hash: bytes | None = None,
         under_attack: bool = False) -> Seen:  # fmt: skip
    """All facts in one statement: about `account`, or where that is None about the one that the
    identifier `key` names; empty for nobody. `now` is read as the statement begins."""
    row = tx.sure(_SEEN, {"account": account, "key": key, "device": device_hash,
                          "founding": Lives().founding})  # fmt: skip
    if row["id"] is None:
        facts = Facts(under_attack=under_attack, device_seen=bool(row["device_of"]))
    else:
        facts = _facts(row, under_attack)
    return Seen(row["now"], row["owner"], bool(row["blocked"]), facts)


def _facts(row: Row, under_attack: bool) -> Facts:
    left, since = row["codes"]
    role, counts = row["staff"] or (None, False)
    return Facts(
        account=Account(row["id"], row["state"], row["created_at"], row["language"], row["zone"],
                        row["settings_lock_days"], row["unfrozen_at"], row["payout_list_only"], row["phrase"],
                        row["frozen_by_staff"]),
        factors=tuple(_factor(*f) for f in row["factors"] or ()),
        channels=tuple(_channel(*c) for c in row["channels"] or ()),
        holds=tuple(Hold(i, c, tuple(a), _t(s), _tn(e), w, f) for i, c, a, s, e, w, f in row["holds"] or ()),
        removed=tuple((k, _t(r)) for k, r in row["removed"] or ()),
        waiting=tuple(Waiting(i, a, _t(s), _t(u), frozenset(x or ()), d) for i, a, s, u, x, d in row["waiting"] or ()),
        codes_left=left, codes_since=_tn(since),
        role=role if counts else None, ours=role is not None, device_known=row["id"] in (row["device_of"] or ()), device_seen=bool(row["device_of"]),
        under_attack=under_attack,
    )  # fmt: skip


def _factor(id: str, kind: str, bound: str, used: str | None, label: str | None, founding: bool | None, synced: bool | None) -> BoundFactor:  # fmt: skip
    return BoundFactor(id, kind, _t(bound), _tn(used), label, bool(founding), synced)


def _channel(id: str, kind: ChannelKind, address: str, registered: bool, bound: str, used: str | None,
             key: str, founding: bool | None) -> Channel:  # fmt: skip
    return Channel(id, kind, address, registered, _t(bound), _tn(used), key, bool(founding))


def _t(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _tn(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def add(tx: Tx, account: str, *, language: str, zone: str | None, now: datetime) -> None:
    tx.run("insert into accounts (id, created_at, language, zone) values (%s, %s, %s, %s)",
           [account, now, language, zone])  # fmt: skip


def set_language(tx: Tx, account: str, language: str, zone: str | None) -> None:
    tx.run("update accounts set language = %s, zone = coalesce(%s, zone) where id = %s",
           [language, zone, account])  # fmt: skip


def set_state(tx: Tx, account: str, state: str, unfrozen: datetime | None = None) -> None:
    """`unfrozen`: when it was, if that is what happens now."""
    tx.run("update accounts set state = %s::account_state, unfrozen_at = coalesce(%s, unfrozen_at) where id = %s",
           [state, unfrozen, account])  # fmt: skip


def set_frozen_by_staff(tx: Tx, account: str, since: datetime | None) -> datetime | None:
    """Beside what the holder himself did, which stays as it is: since when it was before, or None."""
    row = tx.sure("update accounts a set frozen_by_staff_at = %s from accounts b where a.id = %s and b.id = a.id "
                  "returning b.frozen_by_staff_at as before", [since, account])  # fmt: skip
    before: datetime | None = row["before"]
    return before


def frozen_by_staff(tx: Tx, most: int = 200) -> list[Row]:
    """`{account, since}`, the newest first."""
    return tx.all("select id as account, frozen_by_staff_at as since from accounts where frozen_by_staff_at is not null "
                  "order by frozen_by_staff_at desc, id limit %s", [most])  # fmt: skip


def set_lock(tx: Tx, account: str, days: int | None) -> None:
    tx.run("update accounts set settings_lock_days = %s where id = %s", [days, account])


def set_list_only(tx: Tx, account: str, on: bool) -> None:
    tx.run("update accounts set payout_list_only = %s where id = %s", [on, account])


def set_phrase(tx: Tx, account: str, sealed: bytes | None) -> None:
    tx.run("update accounts set phrase = %s where id = %s", [sealed, account])


def set_first_session(tx: Tx, account: str, session: str) -> None:
    """The sign-up's own session: what is bound in it within the hour is as good as the account. The
    identifier itself was proven there."""
    tx.run("update accounts set first_session = %s where id = %s", [session, account])
    tx.run("update channels set bound_in = %s where account = %s", [session, account])


def add_channel(tx: Tx, channel: str, account: str, kind: str, address: str, key: bytes, *,
                registered: bool, now: datetime, session: str | None = None) -> None:  # fmt: skip
    tx.run("insert into channels (id, account, kind, address, hash, registered, bound_at, bound_in) "
           "values (%s, %s, %s, %s, %s, %s, %s, %s)",
           [channel, account, kind, address, key, registered, now, session])  # fmt: skip


def register_other(tx: Tx, account: str) -> None:
    """What is left becomes the registered identifier, where none is."""
    tx.run("update channels set registered = true where id = (select id from channels where account = %(a)s "
           "and removed_at is null order by bound_at limit 1) and not exists (select from channels "
           "where account = %(a)s and removed_at is null and registered)", {"a": account})  # fmt: skip


def used_channel(tx: Tx, channel: str, now: datetime) -> None:
    tx.run("update channels set last_used_at = %s where id = %s", [now, channel])


def former(tx: Tx, account: str) -> list[tuple[ChannelKind, str]]:
    """Addresses that were ever bound to the account and are nobody else's now."""
    rows = tx.all("select distinct c.kind::text, c.address from channels c join identifiers i on i.hash = c.hash "
                  "where c.account = %(a)s and c.removed_at is not null and (i.account is null or i.account = %(a)s)",
                  {"a": account})  # fmt: skip
    return [(row["kind"], row["address"]) for row in rows]


def remove_channel(tx: Tx, channel: str, now: datetime) -> None:
    tx.run(
        "update channels set removed_at = %s where id = %s and removed_at is null", [now, channel]
    )


def add_factor(tx: Tx, factor: str, account: str, kind: str, secret: bytes, *, now: datetime, label: str | None = None,
               last_step: int | None = None, session: str | None = None, key: bytes | None = None,
               synced: bool | None = None) -> bool:  # fmt: skip
    """`key`: the keyed hash by which it is found without an account. False where that is bound already."""
    return bool(tx.run(
        "insert into factors (id, account, kind, secret, label, last_step, bound_at, bound_in, key, synced) "
        "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (key) do nothing",
        [factor, account, kind, secret, label, last_step, now, session, key, synced]))  # fmt: skip


def of_factor(tx: Tx, key: bytes) -> str | None:
    """Whose factor this is that names its account by itself; None where it is nobody's (any more)."""
    row = tx.one("select account from factors where key = %s and removed_at is null", [key])
    return None if row is None else row["account"]


def secret_of(tx: Tx, factor: BoundFactor | None) -> bytes | None:
    """The sealed secret of a factor that the facts name; asked for nobody's too (A02)."""
    row = tx.one("select secret from factors where id = %s", [factor.id if factor else NO_FACTOR])
    return None if row is None else bytes(row["secret"])


def by_key(tx: Tx, key: bytes) -> Row | None:
    """`{id, secret, last_step, synced}` of the factor that this keyed hash names. Whether it is bound, or
    was before a change that is undone, is for the facts to say."""
    return tx.one("select id, secret, last_step, synced from factors where key = %s", [key])


def secrets_of(tx: Tx, factors: list[str]) -> dict[str, bytes]:
    """The sealed secrets of several factors, by id."""
    rows = tx.all("select id, secret from factors where id = any(%s) order by id", [factors])
    return {row["id"]: bytes(row["secret"]) for row in rows}


def spend_count(tx: Tx, factor: str, count: int, now: datetime) -> bool:
    """Takes a passkey's signature counter: false where it has not grown, as a copy's would not (§6.1.1).
    Synced passkeys do not count: theirs stays 0."""
    return bool(tx.run("update factors set last_step = %(count)s, last_used_at = %(now)s where id = %(id)s "
                       "and (last_step < %(count)s or (last_step = 0 and %(count)s = 0))",
                       {"id": factor, "count": count, "now": now}))  # fmt: skip


def used_factor(tx: Tx, factor: str, now: datetime) -> None:
    tx.run("update factors set last_used_at = %s where id = %s", [now, factor])


def reseal_factor(tx: Tx, factor: str, old: bytes, new: bytes) -> None:
    """Same secret, newer parameters or key: replaced only if nobody changed it meanwhile."""
    tx.run("update factors set secret = %s where id = %s and secret = %s", [new, factor, old])


def spend_step(tx: Tx, factor: str, step: int, now: datetime) -> bool:
    """Takes a TOTP step: true once per step for good, also for earlier ones (A21, A22). Whether the
    factor is bound, or was before a change that is undone, is for the facts to say."""
    return bool(tx.run("update factors set last_step = %(step)s, last_used_at = %(now)s "
                       "where id = %(id)s and (last_step is null or last_step < %(step)s)",
                       {"id": factor, "step": step, "now": now}))  # fmt: skip


def remove_factor(tx: Tx, factor: str, now: datetime) -> None:
    tx.run("update factors set removed_at = %s where id = %s and removed_at is null", [now, factor])
