"""Somebody who drives the service as the pages of docs/ show it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pyotp

Json = Any
DETAILS = {"amount": "0.5", "asset": "BTC", "to": "bc1q"}
PASSWORD = "fyra helt olika ord utan mening"


class Holder:
    """Somebody with the smallest program that can sign up, sign in and bind an authenticator."""

    def __init__(self, address: str, email: str) -> None:
        self.http, self.email = httpx.Client(base_url=address, timeout=20), email
        self.account = self.key = ""

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
        self.key = self.move(flow, email_code=self.code())["step"]["show"][0]["key"]
        assert self.move(flow, new_totp=self.totp())["flow"]["status"] == "done"

    def totp(self) -> str:
        now = datetime.fromisoformat(self.http.get("/v1/sandbox/clock").json()["now"])
        return pyotp.TOTP(self.key).at(now)

    def approves(self, page: str) -> str:
        """What the platform asks on this page, in the session that he has: the receipt."""
        self.http.post("/v1/sandbox/clock", json={"advance": "60s"})  # the next code is a new one
        begun = self.start("approve_protected_action", decision=page.removeprefix("/approve/"))
        return str(self.move(begun, totp=self.totp())["result"]["receipt"])

    def sign_in_elsewhere(self) -> None:
        del self.http.headers["Authorization"]
        assert self.start("sign_in", identifier=self.email, password=PASSWORD)["result"]
