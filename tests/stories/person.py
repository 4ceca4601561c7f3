"""The words of the stories: what somebody does and what somebody sees, the same on both faces.

`begins`, `enters`, `takes` … do one thing and keep what is seen then; `is_…` and `reads` say what it
must be; `signs_up`, `signs_in`, `binds_…` go a whole way.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pyotp

from tests.authenticator import Device
from tests.stories.seen import DeviceSeen, Face, Key, Security, Seen
from tests.stories.world import World

PASSWORD: Final = "fyra helt olika ord utan mening"
NEW_PASSWORD: Final = "andra ord som ingen gissar ihop"
_STEP: Final = 30  # seconds


class _App(pyotp.TOTP):
    """As authenticator apps do: a short key is taken as it is."""

    def byte_secret(self) -> bytes:
        return base64.b32decode(self.secret)


class Authenticator:
    """The app on somebody's phone. Its clock is the world's; it gives each code once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._otp: _App | None = None
        self._given = -1
        self.account_name: str | None = None

    def scan(self, uri: str) -> None:
        """*Scan a QR code*: the code holds this address."""
        query = parse_qs(urlsplit(uri).query)
        self.enter_key(uri.partition("?")[0], query["secret"][0])

    def enter_key(self, account_name: str, key: str) -> None:
        """*Enter a setup key*: account name and key by hand."""
        self.account_name, self._otp, self._given = account_name, _App(key), -1

    @property
    def key(self) -> str:
        assert self._otp is not None
        return str(self._otp.secret)

    def code(self) -> str:
        """A code that was not given before: the next one if this one was, after a wait if need be."""
        assert self._otp is not None, "the app is empty"
        step = self._step()
        if self._given >= step + 1:
            self._world.passes(f"{(self._given - step) * _STEP}s")
            step = self._step()
        self._given = max(step, self._given + 1)
        return str(self._otp.at(self._given * _STEP))

    def code_at(self, steps_from_now: int) -> str:
        """The code of another moment: what a phone with a wrong clock shows."""
        assert self._otp is not None
        return str(self._otp.at((self._step() + steps_from_now) * _STEP))

    def last_code(self) -> str:
        assert self._otp is not None
        return str(self._otp.at(self._given * _STEP))

    def _step(self) -> int:
        return int(self._world.now().timestamp()) // _STEP


