"""What an action will cost, said before it is asked for (S21, S38)."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    "warning.hold": (
        "For your safety withdrawals will be paused[ for {lasts}][, until {until:end}]. Trading goes "
        "on as usual."
    ),
    "warning.ends_others_sessions": "You will be logged out on all your other devices.",
    "warning.ends_all_sessions": "You will be logged out everywhere, on this device too.",
    "warning.waits": "This takes effect[ after {lasts}][, on {until:end}]. Until then it can be stopped.",
    "warning.held_meanwhile": "Until then withdrawals are paused.",
    "warning.quarantine": (
        "{identifier} cannot be used by anyone[ until {until:end}], not even by you."
    ),
    "warning.hold_until_settings_unlocked": (
        "Your settings are locked: withdrawals stay paused at least until they are unlocked."
    ),
}
