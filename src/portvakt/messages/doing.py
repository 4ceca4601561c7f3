"""What each action is, as something to do: completes "Your code to …", "A request to … was refused"."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    "do.sign_up": "sign up",
    "do.sign_in": "log in",
    "do.reset_password": "reset your password",
    "do.change_password": "change your password",
    "do.set_password": "set a password",
    "do.bind_email": "bind an e-mail address",
    "do.bind_phone": "bind a mobile number",
    "do.bind_totp": "bind an authenticator app",
    "do.unbind_email": "unbind your e-mail address",
    "do.unbind_phone": "unbind your mobile number",
    "do.unbind_totp": "unbind your authenticator app",
    "do.new_recovery_codes": "make new recovery codes",
    "do.approve_protected_action": "approve a withdrawal or similar request",
    "do.add_payout_address": "add a payout address",
    "do.remove_payout_address": "remove a payout address",
    "do.payout_list_only_on": "limit payouts to listed addresses",
    "do.payout_list_only_off": "allow payouts to any address again",
    "do.lock_settings": "lock your settings",
    "do.unlock_settings": "unlock your settings",
    "do.freeze_account": "freeze your account",
    "do.unfreeze_account": "unfreeze your account",
    "do.undo_change": "undo a change to your account",
    "do.stop_case": "stop what is waiting",
    "do.close_account": "close your account",
    "do.export_data": "export your data",
    "do.set_phrase": "set your own phrase",
    "do.end_session": "log out a device",
    "do.end_other_sessions": "log out all other devices",
}
