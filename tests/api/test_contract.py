"""The JSON contract, spoken by programs over HTTP against the real application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyotp
import pytest
from pydantic import TypeAdapter

from portvakt.api import schema
from tests.api.conftest import PASSWORD, Json, Person

READS: list[tuple[str, Any]] = [
    ("/v1/me", schema.Me),
    ("/v1/me/factors", list[schema.Factor]),
    ("/v1/me/holds", list[schema.HoldBody]),
    ("/v1/me/sessions", list[schema.SessionBody]),
    ("/v1/me/activity", list[schema.Happening]),
    ("/v1/me/security-level", schema.SecurityLevel),
]
READ_IDS = [path for path, _ in READS]


def fits(shape: Any, value: Any) -> None:
    """The value is exactly of this shape: no member missing, none too many, times in UTC with Z."""
    TypeAdapter(shape).validate_python(value)

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            for name, inner in part.items():
                if name.endswith("_at") or name in (
                    "until",
                    "since",
                    "starts",
                    "ends",
                    "now",
                    "at",
                ):
                    assert inner is None or (inner.endswith("Z") and datetime.fromisoformat(inner))
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(value)


def problem(answer: httpx.Response, status: int, id: str) -> Json:
    """The answer is this problem document."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: Json = answer.json()
    assert document["type"] == f"/problems/{id}"
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document


# ── flows ───────────────────────────────────────────────────────────────────────────────────────


def test_every_answer_of_a_flow_has_the_one_shape_and_the_token_stands_in_the_first_alone(
    person: Person,
) -> None:
    first = person.start("sign_up", identifier=person.email, robot="sandbox")
    fits(schema.FlowAnswer, first)
    assert first["flow"]["status"] == "open"
    assert first["flow"]["account"] is None
    assert first["step"]["id"] == "confirm_identifier"
    asked = first["step"]["fields"][0]
    assert (asked["name"], asked["kind"]) == ("email_code", "code")
    assert asked["sent_to"]
    assert asked["sent_to"] != person.email

    token = {"Flow-Token": first["flow"]["token"]}
    look = person.ask("GET", f"/v1/flows/{first['flow']['id']}", headers=token)
    fits(schema.FlowAnswer, look.json())
    assert "token" not in look.json()["flow"]

    second = person.move(first, step="confirm_identifier", inputs={"email_code": person.code()})
    fits(schema.FlowAnswer, second)
    assert second["step"]["id"] == "new_password"
    done = person.move(first, inputs={"new_password": PASSWORD})
    fits(schema.FlowAnswer, done)
    assert done["flow"]["status"] == "done"
    assert done["step"] is None
    assert done["flow"]["account"] == done["result"]["account"]
    assert set(done["result"]) == {"session_token", "device_token", "account", "next"}
    again = person.ask("GET", f"/v1/flows/{first['flow']['id']}", headers=token).json()
    assert again["result"] is None


@pytest.mark.proves("S2", "S3", "S4", "S5")
def test_a_program_signs_in_with_password_and_second_step_and_is_nobody_in_between(
    holder: Person,
) -> None:
    _bind_totp(holder)
    holder.session = None
    flow = holder.start("sign_in", identifier=holder.email, password=PASSWORD)
    fits(schema.FlowAnswer, flow)
    assert flow["result"] is None
    assert [f["name"] for f in flow["step"]["fields"]] == ["totp"]
    for path in READ_IDS:
        told = holder.ask("GET", path, headers={"Authorization": f"Bearer {flow['flow']['token']}"})
        problem(told, 401, "not_signed_in")
    assert holder.totp is not None
    later = holder.totp.at(datetime.now(UTC) + timedelta(seconds=30))
    done = holder.move(flow, inputs={"totp": later})
    assert done["flow"]["status"] == "done", done
    holder.session = done["result"]["session_token"]
    assert holder.ask("GET", "/v1/me").json()["account"] == holder.account


