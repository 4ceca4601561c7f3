"""The registry: field name → the input that asks, works and checks it. One line each."""

from collections.abc import Mapping
from typing import Final

from portvakt.factors.base import Input
from portvakt.factors.email_code import EmailCode, NewEmailCode
from portvakt.factors.given import ADDRESSES, Robot, WhichSession
from portvakt.factors.password import NewPassword, Password
from portvakt.factors.sms_code import NewPhoneCode, SmsCode
from portvakt.factors.totp import NewTotp, Totp

INPUTS: Final[Mapping[str, Input]] = {
    i.name: i
    for i in (
        Password(), EmailCode(), SmsCode(), Totp(),
        *ADDRESSES.values(), NewPassword(), NewEmailCode(), NewPhoneCode(), NewTotp(),
        Robot(), WhichSession(),
    )
}  # fmt: skip
