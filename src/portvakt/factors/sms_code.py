"""The SMS code: a restricted authenticator (NIST SP 800-63B-4 §3.1.3.3), asked where nothing
stronger is bound (A1)."""

from portvakt.factors.code import SentCode


class SmsCode(SentCode):
    name = "sms_code"
    channel = "phone"


class NewPhoneCode(SentCode):
    """Control of a phone number that is to be bound (S87)."""

    name = "new_phone_code"
    channel = "phone"
    new = "new_phone"
