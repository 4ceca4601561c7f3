"""Why a decision is not *allow*: read by the platform and often shown to the account holder."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    "reason.hold": "Paused for the account's safety[ until {until:end}].",
    "reason.account_frozen": "The account is frozen, so nothing can leave it.",
    "reason.account_closed": "The account is closed.",
    "reason.bind_second_factor_first": (
        "This needs a second factor: bind an authenticator app first."
    ),
    "reason.session_not_live": "The session that was named is over, so its holder has to log in.",
    "reason.details_unfit": (
        "The details cannot be shown to the account holder in full, so nobody could approve them."
    ),
    "reason.unknown_action": "This action is not known here, so it is not allowed.",
    "reason.unknown_account": "This account is not known here, so it is not allowed.",
    "reason.factor_too_new": (
        "What would approve this was bound less than a day ago[: possible from {until:end}]."
    ),
    "reason.not_on_payout_list": (
        "The account allows payouts to its listed addresses only, and this one is not on the list."
    ),
    "reason.payout_address_too_new": (
        "This payout address was added a short while ago[: it can be used from {until:end}]."
    ),
}
