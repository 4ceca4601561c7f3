"""What people do, in a real browser, at the sizes that they have."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import segno

from tests.browser.conftest import PASSWORD, Person

Open = Callable[..., Person]


@pytest.mark.proves("S1", "S2", "S3", "S4", "S5", "S77", "S78", "S79", "S80", "S88", "S102", "S107")
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_somebody_signs_up_binds_an_authenticator_and_logs_in_with_it(
    person: Open, size: str
) -> None:
    me = person(size)
    me.sign_up()
    me.picture(f"security-new-{size}")
    key = me.bind_totp()
    me.check()
    me.sign_out()
    page = me.page
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    me.picture(f"sign-in-{size}")
    me.button("Log in").click()
    page.get_by_label("Code from your authenticator app").fill(me.totp(key, 1))
    page.wait_for_url("**/security*")
    assert page.get_by_text("Good: an authenticator app").is_visible()
    me.picture(f"security-{size}")
    me.check()
    assert me.troubles == []


@pytest.mark.proves("S78", "S84")
@pytest.mark.parametrize(("size", "first"), [("desktop", "qr"), ("phone", "link")])
def test_the_desk_shows_the_qr_code_and_the_phone_the_way_into_the_app(
    person: Open, size: str, first: str
) -> None:
    me = person(size)
    me.sign_up()
    me.page.locator("form[action='/start/bind_totp'] button").last.click()
    me.page.get_by_label("Code from the e-mail").fill(me.code())
    me.page.wait_for_selector("#f-new_totp")
    me.check()
    me.picture(f"bind-totp-{size}")
    link = me.page.get_by_role("link", name="Open in authenticator app")
    assert link.is_visible() == (first == "link")
    assert me.page.locator(".qr:visible").count() == (first == "qr")
    # The picture is exactly the code for the address that the app's link has.
    uri = me.page.locator("a[href^='otpauth:']").get_attribute("href")
    assert uri is not None
    drawn = segno.make(uri, error="m", micro=False).svg_inline(border=4, omitsize=True)
    path = me.page.locator(".qr svg path[stroke]").first.get_attribute("d")
    found = re.search(r'stroke[^>]* d="([^"]+)"', drawn)
    assert found is not None
    assert path == found[1]


def test_the_last_digit_sends_the_code_also_when_it_is_pasted_with_a_space(person: Open) -> None:
    me = person()
    page = me.see("/sign-up")
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.wait_for_selector("input[name=robot][value]", state="attached")
    me.button("Next").click()
    field = page.get_by_label("Code from the e-mail")
    field.fill("12345")
    assert page.url.count("/flow/") == 1
    field.fill("000 000")
    page.wait_for_selector("[role=alert]")
    assert field.input_value() == ""
    code = me.code()
    field.fill(f"{code[:3]} {code[3:]}")
    page.get_by_label("New password").wait_for()


def test_a_new_code_can_be_asked_for_when_the_countdown_is_over(person: Open) -> None:
    me = person()
    page = me.see("/sign-up")
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.wait_for_selector("input[name=robot][value]", state="attached")
    me.button("Next").click()
    again = me.button("Send a new code")
    assert again.get_attribute("aria-disabled") == "true"
    assert re.search(r"in (59|60) s", page.locator(".code-asides").inner_text())
    again.click(force=True)
    assert "sent=1" not in page.url


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_logging_in_works_without_javascript(person: Open, size: str) -> None:
    me = person(size)
    me.sign_up()
    plain = person(size, java_script_enabled=False)
    page = plain.see("/sign-in")
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/security*")
    assert page.get_by_text("You logged in on a new device").first.is_visible()


def test_the_robot_check_says_that_it_needs_javascript(person: Open) -> None:
    page = person(java_script_enabled=False).see("/sign-up")
    page.get_by_text("This one check needs JavaScript").wait_for()


def test_the_whole_way_can_be_gone_by_keyboard(person: Open) -> None:
    me = person()
    me.sign_up()
    me.sign_out()
    page = me.see("/sign-in")
    page.locator("input[name=identifier]:focus").wait_for()  # the cursor goes there by itself
    page.keyboard.type(me.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/security*")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Go to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"


def test_a_password_can_be_shown_and_pasted(person: Open) -> None:
    page = person().see("/sign-in")
    field = page.get_by_label("Password", exact=True)
    field.fill("something secret")
    assert field.get_attribute("type") == "password"
    page.get_by_role("button", name="Show").click()
    assert field.get_attribute("type") == "text"
    page.get_by_role("button", name="Hide").click()
    assert field.get_attribute("type") == "password"


def test_the_mailbox_shows_new_messages_by_itself(person: Open) -> None:
    me, other = person(), person()
    box = me.see("/sandbox")
    page = other.see("/sign-up")
    page.get_by_label("E-mail address or mobile number").fill(other.email)
    page.wait_for_selector("input[name=robot][value]", state="attached")
    other.button("Next").click()
    page.get_by_label("Code from the e-mail").wait_for()
    box.get_by_text(other.email).first.wait_for()
    me.check()


def test_the_language_can_be_chosen_and_stays(person: Open) -> None:
    me = person()
    me.see("/sign-in")
    me.button("Svenska").click()
    assert me.page.get_by_role("heading", name="Logga in").is_visible()
    assert me.see("/help/codes").locator("html").get_attribute("lang") == "sv"
