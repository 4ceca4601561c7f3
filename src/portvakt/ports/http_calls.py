"""One request to somebody else's service: in time, of bearable length, to nobody but whom it was for.

No redirect is followed: it would carry secrets to somebody else (A94). The machine's proxy and password
files are not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from portvakt.ports.clock import monotonic

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
#: Waiting calls hold worker threads: a service that hangs must not take all of them (A18).
_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class Said:
    """What came back. `trouble` is empty, or why nothing that can be read did: timeout, unreachable,
    too long. A value and no exception: an exception would hold the library's error, which holds the
    request, secrets included."""

    status: int = 0
    body: bytes = b""
    trouble: str = ""


def is_safe(url: str) -> bool:
    """https, or plain http to this machine itself."""
    parts = urlsplit(url)
    if parts.scheme == "http":
        return parts.hostname in _LOOPBACK
    return parts.scheme == "https" and bool(parts.hostname) and parts.username is None


class Calls:
    """`silence` is how long the service may say nothing, `patience` how long all of it may take (s),
    `longest` how many bytes it may say."""

    def __init__(self, longest: int, *, silence: float = 3.0, patience: float = 6.0) -> None:
        import httpx  # late: only who calls somebody carries it, so that the others start sooner

        self._longest, self._patience = longest, patience
        self._errors = (httpx.TimeoutException, httpx.HTTPError)
        self._client = httpx.Client(
            timeout=httpx.Timeout(silence, pool=1.0),
            limits=httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=4),
            follow_redirects=False,
            trust_env=False,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )

    def ask(self, method: str, url: str, form: Mapping[str, str] | None = None,
            login: tuple[str, str] | None = None) -> Said:  # fmt: skip
        """`login` is sent as HTTP Basic."""
        more: dict[str, Any] = {} if login is None else {"auth": login}
        body, until = bytearray(), monotonic() + self._patience
        try:
            with self._client.stream(method, url, data=form, **more) as said:
                for part in said.iter_raw():  # as it comes: a chunk size would wait for it to fill
                    body += part
                    if len(body) > self._longest:
                        return Said(trouble="too long")
                    if monotonic() > until:
                        return Said(trouble="timeout")
                return Said(said.status_code, bytes(body))
        except self._errors as error:
            timed_out = isinstance(error, self._errors[0])
            return Said(trouble="timeout" if timed_out else "unreachable")

    def close(self) -> None:
        self._client.close()
