"""Pure rules over the table: what is missing, what it would cause, how strong the account is.

No I/O and no clock: `now` is an argument (ADR 0006). Everything here is computed from the row
and the facts each time; nothing is a stored state name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from portvakt.model import ChannelKind, Consequences, Facts, Flow, Need, Reason
from portvakt.policy import Ask, HoldRule, Lives, Page, Protected, Row, When

#: Rank of second factors, strongest first (policy.md). E-mail counts only while nothing better is.
SECOND_FACTORS: Final = ("passkey", "totp", "sms_code", "email_code")
CODE_OF: Final[Mapping[str, str]] = {"email": "email_code", "phone": "sms_code"}

#: Proofs of authority over an account go stale after `Lives.proof` until the flow is submitted. A
#: robot check and control of something new belong to the flow alone and last as long as it does.
AUTHORITY: Final = frozenset({Ask.PASSWORD, Ask.MAIL, Ask.SMS, Ask.TOTP, Ask.SECOND_IF_BOUND,
                              Ask.SECOND_OR_CODE, Ask.SECOND_OR_ANY_CODE})  # fmt: skip
GIVEN: Final = frozenset({Ask.IDENTIFIER, Ask.NEW_PASSWORD, Ask.NEW_EMAIL, Ask.NEW_PHONE,
                          Ask.SESSION})  # fmt: skip
#: Field names that an Ask word can become; the union over a row is what a client may send.
FIELDS_OF: Final[Mapping[Ask, tuple[str, ...]]] = {
    Ask.PASSWORD: ("password",), Ask.MAIL: ("email_code",), Ask.SMS: ("sms_code",),
    Ask.TOTP: ("totp",), Ask.ROBOT: ("robot",), Ask.ROBOT_UNDER_ATTACK: ("robot",),
    Ask.SECOND_IF_BOUND: ("totp", "sms_code", "email_code"),
    Ask.SECOND_OR_CODE: ("totp", "sms_code", "email_code"),
    Ask.SECOND_OR_ANY_CODE: ("totp", "sms_code", "email_code"),
    Ask.IDENTIFIER: ("identifier",), Ask.NEW_IDENTIFIER_CODE: ("email_code", "sms_code"),
    Ask.NEW_PASSWORD: ("new_password",), Ask.NEW_EMAIL: ("new_email",),
    Ask.NEW_EMAIL_CODE: ("new_email_code",), Ask.NEW_PHONE: ("new_phone",),
    Ask.NEW_PHONE_CODE: ("new_phone_code",), Ask.NEW_TOTP: ("new_totp",),
    Ask.SESSION: ("session",),
}  # fmt: skip
#: The fields that prove authority over the account that an identifier names.
AUTHORITY_FIELDS: Final = frozenset(name for ask in AUTHORITY for name in FIELDS_OF[ask])
OPTIONAL: Final = frozenset({"session"})


def inputs(row: Row) -> tuple[str, ...]:
    """Every input name a client may send for this action, in the order the pages ask them."""
    seen: dict[str, None] = {}
    for page in row.pages:
        for ask in page.asks:
            seen.update(dict.fromkeys(FIELDS_OF[ask]))
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


def raises(facts: Facts) -> tuple[str, ...]:
    """Actions that would raise the level, the most useful first."""
    out = []
    if facts.factor("totp") is None:
        out.append("bind_totp")
    out += [f"bind_{kind}" for kind in ("email", "phone") if facts.channel(kind) is None]
    return tuple(out)


# ── the closed conditions ───────────────────────────────────────────────────────────────────────


def _removed_within(facts: Facts, now: datetime, window: timedelta) -> bool:
    return any(when > now - window for _, when in facts.removed)


Condition = Callable[[Row, Facts, datetime], bool]
CONDITIONS: Final[Mapping[When, Condition]] = {
    When.NEW_DEVICE: lambda row, facts, now: not facts.device_known,
    When.NO_SECOND_FACTOR: lambda row, facts, now: not second_factors(facts),
    When.FIRST_OF_KIND: lambda row, facts, now: row.kind not in {k for k, _ in facts.removed},
    When.NONE_REMOVED_LATELY: lambda row, facts, now: (
        not _removed_within(facts, now, Lives().removed_lately)
    ),
    When.TOTP_BOUND: lambda row, facts, now: facts.factor("totp") is not None,
    When.EMAIL_BOUND: lambda row, facts, now: facts.channel("email") is not None,
    When.PHONE_BOUND: lambda row, facts, now: facts.channel("phone") is not None,
}


def holds_true(row: Row, conditions: tuple[When, ...], facts: Facts, now: datetime) -> bool:
    return all(CONDITIONS[c](row, facts, now) for c in conditions)


def refusal(row: Row, facts: Facts, now: datetime) -> str | None:
    """Why this account may not do this action at all now: a refusal id, or None."""
    account = facts.account
    if account is not None:
        if account.state == "closed":
            return "account_closed"
        if account.state == "frozen" and not row.when_frozen:
            return "account_frozen"
        locked = account.settings_locked_until
        if locked is not None and locked > now and not row.when_locked:
            return "settings_locked"
    if any(CONDITIONS[c](row, facts, now) for c in row.refuse_if):
        return "already_bound"
    return None


# ── needs ───────────────────────────────────────────────────────────────────────────────────────


def _alternatives(ask: Ask, flow: Flow, facts: Facts) -> tuple[str, ...]:
    """The fields that can meet this word now, the one to ask first. Empty: nothing is needed."""
    second = second_factors(facts)
    bound = tuple(CODE_OF[c.kind] for c in sorted(facts.channels, key=lambda c: not c.registered))
    match ask:
        case Ask.ROBOT_UNDER_ATTACK:
            return ("robot",) if facts.under_attack and not facts.device_known else ()
        case Ask.SECOND_IF_BOUND:
            return second[:1]
        case Ask.SECOND_OR_CODE:
            return second[:1] or bound[:1]
        case Ask.SECOND_OR_ANY_CODE:
            strongest = second[:1]
            return strongest if strongest and strongest[0] not in CODE_OF.values() else bound
        case Ask.NEW_IDENTIFIER_CODE:
            kind = flow.given.get("identifier_kind")
            return (CODE_OF[kind],) if kind else ("email_code",)
        case _:
            return FIELDS_OF[ask][:1]


def _met(name: str, ask: Ask, flow: Flow, now: datetime, lives: Lives) -> bool:
    if flow.submitted_at is not None:
        return True
    if ask in GIVEN:
        return name in flow.given or name in flow.sealed or name in OPTIONAL
    proof = flow.proof(name)
    return proof is not None and (ask not in AUTHORITY or proof.at > now - lives.proof)


def _names_with_password(page: Page) -> bool:
    return Ask.IDENTIFIER in page.asks and Ask.PASSWORD in page.asks


def named_with_password(row: Row) -> bool:
    """True where identifier and password are asked on one page, as sign_in does (S2)."""
    return any(_names_with_password(page) for page in row.pages)


def _need(page: Page, flow: Flow, facts: Facts, now: datetime, lives: Lives) -> Need | None:
    fields: list[str] = []
    met: list[str] = []
    offers: list[str] = []
    for ask in page.asks:
        names = _alternatives(ask, flow, facts)
        if not names:
            continue
        proven = next((n for n in names if _met(n, ask, flow, now, lives)), None)
        chosen = proven or (
            names[0] if flow.choice.get(page.id) not in names else flow.choice[page.id]
        )
        fields.append(chosen)
        if proven:
            met.append(chosen)
        offers += [n for n in names if n != chosen and not proven]
    if not fields:
        return None
    # An identifier says nothing before it is proven: listing it as right would tell that it exists.
    if _names_with_password(page) and "password" not in met:
        met = [m for m in met if m != "identifier"]
    kind = "give" if set(page.asks) & GIVEN and not set(page.asks) - GIVEN else "prove"
    return Need(kind=kind, id=page.id, fields=tuple(fields), met=tuple(met), offers=tuple(offers))  # type: ignore[arg-type]


def needs(row: Row, flow: Flow, facts: Facts, now: datetime, lives: Lives) -> tuple[Need, ...]:
    """All pages of the row for this flow, met or not, in their fixed order (S74). The first group is
    the same for everybody; later ones follow from what is bound."""
    found = (_need(p, flow, facts, now, lives) for p in row.pages)
    return tuple(n for n in found if n is not None)


def current(all_needs: tuple[Need, ...]) -> Need | None:
    """The first page with something missing."""
    return next((n for n in all_needs if n.missing), None)


# ── consequences ────────────────────────────────────────────────────────────────────────────────


def _hold(rules: tuple[HoldRule, ...], row: Row, facts: Facts, now: datetime) -> timedelta:
    fitting = (r.lasts for r in rules if holds_true(row, r.when, facts, now))
    return next(fitting, timedelta(0))


def consequences(row: Row, facts: Facts, now: datetime,
                 released: tuple[tuple[ChannelKind, str], ...] = ()) -> Consequences:  # fmt: skip
    """What the row causes for these facts at `now`: shown before (S38), written by effects after.

    24 hours are 86,400 seconds from `now`, not calendar days (A16)."""
    lasts = _hold(row.hold, row, facts, now)
    tells = row.tells if holds_true(row, row.tells_when, facts, now) else "none"
    until = now + row.quarantine if row.quarantine else None
    return Consequences(
        hold_until=now + lasts if lasts else None,
        quarantine=tuple((kind, key, until) for kind, key in released) if until else (),
        ends_sessions="none" if row.ends == "named" else row.ends,
        tells=tells,
    )


# ── decisions ───────────────────────────────────────────────────────────────────────────────────


def judge(
    row: Protected | None, facts: Facts, now: datetime, *, without_step_up: bool
) -> tuple[Reason, ...]:
    """Why not: every reason that applies, holds with their end. Empty means allowed."""
    if row is None:
        return (Reason("unknown_action"),)
    if facts.account is None:
        return (Reason("unknown_account"),)
    out: list[Reason] = []
    if facts.account.state == "closed":
        out.append(Reason("account_closed"))
    if facts.account.state == "frozen" and row.stopped_by_freeze:
        out.append(Reason("account_frozen"))
    if row.stopped_by_hold:
        out += [Reason("hold", h.ends, {"cause": h.cause}) for h in facts.holds
                if h.starts <= now and (h.ends is None or h.ends > now)]  # fmt: skip
    if row.second_factor and not second_factors(facts):
        out.append(Reason("bind_second_factor_first"))
    if row.step_up == "always" and not without_step_up:
        # Step-up with receipts is a capability of its own. Until it stands, a way out that asks for
        # one is shut: never open for want of a lock.
        out.append(Reason("step_up_not_available"))
    return tuple(out)
