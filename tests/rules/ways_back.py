"""Searches how an owner comes back who has lost something: everything that he can still do at the door, with
honest reviewers who approve, until he is signed in and nothing that he lost is bound any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations
from typing import Any, Final

from portvakt import asking, strength
from portvakt.model import Answer, Facts, Problem
from portvakt.policy import ACTIONS
from tests.authenticator import Device
from tests.rules.judging import Reviewers
from tests.rules.passing import HOUR, facts_of, grows_old, until_something_changes
from tests.rules.players import Begun, Player, binds, fresh, owner_at
from tests.rules.rewinding import RewindingPlace
from tests.rules.threats import ACCOUNTS

#: What is bound, and what was done to the account before → how it began, what was bound further, what was done.
SHAPES: Final[dict[str, tuple[str, tuple[str, ...], str | None]]] = {
    **{name: (by, also, None) for name, (by, also) in ACCOUNTS.items()},
    "both + passkey": ("email", ("phone", "passkey"), None),
    "both + TOTP, frozen": ("email", ("phone", "totp"), "freeze_account"),
    "both + TOTP, settings locked": ("email", ("phone", "totp"), "lock_settings"),
}
THINGS: Final = ("password", "email", "phone", "totp", "passkey", "codes")
REPORTS: Final = tuple(id for id, row in ACTIONS.items() if row.review and not row.unproven)
_MOVES: Final = ("sign_in", "unfreeze_account", "unlock_settings", "new_recovery_codes", "reset_password",
                 *REPORTS, "recover_account")  # fmt: skip
TICKING: Final = ", ticking "
_MOST: Final = 6


def bound(shape: str) -> tuple[str, ...]:
    by, also, _ = SHAPES[shape]
    return tuple(thing for thing in THINGS if thing in ("password", by, *also))


def losses(shape: str) -> Iterator[tuple[str, ...]]:
    """Everything that can be lost of such an account: each part of what is bound."""
    has = bound(shape)
    for many in range(1, len(has) + 1):
        yield from combinations(has, many)


@dataclass
class Way:
    """One way back: `waits` as the table's rules, `held` in hours from the last approval (from being signed in
    where nobody reviewed) until a withdrawal needs nothing but his own approval."""

    path: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    waited: float = 0.0  # hours
    held: int = 0
    reviewed: bool = False
    evidence: bool = False  # identity evidence was asked for
    list_only: bool = False  # after that, to the payout list alone

    def pain(self) -> tuple[float, int, int]:
        return round(self.waited), self.held, len(self.path)

    def plain(self) -> dict[str, Any]:
        return {"path": list(self.path), "waits": list(self.waits), "held": self.held, "reviewed": self.reviewed,
                "evidence": self.evidence, "list_only": self.list_only}  # fmt: skip


@dataclass
class _Trail:
    """How far he has come."""

    path: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    effect: datetime | None = None  # of what was reviewed
    reviewed: bool = False
    evidence: bool = False


@dataclass
class Owner(Player):
    """Each of his recovery codes is crossed out once it was used. With a case he gives a new address, also
    where he still reads the old one: that is bound until then."""

    spare: dict[str, str] = field(default_factory=dict)

    def right(self, begun: Begun, name: str) -> str | None:
        if ACTIONS[begun.action].review and name in ("new_email", "new_phone"):
            return self.spare.get(name.removeprefix("new_"))
        return super().right(begun, name)

    def submit(self, begun: Begun, /, **more: Any) -> Answer | Problem:
        answer = super().submit(begun, **more)
        used = (more.get("inputs") or {}).get("recovery_code")
        if used in self.codes:
            self.codes.remove(used)
        return answer


@dataclass
class Stand:
    """An account of this shape, a week and more old, its owner signed out and at a device that nobody knows."""

    place: RewindingPlace
    shape: str
    reviewers: Reviewers = field(init=False)

    def __post_init__(self) -> None:
        by, also, done = SHAPES[self.shape]
        self.reviewers = Reviewers(self.place)
        self.by, self.owner = by, owner_at(self.place, by, also)
        grows_old(self.place)
        if done:
            self.owner.does("sign_in")
            self.place.rewinding.passes(91)
            self.owner.does(done)
        self.place.rewinding.passes(91)
        self.begin, self.before = self.place.now(), self.facts()

    def facts(self) -> Facts:
        return facts_of(self.place, self.owner.account)

    def loser(self, lost: tuple[str, ...]) -> Owner:
        """The owner without what he lost; for each lost address he has a new one."""
        old, new = self.owner, fresh("anew")
        has: tuple[str, ...] = tuple(c.kind for c in self.before.channels)
        spare = {kind: new[kind] for kind in has}
        own = {kind: new[kind] if kind in lost else old.own[kind] for kind in has}
        return Owner(
            self.place, "the owner", old.own[self.by], {*own.values(), *spare.values()}, own,
            password=None if "password" in lost else old.password, key=None if "totp" in lost else old.key,
            passkeys=Device() if "passkey" in lost else old.passkeys.cloned(),
            codes=[] if "codes" in lost else list(old.codes), account=old.account,
            lost=tuple(thing for thing in lost if thing in asking.CAN_BE_LOST),
            spare=spare, new_password="ett nytt lösenord som ingen annan har",
        )  # fmt: skip


class Back:
    """One cell: this account, and this of it lost."""

    def __init__(self, stand: Stand, lost: tuple[str, ...]) -> None:
        self.stand, self.place, self.lost = stand, stand.place, lost
        self.best: Way | None = None

    def search(self) -> Way | None:
        """The way with the shortest wait, then the shortest hold, then the fewest steps."""
        self._from(self.stand.loser(self.lost), _Trail())
        return self.best

    def follows(self, path: tuple[str, ...]) -> Way:
        """Only this way, to its end."""
        owner, trail = self.stand.loser(self.lost), _Trail()
        for move in path:
            gone = self._goes(owner, move, trail)
            assert gone is not None, f"{move} after {trail.path}"
            trail = gone
        assert self._is_back(owner), f"not back after {path}"
        return self._ends(owner, trail)

    def _from(self, owner: Owner, trail: _Trail) -> None:
        if self._is_back(owner):
            with self.place.rewinding.taken_back():
                way = self._ends(_twin(owner), trail)
            if self.best is None or way.pain() < self.best.pain():
                self.best = way
            return
        for move in self._moves(owner, trail) if len(trail.path) < _MOST else ():
            with self.place.rewinding.taken_back():
                twin = _twin(owner)
                gone = self._goes(twin, move, trail)
                if gone is not None:
                    self._from(twin, gone)

    def _moves(self, owner: Owner, trail: _Trail) -> Iterator[str]:
        """What could help now. Nobody resets a password that he knows, or reports one thing twice."""
        account = self.stand.facts().account
        assert account is not None
        inside = self._inside(owner)
        there = {c.kind for c in self.stand.facts().channels}
        for move in _MOVES:
            row = ACTIONS[move]
            helps = {
                "sign_in": not inside and bool(owner.password or owner.passkeys.held),
                "unfreeze_account": account.state == "frozen",
                "unlock_settings": inside and account.lock_days is not None,
                "new_recovery_codes": inside and "codes" in self.lost,
                "reset_password": owner.password is None,
                "recover_account": not trail.reviewed,
            }.get(move, not trail.reviewed and bool(set(row.loses) & set(self.lost)))
            if helps and move not in trail.path[-1:]:
                yield move
                # without a password it is asked for what was never bound, unless that is ticked too
                if move in REPORTS and owner.password is None:
                    yield from (
                        move + TICKING + kind for kind in ("email", "phone") if kind not in there
                    )

    def _goes(self, owner: Owner, step: str, trail: _Trail) -> _Trail | None:
        """One action to its effect, and what he learned by it; None where it does not go."""
        move, _, also = step.partition(TICKING)
        owner.lost = (*owner.lost, *([also] if also else ()))
        self.place.rewinding.passes(
            91
        )  # codes may be sent again, and the authenticator's is a new one
        if ACTIONS[move].session is False:
            owner.leaves()
        owner.identifier = self._name(owner)
        begun = owner.plays(move)
        if begun is None or begun.status not in ("done", "waiting"):
            return None
        trail = replace(trail, path=(*trail.path, step))
        if begun.status == "done":
            return trail
        flow, since = begun.answer.flow.id, self.place.now()
        until = next(w.until for w in self.stand.facts().waiting if w.flow == flow)
        if ACTIONS[move].review:
            trail = replace(
                trail,
                reviewed=True,
                effect=until,
                evidence=self.stand.reviewers.case(flow)["long_tier"],
            )
            self.stand.reviewers.approve(flow)
        self.place.passes((until - self.place.now()).total_seconds() + 1)
        row = self.place.rows("select status::text from flows where id = %s", flow)[0]
        if row["status"] != "done":
            return None
        if ACTIONS[move].unproven:  # everything is unbound by it
            owner.password, owner.key, owner.passkeys, owner.codes = None, None, Device(), []
        return replace(trail, waits=(*trail.waits, self._rule(since, until)))

    def _rule(self, since: datetime, until: datetime) -> str:
        """The wait as the table has it, not as hours that the weekday makes of it."""
        for number in (1, 2, 3):
            if until == self.place.kit.calendar.end_of(number, since):
                return f"end of business day {number}"
        hours = round((until - since).total_seconds() / HOUR)
        return f"{hours // 24} days" if hours > 24 else f"{hours} hours"

    def _name(self, owner: Owner) -> str:
        """The address that he types: one that he reads, where one is bound."""
        channels = self.stand.facts().channels
        reads = [c.address for c in channels if c.address in owner.reads]
        return reads[0] if reads else owner.identifier

    def _inside(self, owner: Owner) -> bool:
        token = owner.caller.session_token
        return token is not None and self.place.session(token) is not None

    def _is_back(self, owner: Owner) -> bool:
        """Signed in, and nothing that he lost is bound any more."""
        facts, before = self.stand.facts(), self.stand.before
        old = {f.id for f in before.factors if f.kind in self.lost}
        old |= {c.id for c in before.channels if c.kind in self.lost}
        still = {f.id for f in facts.factors} | {c.id for c in facts.channels}
        codes = "codes" in self.lost and facts.codes_since == before.codes_since
        return self._inside(owner) and not old & still and not codes

    # ── afterwards ──────────────────────────────────────────────────────────────────────────────

    def _ends(self, owner: Owner, trail: _Trail) -> Way:
        """He binds what is missing, and waits until value can leave."""
        inside = self.place.now()
        effect = trail.effect or inside
        self._binds(owner)
        rest = self._waits_for_value()
        held = round((self.place.now() - effect).total_seconds() / HOUR)
        return Way(trail.path, trail.waits, (inside - self.stand.begin).total_seconds() / HOUR, held,
                   trail.reviewed, trail.evidence, rest)  # fmt: skip

    def _binds(self, owner: Owner) -> None:
        """All that was bound before, anew; an authenticator app, where there would be no second factor. He
        unlocks his settings for it."""
        account = self.stand.facts().account
        if account is not None and account.lock_days is not None:
            self._again(owner).does("unlock_settings")
            self.place.passes(account.lock_days * 24 * HOUR + 1)
        for thing in bound(self.stand.shape):
            facts = self.stand.facts()
            there = {c.kind for c in facts.channels} | {f.kind for f in facts.factors}
            there |= {"codes"} if facts.codes_since else set()
            if thing not in there:
                self._again(owner).does(binds(thing))
        if not strength.second_factors(self.stand.facts()):
            self._again(owner).does("bind_totp")

    def _again(self, owner: Owner) -> Owner:
        """A minute later, with a session."""
        self.place.rewinding.passes(91)
        if not self._inside(owner):
            owner.leaves()
            owner.identifier = self._name(owner)
            owner.does("sign_in")
            self.place.rewinding.passes(91)
        return owner

    def _waits_for_value(self) -> bool:
        """Until a withdrawal lacks the holder's approval alone; true where it goes to the payout list alone."""
        account = self.stand.owner.account
        for _ in range(20):
            reasons = {r.id for r in self.place.may(account).reasons}
            if reasons <= {"not_on_payout_list"}:
                return bool(reasons)
            wait = until_something_changes(self.place, account)
            assert wait is not None, f"for ever: {reasons}"
            self.place.passes(wait)
        raise AssertionError(f"no end of {reasons}")


def _twin(owner: Owner) -> Owner:
    return replace(owner, steps=dict(owner.steps), codes=list(owner.codes), receipts=list(owner.receipts),
                   reads=set(owner.reads), own=dict(owner.own),
                   passkeys=owner.passkeys.cloned())  # fmt: skip
