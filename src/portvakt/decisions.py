"""*May this account do this now?* (S91). The answer is read on the primary, under the account lock, so
that a hold that commits first is always seen and one that comes later makes us wait (A53, A113)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from portvakt import keeping, rules
from portvakt.factors.base import Kit
from portvakt.model import Caller, Decision, Facts, Problem
from portvakt.policy import PROTECTED, Protected
from portvakt.ports.chance import new_id
from portvakt.ports.crypto import same, sha256
from portvakt.store import accounts, audit, services
from portvakt.store.tx import Database

_LONGEST = 128


def details_hash(details: Mapping[str, Any]) -> bytes:
    """One hash for one meaning: keys sorted, no spaces, UTF-8."""
    return sha256(
        json.dumps(details, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )


class Decider:
    """Answers the platform's services. `step_up_never` is the sandbox's setting alone."""

    def __init__(self, db: Database, kit: Kit, *, protected: Mapping[str, Protected] = PROTECTED,
                 step_up_never: bool = False) -> None:  # fmt: skip
        self._db, self._kit, self._protected, self._never = db, kit, protected, step_up_never

    def may(self, account: str, action: str, details: Mapping[str, Any], *, session: str | None = None,
            receipt: str | None = None, service: str, caller: Caller | None = None) -> Decision | Problem:  # fmt: skip
        """Allow, or deny until. Unknown accounts and actions are denied, never allowed by default.

        `until` is the latest end among the holds: denied at least until then (A16). A repeated
        Idempotency-Key gets the same answer while that answer may be acted on, and no longer (A56)."""
        life = self._kit.lives.decision
        return keeping.once(self._db, self._kit.keys, caller or Caller(), ("service", service), life,
                            lambda keep: self._made(account, action, details, service, keep))  # fmt: skip

    def _made(self, account: str, action: str, details: Mapping[str, Any], service: str,
              keep: keeping.Keep | None) -> Decision:  # fmt: skip
        fits = (
            len(account) <= _LONGEST and len(action) <= _LONGEST and "\x00" not in account + action
        )
        with self._db.tx() as tx:
            if fits:
                accounts.share(tx, account)
            now = tx.now()
            facts = accounts.facts(tx, account) if fits else Facts()
            reasons = rules.judge(
                self._protected.get(action), facts, now, without_step_up=self._never
            )
            answer: Literal["allow", "deny"] = "deny" if reasons else "allow"
            until = max((r.until for r in reasons if r.until is not None), default=None)
            made = Decision(new_id("dcn"), answer, until, reasons, now + self._kit.lives.decision)
            services.add_decision(tx, made.id, at=now, service=service, account=account[:_LONGEST].replace("\x00", ""),
                                  action=action[:_LONGEST].replace("\x00", ""), details=details_hash(details),
                                  answer=answer, until=until, reasons=[r.id for r in reasons],
                                  expires=made.expires_at)  # fmt: skip
            if facts.account is not None and answer == "deny" and action in self._protected:
                audit.add(tx, new_id("aud"), at=now, account=account, flow=None, session=None, action=action,
                          event="denied", client="service", detail={"reasons": [r.id for r in reasons]})  # fmt: skip
            if keep is not None:
                keep.write(tx, made, now)
        return made


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
