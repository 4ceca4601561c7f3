"""People who talk JSON to the real application (tests/serving.py), for every suite that needs some.

Each person comes from a network of their own (through the trusted proxy that the test is), so that
limits per network are met only by tests that are about them. A suite takes the fixtures by importing
them in its conftest.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import pyotp
import pytest

from tests.authenticator import Device

Json = dict[str, Any]
PASSWORD = "fyra helt olika ord utan mening"
_numbers = itertools.count(1)


@dataclass
class Person:
    """Somebody with a program that speaks the contract. Keeps what such a program keeps."""

    http: httpx.Client
    number: int
    session: str | None = None
    device: str | None = None
    account: str | None = None
    totp: pyotp.TOTP | None = None
    headers: dict[str, str] = field(default_factory=dict)
    passkeys: Device = field(default_factory=Device)

    @property
    def email(self) -> str:
        return f"person{self.number}@example.com"

    @property
    def phone(self) -> str:
        return f"+46{701_740_605 + self.number}"

    @property
    def other_phone(self) -> str:
        """A number to change to, which nobody else has or changes to."""
        return f"+46{721_740_605 + self.number}"

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        given = {**self.headers, **more.pop("headers", {})}
        if self.session and "authorization" not in {k.lower() for k in given}:
            given["Authorization"] = f"Bearer {self.session}"
        if self.device:
            given["Portvakt-Device"] = self.device
        return self.http.request(method, path, headers=given, **more)

    def start(self, action: str, **inputs: Any) -> Json:
        answer = self.ask("POST", "/v1/flows", json={"action": action, "inputs": inputs})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def move(self, flow: Json, **body: Any) -> Json:
        answer = self.ask(
            "POST",
            f"/v1/flows/{flow['flow']['id']}",
            json=body,
            headers={"Flow-Token": flow["flow"]["token"]},
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def code(self, to: str | None = None) -> str:
        """The newest code in this person's mailbox."""
        found = self.ask("GET", "/v1/sandbox/messages", params={"to": to or self.email}).json()
        return str(next(m["code"] for m in found["messages"] if m["code"]))

    def sign_up(self, password: str = PASSWORD) -> Person:
        """Through the whole flow; keeps session, device and account."""
        flow = self.start("sign_up", identifier=self.email, robot="sandbox")
        self.move(flow, inputs={"email_code": self.code()})
        done = self.move(flow, inputs={"new_password": password})
        assert done["flow"]["status"] == "done", done
        return self.enter(done)

    def enter(self, done: Json) -> Person:
        """Keeps what a finished sign-in or sign-up gives."""
        result = done["result"]
        self.session, self.device = result["session_token"], result["device_token"]
        self.account = result["account"]
        return self

    def sign_in(self, **inputs: Any) -> Json:
        """The first page with the right password, unless told otherwise; nothing is kept."""
        return self.start("sign_in", **{"identifier": self.email, "password": PASSWORD, **inputs})

    def options(self, answer: Json) -> Json:
        """What the step's passkey field asks of the browser."""
        return dict(
            next(f["options"] for f in answer["step"]["fields"] if f["kind"].startswith("passkey"))
        )

    def adding_passkey(self) -> Json:
        """Up to the page that makes one."""
        flow = self.start("add_passkey")
        (asked,) = (f["name"] for f in flow["step"]["fields"])
        return {**self.move(flow, inputs={asked: self._proof(asked, flow)}), "flow": flow["flow"]}

    def _proof(self, asked: str, flow: Json) -> Any:
        if asked == "passkey":
            return self.passkeys.get(self.options(flow))
        if asked == "totp":
            self.wait("30s")
            return self.totp_code()
        return self.code(self.email if asked == "email_code" else self.phone)

    def add_passkey(self, name: str = "My phone") -> Person:
        flow = self.adding_passkey()
        made = self.passkeys.create(self.options(flow))
        done = self.move(flow, inputs={"passkey_name": name, "new_passkey": made})
        assert done["flow"]["status"] == "done", done
        return self

    def by_passkey(self) -> Json:
        """The first page of signing in by passkey, and what it asks of the browser."""
        answer = self.ask("POST", "/v1/flows", json={"action": "sign_in", "offer": "passkey"})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def sign_in_by_passkey(self) -> Person:
        flow = self.by_passkey()
        done = self.move(flow, inputs={"passkey": self.passkeys.get(self.options(flow))})
        assert done["flow"]["status"] == "done", done
        return self.enter(done)

    def now(self) -> datetime:
        """The service's clock, which tests may have moved."""
        return datetime.fromisoformat(self.ask("GET", "/v1/sandbox/clock").json()["now"])

    def wait(self, advance: str) -> None:
        moved = self.ask("POST", "/v1/sandbox/clock", json={"advance": advance})
        assert moved.status_code == 200, moved.text

    def wait_for_a_step(self) -> None:
        """Until just after a TOTP step has begun, so that no test is caught by its end."""
        self.wait(f"{31 - int(self.now().timestamp()) % 30}s")

    def totp_code(self, steps: int = 0) -> str:
        assert self.totp is not None
        return self.totp.at(self.now() + timedelta(seconds=30 * steps))

    def bind_totp(self) -> Person:
        """With an authenticator app; its next code is a fresh one."""
        flow = self.start("bind_totp")
        asked = flow["step"]["fields"][0]["name"]
        to = self.email if asked == "email_code" else self.phone
        shown = self.move(flow, inputs={asked: self.code(to)})
        key = next(s["key"] for s in shown["step"]["show"] if s["kind"] == "totp_key")
        self.totp = pyotp.TOTP(key)
        done = self.move(flow, inputs={"new_totp": self.totp_code()})
        assert done["flow"]["status"] == "done", done
        self.wait("60s")
        return self

    def bind_phone(self) -> Person:
        flow = self.start("bind_phone", new_phone=self.phone)
        asked = flow["step"]["fields"][0]["name"]
        self.move(flow, inputs={asked: self.totp_code() if asked == "totp" else self.code()})
        done = self.move(flow, inputs={"new_phone_code": self.code(self.phone)})
        assert done["flow"]["status"] == "done", done
        return self


@contextmanager
def people(*addresses: str) -> Iterator[Callable[..., Person]]:
    """Makes people without an account, each from a network of his own; `at` says which address they
    talk to. `like` is the same person with another program: no session, an unknown device."""
    made: list[httpx.Client] = []

    def make(at: int = 0, like: Person | None = None) -> Person:
        number = next(_numbers)
        network = f"198.18.{number // 250}.{number % 250 + 1}"
        made.append(
            httpx.Client(base_url=addresses[at], headers={"X-Forwarded-For": network}, timeout=30)
        )
        if like is None:
            return Person(made[-1], number)
        return Person(
            made[-1], like.number, account=like.account, totp=like.totp, passkeys=like.passkeys
        )

    yield make
    for http in made:
        http.close()


@pytest.fixture
def stranger(address: str) -> Iterator[Callable[..., Person]]:
    """Makes people: `stranger()`, `stranger(like=holder)`."""
    with people(address) as make:
        yield make


@pytest.fixture
def person(stranger: Callable[..., Person]) -> Person:
    """A stranger."""
    return stranger()


@pytest.fixture
def holder(stranger: Callable[..., Person]) -> Person:
    """An account holder, signed in."""
    return stranger().sign_up()
