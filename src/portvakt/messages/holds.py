"""Why ways out are paused: `hold.<cause>` completes "Paused because …" and stands alone in a list
(S93). And what the protected actions are called."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    "hold.sign_in": "You logged in on a new device",
    "hold.bind_totp": "You bound an authenticator app soon after something was unbound",
    "hold.bind_email": "You bound an e-mail address soon after something was unbound",
    "hold.bind_phone": "You bound a mobile number soon after something was unbound",
    "protected.withdraw": "Withdrawals",
    "protected.internal_transfer": "Transfers to other accounts",
    "protected.p2p_sell": "Sales to other people",
    "protected.card_payment": "Card payments",
    "protected.create_api_key": "New API keys",
    "protected.trade": "Trading",
    "hold.reset_password": "Your password was reset",
    "hold.change_password": "Your password was changed",
    "hold.set_password": "A password was set",
    "hold.unbind_email": "Your e-mail address was unbound",
    "hold.unbind_phone": "Your mobile number was unbound",
    "hold.unbind_totp": "Your authenticator app was unbound",
    "hold.new_recovery_codes": "Your recovery codes were replaced",
    "hold.unfreeze_account": "Your account was unfrozen",
    "hold.undo_change": "A change to your account was undone",
    "hold.close_account": "Your account is about to be closed",
}
