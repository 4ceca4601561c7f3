"""One of the sandbox's people at a browser of his own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from tests.browser.conftest import Person


def at_the_desk(
    open_window: Callable[..., Person], name: str, size: str = "desktop", **more: Any
) -> Person:
    """Signed in, by the name that the sandbox gives him."""
    one = open_window(size, **more)
    found = httpx.get(f"{one.origin}/v1/sandbox", timeout=20).json()["staff"]
    id = next(s["id"] for s in found if s["name"] == name)
    made = httpx.post(f"{one.origin}/v1/sandbox/staff-sessions", json={"reviewer": id}, timeout=20)
    one.context.add_cookies([{
        "name": "__Host-portvakt", "value": made.json()["session_token"], "url": "https://localhost",
        "secure": True, "httpOnly": True, "sameSite": "Lax",
    }])  # fmt: skip
    return one
