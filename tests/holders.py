"""The core without any page: a `Portvakt` of its own on a database of its own, and people at its door.

A suite takes the fixtures by importing them in its conftest."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from portvakt.core import Portvakt, SessionCheck
from portvakt.model import Answer, Caller, Problem, Session
from portvakt.ports.crypto import Keys
from portvakt.settings import Settings
from portvakt.store.session_check import SessionReader
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

    def __post_init__(self) -> None:
        number = next(_numbers)
        self.email = self.email or f"holder{number}@example.com"
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
        sandbox = self.portvakt.sandbox
        assert sandbox is not None
        mails = [m for m in sandbox.messages(to or self.email) if m["code"]]
        return str(mails[0]["code"])

    def signs_up(self) -> Answer:
        begun = self.start("sign_up", identifier=self.email, robot="sandbox")
        done = self.submit(begun, email_code=self.code(), new_password=PASSWORD)
        self.enters(done)
        return done

    def signs_in(self, **more: str) -> Answer:
        answer = self.start("sign_in", identifier=self.email, password=PASSWORD, **more)
        if answer.result:
            self.enters(answer)
        return answer

    def enters(self, done: Answer) -> None:
        assert done.result is not None, done
        self.account = done.result["account"]
        token = done.result["session_token"]

        session = anyio.run(_checked, self.portvakt, token)
        self.caller = replace(
            self.caller, session=session, session_token=token,
            device_token=done.result["device_token"],
        )  # fmt: skip


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
