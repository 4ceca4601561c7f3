"""THE TABLE. What each sensitive action takes and what it causes, as data.

Read a row as a sentence: *sign_in asks an identifier and a password on one page, then the second
factor where one is bound; from a new device on an account without a second factor it holds ways out
for 24 hours; it tells everybody then.*

- Strict defaults: a row that writes nothing takes a session, holds 24 h, ends other sessions, tells
  all channels, and is refused while the account is frozen or settings-locked. A row must *write*
  every loosening.
- No function, no lambda: conditions are words of the closed enum `When`, evaluated by `rules.py`.
  So the table can be printed (docs/policy.md), translated, compared, and tightened from
  `portvakt.toml` (`tighten.py`): durations, counts, switches, added proofs; nothing else.
- Consequences are derived from here in one place, in the transaction of the effect (`effects.py`).

A new sensitive action is two files: a row here and `actions/<id>.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Ask(StrEnum):
    """What a page may ask: proof words and given things. `rules.py` turns each into field names."""

    # proofs
    PASSWORD = "password"  # noqa: S105  a word, no secret
    MAIL = "email_code"
    SMS = "sms_code"
    TOTP = "totp"
    ROBOT = "robot"
    ROBOT_UNDER_ATTACK = "robot_under_attack"  # S99: from unknown devices while guesses pour in
    # the strongest bound second factor, never a switch down (A1) …
    SECOND_IF_BOUND = "second_if_bound"  # … nothing where none is bound (sign_in, reset_password)
    SECOND_OR_CODE = "second_or_code"  # … a code to a bound channel where none is bound
    SECOND_OR_ANY_CODE = "second_or_any_code"  # … and where it is a channel, the holder's choice
    # things given
    IDENTIFIER = "identifier"
    NEW_IDENTIFIER_CODE = "new_identifier_code"  # email_code | sms_code to the new identifier
    NEW_PASSWORD = "new_password"  # noqa: S105
    NEW_EMAIL = "new_email"
    NEW_EMAIL_CODE = "new_email_code"
    NEW_PHONE = "new_phone"
    NEW_PHONE_CODE = "new_phone_code"
    NEW_TOTP = "new_totp"
    SESSION = "session"  # optional: which session


class When(StrEnum):
    """The closed list of conditions a row may write. Each is one function in `rules.py`."""

    NEW_DEVICE = "new_device"
    NO_SECOND_FACTOR = "no_second_factor"
    FIRST_OF_KIND = "first_of_kind"  # this action's kind of factor was never bound before
    NONE_REMOVED_LATELY = "none_removed_within_7_days"
    TOTP_BOUND = "totp_bound"
    EMAIL_BOUND = "email_bound"
    PHONE_BOUND = "phone_bound"


@dataclass(frozen=True, slots=True)
class Page:
    """One group of needs = one page. All words of a page are asked together (S71)."""

    id: str
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class HoldRule:
    """Holds for `lasts` when every condition in `when` is true; the first that fits decides."""

    lasts: timedelta
    when: tuple[When, ...] = ()


Ends = Literal["none", "others", "all", "named"]
Tells = Literal["none", "identifier", "all"]
DEFAULT_HOLD = (HoldRule(24 * HOUR),)
NO_HOLD: tuple[HoldRule, ...] = ()


def page(id: str, *asks: Ask) -> Page:
    return Page(id, asks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sensitive action. The defaults are the strict side."""

    pages: tuple[Page, ...]
    session: bool = True
    signs_in: bool = False
    hold: tuple[HoldRule, ...] = DEFAULT_HOLD
    quarantine: timedelta | None = None  # of every identifier the action gives up (S37, S68)
    ends: Ends = "others"
    tells: Tells = "all"
    tells_when: tuple[When, ...] = ()  # all of them true, else nobody is told
    when_frozen: bool = False
    when_locked: bool = False
    refuse_if: tuple[When, ...] = ()
    failure: str | None = None  # the one refusal that every wrong proof gets (S7)
    counted_as: str = "flow.network"  # the limit on starting it
    kind: str | None = None  # the kind of factor or channel it binds or unbinds
    life: timedelta = 30 * MINUTE
    source: str = ""


