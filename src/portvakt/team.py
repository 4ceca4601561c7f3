"""Our people by the operator's command: the first two at once, later ones as break-glass, a day before their
votes count. The same rows as in the console, so everybody of ours is told (policy.md, ADR 0047)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog

from portvakt.factors.base import Kit
from portvakt.factors.staff import account_of
from portvakt.messages import say, text_of
from portvakt.model import Answer
from portvakt.policy import ROLES
from portvakt.store import staff
from portvakt.store.tx import Database

log = structlog.get_logger("portvakt.team")
Command = Callable[[str, str, Mapping[str, Any]], Answer]
ENOUGH: Final = 2


class TeamError(ValueError):
    """Why somebody cannot be added or removed; the message says what to do."""


class Team:
    """`command` is the door's: action, account, what it takes."""

    def __init__(self, db: Database, kit: Kit, command: Command) -> None:
        self._db, self._kit, self._command = db, kit, command

    def add(self, address: str, name: str, role: str, *, break_glass: bool = False) -> bool:
        """Gives the account with this address a role; true where it may act at once. TeamError where
        there is no such account, it has no authenticator, or it takes `break_glass`."""
        if role not in ROLES:
            raise TeamError(f"{role} is no role; there are {', '.join(ROLES)}")
        account = self._account(address)
        with self._db.tx() as tx:
            first = len(staff.accounts(tx)) < ENOUGH
        if not first and not break_glass:
            raise TeamError("there are two already: add others in the console, or with --break-glass, "
                            "which tells all of them and waits a day")  # fmt: skip
        self._does("add_staff", account, {"name": name, "role": role, "at_once": first})
        return first

    def remove(self, address: str) -> None:
        self._does("remove_staff", self._account(address), {})

    def everybody(self) -> list[dict[str, Any]]:
        with self._db.tx() as tx:
            return [dict(row) for row in staff.everybody(tx)]

    def _account(self, address: str) -> str:
        with self._db.tx() as tx:
            account = account_of(tx, self._kit, address)
        if account is None:
            raise TeamError(
                "there is no account with this address: its holder signs up first, on the pages"
            )
        return account

    def _does(self, action: str, account: str, given: Mapping[str, Any]) -> None:
        answer = self._command(action, account, given)
        if answer.refusal is not None:
            raise TeamError(say(text_of(answer.refusal), "en"))
        log.warning(action, account=account)
