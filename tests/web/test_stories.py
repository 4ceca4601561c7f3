"""The pages, walked by somebody whose browser has no JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pyotp
import pytest

from tests.visitor import Page, Visitor
from tests.web.conftest import PASSWORD, Holder

Make = Callable[..., Visitor]


def key_of(page: Page) -> str:
    """The key as it stands on the page, grouped by four."""
    shown = re.search(r'class="key"[^>]*>(.*?)</output>', page.html, re.S)
    assert shown is not None
    return "".join(re.findall(r"<span>([A-Z2-7]+)</span>", shown[1]))


def instant(browser: Visitor) -> datetime:
    said = str(browser.http.get("/v1/sandbox").json()["now"])
    return datetime.fromisoformat(said).astimezone(UTC)


def totp_now(browser: Visitor, key: str, later: int = 0) -> str:
    return pyotp.TOTP(key).at(int(instant(browser).timestamp()) + 30 * later)


def bind_totp(holder: Holder) -> str:
    """Binds an authenticator; gives its key."""
    browser = holder.browser
    browser.see("/security")
    browser.press("/start/bind_totp")
    page = browser.fill(email_code=browser.code(holder.email))
    key = key_of(page)
    browser.fill(new_totp=totp_now(browser, key))
    return key


@pytest.mark.proves("S1", "S2", "S5", "S6", "S88", "S101")
def test_somebody_signs_up_and_logs_in_without_javascript(visitor: Make) -> None:
    browser = visitor()
    page = browser.sign_up("anna@example.com", PASSWORD)
    assert page.path == "/security"
    assert "Welcome" in page.words
    assert "Basic" in page.words  # S6: that there is no second step is plain to see
    browser.press("/sign-out")
    assert browser.see("/security").path == "/sign-in"
    page = browser.sign_in("anna@example.com", PASSWORD)
    assert page.path == "/security"


@pytest.mark.proves("S3", "S4", "S5", "S102")
def test_a_right_password_leads_to_the_code_page_and_opens_nothing_yet(holder: Holder) -> None:
    browser = holder.browser
    key = bind_totp(holder)
    browser.see("/security")
    browser.press("/sign-out")
    page = browser.sign_in(holder.email, holder.password)
    assert page.path.startswith("/flow/")
    assert "totp" in page.form().fields
    assert browser.see("/security").path == "/sign-in"  # no session before the second step
    browser.see(page.path)
    assert browser.fill(totp=totp_now(browser, key, 1)).path == "/security"


@pytest.mark.proves("S7", "A01")
def test_a_wrong_password_and_an_unknown_account_look_alike(holder: Holder, visitor: Make) -> None:
    def seen(identifier: str) -> tuple[int, str, list[str]]:
        stranger = visitor()
        page = stranger.sign_in(identifier, "not the password at all")
        words = page.words.replace(identifier, "…")
        html = re.sub(
            r'nonce[^"]*"[^"]+"|value="[^"]*"|/flow/\w+', "", page.html.replace(identifier, "…")
        )
        return (
            page.status,
            words + str(len(html)),
            sorted(re.sub("f-.*", "f", c) for c in stranger.cookies),
        )

    assert seen(holder.email) == seen("nobody.at.all@example.com")


def test_what_was_typed_stays_after_a_refusal_except_the_password(visitor: Make) -> None:
    page = visitor().sign_in("nobody@example.com", "a secret that must not come back")
    assert page.form().fields["identifier"] == "nobody@example.com"
    assert "must not come back" not in page.html
    assert 'role="alert"' in page.html


@pytest.mark.proves("S77", "S78", "S79", "S80", "S81", "S107")
def test_an_authenticator_is_bound_and_the_key_is_to_be_written_down(holder: Holder) -> None:
    browser = holder.browser
    browser.see("/security")
    browser.press("/start/bind_totp")
    assert browser.page is not None
    page = browser.fill(email_code=browser.code(holder.email))
    assert "<svg" in page.html
    assert "QR code" in page.html
    assert f"Exchange ({holder.email})" in page.words
    key = key_of(page)
    wrong = f"{(int(totp_now(browser, key)) + 1) % 10**6:06d}"
    page = browser.fill(new_totp=wrong)
    assert "not right" in page.words
    assert key_of(page) == key
    page = browser.fill(new_totp=totp_now(browser, key))
    assert page.path == "/done/bind_totp"
    assert "notebook" in page.words
    assert "internet" in page.words
    page = browser.see("/security")
    assert "Good" in page.words


@pytest.mark.proves("S86")
def test_the_key_is_never_shown_again(holder: Holder) -> None:
    browser = holder.browser
    browser.see("/security")
    browser.press("/start/bind_totp")
    page = browser.fill(email_code=browser.code(holder.email))
    flow, key = page.path, key_of(page)
    cookies = dict(browser.cookies)
    browser.fill(new_totp=totp_now(browser, key))
    browser.cookies.update({k: v for k, v in cookies.items() if "flw" in k})
    for path in (flow, "/security", "/security/activity", "/done/bind_totp", "/sandbox"):
        html = browser.see(path).html
        assert key not in html
        assert key[:4] + "</span>" not in html


@pytest.mark.proves("S84", "S85")
def test_the_page_for_phones_offers_the_app_link_and_name_and_key_to_copy(holder: Holder) -> None:
    browser = holder.browser
    browser.see("/security")
    browser.press("/start/bind_totp")
    page = browser.fill(email_code=browser.code(holder.email))
    key = key_of(page)
    phone = page.html.split('class="for-phone"')[1]
    assert f"secret={key}" in phone.split("</a>")[0]
    assert 'href="otpauth://totp/Exchange:' in phone
    assert f'data-copy="Exchange ({holder.email})"' in phone
    assert f'data-copy="{key}"' in phone


@pytest.mark.proves("S93", "S98")
def test_a_hold_is_shown_with_its_reason_and_its_end(holder: Holder, visitor: Make) -> None:
    thief = visitor()
    thief.sign_in(holder.email, holder.password)
    page = thief.see("/security")
    assert "You logged in on a new device" in page.words
    assert "Paused" in page.words
    left = re.search(r'data-left="(\d+)"', page.html)
    assert left is not None
    assert 86_000 < int(left[1]) <= 86_400
    assert "Trading goes on" in page.words
    # the owner sees it too, and what happened
    page = holder.browser.see("/security/activity")
    assert page.words.count("Logged in") >= 1


@pytest.mark.proves("S100")
def test_a_device_is_logged_out_from_another_one(holder: Holder, visitor: Make) -> None:
    other = visitor()
    other.sign_in(holder.email, holder.password)
    assert other.see("/security").path == "/security"
    page = holder.browser.see("/security")
    assert "This device" in page.words
    page = holder.browser.press("/start/end_other_sessions")
    assert "All your other devices are logged out" in page.words
    page = other.see("/security")
    assert page.path == "/sign-in"
    assert "some time passed" in page.words


@pytest.mark.proves("S100")
def test_logging_out_ends_the_session_at_the_server_too(holder: Holder) -> None:
    browser = holder.browser
    token = browser.cookies["__Host-portvakt"]
    browser.see("/security")
    page = browser.press("/sign-out")
    assert "You are logged out" in page.words
    assert "__Host-portvakt" not in browser.cookies
    again = browser.http.get("/v1/me", headers={"authorization": f"Bearer {token}"})
    assert again.status_code == 401


@pytest.mark.proves("S70")
def test_every_code_field_leads_to_help(visitor: Make) -> None:
    browser = visitor()
    browser.see("/sign-up")
    page = browser.fill(identifier="helpless@example.com", robot="sandbox")
    assert 'href="/help/codes"' in page.html
    page = browser.see("/help/codes")
    assert "spam" in page.words
    assert "clock" in page.words
    assert "Exchange" in page.words


@pytest.mark.proves("A39")
def test_looking_at_a_step_sends_nothing_and_a_new_code_is_sent_on_a_button(visitor: Make) -> None:
    browser, mail = visitor(), "looker@example.com"
    browser.see("/sign-up")
    page = browser.fill(identifier=mail, robot="sandbox")
    for _ in range(3):
        browser.see(page.path)
    assert len(browser.messages(mail)) == 1
    page = browser.press_aside("resend")
    assert "wait" in page.words  # too soon
    assert len(browser.messages(mail)) == 1
    browser.http.post("/v1/sandbox/clock", json={"advance": "61s"})
    page = browser.press_aside("resend")
    assert "A new code is on its way" in page.words
    assert len(browser.messages(mail)) == 2


def test_a_pasted_code_with_a_space_is_understood_without_javascript(visitor: Make) -> None:
    browser, mail = visitor(), "paster@example.com"
    browser.see("/sign-up")
    browser.fill(identifier=mail, robot="sandbox")
    code = browser.code(mail)
    page = browser.fill(email_code=f" {code[:3]} {code[3:]} ")
    assert "new_password" in page.form().fields


def test_an_expired_flow_is_a_friendly_page(visitor: Make) -> None:
    browser = visitor()
    browser.see("/sign-up")
    page = browser.fill(identifier="slow@example.com", robot="sandbox")
    browser.http.post("/v1/sandbox/clock", json={"advance": "31m"})
    page = browser.see(page.path)
    assert page.status == 200
    assert "took too long" in page.words


def test_cancelling_leads_back_and_changes_nothing(holder: Holder) -> None:
    browser = holder.browser
    browser.see("/security")
    browser.press("/start/bind_totp")
    page = browser.press_aside("cancel")
    assert page.path == "/security"
    assert "Nothing was changed" in page.words
    assert "Basic" in page.words


@pytest.mark.proves("S87")
def test_a_phone_is_bound_with_a_code_to_it(holder: Holder) -> None:
    browser = holder.browser
    browser.see("/security")
    browser.press("/start/bind_phone")
    page = browser.fill(new_phone="12")
    assert page.form().fields["new_phone"] == "12"
    browser.fill(new_phone="+46 70 174 06 11")
    browser.fill(email_code=browser.code(holder.email))
    page = browser.fill(new_phone_code=browser.code("+46701740611"))
    assert page.path == "/done/bind_phone"
    assert "+46701740611" in browser.see("/security").words


def test_the_language_is_switched_on_every_page_and_remembered(holder: Holder) -> None:
    browser = holder.browser
    for path in ("/help/codes", "/security"):
        browser.see(path)
        page = browser.press("/language", language="sv")
        assert page.path == path
        assert '<html lang="sv">' in page.html
        page = browser.press("/language", language="en")
        assert '<html lang="en">' in page.html


def test_the_swedish_buttons_carry_the_names_of_the_source(visitor: Make) -> None:
    browser = visitor(accept_language="sv-SE,sv;q=0.9")
    assert ">Logga in</button>" in browser.see("/sign-in").html
    page = browser.see("/sign-up")
    assert ">Nästa</button>" in page.html
    page = browser.fill(identifier="kund@example.com", robot="sandbox")
    assert ">Bekräfta</button>" in page.html
