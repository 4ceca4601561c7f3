"""The closed conditions of the table, each a function of one case, and what a row refuses by them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portvakt.asking import CAN_BE_LOST, MOST_PASSKEYS, self_naming, vouching
from portvakt.business_days import BusinessDays
from portvakt.model import (
    Account,
    ChannelKind,
    Facts,
    Flow,
    Hold,
    Refusal,
    Waiting,
)
from portvakt.policy import ACTIONS, Lives, Row, When
from portvakt.strength import approver, level_of, second_factors, second_factors_of

_LIVES: Final = Lives()


@dataclass(frozen=True, slots=True)
class Case:
    """What a condition may look at. `flow` is the one at hand: it is not in its own way."""

    row: Row
    facts: Facts
    now: datetime
    flow: Flow | None = None
    lives: Lives = _LIVES
    calendar: BusinessDays | None = None
    ways: tuple[str, ...] = ()  # in beside the password, that the operator has
    by: frozenset[str] = frozenset()  # what opened the session at hand
    staff_by_passkey: bool = True  # the operator's choice
    support: str | None = None  # where to turn to, said with what the holder cannot mend himself

    @property
    def holds(self) -> tuple[Hold, ...]:
        return tuple(h for h in self.facts.holds if self.flow is None or h.flow != self.flow.id)

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        return tuple(w for w in self.facts.waiting if self.flow is None or w.flow != self.flow.id)

    @property
    def account(self) -> Account | None:
        return self.facts.account

    @property
    def lost(self) -> frozenset[str]:
        """What is reported lost: kinds of factors and channels. Where nobody is proven, everything."""
        if self.row.unproven:
            return frozenset(CAN_BE_LOST) | {f.kind for f in self.facts.factors}
        said = self.flow.given.get("lost") if self.flow is not None else None
        return frozenset(said or self.row.loses[:1])

    @property
    def lost_here(self) -> frozenset[str]:
        """Of that what is bound: nobody loses what he never had."""
        bound = {f.kind for f in self.facts.factors} | {c.kind for c in self.facts.channels}
        return self.lost & bound


def _removed_lately(case: Case) -> bool:
    return any(when > case.now - case.lives.removed_lately for _, when in case.facts.removed)


def _without_one(case: Case) -> frozenset[str]:
    """The kinds of factors that are left without one of the row's kind: of passkeys there may be more."""
    kinds = [f.kind for f in case.facts.factors]
    if case.row.kind in kinds:
        kinds.remove(case.row.kind)
    return frozenset(kinds)


def _below_minimum(case: Case) -> bool:
    """Whether the account would have a lower level than the operator asks, without one of this kind."""
    channels = frozenset(c.kind for c in case.facts.channels)
    left = second_factors_of(_without_one(case), channels)
    return level_of(left, len(channels)) < case.row.minimum_level


def _first_of_kind(case: Case) -> bool:
    had = {k for k, _ in case.facts.removed} | {f.kind for f in case.facts.factors}
    return case.row.kind not in had


def _totp_for_passkey(case: Case) -> bool:
    used = case.flow is not None and case.flow.proof("totp") and not case.flow.proof("passkey")
    return bool(used) and case.facts.factor("passkey") is not None


def long_tier(case: Case) -> bool:
    """More than one thing lost, or less than proofs of two kinds left, none of them bound lately, or twice
    stopped by one address alone: then identity evidence is asked for and the hold is longer (policy.md,
    NIST SP 800-63B-4 §4.2.2.2). Judged as it was when the report was sent: while reviewers read, nothing
    becomes old enough to prove."""
    if case.flow is not None and "doubted" in case.flow.given:
        return True
    sent = case.flow.submitted_at if case.flow is not None else None
    ripe = (sent or case.now) - case.lives.proves_case_after
    factors = {f.kind for f in case.facts.factors if f.bound_at <= ripe} - case.lost
    channels = {c.kind for c in case.facts.channels if c.bound_at <= ripe} - case.lost
    knows = bool({"password", *vouching(case.row)} & factors)
    kinds = knows + bool(factors & {"totp", "passkey"}) + bool(channels)
    return len(case.lost_here) > 1 or kinds < 2


def no_second_left(case: Case) -> bool:
    factors = frozenset(f.kind for f in case.facts.factors) - case.lost
    return not second_factors_of(
        factors, frozenset(c.kind for c in case.facts.channels) - case.lost
    )


def new_channel(flow: Flow) -> ChannelKind | None:
    """The kind of the address that an applicant gave as his new one."""
    kinds: tuple[ChannelKind, ...] = ("email", "phone")
    return next((kind for kind in kinds if f"new_{kind}" in flow.given), None)


def reaches_nobody(case: Case, flow: Flow) -> bool:
    """Whether no channel would be left: nobody could log in by any name, or be told anything."""
    bound = {c.kind for c in case.facts.channels}
    return case.row.unproven or (flow.account is not None and bound <= case.lost)


def _weak_after_unfreeze(case: Case) -> bool:
    """Frozen by a link or a code alone again and again, an account would never be its owner's."""
    at = case.account.unfrozen_at if case.account else None
    strong = case.flow is None or case.flow.session or case.flow.proof("password")
    return at is not None and at > case.now - case.lives.freeze_again and not strong


