"""Security notices: one base (`mails.py`, `compose.py`) and per action a subject, one line, and the
short form for a phone without e-mail (S90). They say what happened, never who did it."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    "notice.sign_up.subject": "Welcome to {operator}",
    "notice.sign_up.line": "An account was created with this address or number.",
    "notice.sign_up.sms": "An account was created with this number",
    "notice.sign_in.subject": "Your account was used on a new device",
    "notice.sign_in.line": "Someone logged in to your account on a device we have not seen before.",
    "notice.sign_in.sms": "Login on a new device",
    "notice.bind_totp.subject": "An authenticator app was bound to your account",
    "notice.bind_totp.line": (
        "An authenticator app was bound to your account. Its code is now asked for when you log in."
    ),
    "notice.bind_totp.sms": "An authenticator app was bound",
    "notice.bind_email.subject": "An e-mail address was bound to your account",
    "notice.bind_email.line": "The e-mail address[ {identifier}] was bound to your account.",
    "notice.bind_email.sms": "An e-mail address was bound",
    "notice.bind_phone.subject": "A mobile number was bound to your account",
    "notice.bind_phone.line": "The mobile number[ {identifier}] was bound to your account.",
    "notice.bind_phone.sms": "A mobile number was bound",
    # a pause ends by itself (S93): nobody did it, so nobody is asked whether it was them
    "notice.hold_ended.subject": "Withdrawals are possible again",
    "notice.hold_ended.line": (
        "The pause of withdrawals from your account is over. Withdrawals are possible again."
    ),
    "notice.hold_ended.sms": "Withdrawals are possible again",
    "notice.hold_ended.unknown": (
        "Do you not know why they were paused? Then log in at once, read the activity under "
        "Security, choose Log out everywhere else, and contact {operator}[ at {support}]."
    ),
    "client.web": "Web browser",
    "client.android": "Android app",
    "client.ios": "iOS app",
    "client.other": "Other app",
}
