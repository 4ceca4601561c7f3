"""Everything around the people of a story: their mailboxes, the clock, and the platform."""

from __future__ import annotations

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

    # ── the platform ────────────────────────────────────────────────────────────────────────────

    def may(self, account: str, action: str, **details: str) -> dict[str, Any]:
        """The platform's service asks: *may this account do this now?*"""
        client = self._get("/v1/sandbox")["platform_client"]
        answer = self._http.post(
            "/v1/decisions",
            json={"account": account, "action": action, "details": details},
            auth=(client["id"], client["secret"]),
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())
