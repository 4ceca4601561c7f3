"""The robot check of a provider in Chromium. What the provider's hosts serve is played here, by the
shape that their pages describe; the policy, our script and the verify call are the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from portvakt.ports.captcha_hosted import PROVIDERS as FACTS
from tests.browser.conftest import Person
from tests.database import Database
from tests.robot_stand_in import ANSWER, PROVIDERS, SITE_KEY, Desk, desk, settings_of

#: what a provider's script does: fields of its own, a frame of its own, and the answer to a callback
SCRIPT = """
const asked = new URL(document.currentScript.src).searchParams;
window.%(api)s = { render: (place, options) => {
  window.told = { ...options, hl: asked.get("hl") };
  for (const name of %(answers)s) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = "%(answer)s";
    field.style.display = "none";
    place.append(field);
  }
  const frame = document.createElement("iframe");
  frame.title = "robot check";
  frame.src = "%(frame)s";
  place.append(frame);
  window.expire = options["expired-callback"];
  window.solve = () => options.callback("%(answer)s");
} };
window[asked.get("onload")]();
"""
FRAMES = {
    "recaptcha": "https://www.google.com/recaptcha/api2/anchor",
    "hcaptcha": "https://newassets.hcaptcha.com/captcha/v1/x/static/hcaptcha.html",
    "turnstile": "https://challenges.cloudflare.com/cdn-cgi/challenge-platform/x",
}


@pytest.fixture(scope="module", params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with desk(request.param, host="localhost") as one:
        yield one


@pytest.fixture(scope="module")
def database(new_database: Callable[[], Database], provider: Desk) -> Database:
    return new_database()


@pytest.fixture(scope="module")
def own_settings(provider: Desk) -> Mapping[str, Mapping[str, Any]]:
    return {"robot": settings_of(provider)}


@pytest.fixture
def stranger(chromium: Browser, address: str, provider: Desk) -> Iterator[Person]:
    """Somebody whose browser meets the provider's hosts as they are played here."""
    context = chromium.new_context(locale="sv-SE")
    person = Person(context, address.replace("127.0.0.1", "localhost"), 9000)
    widget = FACTS[provider.provider].widget
    script = SCRIPT % {
        "api": widget.api,
        "answers": str(list(widget.answers)),
        "answer": ANSWER,
        "frame": FRAMES[provider.provider],
    }

    def play(route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.hostname == "localhost":
            route.continue_()
        elif address.path == urlsplit(widget.script).path:
            route.fulfill(content_type="text/javascript", body=script)
        else:
            route.fulfill(content_type="text/html", body="<p>frame</p>")

    context.route("**/*", play)
    yield person
    context.close()


def robot(page: Page) -> str:
    return str(page.locator("input[name=robot]").input_value())


@pytest.mark.proves("S24", "S99")
def test_a_visitor_solves_the_providers_check_under_our_policy(
    provider: Desk, stranger: Person
) -> None:
    page = stranger.see("/sign-up")
    page.wait_for_selector("iframe[title='robot check']")
    told = page.evaluate("() => window.told")
    assert told["sitekey"] == SITE_KEY
    assert told["hl"] == "sv"
    assert page.get_by_text("JavaScript").count() == 0
    assert robot(page) == ""
    page.evaluate("() => window.solve()")
    assert robot(page) == ANSWER
    page.evaluate("() => window.expire()")
    assert robot(page) == ""
    page.evaluate("() => window.solve()")
    page.locator("input[name=identifier]").fill(f"sees.{provider.provider}@example.com")
    page.locator("#step button.main").click()
    page.wait_for_selector("input[name=email_code]")
    assert [t for t in stranger.troubles if "Content Security Policy" in t] == []
    hosts = {urlsplit(u).hostname for u in stranger.requests} - {"localhost"}
    assert hosts == {urlsplit(u).hostname for u in (FACTS[provider.provider].widget.script,
                                                    FRAMES[provider.provider])}  # fmt: skip
    asked = next(u for u in stranger.requests if "api.js" in u)
    assert parse_qs(urlsplit(asked).query)["render"] == ["explicit"]


@pytest.mark.proves("A93")
def test_script_and_frames_of_others_stay_out_of_that_page(stranger: Person) -> None:
    page = stranger.see("/sign-up")
    page.wait_for_selector("iframe[title='robot check']")
    page.evaluate(
        """() => {
          for (const [kind, from] of [
            ["script", "https://evil.example/x.js"],
            ["script", "https://www.google.com/recaptcha/about/js/main.min.js"],
            ["iframe", "https://evil.example/"],
          ]) {
            const part = document.createElement(kind);
            part.src = from;
            document.body.append(part);
          }
        }"""
    )
    page.wait_for_timeout(300)
    assert sum("Content Security Policy" in t for t in stranger.troubles) >= 3
