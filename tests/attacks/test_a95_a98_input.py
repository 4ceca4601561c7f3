"""Ids of others, members nobody asked for, SQL in texts, bombs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.attacks.conftest import Sql
from tests.people import PASSWORD, Person


@pytest.mark.proves("A95", "S100")
def test_an_id_of_another_account_does_nothing_and_shows_nothing(
    stranger: Callable[..., Person],
) -> None:
    """Session, flow and activity of somebody else are not there, like unknown ones."""
    mine, other = stranger().sign_up(), stranger().sign_up()
    theirs = other.ask("GET", "/v1/me/sessions").json()[0]["id"]
    for id in (theirs, "ses_" + "0" * 32):
        ended = mine.start("end_session", session=id)
        assert ended["refusal"]["id"] == "no_such_session"
    assert other.ask("GET", "/v1/me").status_code == 200
    newest = other.ask("GET", "/v1/me/activity").json()[0]["id"]
    page = mine.ask("GET", "/v1/me/activity", params={"before": newest}).json()
    own = {row["id"] for row in mine.ask("GET", "/v1/me/activity").json()}
    assert {row["id"] for row in page} <= own
    flow = other.start("bind_totp")["flow"]["id"]
    own_token = mine.start("bind_totp")["flow"]["token"]
    assert (
        mine.ask("GET", f"/v1/flows/{flow}", headers={"Flow-Token": own_token}).status_code == 404
    )


@pytest.mark.proves("A96")
@pytest.mark.parametrize("extra", ["account", "state", "role", "verified", "registered", "hold_until",
                                   "blocked_until", "decoy", "proofs", "status"])  # fmt: skip
def test_a_member_that_nobody_asked_for_is_refused_and_changes_nothing(
    stranger: Callable[..., Person], sql: Sql, extra: str
) -> None:
    """As an input, beside the inputs, while starting and while moving."""
    person, victim = stranger(), stranger().sign_up()
    value = victim.account
    bodies: list[dict[str, Any]] = [
        {"action": "sign_up", "inputs": {"identifier": person.email, extra: value}},
        {"action": "sign_up", "inputs": {"identifier": person.email}, extra: value},
    ]
    for body in bodies:
        told = person.ask("POST", "/v1/flows", json=body)
        assert (told.status_code, told.json()["type"]) == (422, "/problems/unknown_field")
    flow = person.start("sign_up", identifier=person.email, robot="sandbox")
    head = flow["flow"]
    moved = person.ask("POST", f"/v1/flows/{head['id']}", headers={"Flow-Token": head["token"]},
                       json={"inputs": {"email_code": person.code(), extra: value}})  # fmt: skip
    assert moved.status_code == 422
    row = sql(
        "select account, status::text, decoy, given::text from flows where id = %s", head["id"]
    )
    assert row[0][:3] == (None, "open", False)
    assert str(value) not in row[0][3]


HOSTILE = ["' or '1'='1", "x' or true --", "'; drop table audit; --", "aud_' || (select 1) || '",
           "%27%20or%201=1", "\\", "1; select pg_sleep(5)"]  # fmt: skip


@pytest.mark.proves("A97")
@pytest.mark.parametrize("text", HOSTILE)
def test_sql_in_any_text_is_text(stranger: Callable[..., Person], sql: Sql, text: str) -> None:
    """In a page token, an identifier, a session id, an account that is asked about."""
    mine, other = stranger().sign_up(), stranger().sign_up()
    before = sql("select count(*) from audit")[0][0]
    theirs = {row["id"] for row in other.ask("GET", "/v1/me/activity").json()}
    start = time.monotonic()
    page = mine.ask("GET", "/v1/me/activity", params={"before": text})
    assert page.status_code == 400
    assert not any(id in page.text for id in theirs)
    # past the edge's own check of what can be an id, straight at the statement
    assert stranger().sign_in(identifier=text, password=text)["result"] is None
    ended = mine.start("end_session", session=text[:64])
    assert ended["refusal"]["id"] == "no_such_session"
    client = mine.ask("GET", "/v1/sandbox").json()["platform_client"]
    asked = mine.http.post("/v1/decisions", auth=(client["id"], client["secret"]),
                           json={"account": text, "action": text, "details": {text: text}})  # fmt: skip
    assert asked.json()["decision"] == "deny"
    assert time.monotonic() - start < 4, "nothing slept"
    assert sql("select count(*) from audit")[0][0] >= before
    assert other.ask("GET", "/v1/me").status_code == 200


@pytest.mark.proves("A97", "S98")
@pytest.mark.parametrize("text", HOSTILE[:4])
def test_a_page_token_is_a_value_even_where_the_edge_lets_it_through(
    app: Any, stranger: Callable[..., Person], text: str
) -> None:
    """The reads take it as a parameter: no foreign row, no error."""
    mine = stranger().sign_up()
    stranger().sign_up()
    rows = app.state.portvakt.reads.activity(mine.account, text)
    own = {row["id"] for row in mine.ask("GET", "/v1/me/activity").json()}
    assert {row["id"] for row in rows} <= own


BOMBS = {
    "deep": b'{"action":"sign_in","inputs":' + b'{"a":' * 30_000 + b"1" + b"}" * 30_001,
    "deep list": b'{"action":' + b"[" * 60_000 + b"]" * 2_000,
    "huge number": b'{"action":' + b"9" * 60_000 + b"}",
    "huge exponent": b'{"action":1e999999}',
    "many members": b"{" + b",".join(b'"k%d":1' % n for n in range(5_000)) + b"}",
    "same member twice": b'{"action":"sign_in","action":"sign_up"}',
    "bad utf-8": b'{"action":"\xc3\x28"}',
    "utf-16": '{"action":"sign_in"}'.encode("utf-16"),
    "lone surrogate": b'{"action":"sign_in","inputs":{"identifier":"\\ud800"}}',
    "nul": b'{"action":"sign_in","inputs":{"identifier":"a\\u0000b"}}',
    "long string": b'{"action":"' + b"x" * 60_000 + b'"}',
    "open string": b'{"action":"' + b'\\"' * 30_000,
    "large": b'{"action":"' + b"x" * 3_000_000 + b'"}',
}


@pytest.mark.proves("A98", "A18")
@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_a_4xx_in_no_time(person: Person, what: str) -> None:
    """Refused before it costs anything; the next request is served as ever."""
    start = time.monotonic()
    answer = person.ask("POST", "/v1/flows", content=BOMBS[what],
                        headers={"content-type": "application/json"})  # fmt: skip
    assert answer.status_code in (400, 413, 422), answer.text[:200]
    assert time.monotonic() - start < 3
    assert person.ask("POST", "/v1/flows", json={"action": "sign_in"}).status_code == 200


@pytest.mark.proves("A98")
def test_a_form_bomb_is_refused_by_the_pages_too(person: Person) -> None:
    """Thousands of fields, megabytes, half an escape: an error page, not a stalled process."""
    many = "&".join(f"f{n}=1" for n in range(20_000))
    start = time.monotonic()
    for body in (
        many,
        "identifier=" + "x" * 3_000_000,
        "identifier=%",
        "%ff%fe=%c3%28",
        "&" * 50_000,
    ):
        answer = person.http.post("/sign-in", content=body.encode(), headers={
            "content-type": "application/x-www-form-urlencoded"})  # fmt: skip
        assert 400 <= answer.status_code < 500, body[:30]
    assert time.monotonic() - start < 5


@pytest.mark.proves("A98", "S26")
def test_deep_details_of_a_decision_cost_nothing_either(holder: Person) -> None:
    """The platform's own mistake, or a forwarded one, is a 400."""
    client = holder.ask("GET", "/v1/sandbox").json()["platform_client"]
    details: Any = "x"
    for _ in range(20):
        details = {"a": details}
    body = json.dumps({"account": holder.account, "action": "trade", "details": details})
    answer = holder.http.post("/v1/decisions", content=body, auth=(client["id"], client["secret"]),
                              headers={"content-type": "application/json"})  # fmt: skip
    assert answer.status_code == 400
    assert PASSWORD not in answer.text
