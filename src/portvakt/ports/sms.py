"""SMS through a provider's HTTP interface. Called by jobs only, never in a request (A02)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

from portvakt.ports.delivery import PermanentFailure, TemporaryFailure

__all__ = [
    "HttpSms", "MemorySms", "PermanentFailure", "SentSms", "SmsSender", "TemporaryFailure",
]  # fmt: skip

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_TIMEOUT: Final = 15.0  # seconds
#: Not about this message: wrong credentials, no money, too early, too many. Mended without losing it.
_COME_BACK: Final = frozenset({401, 402, 403, 407, 408, 421, 423, 425, 429})
_TAKEN_ALREADY: Final = 409
_LONGEST_WAIT: Final = 3600


class SmsSender(Protocol):
    """Hands one SMS over. The same `message_id` twice is a retry of the same SMS."""

    def send(self, to: str, body: str, *, message_id: str) -> None:
        """Returns when the provider has taken the SMS for `to` (E.164).

        Raises TemporaryFailure (try again) or PermanentFailure (give up)."""
        ...


@dataclass(frozen=True, slots=True)
class SentSms:
    to: str
    body: str
    message_id: str


class MemorySms:
    """The fake: keeps what was sent, newest last."""

    def __init__(self) -> None:
        self.sent: list[SentSms] = []

    def send(self, to: str, body: str, *, message_id: str) -> None:
        self.sent.append(SentSms(to, body, message_id))


def _seconds(text: str | None) -> int | None:
    return min(int(text), _LONGEST_WAIT) if text and text.isascii() and text.isdigit() else None


class HttpSms:
    """The shape most providers and gateways speak or are easily taught:

    `POST url`, `Authorization: Bearer <token>`, `Idempotency-Key: <message id>`, JSON
    `{"to": "+46…", "from": "<sender>", "body": "…", "client_ref": "<message id>"}`.

    2xx: taken. 409: taken before (a retry whose first answer was lost). Other 4xx: never, except
    401, 402, 403, 407, 408, 421, 423, 425 and 429, which like 5xx and redirects are tried again.

    TLS is required and verified unless the provider is on this machine (ValueError); no redirect is
    followed, the machine's proxy and password files are not read, nothing of an answer is kept."""

    def __init__(self, url: str, token: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError("the SMS provider's address begins with https://")
        import httpx  # late: only who sends SMS carries it, so that the others start sooner

        self._errors = (httpx.TimeoutException, httpx.HTTPError)
        self._url = url
        self._sender = sender
        # a followed redirect would carry code, number and token to somebody else (A94)
        self._client = httpx.Client(
            timeout=httpx.Timeout(_TIMEOUT, connect=5.0),
            follow_redirects=False,
            trust_env=False,
            headers={"Authorization": f"Bearer {token}"},
        )

    def send(self, to: str, body: str, *, message_id: str) -> None:
        try:
            answer = self._client.post(
                self._url,
                json={"to": to, "from": self._sender, "body": body, "client_ref": message_id},
                headers={"Idempotency-Key": message_id},
            )
        except self._errors as error:
            late = isinstance(error, self._errors[0])
            raise TemporaryFailure("timeout" if late else "unreachable") from None
        status = answer.status_code
        if 200 <= status < 300 or status == _TAKEN_ALREADY:
            return
        if 400 <= status < 500 and status not in _COME_BACK:
            raise PermanentFailure("refused", status)
        raise TemporaryFailure("refused", status, _seconds(answer.headers.get("retry-after")))

    def close(self) -> None:
        self._client.close()
