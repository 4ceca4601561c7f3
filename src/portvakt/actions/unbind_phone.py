"""Unbinds the phone number; a new one can be bound at once, the old one by nobody for 30 days."""

from portvakt.actions.unbind_channel import UnbindChannel


class UnbindPhone(UnbindChannel):
    kind = "phone"
