"""What pages and GETs show of an account. Reads only; buttons start flows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portvakt import rules
from portvakt.devices import coarse
from portvakt.factors.base import Kit, phrase_of
from portvakt.factors.notice import PREFIX
from portvakt.messages.naming import activity_text
from portvakt.model import Facts, Flow, Reason, Session, Text
from portvakt.plain import load
from portvakt.policy import Row as PolicyRow
from portvakt.ports.chance import token_looks_right
from portvakt.store import accounts, audit, cases, changes, events, links, payouts, sessions
from portvakt.store.tx import Database, Row, Tx


class Reads:
    def __init__(self, db: Database, kit: Kit) -> None:
        self._db, self._kit = db, kit

    def now(self) -> datetime:
        """The service's own instant (database clock, sandbox offset), for countdowns on pages."""
        with self._db.tx() as tx:
            return tx.now()

    def me(self, session: Session) -> dict[str, Any]:
        """`{account, identifiers, level}`: no statement of its own, all is in the session."""
        return {
            "account": session.account,
            "identifiers": list(session.identifiers),
            "level": session.level,
        }

    def _facts(self, account: str) -> Facts:
        with self._db.tx() as tx:
            return accounts.facts(tx, account)

    # ── pages ───────────────────────────────────────────────────────────────────────────────────

    def standing(self, account: str, way: str) -> dict[str, Any]:
        """`{now, level, reasons}`: the instant, the security level, and why the account may not do the
        protected action `way` now. All of one look."""
        with self._db.tx() as tx:
            seen = accounts.seen(tx, account)
        return self._standing(seen.facts, seen.now, way)

    def overview(self, session: Session, way: str, recent: int) -> dict[str, Any]:
        """All of the security centre, of one look at the account: the standing, and what the methods
        below give for each of `factors`, `holds`, `sessions`, `activity` (the `recent` newest rows),
        `waiting`, `protection`; what each action costs, and whether it can be begun."""
        account = session.account
        with self._db.tx() as tx:
            seen = accounts.seen(tx, account)
            facts, now = seen.facts, seen.now
            waiting = self._waiting(tx, facts)
            listed = payouts.all_of(tx, account)
            live = sessions.live(tx, account, now, self._kit.lives.session_idle)
            rows = audit.page(tx, account, None, recent)
        return {
            **self._standing(facts, now, way),
            "factors": _factors(facts), "holds": self._holds(facts), "sessions": _sessions(live, session.id),
            "activity": _activity(rows), "waiting": waiting, "protection": self._protection(facts, listed),
            "costs": self._costs(facts, now), "possible": self._possible(facts, now),
        }  # fmt: skip

    def _standing(self, facts: Facts, now: datetime, way: str) -> dict[str, Any]:
        return {
            "now": now,
            "level": _level(facts, self._kit.ways),
            "reasons": self._reasons(facts, now, way),
        }

    def _reasons(self, facts: Facts, now: datetime, way: str) -> tuple[Reason, ...]:
        """Judged as a decision would be, but neither recorded nor binding: for the holder's own pages.
        Empty: it may, with an approval where the action takes one. The payout list is not looked at: it
        depends on the destination."""
        row = self._kit.protected.get(way)
        return rules.judge(row, facts, now, self._kit.lives, approved=False, listed=(True, None))

    def _costs(self, facts: Facts, now: datetime) -> dict[str, dict[str, timedelta | None]]:
        """How long each action would pause ways out, block what it gives up, and wait, by its id: said
        beside its button, before anything is asked. Actions that cost nothing are left out."""
        out = {}
        for id, row in self._kit.actions.items():
            cause = rules.consequences(self._case(row, facts, now))
            effect = cause.wait_until or now
            blocked = next((until - effect for _, _, until in cause.quarantine), None)
            lasts = cause.hold_until - effect if cause.hold_until else None
            waits = cause.wait_until - now if cause.wait_until else None
            if cause.weighty:
                out[id] = {"hold": lasts, "quarantine": blocked, "waits": waits}
        return out

    def _case(
        self, row: PolicyRow, facts: Facts, now: datetime, flow: Flow | None = None
    ) -> rules.Case:
        return rules.Case(row, facts, now, flow, self._kit.lives, ways=self._kit.ways)

    def _possible(self, facts: Facts, now: datetime) -> dict[str, str | None]:
        """For each action of a signed-in holder why it would be refused now (a refusal's id), or None.
        Nothing to click that would be refused."""
        out = {}
        for id, row in self._kit.actions.items():
            blank = Flow(
                id="", action=id, status="open", created_at=now, expires_at=now, session="-"
            )
            refused = rules.refusal(self._case(row, facts, now, blank))
            out[id] = None if refused is None else refused.id
        return out

    # ── one thing at a time ─────────────────────────────────────────────────────────────────────

    def factors(self, account: str) -> list[dict[str, Any]]:
        """Every way to prove that is bound, channels included; never a secret."""
        return _factors(self._facts(account))

    def holds(self, account: str) -> list[dict[str, Any]]:
        """Holds that are active now, with cause, start and end (S93)."""
        return self._holds(self._facts(account))

    def _holds(self, facts: Facts) -> list[dict[str, Any]]:
        every = self._kit.stopped_by_hold
        return [{"id": h.id, "cause": h.cause, "actions": list(h.actions or every), "starts": h.starts,
                 "ends": h.ends, "ends_when": h.ends_when} for h in facts.holds]  # fmt: skip

    def waiting(self, account: str) -> list[dict[str, Any]]:
        """What is proven and waits for its time; each can be stopped."""
        with self._db.tx() as tx:
            return self._waiting(tx, accounts.facts(tx, account))

    def _waiting(self, tx: Tx, facts: Facts) -> list[dict[str, Any]]:
        found = {w.flow: cases.find(tx, w.flow) for w in facts.waiting if w.lost}
        return [{"flow": w.flow, "action": w.action, "since": w.since, "until": w.until,
                 "case": case["number"] if (case := found.get(w.flow)) else None,
                 "due": case["due_at"] if case else None} for w in facts.waiting]  # fmt: skip

    def protection(self, account: str) -> dict[str, Any]:
        """Locks and lists: `{"state", "lock_days", "payout_list_only", "phrase", "payout_addresses"}`."""
        with self._db.tx() as tx:
            return self._protection(accounts.facts(tx, account), payouts.all_of(tx, account))

    def _protection(self, facts: Facts, listed: list[Row]) -> dict[str, Any]:
        head = facts.account
        return {
            "state": head.state if head else None, "lock_days": head.lock_days if head else None,
            "payout_list_only": head is not None and head.payout_list_only,
            "phrase": phrase_of(self._kit.keys, head),
            "payout_addresses": [{"id": p["id"], "asset": p["asset"], "address": p["address"], "label": p["label"],
                                  "since": p["added_at"], "usable_from": p["usable_at"]} for p in listed],
        }  # fmt: skip

    def link(self, token: str) -> dict[str, Any] | None:
        """What a notice's link is about, for its page; None for one that is over or nobody's. Changes
        nothing (A39). It says what the notice said, and nothing of the account."""
        if not token_looks_right(token, PREFIX):
            return None
        with self._db.tx() as tx:
            found = links.find(tx, self._kit.keys.token_hash(token))
            if found is None:
                return None
            now = tx.now()
            facts = accounts.facts(tx, found.account)
            change = changes.live(tx, found.account, found.flow, now)
        waiting = next((w for w in facts.waiting if w.flow == found.flow), None)
        frozen = facts.account is not None and facts.account.state == "frozen"
        return {"undo": change.action if change else None, "stop": waiting.action if waiting else None,
                "until": waiting.until if waiting else None, "frozen": frozen}  # fmt: skip

    def events(self, after: str | None, most: int = 100) -> list[dict[str, Any]] | None:
        """What happened to accounts, oldest first, after the cursor `after`; None for a cursor that is
        none. A row's `id` is the cursor for what comes next."""
        cursor = None
        if after is not None:
            transaction, _, event = after.partition(".")
            if not (transaction.isascii() and transaction.isdecimal() and len(transaction) <= 18):
                return None
            cursor = (int(transaction), event)
        with self._db.tx() as tx:
            rows = events.after(tx, cursor, most)
        return [{"id": f"{r['tx']}.{r['id']}", "at": r["at"], "account": r["account"], "action": r["action"],
                 "event": r["event"], "data": load(r["data"])} for r in rows]  # fmt: skip

    def sessions(self, account: str, this: str) -> list[dict[str, Any]]:
        """Live sessions; `this` is marked. `place` is the shortened network."""
        with self._db.tx() as tx:
            rows = sessions.live(tx, account, tx.now(), self._kit.lives.session_idle)
        return _sessions(rows, this)

    def activity(self, account: str, before: str | None, limit: int = 30) -> list[dict[str, Any]]:
        """The holder's part of the audit, newest first (S98)."""
        with self._db.tx() as tx:
            return _activity(audit.page(tx, account, before, limit))

    def security_level(self, account: str) -> dict[str, Any]:
        """The level and what would raise it (S94)."""
        return _level(self._facts(account), self._kit.ways)

    def set_language(self, account: str, language: str, zone: str | None) -> None:
        """The language and zone of pages and messages; no sensitive action, so no flow."""
        if language in self._kit.languages:
            with self._db.tx() as tx:
                accounts.set_language(tx, account, language, zone)


