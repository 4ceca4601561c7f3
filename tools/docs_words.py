"""One sentence for each word of the policy, for the tables of docs/. A new word without a sentence
here fails `make docs` and the tests by name."""

from __future__ import annotations

from typing import Final

from portvakt.policy import Ask, When

ASKS: Final[dict[Ask, str]] = {
    Ask.PASSWORD: "The account's password.",
    Ask.WAY_IN: (
        "The password, or a way in that names its account by itself: no identifier is asked beside it."
    ),
    Ask.MAIL: "A code to the bound e-mail address.",
    Ask.SMS: "A code to the bound phone.",
    Ask.TOTP: "A code of the bound authenticator app.",
    Ask.TOTP_OR_BETTER: "A passkey where one is bound, else a code of the authenticator app.",
    Ask.ROBOT: "The robot check.",
    Ask.ROBOT_UNDER_ATTACK: (
        "The robot check, from unknown devices, while guesses pour in (limit `attack.all`)."
    ),
    Ask.SECOND_IF_BOUND: "The strongest bound second factor; nothing where none is bound.",
    Ask.SECOND_OR_CODE: (
        "The strongest bound second factor; where none is bound, a code to the bound channel."
    ),
    Ask.SECOND_OR_ANY_CODE: (
        "A passkey or the authenticator app where one is bound; else a code to a bound channel, and the holder "
        "chooses which."
    ),
    Ask.SECOND_APPROVING: (
        "The strongest bound second factor, for exactly what is shown; refused where none is bound."
    ),
    Ask.MAIL_OR_SMS: (
        "A code to the channel that the typed identifier names; the other one is always offered."
    ),
    Ask.MAIL_IF_BOUND: "A code to the bound e-mail address; nothing where none is bound.",
    Ask.SMS_IF_BOUND: "A code to the bound phone; nothing where none is bound.",
    Ask.ONE_PROOF: (
        "One of these: the password, a code, or the link of a notice. Nothing with a live session."
    ),
    Ask.NOTICE_TOKEN: "The link of a notice. It says whose account is meant.",
    Ask.AGREE: "The price, computed and shown; nothing where there is none.",
    Ask.KEPT: '"I have kept them": the recovery codes that are shown.',
    Ask.IDENTIFIER: "An e-mail address or phone number.",
    Ask.NEW_IDENTIFIER_CODE: "The code that was sent to the new identifier.",
    Ask.NEW_PASSWORD: "A password to be.",
    Ask.NEW_EMAIL: "An e-mail address to bind.",
    Ask.NEW_EMAIL_CODE: "The code that was sent to that address.",
    Ask.NEW_PHONE: "A phone number to bind.",
    Ask.NEW_PHONE_CODE: "The code that was sent to that number.",
    Ask.NEW_CHANNEL: "Where no channel would be left: an address or a number of the applicant's to bind.",
    Ask.NEW_CHANNEL_CODE: "The code that was sent to it.",
    Ask.NEW_PASSKEY: "A passkey to bind: made for this account, its user verified.",
    Ask.PASSKEY_NAME: "The holder's own name for it; left out, the device that it is made on.",
    Ask.PASSKEY_ID: "Which of the bound passkeys, by the id of the factor.",
    Ask.NEW_TOTP: "The first code of the new authenticator key.",
    Ask.SESSION: "Which session; left out, this one.",
    Ask.CASE: "Which waiting flow; left out, the one that the link is about, else all.",
    Ask.DECISION: "The platform's question, by the id of its decision.",
    Ask.ASSET: "What is paid out, as the platform writes it.",
    Ask.ADDRESS: "Where to, as the platform writes it.",
    Ask.LABEL: "The holder's own name for it; may be left out.",
    Ask.PAYOUT_ADDRESS: "The id of a listed payout address.",
    Ask.DAYS: "How many days unlocking will take, 1 to 30.",
    Ask.PHRASE: "The holder's own words, at most 40 characters.",
    Ask.PASSWORD_IF_KEPT: "The account's password, unless it is reported lost.",
    Ask.PASSKEY_IF_KEPT: "A passkey, where one is bound and none is reported lost.",
    Ask.TOTP_IF_KEPT: "A code of the authenticator app, where one is bound and not reported lost.",
    Ask.MAIL_IF_KEPT: (
        "A code to the e-mail address, where one is bound and not reported lost. Where the password is "
        "lost, one code comes first."
    ),
    Ask.SMS_IF_KEPT: "The same to the phone.",
    Ask.LOST: "What is lost; what the action is about is always among it. May be left out.",
    Ask.ANSWERS: "The answers to the form, by the question's id.",
    Ask.FILES: (
        "Evidence files of this flow, by id. May be left out while one thing is lost and proofs of two "
        "kinds remain."
    ),
    Ask.CASE_NUMBER: "The number of a case. It says whom it is about, and proves nothing.",
    Ask.CASE_PROOF: (
        "The account's password; for `recover_account`, where nobody has one, a code to the applicant's new "
        "address."
    ),
    Ask.WHICH_CASE: "The number of the case.",
    Ask.VOTE: "`approve` or `reject`; `ask` where there are questions to ask.",
    Ask.REASON: "Why; an applicant reads it where the case is rejected.",
    Ask.ALTERNATIVES: "What the applicant can do instead; needed where the vote is `reject`.",
    Ask.QUESTIONS: "What the reviewer wants to know; needed where the vote is `ask`.",
    Ask.WHAT: "The action that is to be done to the account.",
    Ask.WHOM: "The account: its id, an identifier of it, or the number of its case.",
    Ask.NAME: "The name for the colleagues; needed where the proposed action takes it.",
    Ask.ROLE: "`reviewer`, `lead`, `auditor` or `operator`; needed where the proposed action takes it.",
    Ask.PROPOSAL: "The id of the proposal.",
}
RECOVERY_CODE: Final = "A recovery code instead of the second factor that is asked."
CONDITIONS: Final[dict[When, str]] = {
    When.NEW_DEVICE: "the device is not one that this account has signed in on",
    When.NO_SECOND_FACTOR: "no second factor is bound",
    When.FIRST_OF_KIND: "nothing of this kind is bound or was ever unbound",
    When.NONE_REMOVED_LATELY: "no factor or channel was unbound in the last 7 days",
    When.RECOVERY_CODE_USED: "a recovery code was used in this flow",
    When.TOTP_FOR_PASSKEY: "the authenticator app answered where a passkey is bound",
    When.PASSWORD_BOUND: "the account has a password",
    When.NO_PASSWORD: "the account has no password",
    When.TOTP_BOUND: "an authenticator app is bound",
    When.NO_TOTP: "no authenticator app is bound",
    When.NO_TOTP_OR_BETTER: "neither an authenticator app nor a passkey is bound",
    When.NO_PASSKEY: "no passkey is bound",
    When.ENOUGH_PASSKEYS: "20 passkeys are bound",
    When.NO_PASSKEYS_HERE: "no passkeys are served (`[passkeys]`, or an address of numbers)",
    When.LAST_WAY_IN: "it is the last passkey, and there is no password and no other way in",
    When.EMAIL_BOUND: "an e-mail address is bound",
    When.NO_EMAIL: "no e-mail address is bound",
    When.PHONE_BOUND: "a phone is bound",
    When.NO_PHONE: "no phone is bound",
    When.CODES_BOUND: "there are recovery codes already",
    When.BELOW_MINIMUM: "without this the security level would be under the row's `minimum_level`",
    When.HELD: "a hold is active (one of another flow)",
    When.FROZEN: "the account is frozen",
    When.NOT_FROZEN: "the account is not frozen",
    When.FROZEN_BY_STAFF: "our own people froze the account",
    When.NOT_FROZEN_BY_STAFF: "our own people did not freeze the account",
    When.OURS: "the account has a role among our own people, even one that does not count yet",
    When.NOT_OURS: "the account has no role among our own people",
    When.LOCKED: "the settings are locked",
    When.NOT_LOCKED: "the settings are not locked",
    When.LIST_ONLY: "value may leave to listed payout addresses only",
    When.NOT_LIST_ONLY: "value may leave to any address",
    When.WAITING: "the same action is proven already and waits for its time",
    When.NOTHING_WAITS: "nothing of this account waits for its time",
    When.UNDO_OVER: "the hold of the change is over, or the change was undone",
    When.WEAK_AFTER_UNFREEZE: (
        "the account was unfrozen in the last 7 days, and there is neither a session nor the password"
    ),
    When.LONG_TIER: (
        "more than one thing is reported lost, or what remains, bound for 7 days, does not prove in two "
        "kinds (password, authenticator app or passkey, channel)"
    ),
    When.NO_SECOND_LEFT: "without what is reported lost no second factor is bound",
    When.NOTHING_LOST: "of what is reported lost nothing is bound",
    When.TOO_YOUNG: "the second factor that would approve was bound less than 24 hours ago",
}
LIVES: Final[dict[str, tuple[str, str]]] = {  # what it is, and the setting that changes it
    "proof": ("A proof counts in its flow, until the flow is submitted", ""),
    "session": ("A session, in all", "`[sessions] lifetime`"),
    "session_idle": ("A session, without a request", "`[sessions] idle`"),
    "email_code": ("A code by e-mail", "`[codes] email_life`"),
    "sms_code": ("A code by SMS", "`[codes] sms_life`"),
    "resend_after": ("Wait before a code is sent again", "`[codes] resend_after`"),
    "answer": ("A kept idempotent answer", ""),
    "sign_in_answer": ("The same, of `sign_in` and `sign_up`: it holds a session token", ""),
    "decision": ("A decision", ""),
    "approvable": ("How long a decision of `step_up` can be approved", ""),
    "receipt": ("A receipt, until it is redeemed", ""),
    "approves_after": ("A factor or channel, before it approves protected actions", ""),
    "founding": (
        "… except one bound this soon after the sign-up, in the sign-up's own session",
        "",
    ),
    "freeze_again": ("After an unfreezing a link or a code alone freezes no more for", ""),
    "link": ("The link of a notice", ""),
    "stopped_again": (
        "After a stop by a link or a code alone, those to the same address stop no more for",
        "",
    ),
    "doubted": ("After a second stop by one address alone a case waits at least", ""),
    "proves_case_after": ("A factor or channel, before it counts as proof in a reviewed case", ""),
    "reapply_after": ("After a rejection no new case begins for", ""),
    "proposal": ("A proposal, before somebody else of ours has approved it", ""),
    "removed_lately": ("How long unbinding something makes the next binding hold", ""),
    "message": ("A notice that cannot be delivered is given up after", ""),
}
COUNTED: Final[dict[str, str]] = {
    "password.account": "Passwords, per account (or per unknown identifier).",
    "password.device": "Passwords, per device that the account has signed in on: a lane of its own.",
    "totp.account": "Authenticator codes, per account, across flows.",
    "totp.device": "The same, per device that the account has signed in on.",
    "email_code.account": "Codes by e-mail, per account and field, across flows.",
    "email_code.device": "The same, per device that the account has signed in on.",
    "sms_code.account": "Codes by SMS, per account and field, across flows.",
    "sms_code.device": "The same, per device that the account has signed in on.",
    "recovery_code.account": "Recovery codes, per account, across flows.",
    "recovery_code.device": "The same, per device that the account has signed in on.",
    "code.flow": "Codes of one field in one flow. The number is `[codes] tries`.",
    "password.flow": "Passwords in one flow, whomever they are for: what one robot check is worth.",
    "passkey.flow": "Answers of passkeys in one flow. Nobody guesses one: what it bounds is our own work.",
    "send.email": "Codes and messages that anybody can send to one mailbox, however it is spelled.",
    "send.email.bound": "Codes to a bound address that its holder asked for.",
    "send.phone": "Codes and messages that anybody can send to one phone.",
    "send.phone.bound": "Codes to a bound phone that its holder asked for.",
    "send.phone.prefix": "SMS that anybody can send to one number range (its first 7 characters).",
    "send.phone.all": "SMS altogether that anybody can send.",
    "send.phone.all.bound": "SMS codes to bound phones altogether.",
    "flow.network": "Flows started from one network: an IPv4 address, an IPv6 /64.",
    "try.network": "Inputs tried from one network.",
    "sign_up.network": "Sign-ups started from one network.",
    "notice.blocked": "Notices that a way out was denied, per account and protected action.",
    "notice.attempt": "Notices that locked settings were tried, per account.",
    "file.network": "Evidence files sent from one network.",
    "case.views": (
        "Cases that one of our own people opens. Over it nothing is shown to him (429), and the log says so."
    ),
    "whom.staff": "Accounts that one of our own people names in proposals, found or not.",
    "attack.all": "Failed tries everywhere. Over it, `sign_in` asks a robot check.",
}
