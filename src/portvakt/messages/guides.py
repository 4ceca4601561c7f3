"""Guides that a holder follows by himself: restoring an authenticator app (S40-S47).

`*…*` in a text is a name that stands on the phone's screen; the template sets it off. The names
themselves are parameters, so that sentences and pictures always say the same.
"""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    # the names that the authenticator app uses
    "guide.name.transfer": "Transfer accounts",
    "guide.name.export": "Export accounts",
    "guide.name.import": "Import accounts",
    "guide.name.scan": "Scan a QR code",
    "guide.name.setup": "Enter a setup key",
    "guide.name.account": "Account name",
    "guide.name.key": "Secret key",
    "guide.name.type": "Key type",
    "guide.name.time": "Time based",
    "guide.name.add": "Add",
    # the ways here
    "guide.lost.link": "Lost 2-factor authentication?",
    "guide.lost.phone": "App gone, or a new phone? Bring the same codes back yourself",
    # the page
    "guide.title": "Bring your authenticator app back",
    "guide.text": (
        "You uninstalled the app, changed your phone, reset the system, or something like that? "
        "Then the app's link to your account is gone from the phone, and it gives no codes. Mostly "
        "you can bring it back yourself in a few minutes."
    ),
    "guide.choose": "What do you still have?",
    "guide.move.choice": "The old phone",
    "guide.move.choice.text": "The app moves the account",
    "guide.key.choice": "The key",
    "guide.key.choice.text": "You type it into the app",
    "guide.reset.choice": "Neither",
    "guide.reset.choice.text": "Support has to help",
    "guide.same": (
        "Both ways restore the link to your original account: the same key, so the same codes. "
        "Nothing changes at {operator}. Nobody is logged out and nothing is paused."
    ),
    "guide.move.title": "You have the old phone",
    "guide.move.text": "The app on it still shows codes, so let it pass the account on.",
    "guide.move.old": "On the old phone",
    "guide.move.open": "Open Google Authenticator and tap *≡* at the top left.",
    "guide.move.transfer": "Tap *{transfer}*.",
    "guide.move.export": "Tap *{export}*.",
    "guide.move.account": "Choose the account of {operator} and go on until you see a QR code.",
    "guide.move.new": "On the new phone",
    "guide.move.install": "Install Google Authenticator, open it and tap *≡* at the top left.",
    "guide.move.import": "Tap *{transfer}*, then *{import}*.",
    "guide.move.scan": "Scan the QR code that the old phone shows.",
    "guide.move.secret": (
        "This QR code holds your key. Show it to your new phone and to nobody else."
    ),
    "guide.move.picture": (
        "Drawing of the old phone: the three lines at the top left, below them {transfer}, and then "
        "{export}."
    ),
    "guide.scan.picture": (
        "Drawing of two phones: the old one shows a QR code, and the camera of the new one looks at "
        "it."
    ),
    "guide.old": "Old phone",
    "guide.new": "New phone",
    "guide.key.title": "You kept the key",
    "guide.key.text": (
        "It is the {characters} characters that you wrote down when you bound the app. Any "
        "authenticator app takes it."
    ),
    "guide.key.open": "Open Google Authenticator and tap *+* at the bottom right.",
    "guide.key.setup": "Tap *{setup}*.",
    "guide.key.account": "In *{account}* type exactly this:",
    "guide.key.account.yours": (
        "What stands in brackets is the e-mail address or mobile number that you signed up with."
    ),
    "guide.key.your_account": "your {operator} account",
    "guide.key.key": (
        "In *{key}* type the {characters} characters, with or without the spaces: letters A to Z "
        "and digits 2 to 7."
    ),
    "guide.key.alike": (
        "The digits 0, 1, 8 and 9 never occur: what looks like 0 or 8 is the letter O or B, and what "
        "looks like 1 is I or L."
    ),
    "guide.key.time": "As *{type}* choose *{time}*.",
    "guide.key.add": "Check what you typed, then tap *{add}*.",
    "guide.plus.picture": (
        "Drawing of the app: the plus button at the bottom right, and above it {setup}."
    ),
    "guide.form.picture": (
        "Drawing of the form in the app: {account}, {key}, {type} with {time} chosen, and the button "
        "{add}."
    ),
    "guide.check.title": "See that it works",
    "guide.check.text": (
        "Log in with the code that the app shows now. Keep the app on the old phone until that has "
        "worked."
    ),
    "guide.check.help": "The code is not accepted?",
    "guide.thief": (
        "Could somebody else have your old phone? The app on it goes on giving the same codes. When "
        "you are logged in, unbind the app under Security and bind it anew: that makes a new key. If "
        "you cannot log in, freeze your account now."
    ),
    "guide.thief.freeze": "Freeze your account",
    "guide.reset.title": "You have neither",
    "guide.reset.text": (
        "Then nobody can bring the old codes back, not even we: the key is shown only once. The app "
        "that you lost has to be taken off your account. Afterwards you log in and bind the app "
        "again, with a new key."
    ),
    "guide.reset.recovery": (
        "Did you keep recovery codes? When a code from the app is asked for, take one of them "
        "instead. Withdrawals are then paused for a time."
    ),
    "guide.reset.support": (
        "You cannot ask for this on these pages yet. Write to {address} and say that you have lost "
        "your authenticator app. Support never asks for your password, a code or the key."
    ),
}
