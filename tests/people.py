"""People who talk JSON to the real application (tests/serving.py), for every suite that needs some.

Each person comes from a network of their own (through the trusted proxy that the test is), so that
limits per network are met only by tests that are about them. A suite takes the fixtures by importing
them in its conftest.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pyotp
import pytest

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

    @property
    def email(self) -> str:
        return f"person{self.number}@example.com"

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

    def sign_up(self) -> Person:
        """Through the whole flow; keeps session, device and account."""
        flow = self.start("sign_up", identifier=self.email, robot="sandbox")
        self.move(flow, inputs={"email_code": self.code()})
        done = self.move(flow, inputs={"new_password": PASSWORD})
        assert done["flow"]["status"] == "done", done
        result = done["result"]
        self.session, self.device = result["session_token"], result["device_token"]
        self.account = result["account"]
        return self


@pytest.fixture
def stranger(address: str) -> Iterator[Callable[[], Person]]:
    """Makes people without an account, each from a network of his own."""
    made: list[httpx.Client] = []

    def make() -> Person:
        number = next(_numbers)
        network = f"198.18.{number // 250}.{number % 250 + 1}"
        made.append(
            httpx.Client(base_url=address, headers={"X-Forwarded-For": network}, timeout=20)
        )
        return Person(made[-1], number)

    yield make
    for http in made:
        http.close()


@pytest.fixture
def person(stranger: Callable[[], Person]) -> Person:
    """A stranger."""
    return stranger()


@pytest.fixture
def holder(stranger: Callable[[], Person]) -> Person:
    """An account holder, signed in."""
    return stranger().sign_up()
