"""Security notices: one base (`mails.py`, `compose.py`) and per action a subject, one line, and the
short form for a phone without e-mail (S90). They say what happened, never who did it."""

from portvakt.messages.base import Plural, Topic

TEXTS: Topic = {
    "notice.sign_up.subject": "Welcome to {operator}",
    "notice.sign_up.line": "An account was created with this address or number.",
    "notice.sign_up.sms": "An account was created with this number",
    "notice.sign_in.subject": "Your account was used on a new device",
    "notice.sign_in.line": "Someone logged in to your account on a device we have not seen before.",
    "notice.sign_in.sms": "Login on a new device",
    # told instead of these where a recovery code stood in for the second factor
    "notice.sign_in_recovery.subject": "Your account was used with a recovery code",
    "notice.sign_in_recovery.line": "Someone logged in to your account with a recovery code.",
    "notice.sign_in_recovery.sms": "Login with a recovery code",
    "notice.bind_totp.subject": "An authenticator app was bound to your account",
    "notice.bind_totp.line": (
        "An authenticator app was bound to your account. Its code is now asked for when you log in."
    ),
    "notice.bind_totp.sms": "An authenticator app was bound",
    "notice.bind_email.subject": "An e-mail address was bound to your account",
    "notice.bind_email.line": "The e-mail address[ {identifier}] was bound to your account.",
    "notice.bind_email.sms": "An e-mail address was bound",
    "notice.bind_phone.subject": "A mobile number was bound to your account",
    "notice.bind_phone.line": "The mobile number[ {identifier}] was bound to your account.",
    "notice.bind_phone.sms": "A mobile number was bound",
    # a pause ends by itself (S93): nobody did it, so nobody is asked whether it was them
    "notice.hold_ended.subject": "Withdrawals are possible again",
    "notice.hold_ended.line": (
        "The pause of withdrawals from your account is over. Withdrawals are possible again."
    ),
    "notice.hold_ended.sms": "Withdrawals are possible again",
    "notice.hold_ended.unknown": (
        "Do you not know why they were paused? Then log in at once, read the activity under "
        "Security, choose Log out everywhere else, and contact {operator}[ at {support}]."
    ),
    "client.web": "Web browser",
    "client.android": "Android app",
    "client.ios": "iOS app",
    "client.other": "Other app",
    "notice.reset_password.subject": "Your password was reset",
    "notice.reset_password.line": (
        "The password of your account was reset with the function Forgotten password."
    ),
    "notice.reset_password.sms": "Your password was reset",
    "notice.change_password.subject": "Your password was changed",
    "notice.change_password.line": "The password of your account was changed.",
    "notice.change_password.sms": "Your password was changed",
    "notice.set_password.subject": "A password was set",
    "notice.set_password.line": "A password was set for your account.",
    "notice.set_password.sms": "A password was set",
    "notice.unbind_email.subject": "Your e-mail address was unbound",
    "notice.unbind_email.line": "The e-mail address was unbound from your account.",
    "notice.unbind_email.sms": "Your e-mail address was unbound",
    "notice.unbind_phone.subject": "Your mobile number was unbound",
    "notice.unbind_phone.line": "The mobile number was unbound from your account.",
    "notice.unbind_phone.sms": "Your mobile number was unbound",
    "notice.unbind_totp.subject": "Your authenticator app was unbound",
    "notice.unbind_totp.line": (
        "The authenticator app was unbound from your account. Its codes no longer work."
    ),
    "notice.unbind_totp.sms": "Your authenticator app was unbound",
    "notice.new_recovery_codes.subject": "New recovery codes were made",
    "notice.new_recovery_codes.line": (
        "New recovery codes were made for your account. Earlier ones no longer work."
    ),
    "notice.new_recovery_codes.sms": "New recovery codes were made",
    "notice.add_payout_address.subject": "A payout address was added",
    "notice.add_payout_address.line": (
        "A payout address for {asset} was added: {address}. It can be used from {usable_from:end}."
    ),
    "notice.add_payout_address.sms": "A payout address for {asset} was added",
    "notice.remove_payout_address.subject": "A payout address was removed",
    "notice.remove_payout_address.line": "A payout address for {asset} was removed: {address}.",
    "notice.remove_payout_address.sms": "A payout address for {asset} was removed",
    "notice.payout_list_only_on.subject": "Payouts go to listed addresses only",
    "notice.payout_list_only_on.line": (
        "From now on payouts from your account can go to your listed addresses only."
    ),
    "notice.payout_list_only_on.sms": "Payouts go to listed addresses only",
    "notice.payout_list_only_off.subject": "Payouts can go to any address again",
    "notice.payout_list_only_off.line": "Payouts from your account can go to any address again.",
    "notice.payout_list_only_off.sms": "Payouts can go to any address again",
    "notice.payout_list_only_off_waiting.subject": "Payouts will be able to go to any address again",
    "notice.payout_list_only_off_waiting.line": (
        "Somebody confirmed that payouts from your account may go to any address again. That begins "
        "on {waits_until:end}, unless it is stopped."
    ),
    "notice.payout_list_only_off_waiting.sms": (
        "Payouts to any address will be possible on {waits_until:soon}"
    ),
    "notice.lock_settings.subject": "Your settings were locked",
    "notice.lock_settings.line": Plural(
        by="days",
        one="The settings of your account were locked. Unlocking them takes {days} day.",
        other="The settings of your account were locked. Unlocking them takes {days} days.",
    ),
    "notice.lock_settings.sms": "Your settings were locked",
    "notice.unlock_settings.subject": "Your settings were unlocked",
    "notice.unlock_settings.line": (
        "The settings of your account are unlocked: they can be changed again."
    ),
    "notice.unlock_settings.sms": "Your settings were unlocked",
    "notice.unlock_settings_waiting.subject": "Your settings will be unlocked",
    "notice.unlock_settings_waiting.line": (
        "Somebody confirmed that the settings of your account are to be unlocked. That happens on "
        "{waits_until:end}, unless it is stopped."
    ),
    "notice.unlock_settings_waiting.sms": "Your settings will be unlocked on {waits_until:soon}",
    "notice.freeze_account.subject": "Your account was frozen",
    "notice.freeze_account.line": (
        "Your account was frozen. Nothing can leave it, nobody can log in, and everybody was "
        "logged out."
    ),
    "notice.freeze_account.sms": "Your account was frozen",
    "notice.unfreeze_account.subject": "Your account is no longer frozen",
    "notice.unfreeze_account.line": "Your account was unfrozen.",
    "notice.unfreeze_account.sms": "Your account was unfrozen",
    "notice.unfreeze_account_waiting.subject": "Your account will be unfrozen",
    "notice.unfreeze_account_waiting.line": (
        "Somebody confirmed that your account is to be unfrozen. That happens on "
        "{waits_until:end}, unless it is stopped."
    ),
    "notice.unfreeze_account_waiting.sms": "Your account will be unfrozen on {waits_until:soon}",
    "notice.undo_change.subject": "A change to your account was undone",
    "notice.undo_change.line": (
        "The request to {undone} was undone. Everything is bound as it was before it, and what was "
        "bound since is gone."
    ),
    "notice.undo_change.sms": "A change to your account was undone",
    "notice.stop_case.subject": "Something that was waiting was stopped",
    "notice.stop_case.line": (
        "The confirmed request to {stopped} was stopped before it took effect, so nothing has changed."
    ),
    "notice.stop_case.sms": "Something that was waiting was stopped",
    "notice.close_account.subject": "Your account is closed",
    "notice.close_account.line": (
        "Your account was closed. Its e-mail address and mobile number cannot be used by anyone "
        "for a while."
    ),
    "notice.close_account.sms": "Your account is closed",
    "notice.close_account_waiting.subject": "Your account will be closed",
    "notice.close_account_waiting.line": (
        "Somebody confirmed that your account is to be closed. That happens on {waits_until:end}, "
        "unless it is stopped. Until then withdrawals are paused."
    ),
    "notice.close_account_waiting.sms": "Your account will be closed on {waits_until:soon}",
    "notice.export_data.subject": "Your data was exported",
    "notice.export_data.line": "Everything that is kept about your account was exported.",
    "notice.export_data.sms": "Your data was exported",
    "notice.set_phrase.subject": "Your phrase was set",
    "notice.set_phrase.line": (
        "The phrase that our messages carry was set. From now on every genuine message from us begins "
        "with it."
    ),
    "notice.set_phrase.sms": "Your phrase was set",
    "notice.attempt.subject": "Somebody began to change your settings",
    "notice.attempt.line": "Somebody began to {what}. So far nothing has been changed by it.",
    "notice.attempt.sms": "Somebody began to {what}",
    "notice.blocked.subject": "Something was stopped on your account",
    "notice.blocked.line": (
        "Somebody tried something on your account that was not allowed then: {asked}. Nothing has left "
        "your account by it."
    ),
    "notice.blocked.sms": "Something was stopped on your account ({asked})",
    "notice.recovery_code": (
        "A recovery code was used instead of the second factor. How many are left stands under "
        "Security."
    ),
}
