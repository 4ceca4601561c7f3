"""The e-mail code: the weakest second step, for accounts with nothing better (ADR 0015)."""

from portvakt.factors.code import SentCode


class EmailCode(SentCode):
    name = "email_code"
    channel = "email"


class NewEmailCode(SentCode):
    """Control of an e-mail address that is to be bound (S87)."""

    name = "new_email_code"
    channel = "email"
    new = "new_email"
