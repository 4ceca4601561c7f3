"""A provider's verify call on 127.0.0.1, which looks at every request as the provider would."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

PROVIDERS = ("recaptcha", "hcaptcha", "turnstile")
SITE_KEY = "0x4AAA-site_key"
SECRET = "0x4AAA-kanarie-of-the-site"
ANSWER = "0.kanarie-of_the.visitor"
FIELDS = {
    "recaptcha": {"secret", "response"},
    "hcaptcha": {"secret", "response", "sitekey"},
    "turnstile": {"secret", "response"},
}
#: how each writes its instants
MOMENTS = {
    "recaptcha": "%Y-%m-%dT%H:%M:%SZ",
    "hcaptcha": "%Y-%m-%dT%H:%M:%S.%fZ",
    "turnstile": "%Y-%m-%dT%H:%M:%S.123Z",
}


@dataclass
class Desk:
    """Takes `ANSWER` as often as it comes: whether it counts twice is for us to say."""

    provider: str
    host: str = "id.example.com"
    action: str = "sign_up"
    at: datetime | None = None  # None: a moment ago
    more: dict[str, Any] = field(default_factory=dict)  # laid over a right answer; None takes away
    status: int = 200
    raw: bytes | None = None  # instead of JSON
    headers: dict[str, str] = field(default_factory=dict)
    silent: float = 0.0  # seconds before it says anything
    drips: float = 0.0  # seconds between two bytes
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def says(self, response: str, secret: str) -> dict[str, Any]:
        if secret != SECRET:
            return {"success": False, "error-codes": ["invalid-input-secret"]}
        if response != ANSWER:
            return {"success": False, "error-codes": ["invalid-input-response"]}
        at = self.at or datetime.now(UTC)
        said: dict[str, Any] = {
            "success": True,
            "challenge_ts": at.strftime(MOMENTS[self.provider]),
            "hostname": self.host,
        }
        if self.provider == "turnstile":
            said |= {"error-codes": [], "action": self.action, "cdata": ""}
        if self.provider == "hcaptcha":
            said |= {"credit": False}
        return {k: v for k, v in {**said, **self.more}.items() if v is not None}

    def took(self, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
        given = {k: v[0] for k, v in parse_qs(body.decode()).items()}
        self.requests.append({"method": method, "path": path, "headers": headers, **given})
        right = {
            "method": method == "POST",
            "path": path == "/siteverify",
            "kind": headers.get("content-type") == "application/x-www-form-urlencoded",
            "fields": given.keys() == FIELDS[self.provider],
            "site key": given.get("sitekey", SITE_KEY) == SITE_KEY,
            "host": headers.get("host") == self.url.split("/")[2],
            "coding": headers.get("accept-encoding") == "identity",
        }
        self.complaints += [what for what, fine in right.items() if not fine]
        if self.raw is not None:
            return self.raw
        return json.dumps(self.says(given.get("response", ""), given.get("secret", ""))).encode()


@contextmanager
def desk(provider: str = "turnstile", **how: Any) -> Iterator[Desk]:
    """The stand-in, listening; it must have had nothing to complain about in the end."""
    one = Desk(provider, **how)
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answered()

        def do_GET(self) -> None:
            self._answered()

        def _answered(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {k.lower(): v for k, v in self.headers.items()}
            said = one.took(self.command, self.path, headers, body)
            over.wait(one.silent)
            with suppress(OSError):  # who has heard enough hangs up
                self.send_response(one.status)
                for name, value in one.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                step = 1 if one.drips else 65_536
                for start in range(0, len(said), step):
                    self.wfile.write(said[start : start + step])
                    if one.drips and not over.is_set():
                        time.sleep(one.drips)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.url = f"http://127.0.0.1:{server.server_address[1]}/siteverify"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield one
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()
    assert one.complaints == []


def settings_of(one: Desk) -> dict[str, str]:
    """`[robot]` for this desk."""
    return {"provider": one.provider, "site_key": SITE_KEY, "secret": SECRET, "verify_url": one.url}
