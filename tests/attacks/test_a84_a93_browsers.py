"""Sessions, forged requests and other people's pages."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.people import Person

FORM = {"content-type": "application/x-www-form-urlencoded"}
PAGES = ("/sign-in", "/sign-up", "/help/codes", "/security")


@pytest.mark.proves("A84", "S5")
def test_signing_in_never_goes_on_with_a_token_that_was_there_before(
    stranger: Callable[..., Person],
) -> None:
    """A session or device planted in the victim's browser stays what it was: a new one is made."""
    thief, victim = stranger().sign_up(), stranger().sign_up()
    planted = stranger(like=victim)
    planted.session, planted.device = thief.session, thief.device
    done = planted.sign_in()
    assert done["result"]["session_token"] != thief.session
    assert done["result"]["device_token"] != thief.device
    assert thief.ask("GET", "/v1/me").json()["account"] == thief.account
    again = stranger(like=victim).sign_in()
    assert again["result"]["session_token"] != done["result"]["session_token"]


@pytest.mark.proves("A84", "A95")
def test_a_flow_belongs_to_the_browser_and_to_the_session_that_began_it(
    stranger: Callable[..., Person],
) -> None:
    """Its id alone, or its token with another session, even of the same account, finds nothing."""
    owner = stranger().sign_up()
    flow = owner.start("bind_totp")
    other = stranger(like=owner).enter(stranger(like=owner).sign_in())
    path = f"/v1/flows/{flow['flow']['id']}"
    token = {"Flow-Token": flow["flow"]["token"]}
    someone = stranger().sign_up()
    for who, headers, status in ((other, token, 404), (someone, token, 404), (owner, {}, 404),
                                 (stranger(), token, 401)):  # fmt: skip
        looked = who.ask("GET", path, headers=headers)
        moved = who.ask("POST", path, json={"cancel": True}, headers=headers)
        assert (looked.status_code, moved.status_code) == (status, status)
    assert owner.move(flow, inputs={"email_code": owner.code()})["step"]["id"] == "new_totp"


@pytest.mark.proves("A91")
@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"}, {"Origin": "null"},
    {"Host": "evil.example", "Origin": "http://evil.example"},
])  # fmt: skip
def test_another_sites_request_changes_nothing_even_with_the_owners_session(
    holder: Person, headers: dict[str, str]
) -> None:
    """Signing out, ending sessions or binding by a foreign page is forbidden."""
    for action in ("end_session", "end_other_sessions", "bind_totp"):
        answer = holder.ask("POST", "/v1/flows", json={"action": action}, headers=headers)
        assert answer.status_code == 403
    assert holder.ask("GET", "/v1/me").status_code == 200


@pytest.mark.proves("A91")
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded",
                                  "multipart/form-data; boundary=x", ""])  # fmt: skip
def test_what_a_browser_sends_without_asking_is_not_read_as_json(holder: Person, kind: str) -> None:
    """A simple cross-site form needs no preflight: its body is never taken for a request."""
    body = b'{"action": "end_session"}'
    answer = holder.ask("POST", "/v1/flows", content=body, headers={"content-type": kind})
    assert answer.status_code == 415
    assert holder.ask("GET", "/v1/me").status_code == 200


@pytest.mark.proves("A91")
@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/sign-out", "/start/bind_totp"])
def test_a_form_without_our_own_token_does_nothing(holder: Person, path: str) -> None:
    """Neither a foreign sign-in (login CSRF) nor a foreign sign-out gets through the pages."""
    cookie = f"__Host-portvakt={holder.session}; __Host-csrf=made-up-by-somebody"
    for form_token in (None, "", "made-up-by-somebody"):
        fields = {"identifier": holder.email, "password": "x" * 12}
        if form_token is not None:
            fields["form_token"] = form_token
        answer = httpx.post(f"{holder.http.base_url}{path}".replace("//s", "/s"), data=fields,
                            headers={"Cookie": cookie})  # fmt: skip
        assert answer.status_code == 403, (path, form_token)
        assert (
            "set-cookie" not in answer.headers
            or "__Host-portvakt=" not in answer.headers["set-cookie"]
        )
    assert holder.ask("GET", "/v1/me").status_code == 200


@pytest.mark.proves("A92")
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:8700.evil.example",
                                    "http://evil.localhost:8700"])  # fmt: skip
def test_no_other_origin_may_read_an_answer(holder: Person, origin: str) -> None:
    """No CORS header at all, on any face, whatever origin asks."""
    for path in ("/v1/me", "/v1/flows", "/v1/decisions", *PAGES):
        for method in ("GET", "OPTIONS"):
            answer = holder.ask(method, path, headers={
                "Origin": origin, "Access-Control-Request-Method": "POST"})  # fmt: skip
            assert not [n for n in answer.headers if n.startswith("access-control-")], path


@pytest.mark.proves("A92")
def test_no_page_and_no_answer_may_be_framed(holder: Person) -> None:
    """A hidden frame over a game of clicking unbinds nothing."""
    cookie = {"Cookie": f"__Host-portvakt={holder.session}"}
    for path in (*PAGES, "/v1/me", "/v1/nowhere", "/nowhere"):
        answer = holder.ask("GET", path, headers=cookie)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path


SCRIPT = "<script>alert(1)</script>"


@pytest.mark.proves("A93")
@pytest.mark.parametrize("agent", [
    SCRIPT, f"Mozilla/5.0 ({SCRIPT}) Firefox/1", '"><img src=x onerror=alert(1)>/1.0',
    "=cmd|' /C calc'!A0", "{{7*7}}${7*7}", "\u202eevil",
])  # fmt: skip
def test_what_a_client_calls_itself_is_shown_as_harmless_text(
    stranger: Callable[..., Person], agent: str
) -> None:
    """In the list of sessions, in the notice, on the page: no markup, no formula, no direction."""
    owner = stranger().sign_up()
    elsewhere = stranger(like=owner)
    elsewhere.http.headers.update(httpx.Headers([(b"User-Agent", agent.encode())]))
    elsewhere.enter(elsewhere.sign_in())
    shown = elsewhere.ask("GET", "/v1/me/sessions").text
    notice = owner.ask("GET", "/v1/sandbox/messages", params={"to": owner.email}).text
    activity = owner.ask("GET", "/v1/me/activity").text
    for text in (shown, notice, activity):
        assert "<script" not in text
        assert "<img" not in text
        assert "\u202e" not in text
        assert "alert(1)" not in text or "(" not in text.partition("alert")[0][-1:]
    devices = [s["device"] for s in elsewhere.ask("GET", "/v1/me/sessions").json()]
    assert not [d for d in devices if d[:1] in "=+-@" and d]
    cookie = {"Cookie": f"__Host-portvakt={elsewhere.session}"}
    page = elsewhere.http.get("/security", headers=cookie)
    assert page.status_code == 200
    assert SCRIPT not in page.text
    assert "onerror" not in page.text
