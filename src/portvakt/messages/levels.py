"""The security level in words (S94) and what would raise it; why ways out are paused (S93)."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    "level.0": "Basic: a password alone protects your account",
    "level.1": "Fair: a code by e-mail or SMS protects your account too",
    "level.2": "Good: an authenticator app or a passkey protects your account",
    "level.3": "Strong: an authenticator app, an e-mail address and a mobile number",
    "level.4": "Strongest: a passkey protects your account too",
    "raise.bind_totp": "Bind an authenticator app: it is the best protection you can add today.",
    "raise.bind_email": "Bind an e-mail address, so that we can reach you in two ways.",
    "raise.bind_phone": "Bind a mobile number, so that we can reach you in two ways.",
}