class Person:
    def __init__(self, world: World, face: Face, number: int) -> None:
        self.world, self.face = world, face
        self.email = f"person{number}@example.com"
        # numbers that the Swedish authority keeps for fiction
        self.phone = f"+46701740{605 + number % 95}"
        self.identifier = self.email
        self.password = PASSWORD
        self.authenticator = Authenticator(world)
        self.passkeys = Device()
        self.seen = Seen("open")

    # ── doing ───────────────────────────────────────────────────────────────────────────────────

    def begins(self, action: str, **inputs: str) -> Person:
        self.seen = self.face.begin(action, inputs)
        return self

    def enters(self, **inputs: str) -> Person:
        """Fills in the page and sends it."""
        self.seen = self.face.answer(inputs)
        return self

    def takes(self, offer: str) -> Person:
        self.seen = self.face.offer(offer)
        return self

    def asks_for_a_new(self, field: str) -> Person:
        """Presses *Send a new code*."""
        self.seen = self.face.resend(field)
        return self

    def adds_picture(self, kind: str, data: bytes) -> Person:
        self.seen = self.face.picture(kind, data)
        return self

    def cancels(self) -> Person:
        self.seen = self.face.cancel()
        return self

    def looks_again(self) -> Person:
        """Loads the page again."""
        self.seen = self.face.look()
        return self

    def is_here(self) -> Any:
        """Remembers the page in view, as a browser's tab or history does."""
        return self.face.place()

    def goes_back_to(self, place: Any) -> Person:
        self.face.return_to(place)
        return self

    def closes_everything(self) -> Person:
        """The session is gone from here, the device stays known."""
        self.face.forget_session()
        return self

    def takes_a_new_device(self) -> Person:
        self.face.forget_everything()
        return self

    def code(self, to: str | None = None) -> str:
        """The newest code in the mailbox, or in the phone, of this address."""
        return self.world.code(to or self.email)

    def wrong(self, code: str) -> str:
        """A code that is not this one."""
        return f"{(int(code) + 1) % 1_000_000:06d}"

    # ── whole ways ──────────────────────────────────────────────────────────────────────────────

    def signs_up(self, identifier: str | None = None) -> Person:
        """With the e-mail address, or another identifier; signed in afterwards."""
        self.identifier = identifier or self.email
        self.begins("sign_up", identifier=self.identifier, robot="sandbox")
        field = "email_code" if "@" in self.identifier else "sms_code"
        self.enters(**{field: self.code(self.identifier)})
        self.enters(new_password=self.password)
        return self.is_signed_in()

    def gives_password(self, password: str | None = None, identifier: str | None = None) -> Person:
        """The first page of signing in."""
        return self.begins(
            "sign_in",
            identifier=identifier or self.identifier,
            password=password or self.password,
        )

    def signs_in(self) -> Person:
        """The whole way, with whatever second step is asked."""
        self.closes_everything().gives_password()
        for field in self.seen.asked:
            self.enters(**{field: self._answer_to(field)})
        return self.is_signed_in()

    def signs_in_by(self, identifier: str) -> Person:
        self.identifier = identifier
        return self.signs_in()

    def _answer_to(self, field: str) -> str:
        answers = {"agree": "yes", "kept": "yes", "robot": "sandbox", "identifier": self.identifier,
                   "password": self.password}  # fmt: skip
        if field == "totp":
            return self.authenticator.code()
        if field in ("passkey", "new_passkey"):
            assert self.seen.passkey is not None, self.seen
            uses = self.passkeys.get if field == "passkey" else self.passkeys.create
            return json.dumps(uses(self.seen.passkey))
        return answers.get(field) or self.code(self.phone if field == "sms_code" else self.email)

    def confirms(self) -> Person:
        """Answers the page that asks who is there, whatever way it asks."""
        (field,) = self.seen.asked
        return self.enters(**{field: self._answer_to(field)})

    def reaches_the_key(self) -> Key:
        """Up to the page that shows the new key."""
        self.begins("bind_totp").confirms()
        assert self.seen.key is not None, self.seen
        return self.seen.key

    def binds_totp(self) -> Person:
        key = self.reaches_the_key()
        self.authenticator.enter_key(key.account_name, key.key)
        return self.enters(new_totp=self.authenticator.code()).is_done()

    def adds_passkey(self, name: str = "my phone") -> Person:
        """With the device at hand."""
        self.begins("add_passkey").confirms().is_asked_for("new_passkey", "passkey_name")
        return self.enters(passkey_name=name, new_passkey=self._answer_to("new_passkey")).is_done()

    def adds_passkey_on(self, device: Device, name: str) -> Person:
        """With another device; the one at hand confirms it. Afterwards it is at hand."""
        self.begins("add_passkey").confirms()
        self.passkeys = device
        return self.enters(passkey_name=name, new_passkey=self._answer_to("new_passkey")).is_done()

    def removes_passkey(self, name: str) -> Person:
        (one,) = [p for p in self.security.passkeys if p.name == name]
        self.begins("remove_passkey", passkey_id=str(one.id)).agrees()
        return self.confirms().is_done()

    def signs_in_by_passkey(self) -> Person:
        """The whole way: no name, no password, one touch."""
        self.closes_everything().begins("sign_in").takes("passkey")
        return self.is_asked_for("passkey").confirms().is_signed_in()

    def binds_phone(self) -> Person:
        self.begins("bind_phone", new_phone=self.phone).confirms()
        return self.enters(new_phone_code=self.code(self.phone)).is_done()

    def binds_email(self) -> Person:
        self.begins("bind_email", new_email=self.email).confirms()
        return self.enters(new_email_code=self.code(self.email)).is_done()

    def agrees(self) -> Person:
        """Presses the button below what it will cost."""
        return self.enters(agree="yes")

    def answers_all(self) -> Person:
        """Fills in everything this page asks for, from mailbox, phone and app."""
        return self.enters(**{field: self._answer_to(field) for field in self.seen.asked})

    def goes_through(self, action: str, **inputs: str) -> Person:
        """The whole way of a change: agrees to its price, then answers page after page."""
        self.begins(action, **inputs)
        while self.seen.status == "open" and self.seen.refusal is None:
            self.answers_all()
        return self

    # the password

    def has_forgotten_the_password(self, identifier: str | None = None) -> Person:
        """Up to the page that asks for the code."""
        named = identifier or self.identifier
        return self.begins("reset_password", agree="yes", identifier=named, robot="sandbox")

    def resets_password(self, password: str = NEW_PASSWORD) -> Person:
        """The whole way."""
        self.has_forgotten_the_password()
        while self.seen.status == "open" and self.seen.asked != ("new_password",):
            self.answers_all().is_not_refused()
        self.enters(new_password=password).is_done()
        self.password = password
        return self

    def changes_password(self, password: str = NEW_PASSWORD) -> Person:
        self.begins("change_password").agrees().enters(password=self.password)
        self.confirms().enters(new_password=password).is_done()
        self.password = password
        return self

    # what is bound

    def binds_everything(self) -> Person:
        """An authenticator app, and phone and e-mail both."""
        self.binds_phone() if "@" in self.identifier else self.binds_email()
        return self.binds_totp()

    def unbinds_email(self) -> Person:
        return self.goes_through("unbind_email").is_done()

    def unbinds_phone(self) -> Person:
        return self.goes_through("unbind_phone").is_done()

    def unbinds_totp(self) -> Person:
        return self.goes_through("unbind_totp").is_done()

    def makes_recovery_codes(self) -> tuple[str, ...]:
        """Up to the end; the codes as they were shown."""
        self.begins("new_recovery_codes")
        while "kept" not in self.seen.asked:
            self.answers_all().is_not_refused()
        codes = self.seen.codes
        self.enters(kept="yes").is_done()
        return codes

    # value

    def approves(self, decision: str) -> Person:
        """What the platform asked for, with the second factor."""
        return self.begins("approve_protected_action", decision=decision).confirms()

    # the red button, and what waits

    def freezes(self) -> Person:
        return self.begins("freeze_account").is_done()

    def unfreezes(self) -> Person:
        """Up to the wait."""
        self.begins("unfreeze_account")
        while self.seen.status == "open" and self.seen.refusal is None:
            self.answers_all()
        return self.is_told_it_is("waiting")

    def follows_the_link(self, action: str, to: str | None = None) -> Person:
        """Presses this button on the page behind the newest message's link that offers it."""
        id = {"freeze_account": "freeze", "undo_change": "undo", "stop_case": "stop"}[action]
        return self.begins(action, notice_token=self.world.link(to or self.email, id))

    def stops(self, case: str | None = None) -> Person:
        """Presses *Stop* in the security centre."""
        named = case or self.security.waiting[0].case
        return self.begins("stop_case", case=named).is_done()

    # ── seeing ──────────────────────────────────────────────────────────────────────────────────

    def is_asked_for(self, *fields: str) -> Person:
        assert (self.seen.status, self.seen.asked) == ("open", fields), self.seen
        return self

    def is_refused(self, refusal: str) -> Person:
        assert self.seen.refusal == refusal, self.seen
        return self

    def is_not_refused(self) -> Person:
        assert self.seen.refusal is None, self.seen
        return self

    def is_told_it_is(self, status: str) -> Person:
        """The flow is over in this way."""
        assert self.seen.status == status, self.seen
        return self

    def is_done(self) -> Person:
        assert (self.seen.status, self.seen.refusal) == ("done", None), self.seen
        return self

    def reads(self, words: str) -> Person:
        assert words in self.seen.words, self.seen.words
        return self

    def does_not_read(self, words: str) -> Person:
        assert words not in self.seen.words, self.seen.words
        return self

    def is_signed_in(self) -> Person:
        assert self.seen.status == "done", self.seen
        assert self.seen.signed_in, self.seen
        assert self.me is not None
        return self

    def is_nobody(self) -> Person:
        """No page and no read opens."""
        here = self.face.place()
        assert self.face.me() is None
        assert self.face.security() is None
        return self.goes_back_to(here)

    @property
    def me(self) -> Any:
        return self.face.me()

    @property
    def account(self) -> str:
        return str(self.me["account"])

    @property
    def security(self) -> Security:
        """The security centre as it is now; what was in view stays in view."""
        here = self.face.place()
        found = self.face.security()
        assert found is not None, "not signed in"
        self.face.return_to(here)
        return found

    @property
    def other_devices(self) -> list[DeviceSeen]:
        return [d for d in self.security.devices if not d.this]

    def is_told_the_price(self, *, hold: timedelta | None = None, blocked: timedelta | None = None,
                          sessions: str = "others", waits: timedelta | None = None) -> Person:  # fmt: skip
        """What it will cost stands on the page, with exact ends that count from now."""
        price = self.seen.price
        assert price is not None, self.seen
        now = self.world.now() + (waits or timedelta(0))
        _end(price.waits_until, now if waits else None)
        assert len(price.holds) == (hold is not None), price
        for until in price.holds:
            _end(until, now + (hold or timedelta(0)))
        assert (len(price.blocked) > 0) == (blocked is not None), price
        for until in price.blocked.values():
            _end(until, now + (blocked or timedelta(0)))
        assert price.sessions == sessions
        return self

    def letters(self, to: str | None = None) -> list[str]:
        """Subjects and texts of the messages to this address, newest first, codes left out."""
        found = self.world.messages(to or self.email)
        return [f"{m['subject']} {m['text']}" for m in found if not m["code"]]


def _end(shown: datetime | None, expected: datetime | None) -> None:
    """Pages round up to the minute, so that nobody comes back too early."""
    assert (shown is None) == (expected is None), (shown, expected)
    if shown is not None and expected is not None:
        assert -timedelta(seconds=20) <= shown - expected <= timedelta(seconds=61), (
            shown,
            expected,
        )
