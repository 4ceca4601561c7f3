"""A first password for an account that has none yet."""

from portvakt.actions.new_password import NewPassword


class SetPassword(NewPassword):
    pass
