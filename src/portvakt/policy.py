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

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

# Our own people: what a role may. Auditors read.
ROLES = ("reviewer", "lead", "auditor", "operator")
VOTERS = ("reviewer", "lead")  # about cases
GUARDS = ("reviewer", "lead", "operator")  # freezing accounts and lifting that
MANAGERS = ("lead", "operator")  # who is one of ours


class Ask(StrEnum):
    """What a page may ask: proof words and given things. `rules.py` turns each into field names."""

    # proofs
    PASSWORD = "password"  # noqa: S105  a word, no secret
    # the password of the identifier beside it, or a way that names its account by itself: no identifier
    # is asked then
    WAY_IN = "way_in"
    MAIL = "email_code"
    SMS = "sms_code"
    TOTP = "totp"
    TOTP_OR_BETTER = "totp_or_better"  # the app or a passkey, the stronger that is bound
    ROBOT = "robot"
    ROBOT_UNDER_ATTACK = "robot_under_attack"  # S99: from unknown devices while guesses pour in
    # the strongest bound second factor that was not used on an earlier page, never a switch down (A1) …
    SECOND_IF_BOUND = "second_if_bound"  # … nothing where none is bound (sign_in, reset_password)
    SECOND_OR_CODE = "second_or_code"  # … a code to a bound channel where none is bound
    SECOND_OR_ANY_CODE = "second_or_any_code"  # … and where it is a channel, the holder's choice
    SECOND_APPROVING = (
        "second_approving"  # … refused where none is bound, bound to the details shown
    )
    # a code to a bound channel, by the identifier that was typed or to the other one (S25, S28, S29)
    MAIL_OR_SMS = "mail_or_sms"
    MAIL_IF_BOUND = "email_code_if_bound"  # unbind_totp: every bound channel
    SMS_IF_BOUND = "sms_code_if_bound"
    # freezing and stopping take little: a live session, a message's link, the password or one code
    ONE_PROOF = "one_proof"
    # reviewed cases: everything bound that is not reported lost is proven (S51, S108)
    PASSWORD_IF_KEPT = "password_if_kept"  # noqa: S105
    TOTP_IF_KEPT = "totp_if_kept"
    PASSKEY_IF_KEPT = "passkey_if_kept"
    MAIL_IF_KEPT = "email_code_if_kept"
    SMS_IF_KEPT = "sms_code_if_kept"
    NOTICE_TOKEN = "notice_token"  # noqa: S105  the link of a notice; names the account
    # things given
    AGREE = (
        "agree"  # to the consequences, computed and shown; nothing is asked where there are none
    )
    KEPT = "kept"  # "I have kept them": the recovery codes that are shown
    IDENTIFIER = "identifier"
    NEW_IDENTIFIER_CODE = "new_identifier_code"  # email_code | sms_code to the new identifier
    NEW_PASSWORD = "new_password"  # noqa: S105
    NEW_EMAIL = "new_email"
    NEW_EMAIL_CODE = "new_email_code"
    NEW_PHONE = "new_phone"
    NEW_PHONE_CODE = "new_phone_code"
    # where no channel is left: one of the applicant's, and control of it
    NEW_CHANNEL = "new_channel"
    NEW_CHANNEL_CODE = "new_channel_code"
    NEW_TOTP = "new_totp"
    NEW_PASSKEY = "new_passkey"
    PASSKEY_NAME = "passkey_name"  # optional
    PASSKEY_ID = "passkey_id"  # which of those that are bound
    SESSION = "session"  # optional: which session
    CASE = "case"  # optional: which waiting flow
    DECISION = "decision"  # the platform's question that is to be approved
    ASSET = "asset"
    ADDRESS = "address"
    LABEL = "label"  # optional
    PAYOUT_ADDRESS = "payout_address"
    DAYS = "days"
    PHRASE = "phrase"
    LOST = "lost"  # optional where the row says what
    ANSWERS = "answers"
    FILES = "files"  # optional while one thing is lost and proofs of two kinds remain
    CASE_NUMBER = "case_number"
    CASE_PROOF = (
        "case_proof"  # the password; where nothing is left, a code to the applicant's new channel
    )
    WHICH_CASE = "which_case"
    VOTE = "vote"
    REASON = "reason"
    ALTERNATIVES = "alternatives"  # optional: what the applicant can do instead (S58)
    QUESTIONS = "questions"  # optional: what the reviewer wants to know
    # what one of ours proposes about somebody else's account
    WHAT = "what"
    WHOM = "whom"  # an account's id, an identifier of it, or the number of its case
    NAME = "name"  # optional: needed where the proposed row takes it, as is …
    ROLE = "role"
    PROPOSAL = "proposal"


