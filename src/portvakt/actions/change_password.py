"""A new password for who knows the old one (S33, A3)."""

from portvakt.actions.new_password import NewPassword


class ChangePassword(NewPassword):
    pass
