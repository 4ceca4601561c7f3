"""The registry: field name → the input that asks, works and checks it. One line each."""

from collections.abc import Iterable, Mapping
from typing import Final

from portvakt.factors import staff
from portvakt.factors.base import Input, Naming, WayIn
from portvakt.factors.case import Answers, CaseNumber, Files, Lost, Paragraphs, Vote, WhichCase
from portvakt.factors.email_code import EmailCode, NewEmailCode
from portvakt.factors.given import ADDRESSES, Robot
from portvakt.factors.notice import NoticeToken
from portvakt.factors.passkey import NewPasskey, Passkey, PasskeyName
from portvakt.factors.password import NewPassword, Password
from portvakt.factors.plain import Agree, Days, Decided, Destination, Named, Phrase, Words
from portvakt.factors.provider import NewViaProvider, ViaProvider
from portvakt.factors.recovery_code import Kept, RecoveryCode
from portvakt.factors.sms_code import NewPhoneCode, SmsCode
from portvakt.factors.totp import NewTotp, Totp
from portvakt.policy import PROVIDERS

INPUTS: Final[dict[str, Input]] = {
    i.name: i
    for i in (
        Password(), EmailCode(), SmsCode(), Totp(), RecoveryCode(), NoticeToken(),
        Passkey(), NewPasskey(), PasskeyName(), Named("passkey_id", "no_such_passkey", early=True),
        *ADDRESSES.values(), NewPassword(), NewEmailCode(), NewPhoneCode(), NewTotp(),
        Robot(), Agree(), Kept(), Days(), Decided(),
        Destination("asset", 32), Destination("address", 256), Words("label", 64, optional=True),
        Phrase("phrase", 40),
        Named("session", "no_such_session", optional=True), WhichCase("case", "nothing_waits", optional=True),
        Named("payout_address", "no_such_payout_address"),
        Lost(), Answers(), Files(), CaseNumber(), Vote(), Paragraphs("reason", 2000),
        Paragraphs("alternatives", 2000, optional=True), Paragraphs("questions", 2000, optional=True),
        Words("name", 64, optional=True), *staff.inputs(),
    )
}  # fmt: skip

#: Inputs that say whom a flow is about, and no more: read before anything is locked.
NAMING: Final[Mapping[str, Naming]] = {
    name: one
    for name, one in INPUTS.items()
    if isinstance(one, Naming) and not isinstance(one, WayIn)
}
#: Inputs by which our own people name somebody else's account, which is locked beside their own.
OF_OTHERS: Final = frozenset({"case", "whom", "proposal"})

#: Ways in that name their account by themselves: their `read`, or after the work `named`, gives `{"way": …}`,
#: the keyed hash that the factor was bound under (`accounts.of_factor`).
WAYS: Final[dict[str, Naming]] = {
    name: one for name, one in INPUTS.items() if isinstance(one, WayIn)
}


def serve(providers: Iterable[str]) -> None:
    """The inputs of these providers, from now on. They are names alone: what is asked of whom is in the
    kit of each service."""
    for id in providers:
        way, new = ViaProvider(id), NewViaProvider(id)
        INPUTS.setdefault(way.name, way)
        INPUTS.setdefault(new.name, new)
        WAYS.setdefault(id, way)


serve(PROVIDERS)
