"""The first page keeps its word: its example runs against the real service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx
import pyotp
import pytest

from tests.docs import markdown

Json = Any
DETAILS = {"amount": "0.5", "asset": "BTC", "to": "bc1q"}
PASSWORD = "fyra helt olika ord utan mening"


@pytest.fixture(scope="module")
def own_settings() -> Mapping[str, Mapping[str, Any]]:
    return {"sandbox": {"step_up": "never"}}  # approving a way out is not built yet


class Holder:
    """Somebody with the smallest program that can sign up, sign in and bind an authenticator."""

    def __init__(self, address: str, email: str) -> None:
        self.http, self.email = httpx.Client(base_url=address, timeout=20), email
        self.account = ""

    def start(self, action: str, **values: str) -> Json:
        return self.http.post("/v1/flows", json={"action": action, "inputs": values}).json()

    def move(self, begun: Json, **values: str) -> Json:
        flow, token = begun["flow"]["id"], {"Flow-Token": begun["flow"]["token"]}
        return self.http.post(f"/v1/flows/{flow}", json={"inputs": values}, headers=token).json()

    def code(self) -> str:
        found = self.http.get("/v1/sandbox/messages", params={"to": self.email}).json()
        return str(next(m["code"] for m in found["messages"] if m["code"]))

    def sign_up(self) -> None:
        flow = self.start("sign_up", identifier=self.email, robot="sandbox")
        result = self.move(flow, email_code=self.code(), new_password=PASSWORD)["result"]
        self.account = result["account"]
        self.http.headers["Authorization"] = f"Bearer {result['session_token']}"

    def bind_totp(self) -> None:
        flow = self.start("bind_totp")
        key = self.move(flow, email_code=self.code())["step"]["show"][0]["key"]
        now = datetime.fromisoformat(self.http.get("/v1/sandbox/clock").json()["now"])
        assert self.move(flow, new_totp=pyotp.TOTP(key).at(now))["flow"]["status"] == "done"

    def sign_in_elsewhere(self) -> None:
        del self.http.headers["Authorization"]
        assert self.start("sign_in", identifier=self.email, password=PASSWORD)["result"]


@pytest.fixture
def example(address: str) -> Callable[[Holder], bool]:
    """The example itself, with this sandbox's own address and secret: may this holder withdraw?"""
    (block,) = markdown.blocks("README.md", "python")
    known = httpx.get(f"{address}/v1/sandbox").json()["platform_client"]
    assert "http://localhost:8700" in block.text
    assert f'("{known["id"]}", "the secret")' in block.text
    names: dict[str, Any] = {}
    exec(
        block.text.replace("http://localhost:8700", address).replace("the secret", known["secret"]),
        names,
    )
    return lambda holder: names["may_withdraw"](names["service"], holder.account, DETAILS)


@pytest.mark.proves("S91")
def test_the_example_allows_for_a_holder_with_an_authenticator_and_no_hold(
    address: str, example: Callable[[Holder], bool]
) -> None:
    holder = Holder(address, "readme1@example.com")
    holder.sign_up()
    holder.bind_totp()
    assert example(holder) is True


@pytest.mark.proves("S91")
def test_the_example_denies_inside_a_hold_and_says_why_and_until_when(
    address: str, example: Callable[[Holder], bool], capsys: pytest.CaptureFixture[str]
) -> None:
    holder = Holder(address, "readme2@example.com")
    holder.sign_up()
    holder.sign_in_elsewhere()  # a new device on an account without a second factor
    assert example(holder) is False
    said = capsys.readouterr().out
    assert "Paused for the account's safety until" in said
    assert "denied at least until 20" in said


def test_the_example_is_at_most_twenty_lines() -> None:
    (block,) = markdown.blocks("README.md", "python")
    assert len(block.text.strip().splitlines()) <= 20
