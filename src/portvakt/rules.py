"""Pure rules over the table: what is missing, what it would cause, how strong the account is.

No I/O and no clock: `now` is an argument (ADR 0006). Everything here is computed from the row
and the facts each time; nothing is a stored state name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from portvakt.business_days import BusinessDays
from portvakt.model import (
    Account,
    BoundFactor,
    ChannelKind,
    Consequences,
    Facts,
    Flow,
    Hold,
    Need,
    NeedKind,
    Reason,
    Refusal,
    Waiting,
)
from portvakt.policy import Ask, Lives, Page, Protected, Row, When

#: Rank of second factors, strongest first (policy.md). E-mail counts only while nothing better is.
SECOND_FACTORS: Final = ("passkey", "totp", "sms_code", "email_code")
CODE_OF: Final[Mapping[str, str]] = {"email": "email_code", "phone": "sms_code"}
#: Ways in that name their account by themselves, in the order of their buttons.
SELF_NAMING: Final = ("passkey",)

#: Proofs of authority over an account go stale after `Lives.proof` until the flow is submitted. A
#: robot check and control of something new belong to the flow alone and last as long as it does.
AUTHORITY: Final = frozenset({
    Ask.PASSWORD, Ask.WAY_IN, Ask.MAIL, Ask.SMS, Ask.TOTP, Ask.SECOND_IF_BOUND, Ask.SECOND_OR_CODE,
    Ask.SECOND_OR_ANY_CODE, Ask.SECOND_APPROVING, Ask.MAIL_OR_SMS, Ask.MAIL_IF_BOUND,
    Ask.SMS_IF_BOUND, Ask.ONE_PROOF, Ask.NOTICE_TOKEN, Ask.PASSWORD_IF_KEPT, Ask.TOTP_IF_KEPT,
    Ask.MAIL_IF_KEPT, Ask.SMS_IF_KEPT, Ask.PASSKEY_IF_KEPT, Ask.TOTP_OR_BETTER,
})  # fmt: skip
GIVEN: Final = frozenset({
    Ask.AGREE, Ask.KEPT, Ask.IDENTIFIER, Ask.NEW_PASSWORD, Ask.NEW_EMAIL, Ask.NEW_PHONE,
    Ask.SESSION, Ask.CASE, Ask.DECISION, Ask.ASSET, Ask.ADDRESS, Ask.LABEL, Ask.PAYOUT_ADDRESS,
    Ask.DAYS, Ask.PHRASE, Ask.LOST, Ask.ANSWERS, Ask.FILES, Ask.CASE_NUMBER, Ask.WHICH_CASE, Ask.VOTE,
    Ask.REASON, Ask.ALTERNATIVES, Ask.QUESTIONS, Ask.NEW_CHANNEL, Ask.WHAT, Ask.WHOM, Ask.NAME, Ask.ROLE,
    Ask.PROPOSAL, Ask.PASSKEY_NAME, Ask.PASSKEY_ID,
})  # fmt: skip
#: What can be reported lost: kinds of factors and channels.
CAN_BE_LOST: Final = ("totp", "passkey", "email", "phone", "password")
_SECOND: Final = SECOND_FACTORS
#: Field names that an Ask word can become, where it is not its own; the union over a row is what a
#: client may send.
_FIELDS: Final[Mapping[Ask, tuple[str, ...]]] = {
    Ask.WAY_IN: ("password", *SELF_NAMING),
    Ask.ROBOT_UNDER_ATTACK: ("robot",),
    Ask.SECOND_IF_BOUND: _SECOND, Ask.SECOND_OR_CODE: _SECOND, Ask.SECOND_OR_ANY_CODE: _SECOND,
    Ask.SECOND_APPROVING: _SECOND, Ask.MAIL_OR_SMS: ("email_code", "sms_code"),
    Ask.MAIL_IF_BOUND: ("email_code",), Ask.SMS_IF_BOUND: ("sms_code",),
    Ask.TOTP_OR_BETTER: ("passkey", "totp"), Ask.PASSKEY_IF_KEPT: ("passkey",),
    Ask.PASSWORD_IF_KEPT: ("password",), Ask.TOTP_IF_KEPT: ("totp",),
    Ask.MAIL_IF_KEPT: ("email_code",), Ask.SMS_IF_KEPT: ("sms_code",), Ask.WHICH_CASE: ("case",),
    Ask.ONE_PROOF: ("password", "email_code", "sms_code", "notice_token"),
    Ask.NEW_IDENTIFIER_CODE: ("email_code", "sms_code"),
    Ask.NEW_CHANNEL: ("new_email", "new_phone"),
    Ask.NEW_CHANNEL_CODE: ("new_email_code", "new_phone_code"),
    Ask.CASE_PROOF: ("password", "new_email_code", "new_phone_code"),
}  # fmt: skip
FIELDS_OF: Final[Mapping[Ask, tuple[str, ...]]] = {a: _FIELDS.get(a, (str(a),)) for a in Ask}
#: The fields that prove authority over the account that an identifier or a link names.
AUTHORITY_FIELDS: Final = frozenset(
    {name for ask in AUTHORITY for name in FIELDS_OF[ask]} | {"recovery_code"}
)
OPTIONAL: Final = frozenset(
    {"session", "case", "label", "alternatives", "questions", "name", "role", "passkey_name"}
)
MOST_PASSKEYS: Final = 20
#: A link says who it is about: it is looked at before anything else, on whatever page.
NAMING: Final = "notice_token"


def inputs(row: Row) -> tuple[str, ...]:
    """Every input name a client may send for this action, in the order the pages ask them."""
    seen: dict[str, None] = {}
    for page in row.pages:
        for ask in page.asks:
            seen.update(dict.fromkeys(FIELDS_OF[ask]))
            if row.recovery_code and ask is Ask.SECOND_IF_BOUND:
                seen["recovery_code"] = None
    return tuple(seen)


# ── facts about an account ──────────────────────────────────────────────────────────────────────


def second_factors_of(factors: frozenset[str], channels: frozenset[str]) -> tuple[str, ...]:
    """The second factors among kinds of factors and kinds of channels, strongest first. A registered
    identifier alone is none; once a second channel, TOTP or passkey is bound, every bound channel is
    one (policy.md)."""
    kinds = set(factors & {"passkey", "totp"})
    if kinds or len(channels) > 1:
        kinds |= {CODE_OF[c] for c in channels}
    return tuple(k for k in SECOND_FACTORS if k in kinds)


def second_factors(facts: Facts) -> tuple[str, ...]:
    """The account's second factors, strongest first."""
    return second_factors_of(
        frozenset(f.kind for f in facts.factors), frozenset(c.kind for c in facts.channels)
    )