def _bind_totp(holder: Person) -> None:
    flow = holder.start("bind_totp")
    assert flow["step"]["id"] == "confirm_code"
    shown = holder.move(flow, inputs={"email_code": holder.code()})
    key = next(s for s in shown["step"]["show"] if s["kind"] == "totp_key")
    assert set(key) == {"kind", "key", "account_name", "uri", "qr_svg"}
    holder.totp = pyotp.TOTP(key["key"])
    done = holder.move(flow, inputs={"new_totp": holder.totp.now()})
    assert done["flow"]["status"] == "done", done


def test_a_refusal_is_an_answer_with_status_200_that_names_its_field(person: Person) -> None:
    flow = person.start("sign_up", identifier=person.email, robot="sandbox")
    right = person.code()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    refused = person.move(flow, inputs={"email_code": wrong})
    fits(schema.FlowAnswer, refused)
    assert refused["refusal"]["id"] == "wrong_code"
    assert refused["refusal"]["field"] == "email_code"
    assert refused["refusal"]["left"] == 4
    assert refused["refusal"]["text"]
    assert person.move(flow, inputs={"email_code": right})["refusal"] is None


def test_a_stale_step_spends_nothing_and_says_that_the_flow_moved_on(person: Person) -> None:
    flow = person.start("sign_up", identifier=person.email, robot="sandbox")
    stale = person.move(flow, step="identifier", inputs={"email_code": person.code()})
    assert stale["refusal"]["id"] == "step_moved_on"
    assert stale["step"]["id"] == "confirm_identifier"
    assert person.move(flow, inputs={"email_code": person.code()})["step"]["id"] == "new_password"


def test_a_cancelled_flow_is_over(person: Person) -> None:
    flow = person.start("sign_up", identifier=person.email, robot="sandbox")
    assert person.move(flow, cancel=True)["flow"]["status"] == "cancelled"
    assert person.move(flow, inputs={"email_code": person.code()})["step"] is None


@pytest.mark.proves("A84", "A95")
def test_without_its_own_token_every_flow_is_not_found(stranger: Callable[[], Person]) -> None:
    person, other = stranger(), stranger()
    flow = person.start("sign_up", identifier=person.email, robot="sandbox")
    theirs = other.start("sign_up", identifier=other.email, robot="sandbox")
    path = f"/v1/flows/{flow['flow']['id']}"
    for headers in (
        {},
        {"Flow-Token": theirs["flow"]["token"]},
        {"Flow-Token": flow["flow"]["token"][:-1]},
        {"Flow-Token": flow["flow"]["token"] + "x"},
        {"Flow-Token": "x" * 2_000},
        {"Flow-Token": ""},
    ):
        problem(other.ask("GET", path, headers=headers), 404, "not_found")
        moved = other.ask("POST", path, headers=headers, json={"cancel": True})
        problem(moved, 404, "not_found")
    unknown = "/v1/flows/flw_" + "0" * 32
    token = {"Flow-Token": flow["flow"]["token"]}
    problem(person.ask("GET", unknown, headers=token), 404, "not_found")


def test_the_language_asked_for_is_spoken_and_named(person: Person) -> None:
    person.headers["Accept-Language"] = "sv-SE, en;q=0.5"
    answer = person.ask("POST", "/v1/flows", json={"action": "sign_in"})
    assert answer.headers["content-language"] == "sv"
    labels = {f["name"]: f["label"] for f in answer.json()["step"]["fields"]}
    assert labels["password"] == "Lösenord"
    missing = person.ask("GET", "/v1/nowhere")
    assert missing.headers["content-language"] == "sv"
    assert problem(missing, 404, "not_found")["title"] == "Hittades inte"


# ── idempotency ─────────────────────────────────────────────────────────────────────────────────


def test_the_same_key_gives_the_same_answer_and_another_body_a_409(person: Person) -> None:
    key = {"Idempotency-Key": f"key-{person.number}"}
    body = {"action": "sign_up", "inputs": {"identifier": person.email, "robot": "sandbox"}}
    first = person.ask("POST", "/v1/flows", json=body, headers=key)
    assert first.status_code == 200
    assert person.ask("POST", "/v1/flows", json=body, headers=key).json() == first.json()
    other = person.ask("POST", "/v1/flows", json={"action": "sign_up"}, headers=key)
    problem(other, 409, "idempotency_mismatch")