def _factors(facts: Facts) -> list[dict[str, Any]]:
    second = rules.second_factors(facts)
    out = [{"id": f.id, "kind": f.kind, "label": f.label, "since": f.bound_at, "last_used": f.last_used_at,
            "second_factor": f.kind in second, "synced": f.synced} for f in facts.factors]  # fmt: skip
    out += [{"id": c.id, "kind": rules.CODE_OF[c.kind], "label": c.address, "since": c.bound_at,
             "last_used": c.last_used_at, "second_factor": rules.CODE_OF[c.kind] in second, "synced": None}
            for c in facts.channels]  # fmt: skip
    if facts.codes_since is not None:
        out.append({"id": "recovery_codes", "kind": "recovery_code", "label": str(facts.codes_left),
                    "since": facts.codes_since, "last_used": None, "second_factor": False, "synced": None})  # fmt: skip
    return out


def _sessions(rows: list[Row], this: str) -> list[dict[str, Any]]:
    return [{"id": r["id"], "this": r["id"] == this, "client": r["client"], "device": r["description"],
             "place": coarse(r["network"]), "last_used": r["last_used_at"], "created": r["created_at"]}
            for r in rows]  # fmt: skip


def _activity(rows: list[Row]) -> list[dict[str, Any]]:
    return [{"id": r["id"], "at": r["at"], "action": r["action"], "event": r["event"],
             "text": activity_text(r["action"], r["event"]),
             "device": r["device"], "place": coarse(r["network"]), "client": r["client"]}
            for r in rows]  # fmt: skip


def _level(facts: Facts, ways: tuple[str, ...]) -> dict[str, Any]:
    return {"level": rules.level(facts),
            "raise": [{"action": a, "text": Text(f"raise.{a}")} for a in rules.raises(facts, ways)]}  # fmt: skip
