"""The registry: action id → what it changes. One file and one line each."""

from collections.abc import Mapping
from typing import Final

from portvakt.actions.base import Action
from portvakt.actions.bind_email import BindEmail
from portvakt.actions.bind_phone import BindPhone
from portvakt.actions.bind_totp import BindTotp
from portvakt.actions.end_other_sessions import EndOtherSessions
from portvakt.actions.end_session import EndSession
from portvakt.actions.sign_in import SignIn
from portvakt.actions.sign_up import SignUp

APPLY: Final[Mapping[str, Action]] = {
    "sign_up": SignUp(),
    "sign_in": SignIn(),
    "bind_totp": BindTotp(),
    "bind_email": BindEmail(),
    "bind_phone": BindPhone(),
    "end_session": EndSession(),
    "end_other_sessions": EndOtherSessions(),
}
