"""What must hold of an account after every move of anybody, and what each action may change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from portvakt.model import Answer, Facts, Problem
from portvakt.policy import ACTIONS, PROTECTED
from portvakt.store import accounts
from portvakt.strength import second_factors
from tests.rules.players import DETAILS, SERVICE, Begun, Place

State = Mapping[str, Any]
Effect = Callable[[State, State], bool]

_STATE: Final = """
select a.state::text, a.settings_lock_days as lock, a.payout_list_only as list_only, a.phrase,
  (select f.id from factors f where f.account = a.id and f.kind = 'password' and f.removed_at is null) as password,
  (select f.id from factors f where f.account = a.id and f.kind = 'totp' and f.removed_at is null) as totp,
  (select json_agg(f.id order by f.id) from factors f
     where f.account = a.id and f.kind = 'passkey' and f.removed_at is null) as passkeys,
  (select c.id from channels c where c.account = a.id and c.kind = 'email' and c.removed_at is null) as email,
  (select c.id from channels c where c.account = a.id and c.kind = 'phone' and c.removed_at is null) as phone,
  (select array_agg(c.id) from channels c
     where c.account = a.id and c.registered and c.removed_at is null) as registered,
  (select min(r.set_id) from recovery_codes r where r.account = a.id and r.replaced_at is null) as codes,
  (select array_agg(p.id order by p.id) from payout_addresses p
     where p.account = a.id and p.removed_at is null) as payouts
from accounts a where a.id = %s
"""
#: An identifier and the channel that it names belong together, whatever was half done.
_TORN: Final = """
select count(*) as n from channels c left join identifiers i on i.hash = c.hash
  where c.removed_at is null and i.account is distinct from c.account::text
union all
select count(*) from identifiers i where i.account is not null and not exists (
  select from channels c where c.hash = i.hash and c.account = i.account and c.removed_at is null)
