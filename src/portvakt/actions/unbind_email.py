"""Unbinds the e-mail address; a new one can be bound at once, the old one by nobody for 30 days."""

from portvakt.actions.unbind_channel import UnbindChannel


class UnbindEmail(UnbindChannel):
    kind = "email"
