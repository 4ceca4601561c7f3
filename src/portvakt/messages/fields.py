"""Labels and hints of the fields. A hint says what is meant and where the likely fault is."""

from portvakt.messages.base import Topic

TEXTS: Topic = {
    "field.identifier.label": "E-mail address or mobile number",
    "field.identifier.hint": "For example name@example.com or +46 70 123 45 67.",
    "field.password.label": "Password",
    "field.password.hint": "Capital and small letters count.",
    "field.robot.label": "I am not a robot",
    "field.robot.hint": "This keeps automatic attacks away. It takes a few seconds.",
    "field.email_code.label": "Code from the e-mail",
    "field.email_code.hint": "6 digits[, sent to {sent_to}]. Not there? Look in the spam folder.",
    "field.sms_code.label": "Code from the SMS",
    "field.sms_code.hint": "6 digits[, sent to {sent_to}]. It can take a minute to arrive.",
    "field.totp.label": "Code from your authenticator app",
    "field.totp.hint": (
        "6 digits, new every 30 seconds. Not accepted? Let your phone set its clock automatically."
    ),
    "field.new_password.label": "New password",
    "field.new_password.hint": (
        "[At least {min_length} characters. ]Spaces and all kinds of letters are welcome."
    ),
    "field.new_email.label": "E-mail address",
    "field.new_email.hint": "For example name@example.com.",
    "field.new_email_code.label": "Code from the e-mail",
    "field.new_email_code.hint": (
        "6 digits[, sent to {sent_to}]. Not there? Look in the spam folder."
    ),
    "field.new_phone.label": "Mobile number",
    "field.new_phone.hint": "With its country code, for example +46 70 123 45 67.",
    "field.new_phone_code.label": "Code from the SMS",
    "field.new_phone_code.hint": "6 digits[, sent to {sent_to}]. It can take a minute to arrive.",
    "field.new_totp.label": "First code from the app",
    "field.new_totp.hint": (
        "6 digits, new every 30 seconds. Not accepted? Let your phone set its clock automatically."
    ),
    "field.session.label": "Device",
    "field.session.hint": "The device to log out. Left out, it is this one.",
    "field.agree.label": "I have read this and want to go on",
    "field.agree.hint": "You agree to everything that stands above.",
    "field.kept.label": "I have kept them in a safe place",
    "field.kept.hint": "Best apart from your phone: you need them when it is not at hand.",
    "field.recovery_code.label": "Recovery code",
    "field.recovery_code.hint": (
        "One of the ten codes that you kept, for example 7K3M-9QX2-VT5A-0BWN. Each works once."
    ),
    "field.notice_token.label": "Code from the link",
    "field.notice_token.hint": "It begins with pvn_ and stands in the link of our message.",
    "field.case.label": "What to stop",
    "field.case.hint": "Left out, everything that is waiting is stopped.",
    "field.decision.label": "What is asked",
    "field.decision.hint": "The id of the question that you were sent here with.",
    "field.asset.label": "Asset",
    "field.asset.hint": "For example BTC, ETH or USDC.",
    "field.address.label": "Address",
    "field.address.hint": "Copy it rather than typing it, and compare the first and last characters.",
    "field.label.label": "Name for it (optional)",
    "field.label.hint": "For example: my own wallet.",
    "field.payout_address.label": "Payout address",
    "field.payout_address.hint": "One of those on your list.",
    "field.days.label": "Days that unlocking takes",
    "field.days.hint": "1 to 30. The longer, the safer: a thief has to wait as long as you.",
    "field.phrase.label": "Your own phrase",
    "field.phrase.hint": (
        "At most 40 characters, and nothing secret. You will see it in each genuine message from us."
    ),
}
