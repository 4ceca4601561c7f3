"""Searches what a thief can come to with what he got hold of: every action of the table that he can
complete, one after another, and time in between, until value leaves the account or nothing is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from portvakt.model import Facts
from tests.rules.passing import HOUR, facts_of, grows_old, payouts, until_something_changes
from tests.rules.players import ALONE, THIEFS, Begun, Player, fresh, owner_at
from tests.rules.rewinding import RewindingPlace

#: What was stolen → words of it. A session comes with its device: both stand in one browser.
POWERS: Final[dict[str, frozenset[str]]] = {
    "session cookie": frozenset({"session"}),
    "password": frozenset({"password"}),
    "mailbox": frozenset({"mailbox"}),
    "SIM": frozenset({"sim"}),
    "mailbox + SIM": frozenset({"mailbox", "sim"}),
    "password + mailbox": frozenset({"password", "mailbox"}),
    "password + found recovery code": frozenset({"password", "code"}),
}
#: What is bound → how the account began and what was bound further, all of it older than a week.
ACCOUNTS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "e-mail only": ("email", ()),
    "phone only": ("phone", ()),
    "both": ("email", ("phone",)),
    "e-mail + TOTP": ("email", ("totp",)),
    "phone + TOTP": ("phone", ("totp",)),
    "both + TOTP": ("email", ("phone", "totp")),
    "both + TOTP + recovery codes": ("email", ("phone", "totp", "codes")),
}
HORIZON: Final = timedelta(days=31)  # past every hold, quarantine, wait and lock of the table
BY_LINK: Final = {"undo": "undo_change", "freeze": "freeze_account", "stop": "stop_case"}
WAITS: Final = "waits until something is over"


@dataclass
class Cell:
    """What a thief with these powers comes to with such an account."""

    earliest: float | None = None  # hours until the first way out was allowed
    path: tuple[str, ...] = ()
    told: tuple[str, ...] = ()  # who got a notice before
    stops: dict[str, set[str]] = field(
        default_factory=dict
    )  # where he stood still → what was asked
    states: int = 0

    def plain(self) -> dict[str, Any]:
        found: dict[str, Any] = {"earliest": "never"}
        if self.earliest is not None:
            found = {
                "earliest": f"{self.earliest:.0f}h",
                "path": list(self.path),
                "told": list(self.told),
            }
        else:
            found["stops"] = {k: sorted(v) for k, v in sorted(self.stops.items())}
        return found


class Search:
    """One cell. `most` actions at most; waiting is free, and always until the next thing changes."""

    horizon = HORIZON

    def __init__(self, place: RewindingPlace, powers: frozenset[str], shape: tuple[str, tuple[str, ...]],
                 most: int) -> None:  # fmt: skip
        self.place, self.powers, self.most = place, powers, most
        by, also = shape
        self.owner = owner_at(place, by, also)
        self.by = by
        self.gathers()
        grows_old(place)
        self.owner.does("sign_in")
        place.passes(60)  # the time step of the authenticator is used: the next code is a new one
        self.begin = place.now()
        self.cell = Cell()
        self.seen: dict[object, int] = {}

    def gathers(self) -> None:
        """Whom else he has; they are as old as the account."""

    def thief(self) -> Player:
        own, has = fresh("thief"), self.powers
        victim = self.owner.own
        bound = {c.kind for c in self.facts().channels}
        reads = set(own.values())
        reads |= {victim["email"]} if "mailbox" in has else set()
        reads |= {victim["phone"]} if "sim" in has else set()
        thief = Player(self.place, "the thief", victim[self.by], reads, own,
                       account=self.owner.account, new_password=THIEFS)  # fmt: skip
        if "sim" in has and "mailbox" not in has and "phone" in bound:
            thief.identifier = victim["phone"]  # a reset goes to what is typed
        thief.password = self.owner.password if "password" in has else None
        thief.codes = self.owner.codes[-1:] if "code" in has else []
        if "session" in has:
            theirs = self.owner.caller
            thief.caller = replace(thief.caller, session=theirs.session, device_token=theirs.device_token,
                                   session_token=theirs.session_token)  # fmt: skip
        return thief

    def run(self) -> Cell:
        """Deeper and deeper: what few moves find is not searched for any longer than that takes."""
        for most in range(1, self.most + 1):
            self.seen.clear()
            self.goes_on(self.thief(), (), most)
        return self.cell

    def follows(self, path: tuple[str, ...]) -> Cell:
        """Only this way, to its end."""
        thief = self.thief()
        done: list[str] = []
        for move in path:
            if move == WAITS:
                assert self.waits(thief), f"nothing changes after {done}"
            else:
                action, _, offer = move.partition(" by ")
                self.knows_its_name(thief)
                self.decided(thief.does(action, notice=thief.links(offer)[0] if offer else None))
            done.append(move)
        self.takes_value_out(thief, path)
        return self.cell

    # ── one state ───────────────────────────────────────────────────────────────────────────────

    def facts(self) -> Facts:
        return facts_of(self.place, self.owner.account)

    @property
    def hours(self) -> float:
        return (self.place.now() - self.begin).total_seconds() / HOUR

    def goes_on(self, thief: Player, path: tuple[str, ...], left: int) -> None:
        if self.hopeless():
            return
        state = self._state(thief)
        if self.seen.get(state, -1) >= left:
            return
        self.seen[state] = left
        self.cell.states += 1
        with self.place.rewinding.taken_back():
            self.takes_value_out(twin_of(thief), path)
        for action, offer, notice in self.moves(thief) if left else ():
            with self.place.rewinding.taken_back():
                twin = twin_of(thief)
                self.knows_its_name(twin)
                begun = twin.plays(action, notice=notice)
                if begun is not None and begun.status in ("done", "waiting"):
                    self.decided(begun)
                    done = f"{action} by {offer}" if offer else action
                    self.goes_on(twin, (*path, done), left - 1)
        with self.place.rewinding.taken_back():
            twin = twin_of(thief)
            if self.waits(twin):
                self.goes_on(twin, (*path, WAITS), left)

    def waits(self, thief: Player) -> bool:
        """Until the next thing changes; false where nothing does. Who was told is remembered: messages are
        forgotten after a month."""
        thief.heard |= self.heard(thief)
        wait = until_something_changes(self.place, self.owner.account)
        if wait is not None:
            self.place.passes(wait)
        return wait is not None

    def hopeless(self) -> bool:
        """Where nothing comes of it, or nothing sooner than what was found: a closed account stays so,
        and no hold ends early (tests/rules/test_histories.py)."""
        facts, now = self.facts(), self.place.now()
        best = self.cell.earliest
        if best is None:
            best = self.horizon.total_seconds() / HOUR
        held = max((_hours(h.ends, now) for h in facts.holds if h.ends), default=0.0)
        closed = facts.account is not None and facts.account.state == "closed"
        return closed or round(self.hours + held) > best

    def moves(self, thief: Player) -> Iterator[tuple[str, str | None, str | None]]:
        for action in ALONE:
            if action in ("sign_up", "approve_protected_action"):
                continue  # an account of his own is no use; approvals are tried in every state
            yield action, None, None
        for offer, action in BY_LINK.items():
            for notice in thief.links(offer)[:1]:
                yield action, offer, notice

    def decided(self, begun: Begun) -> None:
        """Nobody of his decides cases."""

    def knows_its_name(self, thief: Player) -> None:
        """Once what he types names nobody any more he types an address of his that does."""
        channels = [c.address for c in self.facts().channels]
        if thief.identifier not in channels:
            thief.identifier = next((a for a in channels if a in thief.reads), thief.identifier)

    def _state(self, thief: Player) -> object:
        """What may make a difference to what comes next; time as hours, for holds are hours and days."""
        now, facts = self.place.now(), self.facts()
        account = facts.account
        assert account is not None
        token = thief.caller.session_token
        session = None if token is None else self.place.session(token)
        live = _hours(session.expires_at, now) if session else None  # a minute is no session
        return (
            account.state, account.lock_days, account.payout_list_only, account.unfrozen_at is not None,
            tuple(sorted((f.kind, _hours(f.bound_at, now), f.founding) for f in facts.factors)),
            tuple(sorted((c.kind, c.address in thief.own.values(), _hours(c.bound_at, now)) for c in facts.channels)),
            max((_hours(h.ends, now) for h in facts.holds if h.ends), default=0.0),
            any(h.ends is None for h in facts.holds),
            tuple(sorted((w.action, _hours(w.until, now)) for w in facts.waiting)),
            tuple(sorted({(k, _hours(at, now)) for k, at in facts.removed})),
            facts.codes_left, live, self._knows_device(thief), self.password_fits(thief),
            thief.key is not None, len(thief.codes), round(self.hours),
            tuple(_hours(at, now) for at in payouts(self.place, self.owner.account)),
        )  # fmt: skip

    def _knows_device(self, thief: Player) -> bool:
        token = thief.caller.device_token
        return token is not None and bool(self.place.rows(
            "select 1 as x from devices where token_hash = %s and account = %s and revoked_at is null",
            self.place.kit.keys.token_hash(token), self.owner.account))  # fmt: skip

    def password_fits(self, thief: Player) -> bool:
        changed = self.place.rows("select 1 as x from factors where account = %s and kind = 'password' and "
                                  "removed_at is null and bound_at > %s", self.owner.account, self.begin)  # fmt: skip
        return thief.password == (THIEFS if changed else self.owner.password)

    # ── the end of it ───────────────────────────────────────────────────────────────────────────

    def takes_value_out(self, thief: Player, path: tuple[str, ...]) -> None:
        """The end of it, and where he stands still on the way there."""
        account, token = self.owner.account, thief.caller.session_token
        reasons = {r.id for r in self.place.may(account).reasons}
        if reasons & {"account_frozen", "account_closed"}:
            return  # his own doing, and no way out
        self.knows_its_name(thief)
        if token is None or self.place.session(token) is None:
            for action in ("sign_in", "reset_password"):
                self.stopped(action, *_missing(thief.plays(action)))
        elif "bind_second_factor_first" in reasons:
            self.stopped("bind_totp", *_missing(thief.plays("bind_totp")))
        elif not reasons:
            begun = thief.plays("approve_protected_action")
            self.stopped("approve_protected_action", *_missing(begun))
            done = begun is not None and begun.status == "done"
            if done and self.place.may(account, receipt=thief.receipts[-1]).decision == "allow":
                self._out(thief, path)

    def stopped(self, where: str, *asked: str) -> None:
        if asked:
            self.cell.stops.setdefault(where, set()).update(asked)

    def _out(self, thief: Player, path: tuple[str, ...]) -> None:
        hours, told = float(round(self.hours)), self._told(thief)
        unread = [t for t in told if "also" not in t]
        best = self.cell
        old = (
            best.earliest,
            len([t for t in best.told if "also" not in t]),
            len(best.told),
            len(best.path),
        )
        new = (hours, len(unread), len(told), len(path))
        if best.earliest is None or new < old:
            best.earliest, best.path, best.told = hours, path, told

    def _told(self, thief: Player) -> tuple[str, ...]:
        """Who got a notice since the thief began."""
        return tuple(sorted(thief.heard | self.heard(thief)))

    def heard(self, thief: Player) -> set[str]:
        """Which of the owner's addresses got a notice since the thief began."""
        names = {self.owner.own["email"]: "e-mail", self.owner.own["phone"]: "SMS"}
        found = {m["to"] for m in self.place.sent(account=self.owner.account)
                 if m["template"] == "notice" and m["created_at"] >= self.begin}  # fmt: skip
        return {f"{names[to]}{', which the thief reads also' if to in thief.reads else ''}"
                for to in found if to in names}  # fmt: skip


def _missing(begun: Begun | None) -> list[str]:
    """What he could not answer, or why he was refused."""
    if begun is None:
        return ["session"]
    if begun.answer.refusal is not None:
        return [begun.answer.refusal.id]
    return sorted(begun.lacked)


def _hours(at: datetime | None, now: datetime) -> float:
    """Hours from now, past or to come; what is over for a day is just old."""
    if at is None:
        return 0.0
    hours = round((at - now).total_seconds() / HOUR)
    return -200.0 if hours < -170 else hours


def twin_of(player: Player) -> Player:
    return replace(player, steps=dict(player.steps), codes=list(player.codes), receipts=list(player.receipts),
                   passkeys=player.passkeys.cloned(), heard=set(player.heard),
                   reads=set(player.reads), own=dict(player.own), caller=player.caller)  # fmt: skip
