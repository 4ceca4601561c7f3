"""Binds a phone number as second channel (S87)."""

from portvakt.actions.bind_channel import BindChannel


class BindPhone(BindChannel):
    kind = "phone"
    given = "new_phone"