@pytest.mark.parametrize("key", ["", "a" * 129, "two words", "tab\tkey"])
def test_an_idempotency_key_that_is_none_is_malformed(person: Person, key: str) -> None:
    for path in ("/v1/flows", "/v1/flows/flw_0", "/v1/sandbox/clock"):
        told = person.ask("POST", path, json={}, headers={"Idempotency-Key": key})
        assert problem(told, 400, "malformed")["why"] == "idempotency_key"


# ── reads ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("path", "shape"), READS, ids=READ_IDS)
def test_a_read_has_the_contracts_shape(holder: Person, path: str, shape: Any) -> None:
    answer = holder.ask("GET", path)
    assert answer.status_code == 200, answer.text
    fits(shape, answer.json())


@pytest.mark.proves("S100", "A30")
@pytest.mark.parametrize("path", READ_IDS)
@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Bearer x", "Bearer " + "a" * 5_000, "Basic YTpi", "Bearer å"]
)
def test_a_read_without_a_live_session_is_401_and_says_which_credential_it_wants(
    person: Person, path: str, authorization: str | None
) -> None:
    given = {"Authorization": authorization.encode("latin-1")} if authorization else {}
    answer = person.ask("GET", path, headers=given)
    problem(answer, 401, "not_signed_in")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.proves("S18")
def test_the_session_shows_the_kind_of_client_it_was_made_with(
    stranger: Callable[[], Person],
) -> None:
    person = stranger()
    person.headers["Portvakt-Client"] = "android"
    person.sign_up()
    found = person.ask("GET", "/v1/me/sessions").json()
    assert [(s["this"], s["client"]) for s in found] == [(True, "android")]


@pytest.mark.proves("S98")
def test_activity_is_paged_from_the_last_id_and_refuses_what_is_no_id(holder: Person) -> None:
    first = holder.ask("GET", "/v1/me/activity").json()
    assert first
    rest = holder.ask("GET", "/v1/me/activity", params={"before": first[0]["id"]}).json()
    assert first[0]["id"] not in [r["id"] for r in rest]
    for before in ("", "'; drop table audit; --", "x" * 100, "\0"):
        told = holder.ask("GET", "/v1/me/activity", params={"before": before})
        assert problem(told, 400, "malformed")["why"] == "query"
    twice = holder.ask("GET", "/v1/me/activity?before=a&before=b")
    problem(twice, 400, "malformed")


@pytest.mark.proves("A95")
def test_nobody_ends_or_sees_anothers_session(stranger: Callable[[], Person]) -> None:
    one, other = stranger().sign_up(), stranger().sign_up()
    theirs = other.ask("GET", "/v1/me/sessions").json()[0]["id"]
    refused = one.start("end_session", session=theirs)
    assert refused["refusal"]["id"] == "no_such_session"
    assert theirs not in one.ask("GET", "/v1/me/sessions").text
    assert other.ask("GET", "/v1/me").status_code == 200


# ── decisions ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def platform(person: Person) -> httpx.BasicAuth:
    client = person.ask("GET", "/v1/sandbox").json()["platform_client"]
    return httpx.BasicAuth(client["id"], client["secret"])


@pytest.mark.proves("S91", "S92")
def test_the_platform_asks_and_is_told_allow_or_deny_with_reasons(
    holder: Person, platform: httpx.BasicAuth
) -> None:
    def may(**asked: Any) -> Json:
        answer = holder.http.post("/v1/decisions", json=asked, auth=platform)
        assert answer.status_code == 200, answer.text
        fits(schema.DecisionBody, answer.json())
        return dict(answer.json())

    assert may(account=holder.account, action="trade")["decision"] == "allow"
    withdraw = may(account=holder.account, action="withdraw", details={"amount": "0.5"})
    assert withdraw["decision"] == "deny"
    assert "bind_second_factor_first" in [r["id"] for r in withdraw["reasons"]]
    made = datetime.fromisoformat(withdraw["expires_at"])
    assert made - datetime.now(UTC) <= timedelta(seconds=30)
    assert may(account=holder.account, action="print_money")["reasons"][0]["id"] == "unknown_action"
    assert may(account="acc_nobody", action="trade")["reasons"][0]["id"] == "unknown_account"


