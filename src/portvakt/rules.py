"""Pure rules over the table: what is missing, what it would cause, what the platform is answered.

No I/O and no clock: `now` is an argument (ADR 0006). Everything here is computed from the row
and the facts each time; nothing is a stored state name.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from portvakt.asking import (
    AUTHORITY,
    CHOOSABLE,
    CODE_OF,
    FIELDS_OF,
    GIVEN,
    NAMING,
    OPTIONAL,
    fields_of,
    proves_account,
    self_naming,
)
from portvakt.conditions import (
    CONDITIONS,
    Case,
    long_tier,
    new_channel,
    no_second_left,
    reaches_nobody,
)
from portvakt.model import (
    Consequences,
    Facts,
    Flow,
    Need,
    NeedKind,
    Reason,
)
from portvakt.policy import Ask, Lives, Page, Protected, Row, When
from portvakt.strength import approver, second_factors

# ── needs ───────────────────────────────────────────────────────────────────────────────────────


def named(flow: Flow) -> bool:
    """Whether the account is known without an identifier: by a session, or by a notice's link."""
    return flow.session is not None or flow.proof(NAMING) is not None


def way_in(row: Row, way: str | None) -> dict[str, str]:
    """The choice of this way in, or of who is to vouch from now on, as a flow keeps it; empty where the
    row takes no such thing."""
    asked = (p for p in row.pages for a in p.asks if a in CHOOSABLE and way in fields_of(a, row))
    page = next(asked, None)
    return {} if page is None or way is None else {page.id: way}


def self_named(row: Row, flow: Flow) -> str | None:
    """The way in that names its account by itself, where one was chosen or proven."""
    ways = self_naming(row)
    chosen = {page: way for page, way in flow.choice.items() if way in ways}
    return next((w for w in ways if flow.proof(w) or way_in(row, w).items() & chosen.items()), None)


def _providers(case: Case, flow: Flow) -> tuple[tuple[str, ...], str | None]:
    """The inputs of those who can vouch from now on, and which was chosen or has vouched."""
    names = fields_of(Ask.NEW_PROVIDER_IF_CHOSEN, case.row)
    there = tuple(n for n in names if n.removeprefix("new_") in case.ways)
    asked = next(p.id for p in case.row.pages if Ask.NEW_PROVIDER_IF_CHOSEN in p.asks)
    chosen = next((n for n in there if flow.proof(n)), flow.choice.get(asked))
    return there, chosen if chosen in there else None


def _ways_in(case: Case, flow: Flow) -> tuple[str, ...]:
    """Every way in that there is, the same for everybody; of an account that is known, what is bound."""
    ways = ("password", *(w for w in self_naming(case.row) if w in case.ways))
    bound = {f.kind for f in case.facts.factors} if flow.account is not None else set()
    return tuple(w for w in ways if w in bound) or ways


def _kept(ask: Ask, case: Case, flow: Flow) -> tuple[str, ...]:
    """What proves a report of something lost: everything bound that is not lost. Before anybody is
    proven it follows from what was typed and ticked alone, so that known and unknown look alike."""
    lost, facts = case.lost, case.facts
    name = FIELDS_OF[ask][0]
    if name == "password":  # or who vouches instead, for an account that has none
        ways = tuple(w for w in _ways_in(case, flow) if w != "passkey")
        return () if "password" in lost else ways or (name,)
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
        case Ask.IDENTIFIER | Ask.ROBOT_UNDER_ATTACK if self_named(case.row, flow) in case.ways:
            return ()  # nobody guesses one: who signs in by it keeps a lane of his own (A16)
        case Ask.WAY_IN if "case_flow" in flow.given:
            return ()  # who applied has none
        case Ask.WAY_IN:
            return _ways_in(case, flow)
        case Ask.NEW_PROVIDER:
            return fields_of(ask, case.row)
        case Ask.NEW_PROVIDER_IF_CHOSEN:
            there, chosen = _providers(case, flow)
            return (chosen, *(n for n in there if n != chosen), "new_password") if chosen else ()
        case Ask.OFFER_PROVIDERS:
            there, chosen = _providers(case, flow)
            return () if chosen else there
        case Ask.NEW_PASSWORD_IF_ALONE:
            return () if _providers(case, flow)[1] else ("new_password",)
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
            if any(proves_account(case.row, n) for n in earlier):
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
            return FIELDS_OF[ask] if reaches_nobody(case, flow) else ()
        case Ask.NEW_CHANNEL_CODE:
            return (
                (f"new_{new_channel(flow) or 'email'}_code",) if reaches_nobody(case, flow) else ()
            )
        case Ask.CASE_CODE:
            return (f"new_{new_channel(flow)}_code",) if "case_flow" in flow.given else ()
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
        if ask is Ask.OFFER_PROVIDERS:
            offers += names
            continue
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
    if _names_with_password(page, flow) and not {"password", *self_naming(case.row)} & set(met):
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
    if unbound == "second_factor_bound" and not no_second_left(case):
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
