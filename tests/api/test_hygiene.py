"""Bad input of every kind in every place: a clear refusal or a problem document, nothing leaked, no
error of ours."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from portvakt.api import wire
from portvakt.asking import OPTIONAL, inputs
from portvakt.policy import ACTIONS
from portvakt.store.tx import DatabaseBusy
from tests import elsewhere
from tests.api.conftest import Person
from tests.api.test_contract import problem

CANARY = "canary-5f3a9c"
#: values that no field takes, by what is wrong with them
BAD: dict[str, Any] = {
    "empty": "",
    "spaces": "   ",
    "null": None,
    "number": 123456,
    "boolean": True,
    "array": ["123456"],
    "object": {"$ne": ""},
    "long": "x" * 60_000,
    "control": "12\x07\x1b[31m34",
    "newline": "a@example.com\r\nBcc: b@example.com",
    "direction": "\u202e654321",
    "surrogate": "\ud800",
    "nul": "12\0 34",
    "arabic digits": "١٢٣٤٥٦",
    "fullwidth digits": "１２３４５６",
    "emoji": "😀" * 300,
    "sql": "' or 1=1; --",
    "template": "{{7*7}}${7*7}",
    "script": "<script>alert(1)</script>",
    "path": "../../etc/passwd",
}
#: what JSON has of its own for an input: `true` agrees, 7 days are 7, several things are a list
FITTING = {
    "agree": frozenset({"boolean"}),
    "kept": frozenset({"boolean"}),
    "days": frozenset({"number"}),
    "lost": frozenset({"array"}),
    "files": frozenset({"array"}),
    "answers": frozenset({"object"}),
    "passkey": frozenset({"object"}),
    "new_passkey": frozenset({"object"}),
}
FIELDS = [(action, name) for action in ACTIONS for name in inputs(ACTIONS[action])]
SECURITY = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def clean(answer: httpx.Response) -> None:
    """An answer of the contract, with its headers, whatever was sent."""
    assert answer.status_code < 500, answer.text
    for name, value in SECURITY.items():
        assert answer.headers[name] == value
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert "set-cookie" not in answer.headers
    if answer.status_code == 200:
        assert answer.headers["content-type"] == "application/json"
    else:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


def sent(person: Person, path: str, body: Any, **headers: str) -> httpx.Response:
    """A POST whose JSON is pure ASCII, so that it can carry what has no UTF-8 form."""
    kind = {"content-type": "application/json", **headers}
    return person.ask("POST", path, content=json.dumps(body), headers=kind)


@pytest.mark.proves("A08", "A98")
@pytest.mark.parametrize(("action", "name"), FIELDS)
def test_no_value_of_any_field_breaks_the_service(
    stranger: Callable[[], Person], action: str, name: str
) -> None:
    person = stranger()
    if ACTIONS[action].session:
        person.sign_up()
    meant = FITTING.get(name, frozenset())
    for what, value in BAD.items():
        if name in OPTIONAL and what in ("empty", "spaces"):
            continue  # as good as left out
        answer = sent(person, "/v1/flows", {"action": action, "inputs": {name: value}})
        clean(answer)
        if what not in meant and (not isinstance(value, str) or what in ("surrogate", "nul")):
            problem(answer, 400, "malformed")
        elif answer.status_code == 200:
            assert answer.json()["result"] is None, what
    if person.session:  # nor does a word that names no session end the one that said it
        assert person.ask("GET", "/v1/me").status_code == 200


@pytest.mark.parametrize("name", ["email_code", "new_password"])
def test_no_value_breaks_a_step_that_asks_for_it(person: Person, name: str) -> None:
    flow = person.start("sign_up", identifier=person.email, robot="sandbox")
    if name == "new_password":
        person.move(flow, inputs={"email_code": person.code()})
    path, token = f"/v1/flows/{flow['flow']['id']}", {"Flow-Token": flow["flow"]["token"]}
    for what, value in BAD.items():
        answer = sent(person, path, {"inputs": {name: value}}, **token)
        clean(answer)
        if answer.status_code == 200 and name == "email_code":
            assert answer.json()["refusal"], what
            assert answer.json()["step"]["id"] == "confirm_identifier"


@pytest.mark.proves("A96")
@pytest.mark.parametrize(
    ("body", "status", "id"),
    [
        ({}, 400, "malformed"),
        ({"action": None}, 400, "malformed"),
        ({"action": ["sign_in"]}, 400, "malformed"),
        ({"action": ""}, 422, "unknown_action"),
        ({"action": "sign_in\0"}, 400, "malformed"),
        ({"action": "become_admin"}, 422, "unknown_action"),
        ({"action": "x" * 50_000}, 422, "unknown_action"),
        ({"action": "sign_in", "inputs": []}, 400, "malformed"),
        ({"action": "sign_in", "inputs": None}, 400, "malformed"),
        ({"action": "sign_in", "account": "acc_1"}, 422, "unknown_field"),
        ({"action": "sign_in", "inputs": {"role": "admin"}}, 422, "unknown_field"),
        ({"action": "sign_in", "inputs": {"account": "acc_1"}}, 422, "unknown_field"),
        ({"action": "sign_in", "inputs": {"hold_until": None}}, 422, "unknown_field"),
        ({"action": "sign_up", "inputs": {"verified": "true"}}, 422, "unknown_field"),
    ],
)
def test_what_nobody_asked_for_is_refused_and_not_passed_on(
    person: Person, body: Any, status: int, id: str
) -> None:
    problem(person.ask("POST", "/v1/flows", json=body), status, id)


@pytest.mark.parametrize(
    "body",
    [
        {"inputs": {}, "offer": "totp"},
        {"offer": "totp", "resend": "sms_code"},
        {"cancel": False},
        {"cancel": 1},
        {"cancel": "true"},
        {"step": 1, "inputs": {}},
        {"offer": ["totp"]},
        {"resend": {"a": "b"}},
        {"inputs": "email_code=1"},
    ],
)
def test_one_thing_at_a_time_moves_a_flow(person: Person, body: Any) -> None:
    flow = person.start("sign_up", identifier=person.email, robot="sandbox")
    path, token = f"/v1/flows/{flow['flow']['id']}", {"Flow-Token": flow["flow"]["token"]}
    problem(person.ask("POST", path, json=body, headers=token), 400, "malformed")


@pytest.mark.parametrize("word", ["", "nothing", "x" * 5_000, "\u202e", "../x"])
@pytest.mark.parametrize("part", ["offer", "resend", "step"])
def test_an_offer_code_or_step_that_is_none_is_told_so(
    person: Person, part: str, word: str
) -> None:
    flow = person.start("sign_up", identifier=person.email, robot="sandbox")
    path, token = f"/v1/flows/{flow['flow']['id']}", {"Flow-Token": flow["flow"]["token"]}
    answer = person.ask("POST", path, json={part: word}, headers=token)
    clean(answer)
    assert answer.status_code == 400 or answer.json()["refusal"] is not None


@pytest.mark.proves("A95")
@pytest.mark.parametrize(
    "id",
    ["x", "flw_", "a" * 65, "%00", "%ff%fe", "..%2f..%2fme", "%F0%9F%98%80", "'--", "flw_1%20"],
)
def test_an_id_that_cannot_be_one_is_not_found_like_an_unknown_one(person: Person, id: str) -> None:
    flow = person.start("sign_in")
    token = {"Flow-Token": flow["flow"]["token"]}
    problem(person.ask("GET", f"/v1/flows/{id}", headers=token), 404, "not_found")
    told = person.ask("POST", f"/v1/flows/{id}", headers=token, json={"cancel": True})
    problem(told, 404, "not_found")


# ── the request itself ──────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A91")
@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "text/plain; charset=application/json"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json, text/plain"},
        {"content-type": ""},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
def test_json_under_another_name_is_not_read(person: Person, headers: dict[str, str]) -> None:
    answer = person.ask("POST", "/v1/flows", content=b'{"action":"sign_in"}', headers=headers)
    problem(answer, 415, "unsupported_media_type")


@pytest.mark.proves("A91")
@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:8700.evil.example"}, 403),
        ({"Origin": "http://localhost:8700"}, 200),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 403),
    ],
)
def test_a_post_that_a_browser_sends_for_another_site_is_forbidden(
    person: Person, headers: dict[str, str], told: int
) -> None:
    answer = person.ask("POST", "/v1/flows", json={"action": "sign_in"}, headers=headers)
    assert answer.status_code == told
    if told == 403:
        problem(answer, 403, "forbidden")


@pytest.mark.proves("A92")
@pytest.mark.parametrize("path", ["/v1/flows", "/v1/me", "/v1/decisions", "/v1/nowhere"])
def test_no_other_origin_is_ever_let_in(person: Person, path: str) -> None:
    asked = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    preflight = person.ask("OPTIONS", path, headers=asked)
    clean(preflight)
    assert preflight.status_code in (404, 405)
    clean(person.ask("GET", path, headers={"Origin": "https://evil.example"}))


@pytest.mark.proves("A18", "A98")
@pytest.mark.parametrize("path", ["/v1/flows", "/v1/flows/flw_0", "/v1/sandbox/clock"])
def test_a_body_over_the_limit_is_turned_away_by_its_length_and_by_what_arrives(
    person: Person, path: str
) -> None:
    body = b'{"action":"' + b"x" * 1_000_000 + b'"}'
    kind = {"content-type": "application/json"}
    problem(person.ask("POST", path, content=body, headers=kind), 413, "too_large")

    def stream() -> Iterator[bytes]:
        for start in range(0, len(body), 8_192):
            yield body[start : start + 8_192]

    problem(person.ask("POST", path, content=stream(), headers=kind), 413, "too_large")


@pytest.mark.proves("A98")
@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b"null", b'"x"', b'{"action":"sign_in","action":"sign_up"}',
        b'{"action":"\xff"}', b'{"action":"sign_in","inputs":' + b'{"a":' * 20 + b"1" + b"}" * 21,
        b'{"action":1e999}', b'{"action":NaN}', b'{"action":' + b"9" * 5_000 + b"}",
    ],
)  # fmt: skip
def test_json_that_is_none_or_could_be_read_two_ways_is_malformed(
    person: Person, raw: bytes
) -> None:
    answer = person.ask(
        "POST", "/v1/flows", content=raw, headers={"content-type": "application/json"}
    )
    assert problem(answer, 400, "malformed")["why"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/flows", "POST"),
        ("GET", "/v1/flows", "POST"),
        ("PUT", "/v1/flows/flw_0", "GET, POST"),
        ("POST", "/v1/me", "GET, HEAD"),
        ("POST", "/v1/me/holds", "GET"),
        ("GET", "/v1/decisions", "POST"),
        ("TRACE", "/v1/me", "GET, HEAD"),
    ],
)
def test_a_method_that_a_path_has_not_is_405_with_those_it_has(
    person: Person, method: str, path: str, allowed: str
) -> None:
    answer = person.ask(method, path)
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    "path",
    [
        "/v1/",
        "/v1/a%0Ab",
        "/v1/me%0Ax",
        "/v1/flows/",
        "/v1/me/",
        "/v1//me",
        "/v1/admin",
        "/v1/flows/a/b",
        "/v1/docs/x",
    ],
)
def test_an_unknown_path_is_not_found_and_never_redirected(person: Person, path: str) -> None:
    problem(person.ask("GET", path), 404, "not_found")


@pytest.mark.proves("A93")
def test_headers_full_of_nonsense_are_borne(person: Person) -> None:
    nonsense = {
        "User-Agent": b"\xff\xfe<script>alert(1)</script>" + b"x" * 4_000,
        "Accept-Language": b"\xff, ;q=x, " + b"a," * 2_000,
        "Portvakt-Zone": b"../../etc/passwd",
        "Portvakt-Client": b"<b>",
        "Portvakt-Device": b"\xc3\xa5" * 400,
        "Cookie": b'__Host-portvakt="\\377"; zone=%00; lang=../../; ;;=;',
        "Flow-Token": b"\xff" * 10,
    }
    clean(person.ask("POST", "/v1/flows", json={"action": "sign_in"}, headers=nonsense))
    clean(person.ask("GET", "/v1/me", headers=nonsense))
    clean(person.ask("GET", "/v1/flows/flw_0", headers=nonsense))


def test_a_body_that_never_comes_to_its_end_is_not_waited_for(address: str) -> None:
    """The client says more than it sends and closes: nothing is left hanging, the next is served."""
    where = urlsplit(address)
    assert where.hostname
    assert where.port
    with socket.create_connection((where.hostname, where.port), timeout=5) as half:
        half.sendall(
            b"POST /v1/flows HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b'Content-Length: 500\r\n\r\n{"action":'
        )
    assert httpx.get(f"{address}/v1/me").status_code == 401


def _guarded(app: Starlette, broken: Any) -> httpx.Response:
    """One request to an endpoint that fails, behind the last resort."""

    async def ask() -> httpx.Response:
        endpoint: Any = wire.Guard(broken)
        small = Starlette(routes=[Route("/v1/broken", endpoint)])
        small.state.portvakt = app.state.portvakt
        transport = httpx.ASGITransport(small)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            return await http.get("/v1/broken")

    return elsewhere.run(ask)


@pytest.mark.proves("A107")
def test_an_error_of_ours_is_a_500_with_a_number_and_tells_nothing_of_what_was_sent(
    app: Starlette, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError(CANARY)

    answer = _guarded(app, broken)
    told = problem(answer, 500, "internal")
    written = "".join(capsys.readouterr())
    assert told["request"] in written
    assert "RuntimeError" in written
    assert CANARY not in answer.text + written


def test_a_database_that_is_busy_is_503_and_no_error_of_ours(app: Starlette) -> None:
    async def busy(scope: Scope, receive: Receive, send: Send) -> None:
        raise DatabaseBusy

    answer = _guarded(app, busy)
    problem(answer, 503, "overloaded")
    assert answer.headers["retry-after"] == "2"
