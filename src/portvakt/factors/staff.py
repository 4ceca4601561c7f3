"""What one of ours says of somebody else's account: what is to be done, to whom, as what; which proposal."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, ClassVar, Final

from portvakt import identifiers as spelling
from portvakt.factors.base import Checked, Input, Kit, Scene
from portvakt.factors.case import number_of
from portvakt.factors.plain import Named
from portvakt.model import Field, Refusal, Text
from portvakt.policy import PROPOSED, ROLES
from portvakt.store import accounts, cases, identifiers, proposals, staff
from portvakt.store.limits import Bucket
from portvakt.store.tx import Tx

_ACCOUNT: Final = re.compile(r"acc_[0-9a-f]{32}")


def account_of(tx: Tx, kit: Kit, text: str) -> str | None:
    """Whose account this is: its id, an e-mail address or phone number of it, or the number of its case."""
    said = text.strip()
    if _ACCOUNT.fullmatch(said):
        return said if accounts.facts(tx, said).account is not None else None
    number = number_of(said)
    case = cases.find(tx, number) if number else None
    if case is not None:
        account: str | None = case["account"]
        return account
    parsed = spelling.parse(said, kit.country)
    if isinstance(parsed, Refusal):
        return None
    return identifiers.standing(tx, kit.keys.identifier_hash(parsed.canonical), tx.now())[1]


class One(Input):
    """One of a few words."""

    kind = "choice"
    longest = 32

    def __init__(
        self, name: str, ids: Collection[str], text: str, *, optional: bool = False
    ) -> None:
        self.name, self._ids, self._text, self._optional = name, ids, text, optional  # type: ignore[misc]

    def ask(self, scene: Scene) -> Field:
        options = [{"id": id, "text": Text(self._text.format(id))} for id in self._ids]
        return Field(self.name, self.kind, optional=self._optional, extra={"options": options})

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        if evidence not in self._ids:
            return Refusal("not_offered", field=self.name)
        return Checked(given={self.name: evidence})


class Whom(Named):
    """Somebody's account. How many one of ours may name is counted, found or not (A104). All of ours are
    locked beside it: what is done is told to them, and nobody's role changes meanwhile."""

    longest: ClassVar[int] = 320

    def buckets(self, scene: Scene) -> list[Bucket]:
        return scene.kit.buckets("whom.staff", scene.owner)

    def others(self, tx: Tx, kit: Kit, value: str) -> tuple[str, ...]:
        account = account_of(tx, kit, value)
        return (account, *staff.accounts(tx)) if account else ()

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        if not scene.others:
            return Refusal("no_such_account", field=self.name)
        return Checked(given={self.name: scene.others[0]})


class WhichProposal(Named):
    def others(self, tx: Tx, kit: Kit, value: str) -> tuple[str, ...]:
        found = proposals.find(tx, value)
        return (found["account"], *staff.accounts(tx)) if found else ()


def inputs() -> tuple[Input, ...]:
    return (
        One("what", PROPOSED, "action.{}.title"),
        One("role", ROLES, "console.role.{}", optional=True),
        Whom("whom", "no_such_account"),
        WhichProposal("proposal", "no_such_proposal"),
    )