"""


#: Approved before a hold began, and redeemed after that: never, however short the hold was (A56).
_LATE: Final = """
select count(*) as n from receipts r join holds h on h.account = r.account
where h.starts_at > r.created_at and r.redeemed_at > h.starts_at
"""


def _new(name: str) -> tuple[tuple[str, ...], Effect]:
    return (name,), lambda old, new: new[name] not in (None, old[name])


def _gone(name: str, *more: str) -> tuple[tuple[str, ...], Effect]:
    return (name, *more), lambda old, new: old[name] is not None and new[name] is None


def _now(name: str, value: object) -> tuple[tuple[str, ...], Effect]:
    return (name,), lambda old, new: new[name] == value and old[name] != value


NOTHING: Final[tuple[tuple[str, ...], Effect]] = ((), lambda old, new: True)
#: Action → what it may change, and whether it did.
EFFECTS: Final[dict[str, tuple[tuple[str, ...], Effect]]] = {
    "sign_in": NOTHING, "approve_protected_action": NOTHING, "export_data": NOTHING, "stop_case": NOTHING,
    "end_session": NOTHING, "end_other_sessions": NOTHING,
    "reset_password": _new("password"), "change_password": _new("password"), "set_password": _new("password"),
    "bind_email": _new("email"), "bind_phone": _new("phone"), "bind_totp": _new("totp"),
    "unbind_email": _gone("email", "registered"), "unbind_phone": _gone("phone", "registered"),
    "unbind_totp": _gone("totp"),
    "add_passkey": (("passkeys",), lambda old, new: len(new["passkeys"]) == len(old["passkeys"] or ()) + 1),
    "remove_passkey": (("passkeys",), lambda old, new: len(new["passkeys"] or ()) == len(old["passkeys"]) - 1),
    "new_recovery_codes": _new("codes"), "set_phrase": _new("phrase"),
    "add_payout_address": _new("payouts"),
    "remove_payout_address": (("payouts",), lambda old, new: old["payouts"] != new["payouts"]),
    "payout_list_only_on": _now("list_only", True), "payout_list_only_off": _now("list_only", False),
    "lock_settings": _new("lock"), "unlock_settings": _now("lock", None),
    "freeze_account": _now("state", "frozen"), "unfreeze_account": _now("state", "active"),
    "undo_change": (("lock", "password", "totp", "passkeys", "email", "phone", "registered", "codes", "payouts"),
                    lambda old, new: True),
    "close_account": (("state", "password", "totp", "passkeys", "email", "phone", "registered"),
                      lambda old, new: new["state"] == "closed" and not new["email"] and not new["phone"]),
}  # fmt: skip


@dataclass
class Watched:
    """One account and what was seen of it."""

    state: State
    ends: dict[str, datetime | None] = field(default_factory=dict)
    due: dict[str, tuple[str, datetime]] = field(
        default_factory=dict
    )  # waiting flow → action, time
    over: dict[str, str] = field(default_factory=dict)  # flow that waited → how it ended


class Watch:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.accounts: dict[str, Watched] = {}
        self.receipts: dict[str, bool] = {}  # → was redeemed
        self.completed: list[str] = []

    # ── a move ──────────────────────────────────────────────────────────────────────────────────

    def state(self, account: str) -> State:
        return self.place.rows(_STATE, account)[0]

    def moved(self, begun: Begun, answer: Answer) -> None:
        """After every answer of the door, to whomever: nothing has changed unless the flow is done, and
        then what its action changes and nothing else."""
        action, done = begun.action, answer.flow.status == "done"
        if action == "sign_up" and done and answer.result and answer.refusal is None:
            account = answer.result["account"]
            self.accounts[account] = Watched(self.state(account))
            self.completed.append(action)
        for account, watched in self.accounts.items():
            new, old = self.state(account), watched.state
            if (
                done
                and answer.refusal is None
                and answer.flow.account == account
                and action in EFFECTS
            ):
                may, did = EFFECTS[action]
                assert did(old, new), (action, old, new)
                assert {k for k in new if new[k] != old[k]} <= set(may), (action, old, new)
                self._was_allowed(action, old)
                self._costs(begun, answer, account)
                self.completed.append(action)
            else:
                assert new == old, f"{action} is {answer.flow.status} and changed something"
            if answer.flow.status == "waiting" and answer.flow.account == account:
                self._was_allowed(action, old)
                self._waiting(account, watched)
            watched.state = new

    def _was_allowed(self, action: str, old: State) -> None:
        row = ACTIONS[action]
        assert old["state"] != "closed", action
        assert old["state"] != "frozen" or row.when_frozen, action
        assert old["lock"] is None or row.when_locked, action

    def _costs(self, begun: Begun, answer: Answer, account: str) -> None:
        """What the row says about sessions, and what the answer says about holds, is so."""
        row, flow = ACTIONS[begun.action], answer.flow.id
        live = {s["id"] for s in self.place.rows(
            "select id from sessions where account = %s and ended_at is null", account)}  # fmt: skip
        own = {
            f["session"] for f in self.place.rows("select session from flows where id = %s", flow)
        }
        if row.ends == "all":
            assert not live, begun.action
        elif row.ends == "others" and not row.ends_when:
            assert live <= own, begun.action
        held = {(h["ends_at"], h["ends_when"] is None) for h in self.place.rows(
            "select ends_at, ends_when from holds where flow = %s", flow)}  # fmt: skip
        told = {
            (h["until"], h["until"] is not None) for h in (answer.result or {}).get("holds", ())
        }
        assert told <= held, (begun.action, told, held)
        if begun.action in ("unbind_email", "unbind_phone"):
            facts = self.facts(account)
            assert facts.channels
            assert facts.factor("totp") is not None

    # ── always ──────────────────────────────────────────────────────────────────────────────────

    def facts(self, account: str) -> Facts:
        with self.place.db.tx() as tx:
            return accounts.facts(tx, account)

    def check(self) -> None:
        assert [r["n"] for r in self.place.rows(_TORN)] == [0, 0]
        assert [r["n"] for r in self.place.rows(_LATE)] == [0]
        for account, watched in self.accounts.items():
            self._waiting(account, watched)
            self._holds(account, watched)
            self._way_out(account, watched)
            self._minimum(account)

    def swept(self) -> None:
        """Time has passed and due work was done: what changed, a flow changed whose time had come."""
        for account, watched in self.accounts.items():
            before = {f: a for f, (a, _) in watched.due.items() if f not in watched.over}
            self._waiting(account, watched)
            done = [a for f, a in before.items() if watched.over.get(f) == "done"]
            new = self.state(account)
            may = {name for action in done for name in EFFECTS[action][0]}
            assert {k for k in new if new[k] != watched.state[k]} <= may, (done, watched.state, new)
            self.completed += done
            watched.state = new

    def _waiting(self, account: str, watched: Watched) -> None:
        now = self.place.now()
        found = self.place.rows("select id, action, status::text, due_at from flows where account = %s "
                                "and due_at is not null", account)  # fmt: skip
        for flow in found:
            known = watched.due.setdefault(flow["id"], (flow["action"], flow["due_at"]))
            assert flow["due_at"] == known[1], "its time is fixed when it begins to wait"
            if flow["status"] == "waiting":
                assert flow["id"] not in watched.over, "what ended waits no more"
                continue
            assert watched.over.setdefault(flow["id"], flow["status"]) == flow["status"]
            if flow["status"] == "done":
                assert now >= known[1], f"{flow['action']} took effect before its time"

    def _holds(self, account: str, watched: Watched) -> None:
        rows = self.place.rows(
            "select id, flow, ends_at, ends_when from holds where account = %s", account
        )
        assert {r["id"] for r in rows} >= set(watched.ends), "a hold has vanished"
        waiting = {f for f in watched.due if f not in watched.over}
        for hold in rows:
            first = watched.ends.get(hold["id"], hold["ends_at"])
            if first is not None:
                assert hold["ends_at"] >= first, "a hold ended early"
            elif hold["ends_when"] == "flow_stopped":
                assert (hold["ends_at"] is None) == (hold["flow"] in waiting), hold
            elif hold["ends_at"] is not None:
                assert watched.state["lock"] is None, hold
            watched.ends[hold["id"]] = hold["ends_at"]

    def _way_out(self, account: str, watched: Watched) -> None:
        """No way out is open while something shuts it, not even with a valid receipt in hand."""
        facts = self.facts(account)
        head = facts.account
        assert head is not None
        shut = bool(facts.holds) or head.state != "active" or not second_factors(facts)
        owned = self.place.rows(
            "select id from receipts where account = %s order by id desc limit 2", account
        )
        unspent = [r["id"] for r in owned if not self.receipts.get(r["id"])]
        for receipt in (None, *unspent):
            made = self.place.may(account, receipt=receipt)
            assert not (shut and made.decision != "deny"), (facts, made)
            assert receipt is not None or made.decision != "allow", "nothing leaves unapproved"
            if receipt is not None and shut:
                assert isinstance(self.place.decider.redeem(receipt, DETAILS, SERVICE), Problem)
        if head.state == "frozen":
            assert self.place.may(account, "trade").decision == "deny"
            live = "select id from sessions where account = %s and ended_at is null"
            assert not self.place.rows(live, account)
        elif head.state == "active":
            assert self.place.may(account, "trade").decision == "allow", "trading goes on (S92)"
        assert PROTECTED["withdraw"].stopped_by_hold

    def _minimum(self, account: str) -> None:
        facts = self.facts(account)
        if facts.account is not None and facts.account.state == "closed":
            assert not facts.channels
            return
        assert len([c for c in facts.channels if c.registered]) == 1, "one registered identifier"
        assert facts.factor("password") is not None, "a way in"

    def quarantined(self, account: str) -> list[tuple[str, str]]:
        """Kind and address of what this account gave up and nobody may use."""
        rows = self.place.rows(
            "select distinct c.kind::text, c.address from identifiers i join channels c on c.hash = i.hash where "
            "i.account is null and i.blocked_until > portvakt_now() and c.account = %s", account)  # fmt: skip
        return [(r["kind"], r["address"]) for r in rows]
