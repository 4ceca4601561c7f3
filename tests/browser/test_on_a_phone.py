"""The way of the app: on the same phone as the authenticator there is nothing to scan (S82–S86)."""

from __future__ import annotations

import os
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import PASSWORD, Person
from tests.docs.markdown import ROOT

Open = Callable[..., Person]
PICTURE = ROOT / "docs" / "images" / "bind-totp-phone.png"


@pytest.mark.proves("S81", "S82", "S83", "S84", "S85", "S86", "S107")
def test_on_a_phone_name_and_key_are_copied_and_the_code_is_brought_back(person: Open) -> None:
    """Set PORTVAKT_PICTURES to any word to keep the picture for the documentation."""
    me = person("phone", permissions=["clipboard-read", "clipboard-write"])
    me.sign_up()
    page = me.page
    page.get_by_label("Account menu").click()
    page.locator("details.menu").get_by_role("link", name="Security").click()
    page.get_by_role("button", name="Set: Google Authenticator").click()
    # the code from the mailbox comes first, and the page before it tells nothing
    assert page.locator("a[href^='otpauth:']").count() == 0
    page.get_by_label("Code from the e-mail").fill(me.code())
    page.wait_for_selector("#f-new_totp")
    advice = page.locator(".for-phone").get_by_text("Install an authenticator app on your phone")
    assert advice.is_visible()
    assert page.locator(".qr:visible").count() == 0

    if os.environ.get("PORTVAKT_PICTURES"):
        page.evaluate("() => scrollTo(0, 0)")
        page.screenshot(path=PICTURE)

    def copied(what: str) -> str:
        button = page.get_by_role("button", name=what)
        button.click()
        button.get_by_text("Copied", exact=True).wait_for()
        return str(page.evaluate("() => navigator.clipboard.readText()"))

    name, key = copied("Account name"), copied("Secret key")
    assert name == f"Exchange ({me.email})"
    link = page.get_by_role("link", name="Open in authenticator app").get_attribute("href") or ""
    assert parse_qs(urlsplit(link).query)["secret"] == [key]
    me.check()

    page.get_by_label("First code from the app").fill(me.totp(key))
    page.wait_for_url("**/done/bind_totp")
    assert page.get_by_text("Write the key down").is_visible()
    assert page.get_by_text("such as a notebook").is_visible()
    assert key not in page.content()
    for path in ("/security", "/security/activity", "/sandbox"):
        assert key not in me.see(path).content()
    assert me.troubles == []


@pytest.mark.proves("S87")
def test_a_mobile_number_is_bound_and_its_code_is_asked_for_at_the_next_sign_in(
    person: Open,
) -> None:
    me = person("phone")
    me.sign_up()
    page, phone = me.page, me.phone
    page.get_by_role("button", name="Set: Mobile number").click()
    field = page.get_by_role("textbox", name="Mobile number")
    assert field.get_attribute("type") == "tel"
    field.fill(phone)
    me.button("Next").click()
    page.get_by_label("Code from the e-mail").fill(me.code())
    page.get_by_label("Code from the SMS").wait_for()
    page.get_by_label("Code from the SMS").fill(me.code(phone))
    page.wait_for_url("**/done/bind_phone")
    me.sign_out()
    page.get_by_label("E-mail address or mobile number").fill(phone)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    me.button("Log in").click()
    code = page.get_by_label("Code from the SMS")
    code.wait_for()
    assert code.get_attribute("autocomplete") == "one-time-code"
    assert code.get_attribute("inputmode") == "numeric"
    code.fill(me.code(phone))
    page.wait_for_url("**/security*")
    assert page.get_by_text("Fair: a code by e-mail or SMS").is_visible()
    assert me.troubles == []
