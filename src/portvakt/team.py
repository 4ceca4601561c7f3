"""Our people, as the operator's command adds and removes them: the first two at once, later ones as
break-glass, with everybody of ours told and a day before their votes count (policy.md)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import structlog

from portvakt import identifiers as spelling
from portvakt import notify
from portvakt.factors.base import Kit
from portvakt.model import Refusal
from portvakt.ports.chance import new_id
from portvakt.store import accounts, audit, identifiers, staff
from portvakt.store.tx import Database, Tx

log = structlog.get_logger("portvakt.team")
ROLES: Final = ("reviewer", "lead", "auditor", "operator")
ENOUGH: Final = 2
_WAITS: Final = timedelta(days=1)


class TeamError(ValueError):
    """Why somebody cannot be added or removed; the message says what to do."""


class Team:
    def __init__(self, db: Database, kit: Kit) -> None:
        self._db, self._kit = db, kit

    def add(self, address: str, name: str, role: str, *, break_glass: bool = False) -> bool:
        """Gives the account with this address a role; true where it may act at once. TeamError where
        there is no such account, it has no authenticator, or it takes `break_glass`."""
        if role not in ROLES:
            raise TeamError(f"{role} is no role; there are {', '.join(ROLES)}")
        with self._db.tx() as tx:
            now = tx.now()
            account = self._account(tx, address)
            facts = accounts.facts(tx, account)
            if not {"totp", "passkey"} & {f.kind for f in facts.factors}:
                raise TeamError(
                    "this account has no passkey and no authenticator app yet: its holder must bind one first"
                )
            first = sum(s["removed_at"] is None for s in staff.everybody(tx)) < ENOUGH
            if not first and not break_glass:
                raise TeamError("there are two already: add others in the console, or with --break-glass, "
                                "which tells all of them and waits a day")  # fmt: skip
            staff.add(tx, account, name, role, now=now, active=now if first else now + _WAITS)
            self._told(tx, account, "staff_added", name, now)
        return first

    def remove(self, address: str) -> None:
        with self._db.tx() as tx:
            now = tx.now()
            account = self._account(tx, address)
            if not staff.remove(tx, account, now):
                raise TeamError("this account has no role")
            self._told(tx, account, "staff_removed", address, now)

    def everybody(self) -> list[dict[str, Any]]:
        with self._db.tx() as tx:
            return [dict(row) for row in staff.everybody(tx)]

    def _account(self, tx: Tx, address: str) -> str:
        parsed = spelling.parse(address, self._kit.country)
        if isinstance(parsed, Refusal):
            raise TeamError("this is no e-mail address and no phone number")
        key = self._kit.keys.identifier_hash(parsed.canonical)
        _, owner, _ = identifiers.standing(tx, key, tx.now())
        if owner is None:
            raise TeamError(
                "there is no account with this address: its holder signs up first, on the pages"
            )
        return owner

    def _told(self, tx: Tx, account: str, event: str, name: str, now: Any) -> None:
        log.warning(event, account=account)
        audit.add(tx, new_id("aud"), at=now, account=account, flow=None, session=None, action="staff", event=event,
                  client="command")  # fmt: skip
        for person in staff.everybody(tx):
            if person["removed_at"] is None:
                facts = accounts.facts(tx, person["account"])
                to = [(c.kind, c.address) for c in facts.channels]
                notify.post(tx, self._kit, facts, person["account"], None, to,
                            {"action": event, "at": now, "name": name}, now=now)  # fmt: skip
