"""What mails and SMS say besides the notices' own lines. `compose.py` puts them together.

Codes: the purpose in words, so that a code cannot be talked out of somebody for another use (A27).
SMS bodies stay within 160 GSM-7 characters with an ordinary operator name and host."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    # ── codes: by purpose ─────────────────────────────────────────────────────────────────────
    "mail.code.sign_up.subject": "Your code to sign up",
    "mail.code.sign_up.line": "Use this code to create your account at {operator}:",
    "mail.code.sign_up.not_you": (
        "If you are not signing up, you need not do anything: without the code no account is made."
    ),
    "mail.code.sign_in.subject": "Your code to log in",
    "mail.code.sign_in.line": "Use this code to log in to your account at {operator}:",
    "mail.code.sign_in.not_you": (
        "If you are not logging in, somebody else may know your password. Keep the code to "
        "yourself, so that nobody gets in, and contact {operator}[ at {support}]."
    ),
    "mail.code.bind_totp.subject": "Your code to bind an authenticator app",
    "mail.code.bind_totp.line": (
        "Use this code to bind an authenticator app to your account at {operator}:"
    ),
    "mail.code.bind_totp.not_you": (
        "If you are not doing this, somebody else may be logged in to your account. Keep the code "
        "to yourself, and log out all other devices under Security."
    ),
    # by e-mail to the address that is to be bound; by SMS to the number that is bound already
    "mail.code.bind_email.subject": "Your code to bind this e-mail address",
    "mail.code.bind_email.line": (
        "Use this code to bind this e-mail address to your account at {operator}:"
    ),
    "mail.code.bind_email.not_you": (
        "If you are not doing this, somebody may have mistyped their address. You need not do "
        "anything: without the code your address is not bound."
    ),
    # by SMS to the number that is to be bound; by e-mail to the address that is bound already
    "mail.code.bind_phone.subject": "Your code to bind a mobile number",
    "mail.code.bind_phone.line": (
        "Use this code to confirm that you are binding a mobile number to your account at "
        "{operator}:"
    ),
    "mail.code.bind_phone.not_you": (
        "If you are not doing this, somebody else may be logged in to your account. Keep the code "
        "to yourself, and log out all other devices under Security."
    ),
    # every other action: the purpose by its name in `doing.py`
    "mail.code.any.subject": "Your code to {do}",
    "mail.code.any.line": "Use this code to {do} at {operator}:",
    "mail.code.any.not_you": (
        "If you are not doing this, somebody else may be logged in to your account. Keep the code "
        "to yourself, and log out all other devices under Security."
    ),
    # before these codes nobody has proven anything: anybody can ask for them
    "mail.code.reset_password.not_you": (
        "If you are not doing this, you need not do anything: without the code your password stays "
        "as it is."
    ),
    "mail.code.freeze_account.not_you": (
        "If you are not doing this, you need not do anything: without the code your account is not "
        "frozen."
    ),
    "mail.code.stop_case.not_you": (
        "If you are not doing this, you need not do anything: without the code nothing is stopped."
    ),
    # before these the password was right
    "mail.code.unfreeze_account.not_you": (
        "If you are not doing this, somebody else knows your password. Keep the code to yourself: "
        "without it your account stays frozen. Then contact {operator}[ at {support}]."
    ),
    "mail.code.close_account.not_you": (
        "If you are not doing this, somebody else may know your password. Keep the code to "
        "yourself: without it your account stays open. Then set a new password with Forgot "
        "password? on the log-in page."
    ),
    "mail.code.undo_change.not_you": (
        "If you are not doing this, somebody else has one of our messages to you and your old "
        "password. Keep the code to yourself, and contact {operator}[ at {support}]."
    ),
    "mail.code.approve_protected_action.subject": "Your code to approve a request",
    "mail.code.approve_protected_action.line": (
        "Use this code to approve exactly this at {operator}, and nothing else:"
    ),
    "mail.code.approve_protected_action.not_you": (
        "If you did not ask for this, somebody else may be logged in to your account. Keep the code "
        "to yourself, and freeze your account: the link is on the log-in page."
    ),
    "sms.code.any": "{code} is your code to {do} at {operator}.",
    "sms.code.details": "{code} is your code to {do} at {operator}: {details}.",
    "sms.code.approve_protected_action": "{code} is your code to approve[ {details}] at {operator}.",
    "sms.code.add_payout_address": "{code} is your code to add payout address[ {details}] at {operator}.",
    "mail.detail.action": "What",
    "mail.detail.amount": "Amount",
    "mail.detail.asset": "Asset",
    "mail.detail.to": "To",
    "mail.detail.address": "Address",
    "mail.detail.label": "Name",
    "mail.code.life": "The code works for {life}, once.",
    "mail.code.never": (
        "Never give this code to anyone. {operator} never asks for it by phone, chat or e-mail."
    ),
    "sms.code.sign_up": "{code} is your code to sign up at {operator}.",
    "sms.code.sign_in": "{code} is your code to log in at {operator}.",
    "sms.code.bind_totp": "{code} is your code to bind an authenticator app at {operator}.",
    "sms.code.bind_email": "{code} is your code to bind an e-mail address at {operator}.",
    "sms.code.bind_phone": "{code} is your code to bind this number at {operator}.",
    "sms.code.never": "Never share it.",
    # ── the truth about an address, told to the address itself and to nobody else (A01) ───────
    "mail.sign_up_taken.subject": "You already have an account",
    "mail.sign_up_taken.line": (
        "Somebody, probably you, tried to sign up at {operator} with this e-mail address. It "
        "already has an account, so please log in instead."
    ),
    "mail.sign_up_taken.not_you": (
        "If it was not you, you need not do anything: nothing has been changed."
    ),
    "sms.sign_up_taken": (
        "{operator}: this number already has an account, so log in instead. Was it not you? Nothing "
        "has been changed."
    ),
    "mail.no_account.subject": "There is no account for this e-mail address",
    "mail.no_account.line": (
        "Somebody, probably you, asked {operator} for a code for this e-mail address. There is no "
        "account that it can be used for, so please try your other address or mobile number."
    ),
    "mail.no_account.not_you": "If it was not you, you need not do anything.",
    "mail.identifier_blocked.subject": "This e-mail address cannot be used yet",
    "mail.identifier_blocked.line": (
        "Somebody, probably you, tried to use this e-mail address at {operator}. It was unbound "
        "from an account not long ago, so for safety nobody can use it[ until {until:end}]."
    ),
    "mail.identifier_blocked.instead": (
        "Use another e-mail address or a mobile number, or come back then."
    ),
    "sms.identifier_blocked": (
        "{operator}: for safety nobody can use this number[ until {until:soon}]. Use another one, "
        "or come back then."
    ),
    "mail.bind_in_use.subject": "This e-mail address already has an account",
    "mail.bind_in_use.line": (
        "Somebody, probably you, tried to bind this e-mail address to an account at {operator}. It "
        "belongs to another account already, so it was not bound."
    ),
    "mail.bind_in_use.not_you": (
        "If it was not you, you need not do anything: your account has not been changed."
    ),
    "sms.bind_in_use": (
        "{operator}: this number belongs to another account already, so it was not bound. Was it "
        "not you? Your account has not been changed."
    ),
    # ── the base of all notices ───────────────────────────────────────────────────────────────
    "mail.notice.when": "When",
    "mail.notice.where": "Where from",
    "mail.notice.device": "Device",
    "mail.notice.client": "App",
    "mail.notice.hold": (
        "For your safety withdrawals are paused until {hold_until:end}. The pause ends by itself."
    ),
    "mail.notice.ends_others": "All your other devices were logged out.",
    "mail.notice.ends_all": "You were logged out on all your devices.",
    "mail.notice.you": "Was it you? Then you need not do anything.",
    "mail.notice.not_you": "This was not me",
    "mail.notice.not_you_steps": (
        "Open the page below. There you can freeze your account at once, without logging in: "
        "nothing can leave it then. Nothing happens before you press a button there."
    ),
    "mail.notice.can_undo": "As long as withdrawals are paused you can also undo the change there.",
    "mail.notice.can_stop": "You can also stop it there.",
    "mail.notice.until": "This is paused until {until:end}.",
    "mail.notice.support": "You can also contact {operator}[ at {support}].",
    "mail.notice.security": "Go to Security",
    "mail.sign_in_link": "Log in",
    "mail.phrase": "Your own phrase: {phrase}",
    "mail.footer": (
        "This message was sent by {operator}. Instead of following links you can always type "
        "{site} into your browser yourself."
    ),
    "sms.notice": "{operator}: {what}[, {at:short}].",
    "sms.notice_hold": "Withdrawals are paused until {hold_until:soon}.",
    "sms.notice_not_you": "Not you? {link}",
    "sms.phrase": "{phrase}: ",
}
