"""One walk through every step and every way it can go wrong, looked at in both lights and all
widths: accessible, nothing to scroll sideways, also at 200 % zoom.

With PORTVAKT_SCREENSHOTS each is kept as a picture.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PASSWORD, Person
from tests.browser.walk import Walk
from tests.stories.world import World

Open = Callable[..., Person]


@pytest.fixture
def world(address: str) -> World:
    return World(address)


@pytest.mark.proves("S70", "S77", "S79", "S80", "S81", "S93", "S94", "S98", "S100")
def test_every_step_is_accessible_and_fits_whatever_happens(
    person: Open, world: World, chromium: Browser
) -> None:
    me = person()
    walk, page = Walk(me), me.page
    phone = me.phone

    me.see("/sign-up")
    page.wait_for_selector("altcha-widget")
    walk.look("sign-up")
    walk.fill("E-mail address or mobile number", me.email)
    page.wait_for_selector("input[name=robot][value]", state="attached")
    walk.look("sign-up-checked")
    me.button("Next").click()
    walk.at("Check your messages")
    walk.look("sign-up-code")
    code = world.code(me.email)
    page.get_by_label("Code from the e-mail").fill(f"{(int(code) + 1) % 1_000_000:06d}")
    page.wait_for_selector("[role=alert]")
    walk.look("sign-up-code-wrong")
    page.get_by_label("Code from the e-mail").fill(code)
    walk.at("Choose a password")
    walk.fill("New password", "password1", by="Create account")
    page.wait_for_selector("[role=alert]")
    walk.look("sign-up-password-refused")
    walk.fill("New password", PASSWORD, by="Create account")
    page.wait_for_url("**/security*")
    walk.look("security-welcome")

    walk.begin("bind_totp")
    walk.at("First, confirm that it is you")
    walk.look("bind-totp-confirm")
    page.get_by_label("Code from the e-mail").fill(world.code(me.email))
    walk.at("Bind your authenticator app")
    walk.look("bind-totp")
    key = page.locator("[data-copy]:visible").last.get_attribute("data-copy") or ""
    page.get_by_label("First code from the app").fill("000000")
    page.wait_for_selector("[role=alert]")
    walk.look("bind-totp-wrong")
    page.get_by_label("First code from the app").fill(me.totp(key))
    page.wait_for_url("**/done/bind_totp")
    walk.look("bind-totp-done")
    page.go_back()
    walk.at("This page is no longer open")
    walk.look("back-to-what-is-done")

    walk.begin("bind_phone")
    page.get_by_role("textbox", name="Mobile number").fill(phone)
    me.button("Next").click()
    walk.at("Confirm that it is you")
    walk.look("second-factor-totp")
    world.passes("30s")
    page.get_by_label("Code from your authenticator app").fill(me.totp(key))
    walk.at("Check your SMS")
    walk.look("bind-phone-code")
    page.get_by_label("Code from the SMS").fill(world.code(phone))
    page.wait_for_url("**/done/bind_phone")
    walk.look("bind-phone-done")
    walk.begin("end_other_sessions") if page.locator(".rows form").count() > 9 else None
    me.see("/security")
    walk.look("security-strong")
    me.see("/security/activity")
    walk.look("activity")

    me.sign_out()
    walk.look("signed-out")
    walk.fill("E-mail address or mobile number", me.email)
    walk.fill("Password", "not the password", by="Log in")
    page.wait_for_selector("[role=alert]")
    walk.look("sign-in-refused")
    walk.fill("Password", PASSWORD, by="Log in")
    walk.at("Confirm that it is you")
    world.passes("31m")
    page.get_by_label("Code from your authenticator app").fill(me.totp(key))
    walk.at("This took too long")
    walk.look("expired")
    page.get_by_role("link", name="Start again").click()
    me.context.clear_cookies()
    walk.fill("E-mail address or mobile number", me.email)
    walk.fill("Password", PASSWORD, by="Log in")
    walk.at("Please try once more")
    walk.look("no-cookies")
    assert len(walk.seen) == 20
    assert [t for t in me.troubles if "404" not in t and "403" not in t] == []
