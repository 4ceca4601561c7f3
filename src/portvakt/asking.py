"""What the words of the table ask a client for: which input names each becomes, what they prove."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portvakt.policy import PROVIDERS, Ask, Row

#: Rank of second factors, strongest first (policy.md). E-mail counts only while nothing better is.
SECOND_FACTORS: Final = ("passkey", "totp", "sms_code", "email_code")
CODE_OF: Final[Mapping[str, str]] = {"email": "email_code", "phone": "sms_code"}
#: Ways in that name their account by themselves, in the order of their buttons.
SELF_NAMING: Final = ("passkey", *PROVIDERS)

#: Proofs of authority over an account go stale after `Lives.proof` until the flow is submitted. A
#: robot check and control of something new belong to the flow alone and last as long as it does.
AUTHORITY: Final = frozenset({
    Ask.PASSWORD, Ask.WAY_IN, Ask.MAIL, Ask.SMS, Ask.TOTP, Ask.SECOND_IF_BOUND, Ask.SECOND_OR_CODE,
    Ask.SECOND_OR_ANY_CODE, Ask.SECOND_APPROVING, Ask.MAIL_OR_SMS, Ask.MAIL_IF_BOUND,
    Ask.SMS_IF_BOUND, Ask.ONE_PROOF, Ask.NOTICE_TOKEN, Ask.PASSWORD_IF_KEPT, Ask.TOTP_IF_KEPT,
    Ask.MAIL_IF_KEPT, Ask.SMS_IF_KEPT, Ask.PASSKEY_IF_KEPT, Ask.TOTP_OR_BETTER,
})  # fmt: skip
GIVEN: Final = frozenset({
    Ask.AGREE, Ask.KEPT, Ask.IDENTIFIER, Ask.NEW_PASSWORD, Ask.NEW_PASSWORD_IF_ALONE, Ask.NEW_EMAIL, Ask.NEW_PHONE,
    Ask.SESSION, Ask.CASE, Ask.DECISION, Ask.ASSET, Ask.ADDRESS, Ask.LABEL, Ask.PAYOUT_ADDRESS,
    Ask.DAYS, Ask.PHRASE, Ask.LOST, Ask.ANSWERS, Ask.FILES, Ask.CASE_NUMBER, Ask.WHICH_CASE, Ask.VOTE,
    Ask.REASON, Ask.ALTERNATIVES, Ask.QUESTIONS, Ask.NEW_CHANNEL, Ask.WHAT, Ask.WHOM, Ask.NAME, Ask.ROLE,
    Ask.PROPOSAL, Ask.PASSKEY_NAME, Ask.PASSKEY_ID,
})  # fmt: skip
#: What can be reported lost: kinds of factors and channels.
CAN_BE_LOST: Final = ("totp", "passkey", "email", "phone", "password")
_SECOND: Final = SECOND_FACTORS
CHOOSABLE: Final = frozenset({Ask.WAY_IN, Ask.NEW_PROVIDER_IF_CHOSEN})
#: Field names that an Ask word can become, where it is not its own: `fields_of` says those of a row, and
#: their union is what a client may send.
_FIELDS: Final[Mapping[Ask, tuple[str, ...]]] = {
    Ask.WAY_IN: ("password", *SELF_NAMING),
    Ask.NEW_PROVIDER: tuple(f"new_{id}" for id in PROVIDERS),
    Ask.NEW_PROVIDER_IF_CHOSEN: tuple(f"new_{id}" for id in PROVIDERS),
    Ask.ROBOT_UNDER_ATTACK: ("robot",),
    Ask.SECOND_IF_BOUND: _SECOND, Ask.SECOND_OR_CODE: _SECOND, Ask.SECOND_OR_ANY_CODE: _SECOND,
    Ask.SECOND_APPROVING: _SECOND, Ask.MAIL_OR_SMS: ("email_code", "sms_code"),
    Ask.MAIL_IF_BOUND: ("email_code",), Ask.SMS_IF_BOUND: ("sms_code",),
    Ask.TOTP_OR_BETTER: ("passkey", "totp"), Ask.PASSKEY_IF_KEPT: ("passkey",),
    Ask.PASSWORD_IF_KEPT: ("password", *PROVIDERS), Ask.TOTP_IF_KEPT: ("totp",),
    Ask.MAIL_IF_KEPT: ("email_code",), Ask.SMS_IF_KEPT: ("sms_code",), Ask.WHICH_CASE: ("case",),
    Ask.ONE_PROOF: ("password", "email_code", "sms_code", "notice_token"),
    Ask.NEW_IDENTIFIER_CODE: ("email_code", "sms_code"), Ask.NEW_PASSWORD_IF_ALONE: ("new_password",),
    Ask.OFFER_PROVIDERS: (),
    Ask.NEW_CHANNEL: ("new_email", "new_phone"),
    Ask.NEW_CHANNEL_CODE: ("new_email_code", "new_phone_code"),
    Ask.CASE_CODE: ("new_email_code", "new_phone_code"),
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


def vouching(row: Row) -> tuple[str, ...]:
    """Providers that vouch for people, the operator's own included."""
    return (*PROVIDERS, *row.more_ways)


def self_naming(row: Row) -> tuple[str, ...]:
    """Ways in that name their account by themselves, those of the operator's own providers included."""
    return (*SELF_NAMING, *row.more_ways)


def fields_of(ask: Ask, row: Row) -> tuple[str, ...]:
    """Field names that this word can become in this row."""
    match ask:
        case Ask.WAY_IN:
            return ("password", *self_naming(row))
        case Ask.PASSWORD_IF_KEPT:
            return ("password", *vouching(row))
        case Ask.NEW_PROVIDER:
            return (f"new_{row.kind}",)
        case Ask.NEW_PROVIDER_IF_CHOSEN:
            return tuple(f"new_{id}" for id in vouching(row))
        case _:
            return FIELDS_OF[ask]


def proves_account(row: Row, name: str) -> bool:
    """Whether this input proves authority over the account that an identifier or a link names."""
    return name in AUTHORITY_FIELDS or name in row.more_ways


def inputs(row: Row) -> tuple[str, ...]:
    """Every input name a client may send for this action, in the order the pages ask them."""
    seen: dict[str, None] = {}
    for page in row.pages:
        for ask in page.asks:
            seen.update(dict.fromkeys(fields_of(ask, row)))
            if row.recovery_code and ask is Ask.SECOND_IF_BOUND:
                seen["recovery_code"] = None
    return tuple(seen)
