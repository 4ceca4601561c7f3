"""The actions in the holder's words: title, button, what is said when it is done."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    "action.sign_up.title": "Sign up",
    "action.sign_up.button": "Next",
    "action.sign_up.done": "Your account is ready, and you are logged in.",
    "action.sign_in.title": "Log in",
    "action.sign_in.button": "Log in",
    "action.sign_in.done": "You are logged in.",
    "action.bind_totp.title": "Authenticator app",
    "action.bind_totp.button": "Set",
    "action.bind_totp.done": (
        "The authenticator app is bound to your account. From now on we ask for its code when you "
        "log in."
    ),
    "action.bind_email.title": "E-mail address",
    "action.bind_email.button": "Set",
    "action.bind_email.done": "The e-mail address is bound to your account.",
    "action.bind_phone.title": "Mobile number",
    "action.bind_phone.button": "Set",
    "action.bind_phone.done": "The mobile number is bound to your account.",
    "action.end_session.title": "Log out a device",
    "action.end_session.button": "Log out",
    "action.end_session.done": "The device is logged out.",
    "action.end_other_sessions.title": "Log out everywhere else",
    "action.end_other_sessions.button": "Log out everywhere else",
    "action.end_other_sessions.done": "All your other devices are logged out.",
}
