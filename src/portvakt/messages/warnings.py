"""What an action will cost, said before it is asked for (S21, S38)."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    "warning.hold": (
        "For your safety withdrawals will be paused[ for {lasts}][, until {until:end}]. Trading goes "
        "on as usual."
    ),
    "warning.ends_others_sessions": "You will be logged out on all your other devices.",
    "warning.ends_all_sessions": "You will be logged out everywhere, on this device too.",
}
