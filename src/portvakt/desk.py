"""What our people see: the queue and one case at a time, masked, each look written down and visible to the
holder (A104, I7). Nothing here decides: a vote is a flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from portvakt import asking, conditions, intake, rules, strength
from portvakt.factors.base import Kit
from portvakt.factors.case import note_code
from portvakt.identifiers import mask
from portvakt.model import Facts, Problem, Session
from portvakt.policy import VOTERS
from portvakt.ports.chance import new_id
from portvakt.ports.sealed_file import Sealed, open_
from portvakt.store import accounts, audit, cases, evidence, flows, limits, proposals, staff
from portvakt.store.tx import Database, Row, Tx

log = structlog.get_logger("portvakt.desk")
_LOOKS_AT_OPEN: Final = frozenset({*VOTERS, "auditor"})
_LOOKS_AT_ALL: Final = frozenset({"lead", "auditor"})
_OPEN: Final = frozenset({"open", "asked", "approved"})
_SITTING: Final = timedelta(
    minutes=15
)  # whoever comes back to a case within it is still at the same look


@dataclass(frozen=True, slots=True)
class Person:
    account: str
    name: str
    role: str

    @property
    def sees_cases(self) -> bool:
        return self.role in _LOOKS_AT_OPEN


class Desk:
    def __init__(self, db: Database, kit: Kit) -> None:
        self._db, self._kit = db, kit

    def who(self, account: str) -> Person | None:
        """One of ours, active now; None for everybody else."""
        with self._db.tx() as tx:
            row = staff.find(tx, account)
        return None if row is None else Person(row["account"], row["name"], row["role"])

    def enters(self, session: Session) -> Person | Problem:
        """The one of ours whose session this is; 404 for everybody else. Who came in without a passkey is
        told so, and can do no more than bind one (`[staff] passkey_only`)."""
        me = self.who(session.account)
        if me is None:
            return Problem(404, "not_found")
        if not conditions.enters(session.proofs, self._kit.staff_by_passkey):
            return Problem(403, "passkey_session_needed")
        return me

    def queue(self, me: Person) -> Mapping[str, Any] | Problem:
        """Open cases by due time, with what the clock says of each; nothing of the applicants."""
        if not me.sees_cases:
            return Problem(403, "forbidden")
        with self._db.tx() as tx:
            now = tx.now()
            rows = [r for r in cases.queue(tx) if not staff.related(tx, me.account, r["account"])]
        return {"now": now, "cases": [self._line(me, row, now) for row in rows]}

    def _line(self, me: Person, row: Row, now: datetime) -> dict[str, Any]:
        return {
            "number": row["number"], "action": row["action"], "state": row["state"], "long_tier": row["long_tier"],
            "level": row["level"], "score": row["score"], "verdict": row["verdict"],
            "submitted": row["submitted_at"], "due": row["due_at"], "overdue": row["due_at"] <= now,
            "days": self._kit.calendar.until(now, row["due_at"]), "approvals": row["approvals"],
            "mine": row["second"] == me.account, "others": row["second"] not in (None, me.account),
        }  # fmt: skip

    def case(self, me: Person, number: str) -> Mapping[str, Any] | Problem:
        """One case, for who may decide it or look into decided ones. Counted by sitting; over the quota
        nothing is shown and the operator is told. Each look is in the holder's own history (S98)."""
        with self._db.tx() as tx:
            now = tx.now()
            row = cases.find(tx, number)
            if row is None or self._hidden(tx, me, row):
                return Problem(404, "not_found")
            look = {"by": me.account, "case": row["flow"]}
            if not audit.lately(tx, row["account"], "case", "viewed", look, now - _SITTING):
                again = self._count(tx, me, now)
                if again is not None:
                    return again
                self._seen(tx, me, row, "viewed", now)
            facts = accounts.facts(tx, row["account"])
            will = self._consequences(tx, row, facts, now)
            files = evidence.listed(tx, row["flow"])
            votes = cases.votes(tx, row["flow"])
            unseen = evidence.unseen(tx, row["flow"], me.account)
        keys = self._kit.keys
        told = keys.open_json(bytes(row["sealed"]), cases.sealed_row(row["flow"]))
        known = [{"kind": c.kind, "label": mask(c.kind, c.address), "since": c.bound_at, "used": c.last_used_at}
                 for c in facts.channels]  # fmt: skip
        known += [{"kind": f.kind, "label": None, "since": f.bound_at, "used": f.last_used_at}
                  for f in facts.factors if f.kind != "recovery_code"]  # fmt: skip
        approvals = sum(v["vote"] == "approve" and v["round"] == row["round"] for v in votes)
        return {
            **self._line(me, {**row, "approvals": approvals}, now),
            "flow": row["flow"], "earliest": row["earliest_at"], "decided": row["decided_at"], "round": row["round"],
            "lost": [kind for kind in asking.CAN_BE_LOST if kind in row["lost"]], "bound": known, "will": will,
            "since": facts.account.created_at if facts.account else None, "now_level": strength.level(facts),
            "language": facts.account.language if facts.account else "en",
            "note_code": note_code(keys, row["flow"]),
            "lines": told["lines"], "answers": told["answers"], "more": told.get("more", ()),
            "files": [{"id": f["id"], "kind": f["kind"], "pages": f["pages"], "erased": f["erased_at"]} for f in files],
            "unseen": unseen,
            "timeline": self._timeline(me, row, votes, told.get("more", ())),
            "frozen": facts.account is not None and facts.account.frozen_by_staff,
            "may_freeze": me.role in self._kit.actions["freeze_by_staff"].staff,
            "may_vote": me.role in VOTERS and row["state"] == "open" and not any(
                v["staff"] == me.account and v["round"] == row["round"] for v in votes)
                and row["second"] in (None, me.account),
        }  # fmt: skip

    def _consequences(
        self, tx: Tx, row: Row, facts: Facts, now: datetime
    ) -> Mapping[str, Any] | None:
        """What an approval will do, by the rule that writes it; None where that is over."""
        found = flows.find_locked(tx, row["flow"], lock=False)
        if found is None or row["state"] not in _OPEN:
            return None
        rule = self._kit.actions[row["action"]]
        case = conditions.Case(rule, facts, now, found[0], self._kit.lives, self._kit.calendar)
        cause = rules.consequences(case)
        until = cause.hold_until
        return {"hold": until - now if until else None, "hold_when": cause.hold_when,
                "blocked": [kind for kind, _, _ in cause.quarantine], "blocked_for": rule.quarantine}  # fmt: skip

    def _timeline(
        self, me: Person, row: Row, votes: list[Row], more: Sequence[Any]
    ) -> list[dict[str, Any]]:
        """What happened to the case, oldest first."""
        out: list[dict[str, Any]] = [{"what": "submitted", "at": row["submitted_at"]}]
        out += [{"what": "vote", **self._vote(me, v)} for v in votes]
        out += [{"what": "added", "at": datetime.fromisoformat(one["at"])} for one in more]
        if row["decided_at"] is not None:
            out.append({"what": row["state"], "at": row["decided_at"]})
        return sorted(out, key=lambda one: one["at"])

    def _vote(self, me: Person, vote: Row) -> dict[str, Any]:
        """The first vote's reason is not shown to the second reviewer before he has made up his mind."""
        said = cases.words(self._kit.keys, vote)
        own = vote["staff"] == me.account or me.role in _LOOKS_AT_ALL
        return {"by": vote["name"] if own else None, "vote": vote["vote"], "at": vote["at"], "round": vote["round"],
                "reason": said.get("reason") if own else None}  # fmt: skip

    def file(self, me: Person, id: str, whole: bool) -> tuple[bytes, bytes] | Problem:
        """(re-encoded picture, preview) of one file of a case that one may see. Opening it whole is
        written down: a vote counts only after every file was (A103)."""
        with self._db.tx() as tx:
            now = tx.now()
            found = evidence.find(tx, id)
            row = None if found is None else cases.find(tx, found["flow"])
            if found is None or row is None or self._hidden(tx, me, row):
                return Problem(404, "not_found")
            if whole:
                evidence.seen(tx, id, me.account, now)
                self._seen(tx, me, row, "evidence_opened", now)
        sealed = Sealed(bytes(found["key"]), bytes(found["content"]))
        preview = Sealed(bytes(found["preview_key"]), bytes(found["preview"]))
        name, keys = evidence.row_name(id), self._kit.keys
        return open_(keys, name, sealed), open_(keys, f"{name}/preview", preview)

    # ── people, and what is done to accounts ────────────────────────────────────────────────────

    def people(self, me: Person) -> list[dict[str, Any]]:
        """All of ours, also those whose role does not count yet; `change` where I may propose one."""
        may = me.role in self._kit.actions["change_staff_role"].staff
        with self._db.tx() as tx:
            now, rows = tx.now(), staff.everybody(tx)
        return [{"account": r["account"], "name": r["name"], "role": r["role"], "since": r["added_at"],
                 "counts_from": r["active_from"], "counts": r["active_from"] <= now, "me": r["account"] == me.account,
                 "change": may and r["account"] != me.account} for r in rows if r["removed_at"] is None]  # fmt: skip

    def proposals(self, me: Person) -> list[dict[str, Any]]:
        """Open ones, the oldest first, then those decided lately, with why; none about oneself. `decide`
        and `approve` say what one may do about it."""
        with self._db.tx() as tx:
            rows = [r for r in proposals.listed(tx, tx.now()) if not self._not_his(tx, me, r)]
        return [self._proposal(me, row) for row in rows]

    def _not_his(self, tx: Tx, me: Person, proposal: Row) -> bool:
        related = self._kit.actions[proposal["action"]].related
        account = proposal["account"]
        return me.account == account if related else staff.related(tx, me.account, account)

    def _proposal(self, me: Person, row: Row) -> dict[str, Any]:
        why, open_one = proposals.reasons(self._kit.keys, row), row["state"] == "open"
        decide = open_one and me.role in self._kit.actions[row["action"]].staff
        mine, stands = row["by"] == me.account, row["by_now"] == row["role"]
        return {
            "id": row["id"], "what": row["action"], "account": row["account"], "name": row["whom_name"],
            "role": row["given"].get("role"), "by": row["by_name"], "second": row["second_name"], "state": row["state"],
            "reason": why["reason"], "answer": why.get("answer"), "proposed": row["proposed_at"],
            "until": row["expires_at"] if open_one else None, "decided": row["decided_at"], "mine": mine,
            "stands": stands, "decide": decide, "approve": decide and stands and not mine,
        }  # fmt: skip

    def frozen(self, me: Person) -> list[dict[str, Any]]:
        """Accounts that our people froze, the newest first: by id, and nothing else of their holders."""
        with self._db.tx() as tx:
            rows = accounts.frozen_by_staff(tx)
            why = proposals.newest_done(tx, "freeze_by_staff", [r["account"] for r in rows])
            shown = [r for r in rows if not staff.related(tx, me.account, r["account"])]
        may = me.role in self._kit.actions["lift_staff_freeze"].staff
        return [{"account": r["account"], "since": r["since"], "by": why[r["account"]]["by_name"], "lift": may,
                 "reason": proposals.reasons(self._kit.keys, why[r["account"]])["reason"]} for r in shown]  # fmt: skip

    def _hidden(self, tx: Tx, me: Person, row: Row) -> bool:
        """Own and related cases are not there at all (A103); decided ones only for those who look after
        the others."""
        allowed = _LOOKS_AT_OPEN if row["state"] in _OPEN else _LOOKS_AT_ALL
        if row["account"] is None:  # nobody's
            return True
        return me.role not in allowed or staff.related(tx, me.account, row["account"])

    def _count(self, tx: Tx, me: Person, now: datetime) -> Problem | None:
        again = limits.take(tx, self._kit.buckets("case.views", me.account), now).retry_at
        if again is None:
            return None
        log.warning("case_views_exceeded", staff=me.account)
        return intake.too_many(again, now)

    def _seen(self, tx: Tx, me: Person, case: Row, event: str, now: datetime) -> None:
        detail = {"by": me.account, "case": case["flow"]}
        audit.add(tx, new_id("aud"), at=now, account=case["account"], flow=None, session=None,
                  action="case", event=event, client="staff", detail=detail)  # fmt: skip
