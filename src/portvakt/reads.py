"""What pages and GETs show of an account. Reads only; buttons start flows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portvakt import rules
from portvakt.devices import coarse
from portvakt.factors.base import Kit
from portvakt.model import Facts, Reason, Session, Text
from portvakt.policy import PROTECTED, STOPPED_BY_HOLD
from portvakt.store import accounts, audit, sessions
from portvakt.store.tx import Database


class Reads:
    def __init__(self, db: Database, kit: Kit, *, step_up_never: bool = False) -> None:
        self._db, self._kit, self._step_up_never = db, kit, step_up_never

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

    def factors(self, account: str) -> list[dict[str, Any]]:
        """Every way to prove that is bound, channels included; never a secret."""
        facts = self._facts(account)
        second = rules.second_factors(facts)
        out = [{"id": f.id, "kind": f.kind, "label": f.label, "since": f.bound_at, "last_used": f.last_used_at,
                "second_factor": f.kind in second} for f in facts.factors]  # fmt: skip
        out += [{"id": c.id, "kind": rules.CODE_OF[c.kind], "label": c.address, "since": c.bound_at,
                 "last_used": c.last_used_at, "second_factor": rules.CODE_OF[c.kind] in second}
                for c in facts.channels]  # fmt: skip
        return out

    def holds(self, account: str) -> list[dict[str, Any]]:
        """Holds that are active now, with cause, start and end (S93)."""
        return [{"id": h.id, "cause": h.cause, "actions": list(h.actions or STOPPED_BY_HOLD), "starts": h.starts,
                 "ends": h.ends, "ends_when": h.ends_when} for h in self._facts(account).holds]  # fmt: skip

    def reasons(self, account: str, action: str) -> tuple[Reason, ...]:
        """Why the account may not do this protected action now, judged as a decision would be, but
        neither recorded nor binding: for the holder's own pages. Empty: it may."""
        with self._db.tx() as tx:
            facts, now = accounts.facts(tx, account), tx.now()
        return rules.judge(PROTECTED.get(action), facts, now, without_step_up=self._step_up_never)

    def sessions(self, account: str, this: str) -> list[dict[str, Any]]:
        """Live sessions; `this` is marked. `place` is the shortened network."""
        with self._db.tx() as tx:
            rows = sessions.live(tx, account, tx.now(), self._kit.lives.session_idle)
        return [{"id": r["id"], "this": r["id"] == this, "client": r["client"], "device": r["description"],
                 "place": coarse(r["network"]), "last_used": r["last_used_at"], "created": r["created_at"]}
                for r in rows]  # fmt: skip

    def activity(self, account: str, before: str | None, limit: int = 30) -> list[dict[str, Any]]:
        """The holder's part of the audit, newest first (S98)."""
        with self._db.tx() as tx:
            rows = audit.page(tx, account, before, limit)
        return [{"id": r["id"], "at": r["at"], "action": r["action"], "event": r["event"],
                 "text": Text(f"activity.{r['action']}.{r['event']}"),
                 "device": r["device"], "place": coarse(r["network"]), "client": r["client"]}
                for r in rows]  # fmt: skip

    def security_level(self, account: str) -> dict[str, Any]:
        """The level and what would raise it (S94)."""
        facts = self._facts(account)
        return {"level": rules.level(facts),
                "raise": [{"action": a, "text": Text(f"raise.{a}")} for a in rules.raises(facts)]}  # fmt: skip

    def set_language(self, account: str, language: str, zone: str | None) -> None:
        """The language and zone of pages and messages; no sensitive action, so no flow."""
        if language in self._kit.languages:
            with self._db.tx() as tx:
                accounts.set_language(tx, account, language, zone)
