"""The e-mail code: the weakest second step, for accounts with nothing better (A17)."""

from portvakt.factors.code import SentCode


class EmailCode(SentCode):
    name = "email_code"
    channel = "email"
    strength = 1


class NewEmailCode(SentCode):
    """Control of an e-mail address that is to be bound (S87)."""

    name = "new_email_code"
    channel = "email"
    new = "new_email"
