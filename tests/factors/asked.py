"""How a flow comes to ask for each factor: what the contract suite is run over.

A new factor is one class here, and the whole suite speaks about it.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from portvakt.core import Portvakt
from portvakt.model import Answer
from tests.holders import PASSWORD, Holder, options_of


class Asked(ABC):
    """One factor in the flow that asks for it."""

    name: ClassVar[str]
    action: ClassVar[str]
    #: another action that asks for the same field, where there is one
    other_action: ClassVar[str | None] = None
    #: how long what was sent or shown is right; None: for good
    life: ClassVar[timedelta | None] = None
    #: does a code leave for it?
    sent: ClassVar[bool] = False
    #: the page after it; None where it finishes the flow
    then: ClassVar[str | None] = None
    #: wrong tries in one flow, and in all flows of one account in one window
    tries: ClassVar[int] = 5
    tries_across: ClassVar[int] = 10
    window: ClassVar[timedelta] = timedelta(minutes=15)

    @abstractmethod
    def holder(self, portvakt: Portvakt) -> Holder:
        """Somebody of whom a flow will ask this."""

    @abstractmethod
    def flow(self, holder: Holder, action: str | None = None) -> Answer:
        """A new flow, at the page that asks for it."""

    @abstractmethod
    def right(self, holder: Holder, flow: Answer) -> str:
        """What is right in this flow now."""

    def wrong(self, holder: Holder, flow: Answer) -> str:
        """Of the right form, and wrong; in ±1 steps of TOTP too."""
        right = self.right(holder, flow)
        return f"{(int(right) + 123_457) % 1_000_000:06d}"

    def __str__(self) -> str:
        return f"{self.action}.{self.name}"


class PasswordAtSignIn(Asked):
    name, action = "password", "sign_in"
    tries = tries_across = 10

    def holder(self, portvakt: Portvakt) -> Holder:
        known = Holder(portvakt)
        known.signs_up()
        # from a device that is not known: a known one has a lane of its own
        return Holder(portvakt, email=known.email, account=known.account)

    def flow(self, holder: Holder, action: str | None = None) -> Answer:
        return holder.start("sign_in", identifier=holder.email)

    def right(self, holder: Holder, flow: Answer) -> str:
        return PASSWORD

    def wrong(self, holder: Holder, flow: Answer) -> str:
        return PASSWORD[:-1]


class _Code(Asked):
    sent = True
    life = timedelta(minutes=10)

    def where(self, holder: Holder) -> str:
        return holder.email

    def right(self, holder: Holder, flow: Answer) -> str:
        return holder.code(self.where(holder))


class EmailCodeAtSignUp(_Code):
    name, action, then = "email_code", "sign_up", "new_password"

    def holder(self, portvakt: Portvakt) -> Holder:
        return Holder(portvakt)

    def flow(self, holder: Holder, action: str | None = None) -> Answer:
        return holder.start("sign_up", identifier=holder.email, robot="sandbox")


class EmailCodeAtBindTotp(_Code):
    name, action, other_action, then = "email_code", "bind_totp", "bind_phone", "new_totp"

    def holder(self, portvakt: Portvakt) -> Holder:
        holder = Holder(portvakt)
        holder.signs_up()
        return holder

    def flow(self, holder: Holder, action: str | None = None) -> Answer:
        if (action or self.action) == "bind_totp":
            return holder.start("bind_totp")
        return holder.start("bind_phone", new_phone=holder.phone)


class SmsCodeAtSignIn(_Code):
    name, action, other_action = "sms_code", "sign_in", "bind_totp"
    life = timedelta(minutes=5)

    def where(self, holder: Holder) -> str:
        return holder.phone

    def holder(self, portvakt: Portvakt) -> Holder:
        holder = Holder(portvakt)
        holder.signs_up()
        holder.binds_phone()
        return holder

    def flow(self, holder: Holder, action: str | None = None) -> Answer:
        if (action or self.action) == "sign_in":
            return holder.start("sign_in", identifier=holder.email, password=PASSWORD)
        begun = holder.start("bind_totp")
        assert begun.flow.token is not None
        offered = holder.portvakt.door.submit(
            begun.flow.id, begun.flow.token, holder.caller, offer="sms_code"
        )
        assert isinstance(offered, Answer)
        return begun


class NewEmailCode(_Code):
    name, action = "new_email_code", "bind_email"

    def holder(self, portvakt: Portvakt) -> Holder:
        holder = Holder(portvakt)
        holder.signs_up(by="phone")
        return holder

    def flow(self, holder: Holder, action: str | None = None) -> Answer:
        begun = holder.start("bind_email", new_email=holder.email)
        holder.submit(begun, sms_code=holder.code(holder.phone))
        return begun


class NewPhoneCode(_Code):
    name, action = "new_phone_code", "bind_phone"
    life = timedelta(minutes=5)

    def where(self, holder: Holder) -> str:
        return holder.phone

    def holder(self, portvakt: Portvakt) -> Holder:
        holder = Holder(portvakt)
        holder.signs_up()
        return holder

    def flow(self, holder: Holder, action: str | None = None) -> Answer:
        begun = holder.start("bind_phone", new_phone=holder.phone)
        holder.submit(begun, email_code=holder.code())
        return begun


class TotpAtSignIn(Asked):
    name, action = "totp", "sign_in"
    other_action: ClassVar[str | None] = "bind_phone"
    life = timedelta(seconds=60)
    tries_across, window = 5, timedelta(minutes=5)

    def holder(self, portvakt: Portvakt) -> Holder:
        holder = Holder(portvakt)
        holder.signs_up()
        holder.binds_totp()
        holder.waits_for_a_step()
        return holder

    def flow(self, holder: Holder, action: str | None = None) -> Answer:
        if (action or self.action) == "sign_in":
            return holder.start("sign_in", identifier=holder.email, password=PASSWORD)
        return holder.start("bind_phone", new_phone=holder.phone)

    def right(self, holder: Holder, flow: Answer) -> str:
        return holder.totp_code()

    def wrong(self, holder: Holder, flow: Answer) -> str:
        near = {holder.totp_code(steps) for steps in (-2, -1, 0, 1, 2)}
        return next(c for c in ("000000", "111111", "222222", "333333", "444444", "555555")
                    if c not in near)  # fmt: skip


@dataclass
class _Keys:
    """The keys that flows have shown: each is shown by its own flow alone."""

    of: dict[str, str]


class NewTotp(TotpAtSignIn):
    name, action, other_action = "new_totp", "bind_totp", None
    tries_across = 5
    shown: ClassVar[_Keys] = _Keys({})

    def holder(self, portvakt: Portvakt) -> Holder:
        holder = Holder(portvakt)
        holder.signs_up()
        holder.waits_for_a_step()
        return holder

    def flow(self, holder: Holder, action: str | None = None) -> Answer:
        begun = holder.start("bind_totp")
        page = holder.submit(begun, email_code=holder.code())
        assert page.step is not None
        data: Mapping[str, str] = next(s.data for s in page.step.show if s.kind == "totp_key")
        self.shown.of[begun.flow.id] = data["key"]
        return begun

    def right(self, holder: Holder, flow: Answer) -> str:
        holder.key = self.shown.of[flow.flow.id]
        return holder.totp_code()

    def wrong(self, holder: Holder, flow: Answer) -> str:
        holder.key = self.shown.of[flow.flow.id]
        return super().wrong(holder, flow)


class PasskeyAtSignIn(Asked):
    """As second factor. What it says is right for this flow alone, until it was taken."""

    name, action, tries = "passkey", "sign_in", 10

    def holder(self, portvakt: Portvakt) -> Holder:
        holder = Holder(portvakt)
        holder.signs_up()
        holder.adds_passkey()
        return holder

    def flow(self, holder: Holder, action: str | None = None) -> Answer:
        return holder.start("sign_in", identifier=holder.email, password=PASSWORD)

    def right(self, holder: Holder, flow: Answer) -> str:
        return json.dumps(holder.passkeys.get(options_of(flow)))

    def wrong(self, holder: Holder, flow: Answer) -> str:
        return json.dumps(holder.passkeys.get(options_of(flow), origin="https://localhost.example"))


class NewPasskey(Asked):
    name, action, tries = "new_passkey", "add_passkey", 10

    def holder(self, portvakt: Portvakt) -> Holder:
        holder = Holder(portvakt)
        holder.signs_up()
        return holder

    def flow(self, holder: Holder, action: str | None = None) -> Answer:
        begun = holder.start("add_passkey")
        return holder.submit(begun, email_code=holder.code())

    def right(self, holder: Holder, flow: Answer) -> str:
        return json.dumps(holder.passkeys.create(options_of(flow)))

    def wrong(self, holder: Holder, flow: Answer) -> str:
        return json.dumps(
            holder.passkeys.create(options_of(flow), origin="https://localhost.example")
        )


ALL: tuple[Asked, ...] = (
    PasswordAtSignIn(), EmailCodeAtSignUp(), EmailCodeAtBindTotp(), SmsCodeAtSignIn(), NewEmailCode(),
    NewPhoneCode(), TotpAtSignIn(), NewTotp(), PasskeyAtSignIn(), NewPasskey(),
)  # fmt: skip
CODES = tuple(a for a in ALL if a.name.endswith(("_code", "totp")))
SENT = tuple(a for a in ALL if a.sent)
TIMED = tuple(a for a in ALL if a.life is not None)
#: proofs of an account that several flows ask for: guesses in all of them are one account's guesses
COUNTED_TOGETHER = tuple(a for a in ALL if a.name not in ("new_totp", "passkey", "new_passkey"))
ASKED_ELSEWHERE = tuple(a for a in ALL if a.other_action is not None)
