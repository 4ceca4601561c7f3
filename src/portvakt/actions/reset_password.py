"""Forgotten password: a code, the second factor where one is bound, a new password. It signs nobody
in (S19–S32)."""

from portvakt.actions.new_password import NewPassword


class ResetPassword(NewPassword):
    pass