CONDITIONS: Final[Mapping[When, Callable[[Case], bool]]] = {
    When.NEW_DEVICE: lambda c: not c.facts.device_known,
    When.NO_SECOND_FACTOR: lambda c: not second_factors(c.facts),
    When.FIRST_OF_KIND: _first_of_kind,
    When.NONE_REMOVED_LATELY: lambda c: not _removed_lately(c),
    When.RECOVERY_CODE_USED: lambda c: c.flow is not None and c.flow.proof("recovery_code") is not None,
    When.TOTP_FOR_PASSKEY: _totp_for_passkey,
    When.PASSWORD_BOUND: lambda c: c.facts.factor("password") is not None,
    When.NO_PASSWORD: lambda c: c.facts.factor("password") is None,
    When.TOTP_BOUND: lambda c: c.facts.factor("totp") is not None,
    When.NO_TOTP: lambda c: c.facts.factor("totp") is None,
    When.NO_TOTP_OR_BETTER: lambda c: not c.facts.factor("totp") and not c.facts.factor("passkey"),
    When.NO_PASSKEY: lambda c: c.facts.factor("passkey") is None,
    When.ENOUGH_PASSKEYS: lambda c: sum(f.kind == "passkey" for f in c.facts.factors) >= MOST_PASSKEYS,
    When.NO_PASSKEYS_HERE: lambda c: "passkey" not in c.ways,
    When.LAST_WAY_IN: lambda c: not _without_one(c) & {"password", *self_naming(c.row)},
    When.EMAIL_BOUND: lambda c: c.facts.channel("email") is not None,
    When.NO_EMAIL: lambda c: c.facts.channel("email") is None,
    When.PHONE_BOUND: lambda c: c.facts.channel("phone") is not None,
    When.NO_PHONE: lambda c: c.facts.channel("phone") is None,
    When.CODES_BOUND: lambda c: c.facts.codes_since is not None,
    When.KIND_BOUND: lambda c: c.facts.factor(c.row.kind or "") is not None,
    When.KIND_NOT_BOUND: lambda c: c.facts.factor(c.row.kind or "") is None,
    When.BELOW_MINIMUM: _below_minimum,
    When.HELD: lambda c: bool(c.holds),
    When.GIVEN_BACK: lambda c: any(ACTIONS[h.cause].list_only_after for h in c.holds if h.cause in ACTIONS),
    When.FROZEN: lambda c: c.account is not None and c.account.state == "frozen",
    When.NOT_FROZEN: lambda c: c.account is not None and c.account.state != "frozen",
    When.FROZEN_BY_STAFF: lambda c: c.account is not None and c.account.frozen_by_staff,
    When.NOT_FROZEN_BY_STAFF: lambda c: c.account is not None and not c.account.frozen_by_staff,
    When.OURS: lambda c: c.facts.ours,
    When.NOT_OURS: lambda c: not c.facts.ours,
    When.LOCKED: lambda c: c.account is not None and c.account.lock_days is not None,
    When.NOT_LOCKED: lambda c: c.account is not None and c.account.lock_days is None,
    When.LIST_ONLY: lambda c: c.account is not None and c.account.payout_list_only,
    When.NOT_LIST_ONLY: lambda c: c.account is not None and not c.account.payout_list_only,
    When.WAITING: lambda c: c.flow is not None and any(w.action == c.flow.action for w in c.waiting),
    When.NOTHING_WAITS: lambda c: not c.waiting,
    When.UNDO_OVER: lambda c: not c.facts.undoable,
    When.LONG_TIER: long_tier,
    When.NOTHING_LOST: lambda c: not c.lost_here,
    When.NO_SECOND_LEFT: no_second_left,
    When.WEAK_AFTER_UNFREEZE: _weak_after_unfreeze,
    When.TOO_YOUNG: lambda c: approver(c.facts, c.now, c.lives)[1] is not None,
}  # fmt: skip


def enters(by: Collection[str], by_passkey: bool) -> bool:
    """Whether a session that these proofs opened is one in which our own people see and decide cases."""
    return not by_passkey or "passkey" in by


def refusal(case: Case) -> Refusal | None:
    """Why this account may not do this action at all now, or None."""
    account, row = case.account, case.row
    if account is not None:
        if account.state == "closed" and not row.when_closed:
            return Refusal("account_closed")
        if account.state == "frozen" and not row.when_frozen:
            return _refused(
                "frozen_by_staff" if account.frozen_by_staff else "account_frozen", case
            )
        if account.lock_days is not None and not row.when_locked:
            unlocks = (w.until for w in case.facts.waiting if w.action == "unlock_settings")
            return Refusal("settings_locked", _until(next(unlocks, None)))
    if row.staff and not row.by_staff:
        if case.facts.role not in row.staff:
            return Refusal("not_staff")
        if not enters(case.by, case.staff_by_passkey):
            return Refusal("passkey_session_needed")
    id = next((id for when, id in row.refuse_if if CONDITIONS[when](case)), None)
    return None if id is None else _refused(id, case)


def _refused(id: str, case: Case) -> Refusal:
    """With until when, or where to turn to."""
    if id == "frozen_by_staff":
        return Refusal(id, {"support": case.support} if case.support else {})
    ends = {"factor_too_new": approver(case.facts, case.now, case.lives)[1],
            "hold_active": max((h.ends for h in case.holds if h.ends), default=None)}  # fmt: skip
    return Refusal(id, _until(ends.get(id)))


def _until(until: datetime | None) -> dict[str, datetime]:
    return {} if until is None else {"until": until}
