"""What the pages do against those who mean harm: forged forms, frames, stolen flows, odd input."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.visitor import Visitor
from tests.web.conftest import PASSWORD, Holder

Make = Callable[..., Visitor]
PUBLIC = (
    "/sign-in", "/sign-up", "/reset-password", "/unfreeze", "/help/codes", "/sandbox", "/nowhere",
    "/notice", "/notice/pvn_none",
)  # fmt: skip
PRIVATE = (
    "/security", "/security/activity", "/freeze", "/approve/dcn_0", "/done/bind_totp",
    "/done/freeze_account",
)  # fmt: skip


@pytest.mark.proves("A91")
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/start/end_other_sessions", {}),
        ("/start/bind_totp", {}),
        ("/sign-out", {}),
        ("/language", {"language": "sv", "back": "/"}),
    ],
)
def test_a_form_without_our_token_is_refused(
    holder: Holder, path: str, fields: dict[str, str]
) -> None:
    browser = holder.browser
    before = browser.see("/security").words.count("Not set")
    for forged in ({"some": "thing"}, {"form_token": ""}, {"form_token": "x" * 43}):
        response = browser.ask("POST", path, data={**fields, **forged})
        assert response.status_code == 403
    assert browser.see("/security").path == "/security"
    assert browser.see("/security").words.count("Not set") == before


@pytest.mark.proves("A91")
def test_a_form_of_ours_sent_from_another_site_is_refused(holder: Holder) -> None:
    browser = holder.browser
    form = browser.see("/security").form("/sign-out")
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ):
        response = browser.ask("POST", form.action, data=form.fields, headers=headers)
        assert response.status_code == 403
    assert browser.see("/security").path == "/security"


@pytest.mark.proves("A91")
def test_a_token_of_another_browser_does_not_fit(holder: Holder, visitor: Make) -> None:
    """Login CSRF: the attacker's own form token does not sign the victim in."""
    attacker, victim = visitor(), visitor()
    stolen = attacker.see("/sign-in").form().fields["form_token"]
    victim.see("/sign-in")
    response = victim.ask(
        "POST",
        "/sign-in",
        data={"form_token": stolen, "identifier": holder.email, "password": PASSWORD},
    )
    assert response.status_code == 403
    assert "__Host-portvakt" not in victim.cookies


@pytest.mark.proves("A92")
def test_no_page_can_be_framed_cached_or_made_to_run_foreign_script(holder: Holder) -> None:
    nonces = set()
    for path in (*PUBLIC, *PRIVATE):
        response = holder.browser.see(path).response
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cross-origin-opener-policy"] == "same-origin"
        assert "access-control-allow-origin" not in response.headers
        nonce = re.search(r"'nonce-([^']+)'", policy)
        assert nonce is not None
        nonces.add(nonce[1])
        # Nothing inline beside what carries the nonce: no handlers, no style attributes.
        assert not re.search(r"<[^>]+\s(on\w+|style)=", response.text)
        for opening in re.findall(r"<(?:script|style)[^>]*>", response.text):
            assert f'nonce="{nonce[1]}"' in opening
    assert len(nonces) == len(PUBLIC) + len(PRIVATE)


@pytest.mark.proves("A92")
def test_with_our_own_robot_check_no_page_lets_anybody_else_in(holder: Holder) -> None:
    """Word for word: the check of a provider widens it on that provider's pages alone."""
    for path in (*PUBLIC, *PRIVATE):
        response = holder.browser.see(path).response
        policy = re.sub(r"'nonce-[^']+'", "N", response.headers["content-security-policy"])
        assert policy == (
            "default-src 'none'; script-src 'self' N; style-src 'self' N; img-src 'self' data:; "
            "connect-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; "
            "base-uri 'none'"
        )


@pytest.mark.proves("A39")
def test_no_page_loads_anything_from_elsewhere(holder: Holder) -> None:
    for path in (*PUBLIC, *PRIVATE):
        html = holder.browser.see(path).html
        for link in re.findall(r'(?:src|href|action)="([^"]+)"', html):
            assert link.startswith(("/", "#")), link


@pytest.mark.proves("A84")
def test_cookies_are_bound_to_this_host_and_new_at_each_sign_in(
    holder: Holder, visitor: Make
) -> None:
    browser = visitor()
    browser.cookies["__Host-portvakt"] = planted = holder.browser.cookies["__Host-portvakt"] + "x"
    browser.see("/sign-in")
    before = browser.cookies.get("__Host-csrf")
    assert browser.page is not None
    form = browser.page.form()
    response = browser.ask(
        "POST",
        "/sign-in",
        data={**form.fields, "identifier": holder.email, "password": PASSWORD},
    )
    assert response.status_code == 303
    for line in response.headers.get_list("set-cookie"):
        assert line.startswith("__Host-")
        for part in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
            assert part in line
        assert "Domain" not in line
    first = browser.cookies["__Host-portvakt"]
    assert first not in (planted, holder.browser.cookies["__Host-portvakt"])
    assert browser.cookies["__Host-csrf"] != before