def level_of(second: tuple[str, ...], channels: int) -> int:
    """Security level 0–4 (S94): 0 nothing beside a password, 1 a second factor by message only,
    2 an authenticator, 3 an authenticator and both channels, 4 a passkey beside that."""
    if not second:
        return 0
    if "totp" not in second and "passkey" not in second:
        return 1
    if channels < 2:
        return 2
    return 4 if "passkey" in second else 3


def level(facts: Facts) -> int:
    return level_of(second_factors(facts), len(facts.channels))


def raises(facts: Facts, ways: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Actions that would raise the level, the most useful first. `ways`: in, that the operator has."""
    out = []
    passkey = facts.factor("passkey") is not None
    if facts.factor("totp") is None and not passkey:
        out.append("bind_totp")
    out += [f"bind_{kind}" for kind in ("email", "phone") if facts.channel(kind) is None]
    if not passkey and "passkey" in ways:
        out.append("add_passkey")
    return tuple(out)


def ripe(facts: Facts, kind: str, now: datetime, lives: Lives) -> tuple[BoundFactor, ...]:
    """Of this kind of factor what is old enough to approve protected actions."""
    late = now - lives.approves_after
    return tuple(f for f in facts.factors if f.kind == kind and (f.founding or f.bound_at <= late))


def approver(facts: Facts, now: datetime, lives: Lives) -> tuple[str | None, datetime | None]:
    """The one factor that approves protected actions, and until when it is too young for that: what
    a thief has just bound opens nothing for a day (policy.md). No older, weaker one stands in."""
    kind = next(iter(second_factors(facts)), None)
    if kind is None:
        return None, None
    if ripe(facts, kind, now, lives):
        return kind, None
    bound = [f for f in facts.factors if f.kind == kind]
    first = bound[0] if bound else next(c for c in facts.channels if CODE_OF[c.kind] == kind)
    late = first.bound_at + lives.approves_after
    return kind, None if first.founding or late <= now else late


# ── the closed conditions ───────────────────────────────────────────────────────────────────────


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
            return frozenset(CAN_BE_LOST)
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
    kinds = ("password" in factors) + bool(factors & {"totp", "passkey"}) + bool(channels)
    return len(case.lost_here) > 1 or kinds < 2


def _no_second_left(case: Case) -> bool:
    factors = frozenset(f.kind for f in case.facts.factors) - case.lost
    return not second_factors_of(
        factors, frozenset(c.kind for c in case.facts.channels) - case.lost
    )


def new_channel(flow: Flow) -> ChannelKind | None:
    """The kind of the address that an applicant gave as his new one."""
    kinds: tuple[ChannelKind, ...] = ("email", "phone")
    return next((kind for kind in kinds if f"new_{kind}" in flow.given), None)


def _reaches_nobody(case: Case, flow: Flow) -> bool:
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
    When.LAST_WAY_IN: lambda c: not _without_one(c) & {"password", *SELF_NAMING},
    When.EMAIL_BOUND: lambda c: c.facts.channel("email") is not None,
    When.NO_EMAIL: lambda c: c.facts.channel("email") is None,
    When.PHONE_BOUND: lambda c: c.facts.channel("phone") is not None,
    When.NO_PHONE: lambda c: c.facts.channel("phone") is None,
    When.CODES_BOUND: lambda c: c.facts.codes_since is not None,
    When.BELOW_MINIMUM: _below_minimum,
    When.HELD: lambda c: bool(c.holds),
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
    When.NO_SECOND_LEFT: _no_second_left,
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


# ── needs ───────────────────────────────────────────────────────────────────────────────────────


def named(flow: Flow) -> bool:
    """Whether the account is known without an identifier: by a session, or by a notice's link."""
    return flow.session is not None or flow.proof(NAMING) is not None


def way_in(row: Row, way: str | None) -> dict[str, str]:
    """The choice of this way in as a flow keeps it; empty where the row takes no such way."""
    asked = next((p.id for p in row.pages if Ask.WAY_IN in p.asks), None)
    return {asked: way} if asked is not None and way in FIELDS_OF[Ask.WAY_IN] else {}


def self_named(row: Row, flow: Flow) -> str | None:
    """The way in that names its account by itself, where one was chosen or proven."""
    chosen = {page: way for page, way in flow.choice.items() if way in SELF_NAMING}
    return next(
        (w for w in SELF_NAMING if flow.proof(w) or way_in(row, w).items() & chosen.items()), None
    )


def _ways_in(case: Case, flow: Flow) -> tuple[str, ...]:
    """Every way in that there is, the same for everybody; of an account that is known, what is bound."""
    ways = ("password", *(w for w in SELF_NAMING if w in case.ways))
    bound = {f.kind for f in case.facts.factors} if flow.account is not None else set()
    return tuple(w for w in ways if w in bound) or ways


def _kept(ask: Ask, case: Case, flow: Flow) -> tuple[str, ...]:
    """What proves a report of something lost: everything bound that is not lost. Before anybody is
    proven it follows from what was typed and ticked alone, so that known and unknown look alike."""
    lost, facts = case.lost, case.facts
    name = FIELDS_OF[ask][0]
    if name == "password":
        return () if "password" in lost else (name,)
    kind = next((k for k, code in CODE_OF.items() if code == name), name)
    if kind in lost:
        return ()
    if flow.account is not None:
        return (name,) if facts.factor(kind) or facts.channel(kind) else ()
    if "password" not in lost:
        return ()
    typed = flow.given.get("identifier_kind", "email")
    first = next((k for k in (typed, *CODE_OF, "totp", "passkey") if k not in lost), None)
    return (name,) if kind == first else ()


def _second_if_bound(
    case: Case, second: tuple[str, ...], earlier: frozenset[str]
) -> tuple[str, ...]:
    """A passkey that named its account was two factors at once: nothing more. People of ours have no way
    round a passkey of theirs (policy.md, Staff actions)."""
    if "passkey" in earlier or not second:
        return ()
    if second[0] == "passkey" and case.facts.role is not None and case.staff_by_passkey:
        return second[:1]
    weaker = case.row.totp_for_passkey and second[0] == "passkey" and "totp" in second
    codes = case.row.recovery_code and case.facts.codes_left
    return (second[0], *(("totp",) if weaker else ()), *(("recovery_code",) if codes else ()))


def _alternatives(ask: Ask, case: Case, flow: Flow, earlier: frozenset[str]) -> tuple[str, ...]:
    """The fields that can meet this word now, the one to ask first. Empty: nothing is needed.

    `earlier` was asked on earlier pages: a channel proves no more than one step of a flow."""
    facts = case.facts
    second = tuple(n for n in second_factors(facts) if n not in earlier)
    channels = sorted(facts.channels, key=lambda c: not c.registered)
    bound = tuple(CODE_OF[c.kind] for c in channels if CODE_OF[c.kind] not in earlier)
    match ask:
        case Ask.AGREE:
            return ("agree",) if consequences(case).weighty else ()
        case Ask.IDENTIFIER | Ask.ROBOT if named(flow):
            return ()
        case Ask.IDENTIFIER | Ask.ROBOT_UNDER_ATTACK if self_named(case.row, flow):
            return ()  # nobody guesses one: who signs in by it keeps a lane of his own (A16)
        case Ask.WAY_IN:
            return _ways_in(case, flow)
        case Ask.ROBOT_UNDER_ATTACK:
            asked = facts.under_attack and not facts.device_known and not named(flow)
            return ("robot",) if asked else ()
        case Ask.SECOND_IF_BOUND:
            return _second_if_bound(case, second, earlier)
        case Ask.TOTP_OR_BETTER:
            return tuple(n for n in second if n in FIELDS_OF[ask])[:1] or FIELDS_OF[ask][-1:]
        case Ask.SECOND_OR_CODE | Ask.SECOND_APPROVING:
            return second[:1] or bound[:1]
        case Ask.SECOND_OR_ANY_CODE:
            strongest = second[:1]
            return strongest if strongest and strongest[0] not in CODE_OF.values() else bound
        case Ask.MAIL_OR_SMS:
            if earlier & AUTHORITY_FIELDS:
                return bound
            # nobody is proven yet: both for everybody, first the one that the typed address is (A01)
            first = CODE_OF[flow.given.get("identifier_kind", "email")]
            return (first, *(code for code in CODE_OF.values() if code != first))
        case Ask.MAIL_IF_BOUND | Ask.SMS_IF_BOUND:
            return tuple(n for n in FIELDS_OF[ask] if n in bound)
        case (
            Ask.PASSWORD_IF_KEPT
            | Ask.TOTP_IF_KEPT
            | Ask.PASSKEY_IF_KEPT
            | Ask.MAIL_IF_KEPT
            | Ask.SMS_IF_KEPT
        ):
            return _kept(ask, case, flow)
        case Ask.ONE_PROOF:
            return () if flow.session is not None else FIELDS_OF[ask]
        case Ask.NEW_CHANNEL:
            return FIELDS_OF[ask] if _reaches_nobody(case, flow) else ()
        case Ask.NEW_CHANNEL_CODE:
            return (
                (f"new_{new_channel(flow) or 'email'}_code",) if _reaches_nobody(case, flow) else ()
            )
        case Ask.CASE_PROOF:
            kind = new_channel(flow)
            return (f"new_{kind}_code",) if kind else ("password",)
        case Ask.NEW_IDENTIFIER_CODE:
            kind = flow.given.get("identifier_kind")
            return (CODE_OF[kind],) if kind else ("email_code",)
        case _:
            return FIELDS_OF[ask][:1]


def _met(name: str, ask: Ask, case: Case, flow: Flow) -> bool:
    now, lives = case.now, case.lives
    if flow.submitted_at is not None:
        return True
    if ask is Ask.FILES and name not in flow.given:
        return not (case.row.review and long_tier(case))
    if ask is Ask.WHICH_CASE:
        return name in flow.given
    if ask in GIVEN:
        return name in flow.given or name in flow.sealed or name in OPTIONAL
    proof = flow.proof(name)
    lasting = ask not in AUTHORITY or name == NAMING
    return proof is not None and (lasting or proof.at > now - lives.proof)


def _names_with_password(page: Page, flow: Flow) -> bool:
    kept = Ask.PASSWORD_IF_KEPT in page.asks and "password" not in flow.given.get("lost", ())
    return Ask.IDENTIFIER in page.asks and (kept or Ask.WAY_IN in page.asks)


def named_with_password(row: Row, flow: Flow) -> bool:
    """True where identifier and password are asked on one page, as sign_in does (S2)."""
    return any(_names_with_password(page, flow) for page in row.pages)


def _need(page: Page, case: Case, flow: Flow, earlier: frozenset[str]) -> Need | None:
    fields: list[str] = []
    met: list[str] = []
    offers: list[str] = []
    for ask in page.asks:
        names = _alternatives(ask, case, flow, earlier)
        if not names:
            continue
        taken = flow.choice.get(page.id)
        wanted = taken if taken is not None and taken in names else names[0]
        # what was taken here stays what met this page, whatever a later page proves beside it
        proven = next((n for n in (wanted, *names) if _met(n, ask, case, flow)), None)
        chosen = proven or wanted
        fields.append(chosen)
        if proven:
            met.append(chosen)
        offers += [n for n in names if n not in (chosen, NAMING) and not proven]
    if not fields:
        return None
    # An identifier says nothing before it is proven: listing it as right would tell that it exists.
    if _names_with_password(page, flow) and "password" not in met:
        met = [m for m in met if m != "identifier"]
    asks = set(page.asks)
    kind: NeedKind = "agree" if asks == {Ask.AGREE} else "give" if asks <= GIVEN else "prove"
    optional = tuple(
        n for n in fields if n in met and n in {*OPTIONAL, "files"} and n not in flow.given
    )
    return Need(
        kind=kind,
        id=page.id,
        fields=tuple(fields),
        met=tuple(met),
        offers=tuple(offers),
        optional=optional,
    )


def needs(case: Case, flow: Flow) -> tuple[Need, ...]:
    """All pages of the row for this flow, met or not, in their fixed order (S74). The first group is
    the same for everybody; later ones follow from what is bound."""
    found: list[Need] = []
    earlier: frozenset[str] = frozenset()
    for page in case.row.pages:
        need = _need(page, case, flow, earlier)
        if need is not None:
            found.append(need)
            earlier |= set(need.fields)
    return tuple(found)


def current(all_needs: tuple[Need, ...]) -> Need | None:
    """The first page with something missing."""
    return next((n for n in all_needs if n.missing), None)


# ── consequences ────────────────────────────────────────────────────────────────────────────────


def _true(conditions: tuple[When, ...], case: Case) -> bool:
    return all(CONDITIONS[c](case) for c in conditions)


def _waits(case: Case) -> timedelta | None:
    """How long the effect waits at the least, once everything is proven."""
    review = case.row.review
    if review is not None and case.calendar is not None:
        reviewed = case.calendar.end_of(review.earliest, case.now) - case.now
        return max(reviewed, case.row.wait or reviewed)
    if case.row.wait_chosen and case.account is not None:
        return timedelta(days=case.account.lock_days or 0)
    return case.row.wait


def consequences(case: Case) -> Consequences:
    """What the row causes for these facts at `now`: shown before (S38), written by effects after.

    24 hours are 86,400 seconds from `now`, not calendar days (A16). Where the row waits, everything
    counts from the end of the wait."""
    row, facts = case.row, case.facts
    waits = _waits(case) if case.flow is None or case.flow.submitted_at is None else None
    effect = case.now + (waits or timedelta(0))
    lasts = next((r.lasts for r in row.hold if _true(r.when, case)), timedelta(0))
    review, unbound = row.review, row.hold_until_bound
    if unbound == "second_factor_bound" and not _no_second_left(case):
        unbound = None
    due = case.calendar.end_of(review.due, case.now) if review and case.calendar and waits else None
    released = {*row.releases, *(case.lost if review else ())}
    locked = row.hold_through_lock and CONDITIONS[When.LOCKED](case)
    told = not row.tells_when or any(CONDITIONS[c](case) for c in row.tells_when)
    until = effect + row.quarantine if row.quarantine else None
    return Consequences(
        hold_until=effect + lasts if lasts else None,
        hold_when="settings_unlocked" if locked else unbound,
        due_until=due,
        wait_until=effect if waits else None,
        held_meanwhile=row.held_meanwhile and waits is not None,
        quarantine=tuple((c.kind, c.key, until) for c in facts.channels if c.kind in released) if until else (),
        ends_sessions="none" if row.ends == "named" or not _true(row.ends_when, case) else row.ends,
        tells=row.tells if told else "none",
    )  # fmt: skip


# ── decisions ───────────────────────────────────────────────────────────────────────────────────


def judge(row: Protected | None, facts: Facts, now: datetime, lives: Lives, *,
          approved: bool, listed: tuple[bool, datetime | None] = (False, None)) -> tuple[Reason, ...]:  # fmt: skip
    """Why not: every reason that applies, holds with their end. Empty means allowed, or that only the
    holder's approval is missing (`needs_approval`).

    `approved`: no approval is needed, or there is a receipt for exactly this. `listed`: whether the
    destination is on the holder's payout list, and from when it may be used."""
    if row is None:
        return (Reason("unknown_action"),)
    account = facts.account
    if account is None:
        return (Reason("unknown_account"),)
    out: list[Reason] = []
    if account.state == "closed":
        out.append(Reason("account_closed"))
    if account.state == "frozen" and row.stopped_by_freeze:
        out.append(Reason("account_frozen"))
    if row.stopped_by_hold:
        out += [Reason("hold", h.ends, {"cause": h.cause}) for h in facts.holds
                if h.starts <= now and (h.ends is None or h.ends > now)]  # fmt: skip
    factor, ripe = approver(facts, now, lives)
    if row.second_factor and factor is None:
        out.append(Reason("bind_second_factor_first"))
    if row.step_up == "always" and not approved and ripe is not None:
        out.append(Reason("factor_too_new", ripe))
    there, usable = listed
    if row.payout_list and account.payout_list_only and (not there or (usable and usable > now)):
        out.append(
            Reason("payout_address_too_new", usable) if there else Reason("not_on_payout_list")
        )
    return tuple(out)


def needs_approval(row: Protected | None, facts: Facts) -> bool:
    """Whether this way out takes the holder's approval each time (S91)."""
    return row is not None and facts.account is not None and row.step_up == "always"
