"""The whole of it, in one sitting: an account, an authenticator by QR code, and what the platform's
service is then told about a withdrawal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from playwright.sync_api import Browser, Locator

from portvakt.app import build
from portvakt.settings import Settings
from tests.browser.conftest import PASSWORD, Person
from tests.serving import serving
from tests.stories.world import World

Open = Callable[..., Person]
Platform = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def easy(settings: Settings, address: str) -> Iterator[World]:
    """A second process on the same database whose decisions ask for no approval (sandbox)."""
    never = Settings.model_validate({**settings.as_data(), "sandbox": {"step_up": "never"}})
    with serving(build(never)) as origin:
        world = World(origin)
        yield world
        world.close()


@pytest.fixture
def strict(address: str) -> Iterator[World]:
    """The sandbox as it is by default."""
    world = World(address)
    yield world
    world.close()


def seen_by_camera(chromium: Browser, picture: Locator) -> str:
    """What a phone's camera reads from the screen: pixels in, text out."""
    png = picture.screenshot()
    darkroom = chromium.new_page()
    grey, width, height = darkroom.evaluate(
        """async (png) => {
            const image = await createImageBitmap(new Blob([new Uint8Array(png)]));
            const canvas = new OffscreenCanvas(image.width, image.height);
            const ink = canvas.getContext("2d");
            ink.drawImage(image, 0, 0);
            const data = ink.getImageData(0, 0, image.width, image.height).data;
            return [Array.from({length: data.length / 4}, (_, i) => data[4 * i + 1]), image.width, image.height];
        }""",
        list(png),
    )
    darkroom.close()
    pixels = memoryview(bytes(grey)).cast("B", shape=(height, width))
    (code,) = zxingcpp.read_barcodes(pixels, try_invert=False)
    return str(code.text)


def account_of(person: Person) -> str:
    """The account's id, as the platform learns it from the signed-in browser."""
    answer = person.context.request.get(person.origin + "/v1/me")
    return str(answer.json()["account"])


def reasons(decision: dict[str, Any]) -> list[str]:
    return [r["id"] for r in decision["reasons"]]


@pytest.mark.proves("S1", "S3", "S5", "S77", "S78", "S79", "S80", "S81", "S88", "S91", "S92")
@pytest.mark.parametrize("light", ["light", "dark"])
def test_from_nothing_to_a_withdrawal_that_the_platform_may_carry_out(
    person: Open, chromium: Browser, strict: World, easy: World, light: str
) -> None:
    me = person(color_scheme=light)
    page = me.see("/")
    assert me.button("Log in").is_visible()
    page.get_by_role("link", name="New here? Sign up").click()
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.wait_for_selector("input[name=robot][value]", state="attached")
    me.button("Next").click()
    page.get_by_label("Code from the e-mail").wait_for()

    mailbox = me.window()
    mailbox.goto(f"{me.origin}/sandbox?to={me.email}")
    code = mailbox.locator(".mail output").first.inner_text()
    page.get_by_label("Code from the e-mail").fill(code)
    page.get_by_label("New password").fill(PASSWORD)
    me.button("Create account").click()
    page.get_by_text("Welcome. Your account is ready.").wait_for()
    account = account_of(me)
    assert reasons(easy.may(account, "withdraw")) == ["bind_second_factor_first"]

    page.get_by_label("Account menu").click()
    page.locator("details.menu").get_by_role("link", name="Security").click()
    page.get_by_role("button", name="Set: Google Authenticator").click()
    page.get_by_label("Code from the e-mail").wait_for()
    mailbox.reload()
    page.get_by_label("Code from the e-mail").fill(
        mailbox.locator(".mail output").first.inner_text()
    )
    page.wait_for_selector("#f-new_totp")
    link = seen_by_camera(chromium, page.locator(".qr:visible"))
    assert link.startswith(f"otpauth://totp/Exchange:{me.email.replace('@', '%40')}?")
    key = parse_qs(urlsplit(link).query)["secret"][0]
    page.get_by_label("First code from the app").fill(me.totp(key))
    page.wait_for_url("**/done/bind_totp")
    assert page.get_by_text("not upload it to the internet").is_visible()

    me.sign_out()
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    me.button("Log in").click()
    page.get_by_label("Code from your authenticator app").wait_for()
    assert me.context.request.get(me.origin + "/v1/me").status == 401
    page.get_by_label("Code from your authenticator app").fill(me.totp(key, 1))
    page.wait_for_url("**/security*")

    normal = strict.may(account, "withdraw", amount="0.5", asset="BTC")
    assert (normal["decision"], reasons(normal)) == ("step_up", [])
    assert normal["flow"]["action"] == "approve_protected_action"
    assert easy.may(account, "withdraw", amount="0.5", asset="BTC")["decision"] == "allow"
    assert strict.may(account, "trade")["decision"] == "allow"
    assert me.troubles == []


@pytest.mark.proves("S91", "S92", "S93")
def test_inside_a_hold_the_platform_is_told_until_when_and_the_page_counts_down(
    person: Open, easy: World
) -> None:
    me = person()
    me.sign_up()
    new = person()  # another device, and no second factor bound
    page = new.see("/sign-in")
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    new.button("Log in").click()
    page.wait_for_url("**/security*")
    account = account_of(new)
    held = easy.may(account, "withdraw", amount="0.5", asset="BTC")
    assert held["decision"] == "deny"
    assert "hold" in reasons(held)
    assert held["until"]
    assert easy.may(account, "trade")["decision"] == "allow"

    assert page.get_by_role("heading", name="You logged in on a new device").is_visible()
    assert page.locator(".status").inner_text() == "Paused"
    left = page.locator("[data-left]").first
    assert re.match(r"(24 h 0|23 h 5\d) min", left.inner_text())
    new.check()
    new.picture("security-held")

    new.email = me.email
    key = new.bind_totp()
    assert reasons(easy.may(account, "withdraw")) == ["hold"]
    page.goto(new.origin + "/sandbox")
    page.get_by_role("button", name="+ 24 hours").click()
    page.wait_for_load_state()
    after = easy.may(account, "withdraw")
    assert (after["decision"], after["until"]) == ("allow", None)
    page.goto(new.origin + "/sign-in")
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    new.button("Log in").click()
    page.get_by_label("Code from your authenticator app").fill(new.totp(key))
    page.wait_for_url("**/security*")
    assert page.locator(".status").inner_text() == "Allowed"