class When(StrEnum):
    """The closed list of conditions a row may write. Each is one function in `rules.py`."""

    NEW_DEVICE = "new_device"
    NO_SECOND_FACTOR = "no_second_factor"
    FIRST_OF_KIND = "first_of_kind"  # this action's kind of factor was never bound before
    NONE_REMOVED_LATELY = "none_removed_within_7_days"
    RECOVERY_CODE_USED = "recovery_code_used"  # in this flow
    TOTP_FOR_PASSKEY = "totp_for_passkey"  # the app answered in this flow where a passkey is bound
    PASSWORD_BOUND = "password_bound"  # noqa: S105
    NO_PASSWORD = "no_password"  # noqa: S105
    TOTP_BOUND = "totp_bound"
    NO_TOTP = "no_totp"
    NO_TOTP_OR_BETTER = "no_totp_or_better"  # neither an authenticator app nor a passkey is bound
    NO_PASSKEY = "no_passkey"
    ENOUGH_PASSKEYS = "enough_passkeys"  # more would make no account safer
    NO_PASSKEYS_HERE = "no_passkeys_here"  # the operator serves none
    LAST_WAY_IN = "last_way_in"  # without one of this kind nothing is left to sign in with
    EMAIL_BOUND = "email_bound"
    NO_EMAIL = "no_email"
    PHONE_BOUND = "phone_bound"
    NO_PHONE = "no_phone"
    CODES_BOUND = "recovery_codes_bound"
    BELOW_MINIMUM = "below_minimum"  # without this kind the level would be under the operator's
    HELD = "held"  # a hold is active
    FROZEN = "frozen"
    NOT_FROZEN = "not_frozen"
    FROZEN_BY_STAFF = "frozen_by_staff"
    NOT_FROZEN_BY_STAFF = "not_frozen_by_staff"
    OURS = "one_of_ours"  # the account has a role, even one that does not count yet
    NOT_OURS = "not_one_of_ours"
    LOCKED = "locked"
    NOT_LOCKED = "not_locked"
    LIST_ONLY = "payout_list_only"
    NOT_LIST_ONLY = "not_payout_list_only"
    WAITING = "waiting"  # this action is under way already and waits for its time
    NOTHING_WAITS = "nothing_waits"
    UNDO_OVER = "undo_over"  # the hold of the change has ended, or it was taken back already
    # a link or a code alone: after the owner unfroze with more, it freezes no more for a while
    LONG_TIER = "long_tier"  # more than one thing lost, or no proofs of two kinds remain
    NO_SECOND_LEFT = "no_second_left"  # once what is lost is gone
    NOTHING_LOST = "nothing_lost"  # of what is reported lost nothing is bound
    WEAK_AFTER_UNFREEZE = "weak_after_unfreeze"
    TOO_YOUNG = "too_young"  # the second factor that would approve is bound for less than a day


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


@dataclass(frozen=True, slots=True)
class Review:
    """People decide: so many different ones, not before the end of business day `earliest`, and at the
    latest by the end of business day `due` (S55, S56, A5). A missed due time approves nothing."""

    reviewers: int = 2
    earliest: int = 1
    due: int = 3


