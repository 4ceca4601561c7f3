"""Everything around the people of a story: their mailboxes, the clock, and the platform."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx


class World:
    """One running sandbox, seen from outside."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = httpx.Client(base_url=address, timeout=30)

    def close(self) -> None:
        self._http.close()

    def _get(self, path: str, **query: str) -> Any:
        answer = self._http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    # ── time ────────────────────────────────────────────────────────────────────────────────────

    def now(self) -> datetime:
        return datetime.fromisoformat(self._get("/v1/sandbox/clock")["now"])

    def passes(self, length: str) -> datetime:
        """This much time passes, and all that is due then is done."""
        answer = self._http.post("/v1/sandbox/clock", json={"advance": length})
        assert answer.status_code == 200, answer.text
        return datetime.fromisoformat(answer.json()["now"])

    # ── messages ────────────────────────────────────────────────────────────────────────────────

    def messages(self, to: str) -> list[dict[str, Any]]:
        """What was sent to this address, newest first."""
        return list(self._get("/v1/sandbox/messages", to=to)["messages"])

    def code(self, to: str) -> str:
        """The code in the newest message to this address that holds one."""
        return next(str(m["code"]) for m in self.messages(to) if m["code"])

    def link(self, to: str, id: str) -> str:
        """The token of the newest link to this address by which this can be done."""
        links = (link for m in self.messages(to) for link in m["links"] if link["id"] == id)
        return str(next(links)["token"])

    # ── the platform ────────────────────────────────────────────────────────────────────────────

    def _service(self, method: str, path: str, **more: Any) -> httpx.Response:
        client = self._get("/v1/sandbox")["platform_client"]
        return self._http.request(method, path, auth=(client["id"], client["secret"]), **more)

    def may(self, account: str, action: str, **details: str) -> dict[str, Any]:
        """The platform's service asks: *may this account do this now?*"""
        return self.asks(account, action, details)

    def asks(
        self, account: str, action: str, details: Mapping[str, str], **more: str
    ) -> dict[str, Any]:
        """The same with a `session` whose approval alone counts, or with a `receipt`."""
        asked = {"account": account, "action": action, "details": dict(details), **more}
        answer = self._service("POST", "/v1/decisions", json=asked)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def why_not(self, account: str, action: str = "withdraw") -> list[str]:
        """The ids of the reasons; empty where it may be done, or only waits for an approval."""
        return [r["id"] for r in self.may(account, action)["reasons"]]

    def until(self, account: str) -> datetime:
        """Until when a withdrawal is denied."""
        return datetime.fromisoformat(self.may(account, "withdraw")["until"])

    def redeems(self, receipt: str, **details: str) -> str:
        """The platform carries it out: `redeemed`, or the problem that stops it."""
        answer = self._service(
            "POST", f"/v1/receipts/{receipt}/redeem", json={"details": details}
        )  # fmt: skip
        if answer.status_code == 200:
            return "redeemed"
        return str(answer.json()["type"].rpartition("/")[2])

    def events(self, account: str) -> list[dict[str, Any]]:
        """What the platform hears of this account, oldest first."""
        found: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            answer = self._service("GET", "/v1/events", params=after)
            assert answer.status_code == 200, answer.text
            page = answer.json()["events"]
            if not page:
                return [e for e in found if e["account"] == account]
            found += page
            after = {"after": page[-1]["id"]}

    def hears(self, account: str, action: str) -> list[dict[str, Any]]:
        """The same, once it has come to this. An event is served when no transaction of the whole
        server can still commit an earlier one: beside other tests that may take a moment."""
        patience = time.monotonic() + 20
        while time.monotonic() < patience:
            found = self.events(account)
            if found and (found[-1]["action"], found[-1]["event"]) == (action, "done"):
                return found
            time.sleep(0.1)
        raise AssertionError(f"the platform did not hear of {action}")

    def receipt(self, account: str) -> str:
        """The receipt of what this account's holder has just approved, as the platform hears of it."""
        return str(self.hears(account, "approve_protected_action")[-1]["data"]["receipt"])
