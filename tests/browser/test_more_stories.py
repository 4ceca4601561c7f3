"""Sessions, languages, waiting, and second steps without scripts, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import PASSWORD, Person
from tests.stories.world import World

Open = Callable[..., Person]


@pytest.fixture
def world(address: str) -> World:
    return World(address)


def log_in(who: Person, email: str) -> None:
    """The first page of logging in, in English."""
    who.see("/sign-in")
    who.page.get_by_label("E-mail address or mobile number").fill(email)
    who.page.get_by_label("Password", exact=True).fill(PASSWORD)
    who.button("Log in").click()


@pytest.mark.proves("S3", "S5", "S102")
def test_the_second_step_works_without_javascript_too(person: Open, world: World) -> None:
    me = person()
    me.sign_up()
    key = me.bind_totp()
    world.passes("30s")
    plain = person("phone", java_script_enabled=False)
    log_in(plain, me.email)
    plain.page.get_by_label("Code from your authenticator app").fill(me.totp(key))
    plain.button("Confirm").click()
    plain.page.wait_for_url("**/security*")
    plain.page.get_by_text("Good: an authenticator app").wait_for()
    plain.page.locator("summary[aria-label='Account menu']").click()
    plain.page.locator("details.menu").get_by_role("button", name="Log out").click()
    plain.page.wait_for_url("**/sign-in*")


@pytest.mark.proves("S100")
def test_other_devices_are_seen_and_logged_out_from_here(person: Open) -> None:
    me = person()
    me.sign_up()
    others = [person("phone"), person()]
    for other in others:
        log_in(other, me.email)
        other.page.wait_for_url("**/security*")
    page = me.see("/security")
    devices = page.locator("section[aria-labelledby='sessions'] .rows > li")
    assert devices.count() == 3
    assert page.get_by_text("This device").count() == 1
    mine = devices.filter(has_text="This device")
    not_mine = devices.filter(has_not_text="This device")
    not_mine.first.get_by_role("button").click()
    page.get_by_text("The device is logged out.").wait_for()
    assert devices.count() == 2
    page.get_by_role("button", name="Log out everywhere else").click()
    page.get_by_text("All your other devices are logged out.").wait_for()
    assert devices.count() == 1
    assert mine.count() == 1
    for other in others:
        other.page.reload()
        assert "/sign-in" in other.page.url


def test_the_whole_way_in_swedish_with_the_buttons_of_the_source(
    person: Open, world: World
) -> None:
    me = person(locale="sv-SE")
    page = me.see("/sign-in")
    me.button("Logga in").wait_for()
    page.locator("a[href='/sign-up']").click()
    page.locator("#f-identifier").fill(me.email)
    page.wait_for_selector("input[name=robot][value]", state="attached")
    me.button("Nästa").click()
    me.button("Bekräfta").wait_for()
    page.locator("#f-email_code").fill(me.code())
    page.locator("#f-new_password").fill(PASSWORD)
    page.locator("#step button.main").click()
    page.wait_for_url("**/security*")
    page.get_by_role("heading", name="Säkerhet", exact=True).wait_for()
    page.locator("form[action='/start/bind_totp'] button").last.click()
    page.locator("#f-email_code").fill(me.code())
    page.wait_for_selector("#f-new_totp")
    key = page.locator("[data-copy]:visible").last.get_attribute("data-copy") or ""
    page.locator("#f-new_totp").fill(me.totp(key))
    page.wait_for_url("**/done/bind_totp")
    page.get_by_text("anteckningsbok").wait_for()
    letter = world.messages(me.email)[0]
    assert "autentiseringsapp" in letter["subject"] + letter["text"]
    english = re.compile(r"\b(the|your|please|code)\b", re.IGNORECASE)
    for path in ("/security", "/security/activity", "/help/codes"):
        words = me.see(path).locator("main").inner_text()
        assert not english.search(words), words


def test_the_countdown_to_a_new_code_ends_by_itself_and_the_button_then_works(
    person: Open, world: World
) -> None:
    me = person()
    me.context.clock.install()
    page = me.see("/sign-up")
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.wait_for_selector("input[name=robot][value]", state="attached")
    me.button("Next").click()
    again = me.button("Send a new code")
    again.wait_for()
    assert again.get_attribute("aria-disabled") == "true"
    world.passes("60s")
    me.context.clock.fast_forward("01:01")
    page.wait_for_selector("button[name=resend]:not([aria-disabled])")
    assert len(world.messages(me.email)) == 1
    again.click()
    page.get_by_text("A new code is on its way").wait_for()
    assert len(world.messages(me.email)) == 2
    page.get_by_label("Code from the e-mail").fill(me.code())
    page.get_by_label("New password").wait_for()


def test_cancelling_leads_back_and_says_that_nothing_changed(person: Open) -> None:
    me = person()
    me.sign_up()
    page = me.see("/security")
    page.get_by_role("button", name="Set: Mobile number").click()
    me.button("Cancel").click()
    page.get_by_text("Cancelled. Nothing was changed.").wait_for()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_refusal_keeps_what_was_typed_but_no_secret_and_is_read_out(
    person: Open, size: str
) -> None:
    me = person(size)
    log_in(me, me.email)
    alert = me.page.get_by_role("alert")
    alert.wait_for()
    assert "check them and try again" in alert.inner_text()
    assert me.page.get_by_label("E-mail address or mobile number").input_value() == me.email
    assert me.page.get_by_label("Password", exact=True).input_value() == ""
    assert me.page.title().startswith("Not yet done")
    me.page.reload()  # asks for the page anew and does not send the form again
    assert me.page.get_by_role("alert").count() == 0