Refused = tuple[When, str]  # a condition and the refusal that it gives
Ends = Literal["none", "others", "all", "named"]
Tells = Literal["none", "identifier", "all", "ever"]  # ever: also what was unbound since
DEFAULT_HOLD = (HoldRule(24 * HOUR),)
NO_HOLD: tuple[HoldRule, ...] = ()


def page(id: str, *asks: Ask) -> Page:
    return Page(id, asks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sensitive action. The defaults are the strict side."""

    pages: tuple[Page, ...]
    session: bool = True
    names_session: bool = False  # without needing one: a live session says which account
    signs_in: bool = False
    recovery_code: bool = False  # a recovery code may answer for the second factor
    totp_for_passkey: bool = False  # and the authenticator app for a passkey
    wait: timedelta | None = None  # between the last proof and the effect; it can be stopped
    wait_chosen: bool = False  # … as long as the holder chose when locking
    review: Review | None = None
    loses: tuple[
        str, ...
    ] = ()  # one of these is reported lost; the first where nothing else is said
    #: everything is lost and nobody proven: reviewers decide whose account it is, and until they have, a
    #: known identifier and an unknown one look alike
    unproven: bool = False
    unfreezes: bool = False
    list_only_after: bool = False  # ways out lead to the payout list alone from then on
    staff: tuple[str, ...] = ()  # only people of ours in these roles, in a session by passkey
    #: done to somebody else's account once so many of them stand behind it: nobody can begin it
    by_staff: int = 0
    takes: tuple[str, ...] = ()  # what of the optional inputs a proposal of it needs
    related: bool = False  # even where one of them has something to do with that account
    tells_staff: bool = False  # everybody of ours, too: when it is proposed, turned down, and done
    held_meanwhile: bool = False  # ways out are shut while it waits
    hold: tuple[HoldRule, ...] = DEFAULT_HOLD
    #: where it is taken away, at least until one is bound again (I11)
    hold_until_bound: Literal["authenticator_bound", "second_factor_bound"] | None = None
    hold_through_lock: bool = False  # where settings are locked, at least until they are unlocked
    releases: tuple[Literal["email", "phone"], ...] = ()  # identifiers that it gives up
    quarantine: timedelta | None = None  # of every identifier that it gives up (S37, S68)
    undo: bool = False  # every earlier channel can take it back while its hold lasts (A8)
    as_before: bool = False  # proofs are taken as they were before the change that it takes back
    usable_after: timedelta | None = None  # of the thing that it adds
    ends: Ends = "others"
    ends_when: tuple[When, ...] = ()  # all of them true, else nothing ends
    tells: Tells = "all"
    tells_when: tuple[When, ...] = ()  # one of them true, else nobody is told
    tells_attempts: bool = False  # also when it is only begun
    when_frozen: bool = False
    when_locked: bool = False
    when_closed: bool = False
    refuse_if: tuple[Refused, ...] = ()
    minimum_level: int = 0  # the security level that must remain
    failure: str | None = None  # the one refusal that every wrong proof gets (S7)
    counted_as: str = "flow.network"  # the limit on starting it
    kind: str | None = None  # the kind of factor or channel it binds or unbinds
    life: timedelta = 30 * MINUTE
    source: str = ""


REPORT = (
    page("lost", Ask.LOST),
    page("who", Ask.IDENTIFIER, Ask.PASSWORD_IF_KEPT, Ask.ROBOT),
    page("remaining", Ask.PASSKEY_IF_KEPT, Ask.TOTP_IF_KEPT, Ask.MAIL_IF_KEPT, Ask.SMS_IF_KEPT),
    page("new_channel", Ask.NEW_CHANNEL),
    page("new_channel_code", Ask.NEW_CHANNEL_CODE),
    page("form", Ask.AGREE, Ask.ANSWERS, Ask.FILES),
)
YOUR_CASE = (page("case_number", Ask.CASE_NUMBER), page("proof", Ask.CASE_PROOF))
LOST_HOLD = (HoldRule(7 * DAY, (When.LONG_TIER,)), HoldRule(72 * HOUR))
LOST_REFUSED = ((When.NOTHING_LOST, "nothing_lost"), (When.WAITING, "already_waiting"))
IN = (
    page("who", Ask.IDENTIFIER, Ask.WAY_IN, Ask.ROBOT_UNDER_ATTACK),
    page("second_factor", Ask.SECOND_IF_BOUND),
)
LITTLE = (page("identifier", Ask.IDENTIFIER, Ask.ROBOT), page("one_proof", Ask.ONE_PROOF))
FIRST_OR_HELD = (
    HoldRule(0 * HOUR, (When.FIRST_OF_KIND, When.NONE_REMOVED_LATELY)),
    HoldRule(24 * HOUR),
)

ACTIONS: dict[str, Row] = {
    "sign_up": Row(
        session=False, signs_in=True,
        pages=(page("identifier", Ask.IDENTIFIER, Ask.ROBOT),
               page("confirm_identifier", Ask.NEW_IDENTIFIER_CODE),
               page("new_password", Ask.NEW_PASSWORD)),
        hold=NO_HOLD, ends="none", tells="identifier", counted_as="sign_up.network", source="S88",
    ),
    "sign_in": Row(
        session=False, signs_in=True, recovery_code=True, totp_for_passkey=True,
        pages=(page("sign_in", Ask.IDENTIFIER, Ask.WAY_IN, Ask.ROBOT_UNDER_ATTACK),
               page("second_factor", Ask.SECOND_IF_BOUND)),
        hold=(HoldRule(24 * HOUR, (When.RECOVERY_CODE_USED,)),
              HoldRule(24 * HOUR, (When.TOTP_FOR_PASSKEY,)),
              HoldRule(24 * HOUR, (When.NEW_DEVICE, When.NO_SECOND_FACTOR)),
              HoldRule(0 * HOUR)),  # the rest: a setting, [policy.sign_in] new_device_hold
        ends="none", when_locked=True,
        tells_when=(When.NEW_DEVICE, When.RECOVERY_CODE_USED, When.TOTP_FOR_PASSKEY),
        failure="sign_in_failed", source="S1-S7, S101-S102",
    ),
    # ── the password ────────────────────────────────────────────────────────────────────────────
    "reset_password": Row(
        session=False, recovery_code=True,
        pages=(page("reset", Ask.AGREE, Ask.IDENTIFIER, Ask.ROBOT), page("code", Ask.MAIL_OR_SMS),
               page("second_factor", Ask.SECOND_IF_BOUND), page("new_password", Ask.NEW_PASSWORD)),
        hold=(HoldRule(48 * HOUR, (When.NEW_DEVICE,)), HoldRule(24 * HOUR)),
        hold_through_lock=True, ends="all", when_locked=True, source="S19-S32, S104",
    ),
    "change_password": Row(
        pages=(page("agree", Ask.AGREE), page("password", Ask.PASSWORD),
               page("second_factor", Ask.SECOND_OR_CODE), page("new_password", Ask.NEW_PASSWORD)),
        refuse_if=((When.NO_PASSWORD, "no_password_yet"),), source="S33, A3",
    ),
    "set_password": Row(
        pages=(page("agree", Ask.AGREE), page("second_factor", Ask.SECOND_OR_CODE),
               page("new_password", Ask.NEW_PASSWORD)),
        refuse_if=((When.PASSWORD_BOUND, "already_bound"),), source="policy",
    ),
    # ── channels and factors ────────────────────────────────────────────────────────────────────
    "bind_email": Row(
        pages=(page("new_email", Ask.NEW_EMAIL), page("second_factor", Ask.SECOND_OR_CODE),
               page("new_email_code", Ask.NEW_EMAIL_CODE)),
        hold=FIRST_OR_HELD, ends="none", refuse_if=((When.EMAIL_BOUND, "already_bound"),),
        kind="email", source="S87",
    ),
    "bind_phone": Row(
        pages=(page("new_phone", Ask.NEW_PHONE), page("second_factor", Ask.SECOND_OR_CODE),
               page("new_phone_code", Ask.NEW_PHONE_CODE)),
        hold=FIRST_OR_HELD, ends="none", refuse_if=((When.PHONE_BOUND, "already_bound"),),
        kind="phone", source="S87",
    ),
    "bind_totp": Row(
        pages=(page("confirm_code", Ask.SECOND_OR_ANY_CODE), page("new_totp", Ask.NEW_TOTP)),
        hold=FIRST_OR_HELD, refuse_if=((When.TOTP_BOUND, "already_bound"),),
        kind="totp", source="S77-S86, S107, A6",
    ),
    "unbind_email": Row(
        pages=(page("agree", Ask.AGREE), page("totp", Ask.TOTP_OR_BETTER), page("codes", Ask.MAIL, Ask.SMS)),
        releases=("email",), quarantine=30 * DAY, undo=True,
        refuse_if=((When.NO_EMAIL, "not_bound"), (When.NO_TOTP_OR_BETTER, "bind_totp_first"),
                   (When.NO_PHONE, "bind_phone_first")),
        kind="email", source="S34-S39, S63-S76, S105",
    ),
    "unbind_phone": Row(
        pages=(page("agree", Ask.AGREE), page("totp", Ask.TOTP_OR_BETTER), page("codes", Ask.MAIL, Ask.SMS)),
        releases=("phone",), quarantine=30 * DAY, undo=True,
        refuse_if=((When.NO_PHONE, "not_bound"), (When.NO_TOTP_OR_BETTER, "bind_totp_first"),
                   (When.NO_EMAIL, "bind_email_first")),
        kind="phone", source="S63-S76, S105",
    ),
    "unbind_totp": Row(
        pages=(page("agree", Ask.AGREE), page("totp", Ask.TOTP),
               page("codes", Ask.MAIL_IF_BOUND, Ask.SMS_IF_BOUND)),
        undo=True, kind="totp", source="S105, A19",
        refuse_if=((When.NO_TOTP, "not_bound"), (When.BELOW_MINIMUM, "below_minimum")),
    ),
    "add_passkey": Row(
        pages=(page("second_factor", Ask.SECOND_OR_CODE),
               page("new_passkey", Ask.NEW_PASSKEY, Ask.PASSKEY_NAME)),
        hold=FIRST_OR_HELD, ends="none", kind="passkey", source="policy, A79, A82",
        refuse_if=((When.NO_PASSKEYS_HERE, "passkeys_not_served"),
                   (When.ENOUGH_PASSKEYS, "enough_passkeys")),
    ),
    "remove_passkey": Row(
        pages=(page("agree", Ask.AGREE), page("passkey", Ask.PASSKEY_ID),
               page("second_factor", Ask.SECOND_OR_CODE)),
        undo=True, kind="passkey", source="policy, A19",
        refuse_if=((When.NO_PASSKEY, "not_bound"), (When.LAST_WAY_IN, "last_way_in"),
                   (When.BELOW_MINIMUM, "below_minimum")),
    ),
    "new_recovery_codes": Row(
        pages=(page("agree", Ask.AGREE), page("second_factor", Ask.SECOND_OR_CODE),
               page("recovery_codes", Ask.KEPT)),
        hold=(HoldRule(24 * HOUR, (When.CODES_BOUND,)),), ends_when=(When.CODES_BOUND,),
        source="policy",
    ),
    # ── what the platform asks about ────────────────────────────────────────────────────────────
    "approve_protected_action": Row(
        pages=(page("details", Ask.DECISION), page("approve", Ask.SECOND_APPROVING)),
        hold=NO_HOLD, ends="none", tells="none", when_locked=True, life=10 * MINUTE,
        refuse_if=((When.HELD, "hold_active"), (When.NO_SECOND_FACTOR, "bind_second_factor_first"),
                   (When.TOO_YOUNG, "factor_too_new")),
        source="S91",
    ),
    "add_payout_address": Row(
        pages=(page("payout_address", Ask.ASSET, Ask.ADDRESS, Ask.LABEL),
               page("second_factor", Ask.SECOND_OR_CODE)),
        hold=NO_HOLD, ends="none", usable_after=24 * HOUR, source="policy",
    ),
    "remove_payout_address": Row(
        pages=(page("payout_address", Ask.PAYOUT_ADDRESS), page("second_factor", Ask.SECOND_OR_CODE)),
        hold=NO_HOLD, ends="none", source="policy",
    ),
    "payout_list_only_on": Row(
        pages=(page("second_factor", Ask.SECOND_OR_CODE),), hold=NO_HOLD, ends="none",
        refuse_if=((When.LIST_ONLY, "already_so"),), source="policy",
    ),
    "payout_list_only_off": Row(
        pages=(page("agree", Ask.AGREE), page("second_factor", Ask.SECOND_OR_CODE)),
        wait=24 * HOUR, hold=NO_HOLD, ends="none", source="policy",
        refuse_if=((When.NOT_LIST_ONLY, "already_so"), (When.WAITING, "already_waiting")),
    ),
    # ── locks ───────────────────────────────────────────────────────────────────────────────────
    "lock_settings": Row(
        pages=(page("days", Ask.DAYS), page("second_factor", Ask.SECOND_OR_CODE)),
        hold=NO_HOLD, ends="none", tells_attempts=True,
        refuse_if=((When.LOCKED, "already_so"),), source="policy",
    ),
    "unlock_settings": Row(
        pages=(page("agree", Ask.AGREE), page("second_factor", Ask.SECOND_OR_CODE)),
        wait_chosen=True, hold=NO_HOLD, ends="none", tells_attempts=True, when_locked=True,
        refuse_if=((When.NOT_LOCKED, "already_so"), (When.WAITING, "already_waiting")),
        source="policy",
    ),
    "freeze_account": Row(
        session=False, names_session=True, pages=LITTLE, hold=NO_HOLD, ends="all", when_locked=True,
        refuse_if=((When.WEAK_AFTER_UNFREEZE, "proof_too_weak_now"),), source="policy",
    ),
    "unfreeze_account": Row(
        session=False, recovery_code=True,
        pages=(page("agree", Ask.AGREE), *IN, page("code", Ask.MAIL_OR_SMS)),
        wait=24 * HOUR, ends="all", when_frozen=True, when_locked=True, failure="sign_in_failed",
        refuse_if=((When.FROZEN_BY_STAFF, "frozen_by_staff"), (When.NOT_FROZEN, "already_so"),
                   (When.WAITING, "already_waiting")),
        source="policy",
    ),
    "undo_change": Row(
        session=False, as_before=True,
        pages=(page("notice", Ask.NOTICE_TOKEN), page("password", Ask.PASSWORD),
               page("second_factor", Ask.SECOND_OR_CODE)),
        ends="all", when_frozen=True, when_locked=True,  # or a thief would freeze or lock it first
        refuse_if=((When.UNDO_OVER, "undo_too_late"),), source="A8",
    ),
    "stop_case": Row(
        session=False, names_session=True,
        pages=(*LITTLE, page("case", Ask.CASE)), hold=NO_HOLD, ends="none", when_frozen=True, when_locked=True,
        refuse_if=((When.NOTHING_WAITS, "nothing_waits"),), source="policy",
    ),
    # ── what is lost: reviewed ──────────────────────────────────────────────────────────────────
    "reset_second_factor": Row(
        session=False, pages=REPORT, review=Review(), loses=("totp", "passkey"), hold=LOST_HOLD,
        hold_until_bound="authenticator_bound",
        quarantine=30 * DAY, ends="all", when_frozen=True, refuse_if=LOST_REFUSED, kind="totp",
        failure="sign_in_failed", life=60 * MINUTE, source="S40-S62, S108, A5, A6",
    ),
    "unbind_lost_email": Row(
        session=False, pages=REPORT, review=Review(), loses=("email",), hold=LOST_HOLD,
        hold_until_bound="second_factor_bound",
        quarantine=30 * DAY, ends="all", when_frozen=True, refuse_if=LOST_REFUSED, kind="email",
        failure="sign_in_failed", life=60 * MINUTE, source="S72, S106",
    ),
    "unbind_lost_phone": Row(
        session=False, pages=REPORT, review=Review(), loses=("phone",), hold=LOST_HOLD,
        hold_until_bound="second_factor_bound",
        quarantine=30 * DAY, ends="all", when_frozen=True, refuse_if=LOST_REFUSED, kind="phone",
        failure="sign_in_failed", life=60 * MINUTE, source="S72, S106",
    ),
    "recover_account": Row(
        session=False, unproven=True, review=Review(), wait=30 * DAY, hold=(HoldRule(30 * DAY),),
        pages=(page("recover", Ask.AGREE, Ask.IDENTIFIER, Ask.ROBOT), page("new_channel", Ask.NEW_CHANNEL),
               page("new_channel_code", Ask.NEW_CHANNEL_CODE), page("form", Ask.ANSWERS, Ask.FILES)),
        ends="all", tells="ever", unfreezes=True, list_only_after=True, when_frozen=True, when_locked=True,
        life=60 * MINUTE, source="S41, S58, A8",
    ),
    "add_to_case": Row(
        session=False,
        pages=(*YOUR_CASE, page("more", Ask.ANSWERS, Ask.FILES)),
        hold=NO_HOLD, ends="none", tells="none", when_frozen=True, when_locked=True,
        failure="sign_in_failed", source="S57, A18",
    ),
    "view_case": Row(
        session=False, pages=YOUR_CASE, hold=NO_HOLD, ends="none",
        tells="none", when_frozen=True, when_locked=True, failure="sign_in_failed", source="S57, A18",
    ),
    # ── people of ours ──────────────────────────────────────────────────────────────────────────
    "decide_case": Row(
        staff=VOTERS,
        pages=(page("vote", Ask.WHICH_CASE, Ask.VOTE, Ask.REASON, Ask.ALTERNATIVES, Ask.QUESTIONS),),
        hold=NO_HOLD, ends="none", tells="none", source="S95",
    ),
    "propose": Row(
        staff=GUARDS, pages=(page("proposal", Ask.WHAT, Ask.WHOM, Ask.NAME, Ask.ROLE, Ask.REASON),),
        hold=NO_HOLD, ends="none", tells="none", source="policy, A105",
    ),
    "decide_proposal": Row(
        staff=GUARDS, pages=(page("proposal_vote", Ask.PROPOSAL, Ask.VOTE, Ask.REASON),),
        hold=NO_HOLD, ends="none", tells="none", source="policy, A105",
    ),
    # what they do to an account: a flow of that account
    "freeze_by_staff": Row(
        session=False, pages=(), staff=GUARDS, by_staff=1, hold=NO_HOLD, ends="all",
        when_frozen=True, when_locked=True, refuse_if=((When.FROZEN_BY_STAFF, "already_so"),), source="policy",
    ),
    "lift_staff_freeze": Row(
        session=False, pages=(), staff=GUARDS, by_staff=2, ends="none", tells_staff=True,
        when_frozen=True, when_locked=True, refuse_if=((When.NOT_FROZEN_BY_STAFF, "already_so"),),
        source="policy, A105",
    ),
    "add_staff": Row(
        session=False, pages=(), staff=MANAGERS, by_staff=2, takes=("name", "role"), related=True,
        usable_after=24 * HOUR, hold=NO_HOLD, ends="none", tells_staff=True, when_locked=True,
        refuse_if=((When.OURS, "already_ours"), (When.NO_TOTP_OR_BETTER, "no_authenticator")), source="policy, A105",
    ),
    "change_staff_role": Row(
        session=False, pages=(), staff=MANAGERS, by_staff=2, takes=("role",), related=True,
        usable_after=24 * HOUR, hold=NO_HOLD, ends="none", tells_staff=True, when_frozen=True, when_locked=True,
        refuse_if=((When.NOT_OURS, "not_ours"),), source="policy, A105",
    ),
    "remove_staff": Row(
        session=False, pages=(), staff=MANAGERS, by_staff=2, related=True, hold=NO_HOLD, ends="none",
        tells_staff=True, when_frozen=True, when_locked=True, when_closed=True,
        refuse_if=((When.NOT_OURS, "not_ours"),), source="policy, A105",
    ),
    # ── the account, its sessions, its data ─────────────────────────────────────────────────────
    "close_account": Row(
        session=False, names_session=True,
        pages=(page("agree", Ask.AGREE), *IN, page("code", Ask.MAIL_OR_SMS)),
        wait=7 * DAY, held_meanwhile=True, hold=NO_HOLD, releases=("email", "phone"),
        quarantine=30 * DAY, ends="all", failure="sign_in_failed", source="policy",
        refuse_if=((When.WAITING, "already_waiting"), (When.HELD, "hold_active")),
    ),
    "export_data": Row(
        pages=(page("second_factor", Ask.SECOND_OR_CODE),), hold=NO_HOLD, ends="none", source="policy",
    ),
    "set_phrase": Row(
        pages=(page("phrase", Ask.PHRASE), page("second_factor", Ask.SECOND_OR_CODE)),
        hold=NO_HOLD, ends="none", source="policy",
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

#: What somebody can begin, and what only our own people can propose.
BEGUN = tuple(id for id, row in ACTIONS.items() if not row.by_staff)
PROPOSED = tuple(id for id, row in ACTIONS.items() if row.by_staff)


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


def stopped_by_hold(protected: Mapping[str, Protected]) -> tuple[str, ...]:
    """The ids of the ways out that a hold shuts."""
    return tuple(sorted(name for name, row in protected.items() if row.stopped_by_hold))


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
    approvable: timedelta = 10 * MINUTE  # how long a decision of step_up may be approved
    receipt: timedelta = 5 * MINUTE
    approves_after: timedelta = DAY  # what was bound later than this approves nothing …
    founding: timedelta = HOUR  # … unless within this of the sign-up, in its own session
    freeze_again: timedelta = 7 * DAY  # by a link or a code alone, after an unfreezing
    link: timedelta = 30 * DAY  # of a notice
    stopped_again: timedelta = 30 * DAY  # a second stop by link alone within this stops nothing …
    doubted: timedelta = 7 * DAY  # … but a case waits this much longer
    proves_case_after: timedelta = 7 * DAY  # what was bound later is no proof in a reviewed row
    reapply_after: timedelta = 7 * DAY  # after a rejection
    removed_lately: timedelta = 7 * DAY
    proposal: timedelta = 7 * DAY  # for somebody else of ours to approve it
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
    "recovery_code.account": "5/15m, 20/1d",
    "recovery_code.device": "5/15m, 20/1d",
    # per flow
    "code.flow": "5/1h",
    "passkey.flow": "10/30m",
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
    # notices that somebody else can cause: what is over is not sent again (A35)
    "notice.blocked": "1/1h, 5/1d",
    "notice.attempt": "2/1h, 6/1d",
    # how many cases one of ours may open; over it nothing is shown and the operator is told (A104)
    "file.network": "30/1h",
    "case.views": "60/1d",
    # how many accounts one of ours may name in proposals: freezing takes one person alone
    "whom.staff": "30/1d",
    # not a refusal: past this many failed tries everywhere, sign_in asks a robot check (S99, A10)
    "attack.all": "300/10m",
}
