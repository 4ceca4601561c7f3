"""What a step is called and what it says. `step.<action>.<step>.*` words one action's step its own
way. Sign-up and binding say the same for a free, a taken and a quarantined address (A01, A03)."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    "step.identifier.title": "Create your account",
    "step.identifier.text": (
        "Enter your e-mail address or your mobile number. We will send a message to it."
    ),
    "step.confirm_identifier.title": "Check your messages",
    "step.confirm_identifier.text": (
        "We have sent you a message. It holds a 6-digit code, or tells you what to do instead."
    ),
    "step.new_password.title": "Choose a password",
    "step.new_password.text": (
        "Long is strong: four unrelated words are easy to remember and hard to guess."
    ),
    "step.sign_in.title": "Log in",
    "step.sign_in.text": "Use the e-mail address or mobile number of your account.",
    "step.second_factor.title": "Confirm that it is you",
    "step.second_factor.text": "One more step keeps your account safe.",
    "step.confirm_code.title": "First, confirm that it is you",
    "step.confirm_code.text": (
        "Before we bind an authenticator app we check that this account is yours."
    ),
    "step.new_totp.title": "Bind your authenticator app",
    "step.new_totp.text": (
        "Scan the QR code with your authenticator app, or copy the account name and the key into "
        "it. Then enter the 6-digit code that the app shows. The key is shown only now: write it "
        "down in a safe place, such as a notebook, and do not upload it to the internet. With it "
        "you can restore the authenticator on a new phone."
    ),
    "step.new_email.title": "Bind an e-mail address",
    "step.new_email.text": "We will send a message to the address to check that it is yours.",
    "step.new_email_code.title": "Check your e-mail",
    "step.new_email_code.text": (
        "We have sent a message to the new address. It holds a 6-digit code, or tells you what to "
        "do instead."
    ),
    "step.new_phone.title": "Bind a mobile number",
    "step.new_phone.text": "We will send an SMS to the number to check that it is yours.",
    "step.new_phone_code.title": "Check your SMS",
    "step.new_phone_code.text": (
        "We have sent an SMS to the new number. It holds a 6-digit code, or tells you what to do "
        "instead."
    ),
    "step.end_session.title": "Log out a device",
    "step.end_session.text": "Whoever uses that device must log in again.",
    "offer.email_code": "Get the code by e-mail instead",
    "offer.sms_code": "Get the code by SMS instead",
    "step.reset.title": "Forgotten password",
    "step.reset.text": (
        "Enter the e-mail address or mobile number of your account. After the reset withdrawals are "
        "paused: for at least 24 hours on a device that you have used before, for 48 on another."
    ),
    "step.code.title": "Enter the code",
    "step.code.text": (
        "If there is an account for what you entered, a message with a 6-digit code is on its way."
    ),
    "step.unfreeze_account.code.text": "We have sent you a message with a 6-digit code.",
    "step.close_account.code.text": "We have sent you a message with a 6-digit code.",
    "step.reset_password.second_factor.text": (
        "Your second factor protects the new password as it did the old one."
    ),
    "step.agree.title": "What this will cost",
    "step.agree.text": "Please read this first. With the button below you agree to it.",
    "step.change_password.agree.title": "Change your password",
    "step.set_password.agree.title": "Set a password",
    "step.unbind_email.agree.title": "Unbind your e-mail address",
    "step.unbind_email.agree.text": (
        "For your security this has two consequences. Going on means that you agree to them."
    ),
    "step.unbind_phone.agree.title": "Unbind your mobile number",
    "step.unbind_phone.agree.text": (
        "For your security this has two consequences. Going on means that you agree to them."
    ),
    "step.unbind_totp.agree.title": "Unbind your authenticator app",
    "step.new_recovery_codes.agree.title": "Replace your recovery codes",
    "step.payout_list_only_off.agree.title": "Allow any payout address again",
    "step.unlock_settings.agree.title": "Unlock your settings",
    "step.unfreeze_account.agree.title": "Unfreeze your account",
    "step.close_account.agree.title": "Close your account",
    "step.password.title": "Enter your password",
    "step.change_password.password.text": "Enter the one that you use today.",
    "step.undo_change.password.text": "Use the password from before the change.",
    "step.undo_change.second_factor.text": "Use what was bound before the change.",
    "step.totp.title": "Enter the code from your authenticator app",
    "step.totp.text": "The app shows a new code every 30 seconds.",
    "step.codes.title": "Enter the codes we sent you",
    "step.codes.text": "We have sent one code to your e-mail address and another to your mobile number. Both are "
    "needed.",
    "step.unbind_totp.codes.text": "We have sent a code to each address and number that is bound.",
    "step.recovery_codes.title": "Your recovery codes",
    "step.recovery_codes.text": (
        "Print them, copy them or write them down, and keep them where nobody else looks. They are "
        "shown only now."
    ),
    "step.details.title": "Approve",
    "step.details.text": "This is what you are asked to approve.",
    "step.approve.title": "Approve exactly this",
    "step.approve.text": (
        "Compare every detail. Your code or passkey approves this and nothing else; if you did not ask for it, "
        "cancel and freeze your account."
    ),
    "step.payout_address.title": "Payout address",
    "step.payout_address.text": "Choose the address that is to be removed from your list.",
    "step.add_payout_address.payout_address.text": (
        "A new address can be used only after a waiting time, so that you have time to notice one "
        "that is not yours."
    ),
    "step.days.title": "Lock your settings",
    "step.days.text": (
        "While they are locked nothing that protects your account can be changed, by anybody. "
        "Unlocking takes as many days as you choose now."
    ),
    "step.freeze_account.identifier.title": "Freeze your account",
    "step.freeze_account.identifier.text": (
        "Enter the e-mail address or mobile number of the account that is to be frozen."
    ),
    "step.stop_case.identifier.title": "Stop what is waiting",
    "step.stop_case.identifier.text": "Enter the e-mail address or mobile number of the account.",
    "step.one_proof.title": "Show that it is yours",
    "step.one_proof.text": "One thing is enough: your password, or a code that we send you.",
    "step.who.title": "Log in once more",
    "step.who.text": "Use the e-mail address or mobile number of your account.",
    "step.case.title": "What to stop",
    "step.case.text": "Choose what is to be stopped before it takes effect.",
    "step.notice.title": "Undo the change",
    "step.notice.text": "Open the link in our message, or paste its code here.",
    "step.phrase.title": "Your own phrase",
    "step.phrase.text": (
        "Choose words that only you would think of. A message from us that lacks them is a forgery."
    ),
    "offer.password": "Use your password instead",
    "offer.totp": "Use your authenticator app instead",
    "offer.recovery_code": "Use a recovery code instead",
}
