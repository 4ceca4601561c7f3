"""SMS handed over to a provider that checks the request, on 127.0.0.1."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from portvakt.ports.delivery import PermanentFailure, TemporaryFailure
from portvakt.ports.sms import HttpSms, MemorySms

TOKEN = "provider-token"
TO, BODY = "+46701740605", "482913 är din kod"


@dataclass
class Provider:
    """Takes an SMS as the documented shape says, once for each client reference."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, dict[str, str]] = field(default_factory=dict)
    hangs_up: bool = False

    def answer(self, headers: dict[str, str], body: bytes) -> int:
        self.requests.append({"headers": headers, "body": body})
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401
        if headers.get("content-type") != "application/json":
            return 415
        said = json.loads(body)
        if set(said) != {"to", "from", "body", "client_ref"}:
            return 422
        if headers.get("idempotency-key") != said["client_ref"]:
            return 400
        if self.status == 200:
            if said["client_ref"] in self.sent:
                return 409
            self.sent[said["client_ref"]] = said
        return self.status


@contextmanager
def provider(**how: Any) -> Iterator[Provider]:
    desk = Provider(**how)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = desk.answer({k.lower(): v for k, v in self.headers.items()}, body)
            if desk.hangs_up:
                return
            self.send_response(status)
            for name, value in desk.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    desk.url = f"http://127.0.0.1:{server.server_address[1]}/sms"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def sender(desk: Provider, token: str = TOKEN) -> Iterator[HttpSms]:
    sms = HttpSms(desk.url, token, "Norrbanken")
    yield sms
    sms.close()


def test_an_sms_reaches_the_provider_in_the_documented_shape() -> None:
    with provider() as desk, sender(desk) as sms:
        sms.send(TO, BODY, message_id="msg_1")
    assert desk.sent == {
        "msg_1": {"to": TO, "from": "Norrbanken", "body": BODY, "client_ref": "msg_1"}
    }


def test_a_retry_whose_first_answer_was_lost_sends_once_and_succeeds() -> None:
    with provider(hangs_up=True) as desk, sender(desk) as sms:
        with pytest.raises(TemporaryFailure, match="unreachable"):
            sms.send(TO, BODY, message_id="msg_1")
        desk.hangs_up = False
        sms.send(TO, BODY, message_id="msg_1")
    assert len(desk.requests) == 2
    assert len(desk.sent) == 1


@pytest.mark.parametrize("status", [400, 404, 410, 413, 422])
def test_an_sms_that_the_provider_will_never_take_is_given_up(status: int) -> None:
    with (
        provider(status=status) as desk,
        sender(desk) as sms,
        pytest.raises(PermanentFailure) as refused,
    ):
        sms.send(TO, BODY, message_id="msg_1")
    assert refused.value.code == status


@pytest.mark.parametrize("status", [402, 403, 408, 429, 500, 502, 503])
def test_an_sms_is_kept_for_later_where_the_fault_is_not_its_own(status: int) -> None:
    waiting = {"Retry-After": "30"}
    with provider(status=status, headers=waiting) as desk, sender(desk) as sms:
        with pytest.raises(TemporaryFailure) as refused:
            sms.send(TO, BODY, message_id="msg_1")
        assert len(desk.requests) == 1
    assert (refused.value.code, refused.value.retry_after) == (status, 30)


def test_a_wrong_token_loses_no_sms() -> None:
    with (
        provider() as desk,
        sender(desk, "wrong") as sms,
        pytest.raises(TemporaryFailure, match="401"),
    ):
        sms.send(TO, BODY, message_id="msg_1")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_takes_code_and_token_nowhere(status: int) -> None:
    with provider() as thief, provider(status=status) as desk, sender(desk) as sms:
        desk.headers["Location"] = thief.url
        with pytest.raises(TemporaryFailure):
            sms.send(TO, BODY, message_id="msg_1")
    assert thief.requests == []


@pytest.mark.proves("A107")
def test_a_failure_says_neither_number_nor_code_nor_token() -> None:
    with (
        provider(status=400) as desk,
        sender(desk) as sms,
        pytest.raises(PermanentFailure) as refused,
    ):
        sms.send(TO, BODY, message_id="msg_1")
    said = f"{refused.value!r} {vars(refused.value)}"
    assert refused.value.__context__ is None
    assert not any(secret in said for secret in (TO, "482913", TOKEN))


def test_a_provider_that_is_not_there_is_tried_again() -> None:
    with provider() as desk:
        pass
    with sender(desk) as sms, pytest.raises(TemporaryFailure, match="unreachable"):
        sms.send(TO, BODY, message_id="msg_1")


def test_the_machines_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with provider() as proxy, provider() as desk:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        with sender(desk) as sms:
            sms.send(TO, BODY, message_id="msg_1")
    assert proxy.requests == []
    assert len(desk.sent) == 1


@pytest.mark.parametrize("url", ["http://sms.example/send", "ftp://127.0.0.1/", "sms.example"])
def test_a_provider_outside_this_machine_is_reached_by_tls_alone(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        HttpSms(url, TOKEN, "Norrbanken")


def test_the_fake_keeps_what_was_sent() -> None:
    fake = MemorySms()
    fake.send(TO, BODY, message_id="msg_1")
    assert [(s.to, s.body, s.message_id) for s in fake.sent] == [(TO, BODY, "msg_1")]
