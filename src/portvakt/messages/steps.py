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
}