def test_decisions_are_for_services_alone(holder: Person, platform: httpx.BasicAuth) -> None:
    asked = {"account": holder.account, "action": "trade"}
    wrong = httpx.BasicAuth("platform", "guess")
    for auth in (wrong, httpx.BasicAuth("nobody", "guess"), httpx.BasicAuth("a\0b", "c")):
        answer = holder.http.post("/v1/decisions", json=asked, auth=auth)
        problem(answer, 401, "service_unknown")
        assert answer.headers["www-authenticate"].startswith("Basic ")
    for header in ("Basic !!!", "Basic " + "A" * 3_000, "Basic bm9jb2xvbg==", "Bearer x"):
        answer = holder.http.post("/v1/decisions", json=asked, headers={"Authorization": header})
        problem(answer, 401, "service_unknown")
    problem(holder.ask("POST", "/v1/decisions", json=asked), 401, "service_unknown")
    problem(holder.http.get("/v1/me", auth=platform), 401, "not_signed_in")


@pytest.mark.parametrize(
    ("body", "status", "id"),
    [
        ({}, 400, "malformed"),
        ({"account": "a"}, 400, "malformed"),
        ({"account": "a", "action": 1}, 400, "malformed"),
        ({"account": ["a"], "action": "trade"}, 400, "malformed"),
        ({"account": "a", "action": "trade", "details": []}, 400, "malformed"),
        ({"account": "a", "action": "trade", "receipt": True}, 400, "malformed"),
        ({"account": "a", "action": "trade", "allow": True}, 422, "unknown_field"),
    ],
)
def test_a_question_that_is_none_is_a_problem(
    person: Person, platform: httpx.BasicAuth, body: Json, status: int, id: str
) -> None:
    problem(person.http.post("/v1/decisions", json=body, auth=platform), status, id)


# ── sandbox ─────────────────────────────────────────────────────────────────────────────────────


def test_the_sandbox_tells_what_it_is_and_lets_time_pass(person: Person) -> None:
    info = person.ask("GET", "/v1/sandbox").json()
    fits(schema.SandboxInfo, info)
    assert info["operator"] == "Exchange"
    assert "withdraw" in info["protected_actions"]
    before = datetime.fromisoformat(person.ask("GET", "/v1/sandbox/clock").json()["now"])
    after = person.ask("POST", "/v1/sandbox/clock", json={"advance": "1h30m"}).json()
    fits(schema.SandboxClock, after)
    passed = datetime.fromisoformat(after["now"]) - before
    assert timedelta(minutes=90) <= passed < timedelta(minutes=91)


@pytest.mark.parametrize("advance", [None, "", "24", "-1h", "1y", "9999999d", 24, ["24h"], "٢٤h"])
def test_a_length_of_time_that_is_none_moves_no_clock(person: Person, advance: Any) -> None:
    body = {} if advance is None else {"advance": advance}
    problem(person.ask("POST", "/v1/sandbox/clock", json=body), 400, "malformed")


def test_a_mailbox_shows_what_was_sent_to_one_address_alone(
    stranger: Callable[[], Person],
) -> None:
    one, other = stranger(), stranger()
    one.start("sign_up", identifier=one.email, robot="sandbox")
    other.start("sign_up", identifier=other.email, robot="sandbox")
    found = one.ask("GET", "/v1/sandbox/messages", params={"to": one.email}).json()
    fits(schema.SandboxMessages, found)
    assert {m["to"] for m in found["messages"]} == {one.email}
    assert other.email in one.ask("GET", "/v1/sandbox/messages").text
