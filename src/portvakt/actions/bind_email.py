"""Binds an e-mail address as second channel (S87)."""

from portvakt.actions.bind_channel import BindChannel


class BindEmail(BindChannel):
    kind = "email"
    given = "new_email"
