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
    "action.reset_password.title": "Forgotten password",
    "action.reset_password.button": "Next",
    "action.reset_password.done": "Your password has been reset. Use the new password to log in.",
    "action.change_password.title": "Change your password",
    "action.change_password.button": "Change",
    "action.change_password.done": "Your password is changed. Use the new one from now on.",
    "action.set_password.title": "Set a password",
    "action.set_password.button": "Set",
    "action.set_password.done": "Your password is set. You can log in with it from now on.",
    "action.unbind_email.title": "Unbind your e-mail address",
    "action.unbind_email.button": "Unbind",
    "action.unbind_email.done": (
        "The e-mail address is unbound. Please bind a new one as soon as possible."
    ),
    "action.unbind_phone.title": "Unbind your mobile number",
    "action.unbind_phone.button": "Unbind",
    "action.unbind_phone.done": (
        "The mobile number is unbound. Please bind a new one as soon as possible."
    ),
    "action.unbind_totp.title": "Unbind your authenticator app",
    "action.unbind_totp.button": "Unbind",
    "action.unbind_totp.done": (
        "The authenticator app is unbound. Please bind one again as soon as possible."
    ),
    "action.new_recovery_codes.title": "Recovery codes",
    "action.new_recovery_codes.button": "Make new codes",
    "action.new_recovery_codes.done": (
        "Your recovery codes are ready. Each works once when your authenticator is not at hand; "
        "older codes no longer work."
    ),
    "action.approve_protected_action.title": "Approve",
    "action.approve_protected_action.button": "Approve",
    "action.approve_protected_action.done": "Approved. You can go back to where you came from.",
    "action.add_payout_address.title": "Add a payout address",
    "action.add_payout_address.button": "Add",
    "action.add_payout_address.done": (
        "The payout address is on your list. It can be used when its waiting time is over."
    ),
    "action.remove_payout_address.title": "Remove a payout address",
    "action.remove_payout_address.button": "Remove",
    "action.remove_payout_address.done": "The payout address is removed.",
    "action.payout_list_only_on.title": "Limit payouts to listed addresses",
    "action.payout_list_only_on.button": "Switch on",
    "action.payout_list_only_on.done": "From now on you can pay out to your listed addresses only.",
    "action.payout_list_only_off.title": "Allow payouts to any address again",
    "action.payout_list_only_off.button": "Switch off",
    "action.payout_list_only_off.done": "You can pay out to any address again.",
    "action.lock_settings.title": "Lock your settings",
    "action.lock_settings.button": "Lock",
    "action.lock_settings.done": "Your settings are locked.",
    "action.unlock_settings.title": "Unlock your settings",
    "action.unlock_settings.button": "Unlock",
    "action.unlock_settings.done": "Your settings are unlocked.",
    "action.freeze_account.title": "Freeze your account",
    "action.freeze_account.button": "Freeze my account",
    "action.freeze_account.done": (
        "Your account is frozen. Nothing can leave it, and everybody is logged out."
    ),
    "action.unfreeze_account.title": "Unfreeze your account",
    "action.unfreeze_account.button": "Unfreeze",
    "action.unfreeze_account.done": "Your account is no longer frozen.",
    "action.undo_change.title": "Undo the change",
    "action.undo_change.button": "Undo the change",
    "action.undo_change.done": (
        "The change is undone: everything is bound as it was before, and what was bound since is "
        "gone. Please log in and choose a new password."
    ),
    "action.stop_case.title": "Stop what is waiting",
    "action.stop_case.button": "Stop",
    "action.stop_case.done": "It is stopped. Nothing was changed.",
    "action.close_account.title": "Close your account",
    "action.close_account.button": "Close account",
    "action.close_account.done": "The account is closed.",
    "action.export_data.title": "Export your data",
    "action.export_data.button": "Export",
    "action.export_data.done": "Here is everything that we keep about your account.",
    "action.set_phrase.title": "Your own phrase",
    "action.set_phrase.button": "Set",
    "action.set_phrase.done": (
        "Your phrase is set. From now on every genuine message from us carries it."
    ),
}
