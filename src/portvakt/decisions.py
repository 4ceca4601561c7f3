"""*May this account do this now?* (S91). The answer is read on the primary, under the account lock, so
that a hold that commits first is always seen and one that comes later makes us wait (A53, A113)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from portvakt import keeping, notify, rules
from portvakt.factors.base import Kit
from portvakt.messages.values import clean
from portvakt.model import Caller, Decision, Facts, Problem, Reason
from portvakt.ports.chance import new_id
from portvakt.ports.crypto import same, sha256
from portvakt.store import accounts, audit, events, limits, payouts, receipts, services, sessions
from portvakt.store.tx import Database, Tx

_LONGEST = 128


def details_hash(details: Mapping[str, Any]) -> bytes:
    """One hash for one meaning: keys sorted, no spaces, UTF-8."""
    return sha256(
        json.dumps(details, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )


class Decider:
    """Answers the platform's services. `step_up_never` is the sandbox's setting alone."""

    def __init__(self, db: Database, kit: Kit, *, step_up_never: bool = False) -> None:
        self._db, self._kit, self._never = db, kit, step_up_never

    def may(self, account: str, action: str, details: Mapping[str, Any], *, session: str | None = None,
            receipt: str | None = None, service: str, caller: Caller | None = None) -> Decision | Problem:  # fmt: skip
        """Allow, deny until, or step up. Unknown accounts and actions are denied, never allowed by
        default. `session` (its id or token) must be a live one of this account, and an approval then
        counts from it alone. `receipt`: of an approval of exactly these details.

        `until` is the latest end among the holds: denied at least until then (A16). A repeated
        Idempotency-Key gets the same answer while that answer may be acted on, and no longer (A56)."""
        asked = _Asked(_fit(account), _fit(action), details, service, _fit(session), _fit(receipt))
        life = self._kit.lives.decision
        return keeping.once(self._db, self._kit.keys, caller or Caller(), ("service", service), life,
                            lambda keep: self._made(asked, keep))  # fmt: skip

    def _made(self, asked: _Asked, keep: keeping.Keep | None) -> Decision:
        kit, row = self._kit, self._kit.protected.get(asked.action or "")
        hashed = details_hash(asked.details)
        with self._db.tx() as tx:
            if asked.account:
                accounts.share(tx, asked.account)
            now = tx.now()
            facts = accounts.facts(tx, asked.account) if asked.account else Facts()
            approved = self._never or (asked.receipt is not None and facts.account is not None and receipts.fits(
                tx, asked.receipt, facts.account.id, asked.service, str(asked.action), hashed, now))  # fmt: skip
            session = self._session(tx, asked)
            reasons = rules.judge(
                row, facts, now, kit.lives, approved=approved, listed=_listed(tx, facts, asked)
            )
            if asked.session is not None and session is None and facts.account is not None:
                reasons = (*reasons, Reason("session_not_live"))
            asks = not approved and rules.needs_approval(row, facts)
            shown = _shown(asked.details) if asks else {}
            if shown is None:  # what cannot be shown whole cannot be approved
                reasons = (*reasons, Reason("details_unfit"))
            answer: Literal["allow", "deny", "step_up"] = "deny" if reasons else "allow"
            if not reasons and asks:
                answer = "step_up"
            until = max((r.until for r in reasons if r.until is not None), default=None)
            id = new_id("dcn")
            flow = {"action": APPROVE, "inputs": {"decision": id}} if answer == "step_up" else None
            made = Decision(id, answer, until, reasons, now + kit.lives.decision, flow)
            services.add_decision(tx, id, at=now, service=asked.service, account=asked.account or "?",
                                  action=asked.action or "?", details=hashed, answer=answer, until=until,
                                  reasons=[r.id for r in reasons], expires=made.expires_at,
                                  sealed=kit.keys.seal_json(shown, receipts.details_row(id)) if flow else None,
                                  session=session)  # fmt: skip
            if facts.account is not None and answer == "deny" and row is not None:
                audit.add(tx, new_id("aud"), at=now, account=asked.account, flow=None, session=None,
                          action=str(asked.action), event="denied", client="service",
                          detail={"reasons": [r.id for r in reasons]})  # fmt: skip
                self._tell_blocked(tx, facts, asked, reasons, now)
            if keep is not None:
                keep.write(tx, made, now)
        return made

    def _session(self, tx: Tx, asked: _Asked) -> str | None:
        """The id of the live session that was named. A token is looked up by its keyed hash and kept
        nowhere (A107)."""
        if asked.session is None or asked.account is None:
            return None
        hashed = self._kit.keys.token_hash(asked.session)
        return sessions.live_one(
            tx, asked.account, asked.session, hashed, self._kit.lives.session_idle
        )

    def _tell_blocked(
        self, tx: Tx, facts: Facts, asked: _Asked, reasons: Sequence[Reason], now: datetime
    ) -> None:
        """Somebody tried to take value out of a paused account: its holder hears of it (S90)."""
        stopped = next((r for r in reasons if r.id in _BLOCKED), None)
        if stopped is None or facts.account is None:
            return
        counters = self._kit.buckets("notice.blocked", f"{asked.account}/{asked.action}")
        if limits.spare(tx, counters, now):
            said = {"action": "blocked", "asked": asked.action, "at": now, "until": stopped.until}
            to = [(c.kind, c.address) for c in facts.channels]
            notify.post(tx, self._kit, facts, facts.account.id, None, to, said, now=now)

    def redeem(self, receipt: str, details: Mapping[str, Any], service: str) -> Problem | datetime:
        """Spends a receipt, once, for exactly the details that were approved. Under the account's lock:
        a hold that has committed is seen (A53). Other details void it. The instant it was spent, or 404
        where this service has no such receipt, 409 with the reason where it cannot be spent."""
        if not fits(receipt):
            return Problem(404, "not_found")
        with self._db.tx() as tx:
            row = receipts.find(tx, receipt, service)
            if row is None:
                return Problem(404, "not_found")
            accounts.share(tx, row["account"])
            now = tx.now()
            facts = accounts.facts(tx, row["account"])
            if bytes(row["details"]) != details_hash(details):
                receipts.void(tx, now, receipt=receipt)
                return Problem(409, "receipt_other_details")
            listed = _listed(tx, facts, _Asked(row["account"], row["action"], details, service))
            reasons = rules.judge(self._kit.protected.get(row["action"]), facts, now, self._kit.lives,
                                  approved=True, listed=listed)  # fmt: skip
            if reasons or not receipts.redeem(tx, receipt, now):
                return Problem(409, "receipt_void")
            happened = {"receipt": receipt, "asked": row["action"]}
            events.add(tx, new_id("evt"), row["account"], APPROVE, "redeemed", happened, now)
            return now


APPROVE: Final = "approve_protected_action"
_BLOCKED: Final = frozenset({"hold", "account_frozen", "not_on_payout_list"})


@dataclass(frozen=True, slots=True)
class _Asked:
    account: str | None
    action: str | None
    details: Mapping[str, Any]
    service: str
    session: str | None = None
    receipt: str | None = None


def _fit(text: str | None) -> str | None:
    """What cannot be an id of ours names nothing."""
    return text if text is not None and fits(text) else None


def fits(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and "\x00" not in text


def _shown(details: Mapping[str, Any]) -> dict[str, str] | None:
    """The details as the holder will see and approve them; None where that would be less than all of
    them: too many, too long, nested, or with characters that are not seen or that reorder (A93)."""
    said = {
        name: str(value) for name, value in details.items() if isinstance(value, str | int | float)
    }
    fits = len(said) == len(details) <= 12 and all(
        len(name) <= 32 and len(value) <= 256 and name == clean(name) and value == clean(value)
        for name, value in said.items()
    )
    return said if fits else None


def _listed(tx: Tx, facts: Facts, asked: _Asked) -> tuple[bool, datetime | None]:
    """Whether the destination is on the holder's list, and from when it may be used."""
    if facts.account is None or not facts.account.payout_list_only:
        return False, None
    asset, to = (str(asked.details.get(name, "")) for name in ("asset", "to"))
    usable = payouts.find(tx, facts.account.id, asset, to)
    return usable is not None, usable


class Services:
    """The platform's services and their secrets (HTTP Basic)."""

    def __init__(self, db: Database, kit: Kit) -> None:
        self._db, self._keys = db, kit.keys

    def secret_hash(self, client_id: str, secret: str) -> bytes:
        return self._keys.keyed_hash("service", client_id, secret)

    def check(self, client_id: str, secret: str) -> bool:
        """True when this service is known and its secret fits; compared in constant time."""
        if len(client_id) > _LONGEST or len(secret) > 256 or "\x00" in client_id:
            return False
        with self._db.tx() as tx:
            stored = services.secret_hash(tx, client_id)
        return same(stored or bytes(32), self.secret_hash(client_id, secret)) and stored is not None

    def add(self, client_id: str, secret: str, *, replace: bool = False) -> bool:
        """Stores the secret's keyed hash; false when the client id is taken."""
        with self._db.tx() as tx:
            hashed = self.secret_hash(client_id, secret)
            if replace:
                services.replace_secret(tx, client_id, hashed, tx.now())
                return True
            return services.add(tx, client_id, hashed, tx.now())
