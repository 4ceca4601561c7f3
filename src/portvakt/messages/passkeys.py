"""Passkeys in words: adding, using and removing one, on pages and in messages."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    # ── actions ───────────────────────────────────────────────────────────────────────────────
    "action.add_passkey.title": "Add a passkey",
    "action.add_passkey.button": "Add",
    "action.add_passkey.done": (
        "The passkey is added. You can log in with it from now on, without your password."
    ),
    "action.remove_passkey.title": "Remove a passkey",
    "action.remove_passkey.button": "Remove",
    "action.remove_passkey.done": (
        "The passkey no longer opens your account. Delete it on your device too, so that it is no "
        "longer offered there."
    ),
    "do.add_passkey": "add a passkey",
    "do.remove_passkey": "remove a passkey",
    "activity.add_passkey.done": "A passkey was added",
    "activity.remove_passkey.done": "A passkey was removed",
    "hold.add_passkey": "You added a passkey beside what was or had been bound",
    "hold.remove_passkey": "One of your passkeys was removed",
    "notice.add_passkey.subject": "A passkey was added to your account",
    "notice.add_passkey.line": (
        "A passkey[ with the name {name}] was added to your account. It opens the account without a "
        "password."
    ),
    "notice.add_passkey.sms": "A passkey was added",
    "notice.remove_passkey.subject": "A passkey was removed from your account",
    "notice.remove_passkey.line": (
        "A passkey[ with the name {name}] was removed from your account. It no longer opens it."
    ),
    "notice.remove_passkey.sms": "A passkey was removed",
    "notice.sign_in_weaker.subject": "Your account was used without your passkey",
    "notice.sign_in_weaker.line": (
        "Someone logged in to your account with a code of the authenticator app, though a passkey is "
        "bound."
    ),
    "notice.sign_in_weaker.sms": "Login by authenticator app instead of your passkey",
    # ── steps ─────────────────────────────────────────────────────────────────────────────────
    "step.new_passkey.title": "Add a passkey",
    "step.new_passkey.text": (
        "A passkey is kept by your phone, your computer or a security key, and opens with your "
        "fingerprint, your face or its PIN. It cannot be guessed, and a forged page cannot use it."
    ),
    "step.passkey.title": "Which passkey",
    "step.passkey.text": "Choose the passkey that is to be removed.",
    "step.remove_passkey.agree.title": "Remove a passkey",
    "offer.passkey": "Use a passkey",
    # ── fields ────────────────────────────────────────────────────────────────────────────────
    "field.passkey.label": "Passkey",
    "field.passkey.hint": "Your device asks for your fingerprint, your face or its PIN.",
    "field.new_passkey.label": "New passkey",
    "field.new_passkey.hint": "Your device asks where to keep it, and that it is you.",
    "field.passkey_name.label": "Name for it (optional)",
    "field.passkey_name.hint": "So that you know later which one it is. For example: my phone.",
    "field.passkey_id.label": "Passkey",
    "field.passkey_id.hint": "One of those of your account.",
    # ── refusals ──────────────────────────────────────────────────────────────────────────────
    "refusal.wrong_passkey": (
        "That passkey could not be used here, so please try again or use another one."
    ),
    "refusal.passkey_unfit": (
        "This passkey cannot be added here, so please try again or use another device."
    ),
    "refusal.passkey_in_use": "This passkey is bound already, so nothing was changed.",
    "refusal.no_such_passkey": "Your account does not have this passkey, so nothing was changed.",
    "refusal.enough_passkeys": "Your account has as many passkeys as it can, so please remove one first.",
    "refusal.last_way_in": (
        "This is your last way to log in, so please set a password or add another passkey first."
    ),
    "refusal.passkeys_not_served": "Passkeys cannot be used here, so please use another way.",
    "refusal.passkey_session_needed": (
        "This takes a passkey, so please add one under Security if you have none, and log in with it."
    ),
    # ── pages ─────────────────────────────────────────────────────────────────────────────────
    "page.button.passkey": "Use your passkey",
    "page.button.new_passkey": "Create the passkey",
    "page.passkey.noscript": (
        "Passkeys need JavaScript. Allow it for this page and load the page again, or use another way."
    ),
    "page.passkey.unable": "This browser has no passkeys, so please use another way.",
    "page.passkey.failed": "No passkey was used. Try again, or use another way.",
    "page.passkey.known": "This device holds a passkey of yours already, so none was added.",
    "page.done.add_passkey.title": "Your passkey is added",
    "page.security.passkeys": "Passkeys",
    "page.security.passkey": "Passkey",
    "page.security.passkeys.none": "Log in without a password, safe from forged pages",
    "page.security.passkey.synced": "Kept by your password manager, on all of your devices",
    "page.security.passkey.bound": "On one device only",
    "page.security.nudge.add_passkey": (
        "With a passkey you log in by fingerprint, face or PIN, and a forged page cannot fool you."
    ),
    "page.error.passkey_session_needed.title": "Log in with your passkey",
    "page.error.passkey_session_needed": (
        "Cases are seen and decided only by who logged in with a passkey. Add one under Security if you "
        "have none, then log in with it."
    ),
    "raise.add_passkey": "Add a passkey: nobody can trick you out of it.",
    "lost.passkey": "My passkeys: I can no longer use any of them",
    "console.lost.passkey": "Passkeys",
}
