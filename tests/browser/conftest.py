"""Chromium against the real application, at the sizes that people have.

Set PORTVAKT_SCREENSHOTS to a folder to keep the pictures that stories take on their way.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.serving import address, app, own_settings, settings  # noqa: F401  fixtures

PASSWORD: Final = "fyra helt olika ord utan mening"
SIZES: Final[dict[str, dict[str, Any]]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "narrow": {"viewport": {"width": 320, "height": 640}},
}
_QUIET: Final = (
    "--no-sandbox",  # Chromium refuses to run as root with it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium; nothing is downloaded."""
    path = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if path is None:
        pytest.fail("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        yield browser
        browser.close()


class Person:
    """Somebody at a window of Chromium. `troubles` collects what the console complains about."""

    def __init__(self, context: BrowserContext, origin: str, number: int) -> None:
        self.context, self.origin, self.number = context, origin, number
        self.email = f"person{number}@example.com"
        self.phone = f"+46{701_740_605 + number}"
        self.password = PASSWORD
        self.troubles: list[str] = []
        self.requests: list[str] = []
        self.goes_to: set[str] = set()  # other sites, that somebody is led to and sees
        self.page = self.window()

    def window(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda m: self.troubles.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        return page

    def see(self, path: str) -> Page:
        self.page.goto(self.origin + path)
        return self.page

    def code(self, to: str | None = None) -> str:
        """The newest code in the mailbox."""
        found = httpx.get(
            f"{self.origin}/v1/sandbox/messages", params={"to": to or self.email}, timeout=20
        )
        return str(next(m["code"] for m in found.json()["messages"] if m["code"]))

    def totp(self, key: str, step: int = 0) -> str:
        """The app's code now, by the server's clock; `step` 1 is the next one."""
        said = httpx.get(f"{self.origin}/v1/sandbox", timeout=20).json()["now"]
        at = int(datetime.fromisoformat(said).timestamp())
        return pyotp.TOTP(key).at(at + 30 * step)

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name, exact=True)

    def sign_up(self) -> None:
        """By the real robot check, in English."""
        page = self.see("/sign-up")
        page.get_by_label("E-mail address or mobile number").fill(self.email)
        page.wait_for_selector("input[name=robot][value]", state="attached")
        self.button("Next").click()
        page.get_by_label("Code from the e-mail").fill(self.code())
        page.get_by_label("New password").fill(PASSWORD)
        self.button("Create account").click()
        page.wait_for_url("**/security*")

    def sign_in(self, key: str | None = None) -> None:
        """By e-mail and password, and the app's next code where a key is given."""
        page = self.see("/sign-in")
        page.get_by_label("E-mail address or mobile number").fill(self.email)
        page.get_by_label("Password", exact=True).fill(self.password)
        self.button("Log in").click()
        if key is not None:
            page.get_by_label("Code from your authenticator app").wait_for()
            page.get_by_label("Code from your authenticator app").fill(self.fresh(key))
        page.wait_for_url("**/security*")

    def fresh(self, key: str) -> str:
        """A code of the app that was not used before: half a minute passes first."""
        answer = httpx.post(f"{self.origin}/v1/sandbox/clock", json={"advance": "30s"}, timeout=20)
        assert answer.status_code == 200, answer.text
        return self.totp(key)

    def bind_phone(self, key: str) -> None:
        """From the security centre on, with an authenticator bound."""
        page = self.see("/security")
        page.locator("form[action='/start/bind_phone'] button").last.click()
        page.get_by_role("textbox", name="Mobile number").fill(self.phone)
        self.button("Next").click()
        page.get_by_label("Code from your authenticator app").fill(self.fresh(key))
        page.get_by_label("Code from the SMS").wait_for()
        page.get_by_label("Code from the SMS").fill(self.code(self.phone))
        page.wait_for_url("**/done/bind_phone")

    def bind_totp(self) -> str:
        """From the security centre on; gives the key as the page shows it."""
        page = self.see("/security")
        page.locator("form[action='/start/bind_totp'] button").last.click()
        page.get_by_label("Code from the e-mail").fill(self.code())
        page.wait_for_selector("#f-new_totp")
        key = page.locator("[data-copy]:visible").last.get_attribute("data-copy")
        assert key is not None
        page.get_by_label("First code from the app").fill(self.totp(key))
        page.wait_for_url("**/done/bind_totp")
        return key

    def sign_out(self) -> None:
        self.see("/security").get_by_label("Account menu").click()
        self.page.locator("details.menu").get_by_role("button", name="Log out").click()
        self.page.wait_for_url("**/sign-in*")

    def check(self) -> None:
        """Accessible (axe, WCAG 2.2 AA and its good practice) and nothing to scroll sideways."""
        found = Axe().run(self.page).response["violations"]
        assert not found, [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found]
        width = self.page.evaluate("() => document.documentElement.scrollWidth")
        assert width <= self.page.viewport_size["width"], f"{self.page.url} scrolls sideways"  # type: ignore[index]

    def is_left_alone(self) -> None:
        """Whatever was done: no request left for elsewhere, and the policy was never broken."""
        elsewhere = {urlsplit(url).netloc for url in self.requests if url.startswith("http")}
        assert elsewhere <= {urlsplit(self.origin).netloc} | self.goes_to
        assert [t for t in self.troubles if "Content Security Policy" in t] == []

    @property
    def keeps_pictures(self) -> bool:
        return bool(os.environ.get("PORTVAKT_SCREENSHOTS"))

    def picture(self, name: str) -> None:
        folder = os.environ.get("PORTVAKT_SCREENSHOTS")
        if folder:
            path = Path(folder) / f"{name}.png"
            self.page.screenshot(path=path, full_page=True)


@pytest.fixture
def person(
    chromium: Browser,
    address: str,  # noqa: F811
) -> Iterator[Callable[..., Person]]:
    """Opens windows: `person("phone", color_scheme="dark", locale="sv-SE")`."""
    people: list[Person] = []

    def open_window(size: str = "desktop", **more: Any) -> Person:
        number = next(_numbers)
        context = chromium.new_context(
            **{
                **SIZES[size],
                "locale": "en-GB",
                "timezone_id": "Europe/Stockholm",
                "reduced_motion": "reduce",
                "extra_http_headers": {"x-forwarded-for": f"198.20.{number // 250}.{number % 250}"},
                **more,
            }
        )
        people.append(Person(context, address.replace("127.0.0.1", "localhost"), number))
        return people[-1]

    yield open_window
    for one in people:
        one.is_left_alone()
        one.context.close()