ACTIONS: dict[str, Row] = {
    "sign_up": Row(
        session=False, signs_in=True,
        pages=(page("identifier", Ask.IDENTIFIER, Ask.ROBOT),
               page("confirm_identifier", Ask.NEW_IDENTIFIER_CODE),
               page("new_password", Ask.NEW_PASSWORD)),
        hold=NO_HOLD, ends="none", tells="identifier", counted_as="sign_up.network", source="S88",
    ),
    "sign_in": Row(
        session=False, signs_in=True,
        pages=(page("sign_in", Ask.IDENTIFIER, Ask.PASSWORD, Ask.ROBOT_UNDER_ATTACK),
               page("second_factor", Ask.SECOND_IF_BOUND)),
        hold=(HoldRule(24 * HOUR, (When.NEW_DEVICE, When.NO_SECOND_FACTOR)),
              HoldRule(0 * HOUR)),  # the rest: a setting, [policy.sign_in] new_device_hold
        ends="none", tells_when=(When.NEW_DEVICE,), when_locked=True,
        failure="sign_in_failed", source="S1-S7, S101-S102",
    ),
    "bind_totp": Row(
        pages=(page("confirm_code", Ask.SECOND_OR_ANY_CODE), page("new_totp", Ask.NEW_TOTP)),
        hold=(HoldRule(0 * HOUR, (When.FIRST_OF_KIND, When.NONE_REMOVED_LATELY)),
              HoldRule(24 * HOUR)),
        refuse_if=(When.TOTP_BOUND,), kind="totp", source="S77-S86, S107, A6",
    ),
    "bind_email": Row(
        pages=(page("new_email", Ask.NEW_EMAIL), page("second_factor", Ask.SECOND_OR_CODE),
               page("new_email_code", Ask.NEW_EMAIL_CODE)),
        hold=(HoldRule(0 * HOUR, (When.FIRST_OF_KIND, When.NONE_REMOVED_LATELY)),
              HoldRule(24 * HOUR)),
        ends="none", refuse_if=(When.EMAIL_BOUND,), kind="email", source="S87",
    ),
    "bind_phone": Row(
        pages=(page("new_phone", Ask.NEW_PHONE), page("second_factor", Ask.SECOND_OR_CODE),
               page("new_phone_code", Ask.NEW_PHONE_CODE)),
        hold=(HoldRule(0 * HOUR, (When.FIRST_OF_KIND, When.NONE_REMOVED_LATELY)),
              HoldRule(24 * HOUR)),
        ends="none", refuse_if=(When.PHONE_BOUND,), kind="phone", source="S87",
    ),
    "end_session": Row(
        pages=(page("end_session", Ask.SESSION),),
        hold=NO_HOLD, ends="named", tells="none", when_frozen=True, when_locked=True,
        source="S100",
    ),
    "end_other_sessions": Row(
        pages=(), hold=NO_HOLD, tells="none", when_frozen=True, when_locked=True, source="S100",
    ),
}  # fmt: skip


# ── protected actions: what the platform asks about (S91, S92; the second table) ───────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """One way value moves. The defaults are the strict side; an unknown id is denied."""

    stopped_by_hold: bool = True
    stopped_by_freeze: bool = True
    step_up: Literal["always", "never"] = "always"
    second_factor: bool = True
    payout_list: bool = False


PROTECTED: dict[str, Protected] = {
    "withdraw": Protected(payout_list=True),
    "internal_transfer": Protected(payout_list=True),
    "p2p_sell": Protected(payout_list=True),
    "card_payment": Protected(payout_list=True),
    "create_api_key": Protected(),
    # S92: only ways out are named there; trading goes on inside a hold
    "trade": Protected(stopped_by_hold=False, step_up="never", second_factor=False),
}
STOPPED_BY_HOLD = tuple(sorted(name for name, row in PROTECTED.items() if row.stopped_by_hold))


# ── lives and limits ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """How long things live. Settings may shorten them."""

    proof: timedelta = 5 * MINUTE
    session: timedelta = 24 * HOUR
    session_idle: timedelta = HOUR
    email_code: timedelta = 10 * MINUTE
    sms_code: timedelta = 5 * MINUTE
    resend_after: timedelta = MINUTE
    answer: timedelta = DAY  # kept idempotent answers
    sign_in_answer: timedelta = 10 * MINUTE
    decision: timedelta = timedelta(seconds=30)
    removed_lately: timedelta = 7 * DAY
    message: timedelta = DAY  # a notice that cannot be delivered is given up after this


#: Readable limits: "tries/window", several separated by commas. Keys are bucket families; the
#: bucket itself names the account, device, flow, address or network it counts (never a secret).
LIMITS: dict[str, str] = {
    # per account and factor, across flows (A14, A24); known devices have their own lane (A16)
    "password.account": "10/15m, 100/1d",
    "password.device": "10/15m, 100/1d",
    "totp.account": "5/5m, 50/1d",
    "totp.device": "5/5m, 50/1d",
    "email_code.account": "10/15m, 50/1d",
    "email_code.device": "10/15m, 50/1d",
    "sms_code.account": "10/15m, 50/1d",
    "sms_code.device": "10/15m, 50/1d",
    # per flow
    "code.flow": "5/1h",
    "password.flow": "10/30m",
    # sending: per target address, and everything together (A34, A35); a bound channel's own holder
    # is counted apart, altogether too, so that strangers cannot use up the codes that he needs
    "send.email": "10/1d",
    "send.email.bound": "30/1d",
    "send.phone": "6/1d",
    "send.phone.bound": "20/1d",
    "send.phone.prefix": "300/1h",
    "send.phone.all": "2000/1h",
    "send.phone.all.bound": "10000/1h",
    # per network (IPv4 address, IPv6 /64) and everything together: 429
    "flow.network": "120/1m, 2000/1h",
    "try.network": "60/1m, 1000/1h",
    "sign_up.network": "20/10m, 100/1d",
    # not a refusal: past this many failed tries everywhere, sign_in asks a robot check (S99, A10)
    "attack.all": "300/10m",
}
