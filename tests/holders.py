"""The core without any page: a `Portvakt` of its own on a database of its own, and people at its door.

A suite takes the fixtures by importing them in its conftest."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pyotp
import pytest

from portvakt.core import Portvakt, SessionCheck
from portvakt.model import Answer, Caller, Problem, Session
from portvakt.ports.crypto import Keys
from portvakt.sandbox import Sandbox
from portvakt.settings import Settings
from portvakt.store.session_check import SessionReader
from tests import elsewhere
from tests.authenticator import Device
from tests.database import Database

PASSWORD = "fyra helt olika ord utan mening"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_numbers = itertools.count(1)


def settings_for(database: Database, keys: Path, **more: Any) -> Settings:
    url = {"url": database.app_url, "owner_url": database.owner_url, "embedded": True}
    return Settings.model_validate(
        {"database": url, "keys": {"file": str(keys)}, "sandbox": {}, **more}
    )


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("keys") / "portvakt.keys"
    Keys.generate().save(path)
    return path


@pytest.fixture(scope="module")
def portvakt(database: Database, key_file: Path) -> Iterator[Portvakt]:
    with Portvakt(settings_for(database, key_file)).running() as running:
        yield running


@dataclass
class Holder:
    """Somebody at the door, from a network and with a device of their own."""

    portvakt: Portvakt
    email: str = ""
    account: str = ""
    caller: Caller = field(default_factory=Caller)
    phone: str = ""
    key: str = ""  # of the authenticator app
    passkeys: Device = field(default_factory=Device)

    def __post_init__(self) -> None:
        number = next(_numbers)
        self.email = self.email or f"holder{number}@example.com"
        self.phone = self.phone or f"+46{701_740_605 + number}"
        ip = f"198.18.{number // 250}.{number % 250 + 1}"
        self.caller = Caller(client="web", ip=ip, user_agent=FIREFOX)

    def start(self, action: str, /, **inputs: str) -> Answer:
        return self.took(self.portvakt.door.start(action, inputs, self.caller))

    def submit(self, begun: Answer, /, **inputs: str) -> Answer:
        token = begun.flow.token
        assert token is not None
        moved = self.took(
            self.portvakt.door.submit(begun.flow.id, token, self.caller, inputs=inputs)
        )
        return replace(moved, flow=replace(moved.flow, token=token))

    def took(self, answer: Answer | Problem) -> Answer:
        assert isinstance(answer, Answer), answer
        return answer

    def code(self, to: str | None = None) -> str:
        """The newest code that was sent to this address."""
        mails = [m for m in self._sandbox.messages(to or self.email) if m["code"]]
        return str(mails[0]["code"])

    def signs_up(self, by: Literal["email", "phone"] = "email") -> Answer:
        name = self.email if by == "email" else self.phone
        begun = self.start("sign_up", identifier=name, robot="sandbox")
        code = {_asked(begun): self.code(name)}
        done = self.submit(begun, **code, new_password=PASSWORD)
        self.enters(done)
        return done

    def signs_in(self, **more: str) -> Answer:
        answer = self.start("sign_in", identifier=self.email, password=PASSWORD, **more)
        if answer.result:
            self.enters(answer)
        return answer

    def binds_phone(self) -> Answer:
        begun = self.start("bind_phone", new_phone=self.phone)
        self.submit(begun, **{_asked(begun): self.proof(_asked(begun))})
        return self.finished(self.submit(begun, new_phone_code=self.code(self.phone)))

    def binds_totp(self) -> Answer:
        """With an authenticator app whose step is spent afterwards: the next code is a new one."""
        begun = self.start("bind_totp")
        shown = self.submit(begun, **{_asked(begun): self.proof(_asked(begun))})
        assert shown.step is not None
        self.key = next(s.data["key"] for s in shown.step.show if s.kind == "totp_key")
        done = self.finished(self.submit(begun, new_totp=self.totp_code()))
        self.waits(timedelta(seconds=60))
        return done

    def adds_passkey(self) -> Answer:
        begun = self.start("add_passkey")
        page = self.submit(begun, **{_asked(begun): self.proof(_asked(begun))})
        made = json.dumps(self.passkeys.create(options_of(page)))
        return self.finished(self.submit(begun, new_passkey=made))

    def finished(self, answer: Answer) -> Answer:
        assert answer.flow.status == "done", answer
        return answer

    def proof(self, field: str) -> str:
        """What this field takes now from the one who has everything that is bound."""
        if field == "totp":
            return self.totp_code()
        return self.code(self.email if field == "email_code" else self.phone)

    def totp_code(self, steps: int = 0) -> str:
        """The authenticator's code, so many steps of 30 seconds from now."""
        at = self._sandbox.now() + timedelta(seconds=30 * steps)
        return pyotp.TOTP(self.key).at(at)

    def waits(self, by: timedelta) -> None:
        """Time passes for everybody on this database."""
        self._sandbox.advance(by)

    def waits_for_a_step(self) -> None:
        """Until just after a TOTP step has begun, so that no test is caught by its end."""
        now = self._sandbox.now().timestamp()
        self.waits(timedelta(seconds=31 - now % 30))

    @property
    def _sandbox(self) -> Sandbox:
        assert self.portvakt.sandbox is not None
        return self.portvakt.sandbox

    def enters(self, done: Answer) -> None:
        assert done.result is not None, done
        self.account = done.result["account"]
        token = done.result["session_token"]

        session = elsewhere.run(_checked, self.portvakt, token)
        self.caller = replace(
            self.caller, session=session, session_token=token,
            device_token=done.result["device_token"],
        )  # fmt: skip


def options_of(answer: Answer) -> Mapping[str, Any]:
    """What the step's passkey field asks of the browser."""
    assert answer.step is not None, answer
    found: Mapping[str, Any] = next(
        f.extra["options"] for f in answer.step.fields if "passkey" in f.kind
    )
    return found


def _asked(answer: Answer) -> str:
    """The one field of the step."""
    assert answer.step is not None, answer
    (field,) = answer.step.fields
    return field.name


async def _checked(portvakt: Portvakt, token: str) -> Session | None:
    """A session check with a reader that lives as long as this one call."""
    assert portvakt.settings.database.url is not None
    reader = SessionReader(portvakt.settings.database.url, idle=portvakt.settings.sessions.idle)
    await reader.open()
    try:
        return await SessionCheck(portvakt.keys, reader).check(token)
    finally:
        await reader.close()


@pytest.fixture
def holder(portvakt: Portvakt) -> Holder:
    return Holder(portvakt)