@pytest.mark.proves("A84")
def test_a_flow_belongs_to_the_browser_that_began_it(visitor: Make) -> None:
    browser, other = visitor(), visitor()
    browser.see("/sign-up")
    page = browser.fill(identifier="own@example.com", robot="sandbox")
    assert other.see(page.path).status == 404
    assert "own@example.com" not in other.see(page.path).html
    assert browser.see(page.path).status == 200


def test_two_flows_live_side_by_side_in_two_tabs(visitor: Make) -> None:
    browser = visitor()
    browser.see("/sign-up")
    one = browser.fill(identifier="tab1@example.com", robot="sandbox")
    browser.see("/sign-up")
    two = browser.fill(identifier="tab2@example.com", robot="sandbox")
    assert one.path != two.path
    browser.see(one.path)
    browser.fill(email_code=browser.code("tab1@example.com"))
    browser.see(two.path)
    page = browser.fill(email_code=browser.code("tab2@example.com"))
    assert "new_password" in page.form().fields


@pytest.mark.proves("A93")
def test_script_in_what_people_type_and_in_device_names_is_inert(visitor: Make) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    browser = visitor(user_agent=f"Evil/{evil}")
    page = browser.sign_in(evil, "x")
    assert "<script>alert" not in page.html
    assert "<img" not in page.html
    assert page.form().fields["identifier"] == evil
    browser.sign_up("evil.device@example.com", PASSWORD)
    for path in ("/security", "/security/activity", "/sandbox?to=%22%3E%3Cscript%3Ealert(1)"):
        html = browser.see(path).html
        assert "<script>alert" not in html
        assert "<img" not in html


@pytest.mark.proves("A98")
@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"identifier=a&identifier=b", "application/x-www-form-urlencoded", 400),
        (b"identifier=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"identifier=\xff", "application/x-www-form-urlencoded", 400),
        (b"identifier=a%00b", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a%d=1" % n for n in range(100)), "application/x-www-form-urlencoded", 400),
        (b'{"identifier": "a"}', "application/json", 415),
        (b"identifier=a", "text/plain", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"", "application/x-www-form-urlencoded", 403),
    ],
)
def test_odd_forms_are_refused_with_a_page(
    visitor: Make, body: bytes, kind: str, status: int
) -> None:
    browser = visitor()
    browser.see("/sign-in")
    response = browser.ask("POST", "/sign-in", content=body, headers={"content-type": kind})
    assert response.status_code == status
    assert "<h1" in response.text


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nx: y", "", "javascript:x"],
)
def test_the_language_switch_is_no_open_redirect(visitor: Make, back: str) -> None:
    browser = visitor()
    form = browser.see("/sign-in").form("/language")
    response = browser.ask(
        "POST", "/language", data={**form.fields, "language": "sv", "back": back}
    )
    assert response.status_code == 303
    assert response.headers["location"] == "/"


@pytest.mark.proves("A95")
@pytest.mark.parametrize("id", ["flw_1", "x" * 200, "..%2f..%2fetc", "%00", "flw_%C3%A5", "ses_1"])
def test_an_unknown_flow_is_not_there(visitor: Make, id: str) -> None:
    assert visitor().see(f"/flow/{id}").status == 404


@pytest.mark.proves("A95")
def test_anothers_session_cannot_be_ended(holder: Holder, visitor: Make) -> None:
    other = visitor()
    other.sign_up("other.owner@example.com", PASSWORD)
    mine = re.search(r'name="session" value="([^"]+)"', holder.browser.see("/security").html)
    assert mine is not None
    other.see("/security")
    page = other.press("/start/end_session", session=mine[1])
    assert "already logged out" in page.words
    assert holder.browser.see("/security").path == "/security"


@pytest.mark.parametrize("action", ["sign_in", "sign_up", "unknown", "reset_everything"])
def test_only_a_holders_own_actions_are_started_by_button(holder: Holder, action: str) -> None:
    browser = holder.browser
    form = browser.see("/security").form("/sign-out")
    response = browser.ask("POST", f"/start/{action}", data=form.fields)
    assert response.status_code == 404


@pytest.mark.parametrize(
    "path", ["/nowhere", "/static/built/manifest.json", "/static/built/../visit.py"]
)
def test_what_is_not_there_is_a_404(visitor: Make, path: str) -> None:
    assert visitor().ask("GET", path).status_code == 404


def test_a_wrong_method_is_answered_with_a_page(visitor: Make) -> None:
    response = visitor().ask("DELETE", "/sign-in")
    assert response.status_code == 405
    assert "<h1" in response.text


@pytest.mark.parametrize("before", ["x", "aud_zzz", "'; drop table audit; --", "1" * 200])
def test_the_activity_page_takes_any_place_to_go_on_from(holder: Holder, before: str) -> None:
    response = holder.browser.ask("GET", "/security/activity", params={"before": before})
    assert response.status_code in (200, 404)
