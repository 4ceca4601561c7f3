"""Pages with a provider's robot check: its script is let in where it is shown, and nowhere else."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.database import Database
from tests.robot_stand_in import ANSWER, PROVIDERS, SECRET, SITE_KEY, Desk, desk, settings_of
from tests.visitor import Page, Visitor
from tests.web.conftest import Holder

Make = Callable[..., Visitor]
STRICT = (
    "default-src 'none'; script-src 'self' {nonce}; style-src 'self' {nonce}; img-src 'self' data:; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
#: what each adds to the policy of a page that shows it, from the providers' own pages
ADDED = {
    "recaptcha": {
        "script-src": "https://www.google.com/recaptcha/api.js "
        "https://www.gstatic.com/recaptcha/releases/",
        "frame-src": "https://www.google.com/recaptcha/ https://recaptcha.google.com/recaptcha/",
        "connect-src": "https://www.google.com/recaptcha/",
        "style-src-attr": "'unsafe-inline'",
    },
    "hcaptcha": dict.fromkeys(
        ("script-src", "frame-src", "connect-src", "style-src"),
        "https://hcaptcha.com https://*.hcaptcha.com",
    ),
    "turnstile": dict.fromkeys(("script-src", "frame-src"), "https://challenges.cloudflare.com"),
}
LEFT_IN_THE_FORM = {
    "recaptcha": ("g-recaptcha-response",),
    "hcaptcha": ("g-recaptcha-response", "h-captcha-response"),
    "turnstile": ("cf-turnstile-response",),
}


@pytest.fixture(scope="module", params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with desk(request.param, host="localhost") as one:
        yield one


@pytest.fixture(scope="module")
def own_settings(provider: Desk) -> Mapping[str, Mapping[str, Any]]:
    return {"robot": settings_of(provider)}


@pytest.fixture(scope="module")
def database(new_database: Callable[[], Database], provider: Desk) -> Database:
    """One for each provider: each has keys of its own."""
    return new_database()


def policy(page: Page) -> str:
    """The page's policy, its nonce left out."""
    return re.sub(r"'nonce-[^']+'", "{nonce}", page.response.headers["content-security-policy"])


def widened(provider: str) -> dict[str, str]:
    rules = dict(rule.split(" ", 1) for rule in STRICT.split("; "))
    for name, more in ADDED[provider].items():
        rules[name] = f"{rules[name]} {more}" if name in rules else more
    return rules


@pytest.mark.proves("A92")
def test_the_policy_lets_in_the_configured_provider_and_on_its_page_alone(
    provider: Desk, visitor: Make, holder: Holder
) -> None:
    browser = visitor()
    shown = browser.see("/sign-up")
    assert dict(r.split(" ", 1) for r in policy(shown).split("; ")) == widened(provider.provider)
    for path in ("/sign-in", "/help/codes", "/nowhere"):
        assert policy(browser.see(path)) == STRICT, path
    for path in ("/security", "/security/activity"):
        assert policy(holder.browser.see(path)) == STRICT, path


@pytest.mark.proves("S24", "S99")
def test_a_visitor_passes_by_the_providers_answer_and_its_pages_are_strict_again(
    provider: Desk, visitor: Make
) -> None:
    browser = visitor()
    browser.see("/sign-up")
    mail = f"passes.{provider.provider}@example.com"
    # the script's own fields stand in the form beside ours
    theirs = dict.fromkeys(LEFT_IN_THE_FORM[provider.provider], ANSWER)
    refused = browser.fill(identifier=mail, robot="wrong", **theirs)
    assert "The robot check did not go through" in refused.words
    assert policy(refused) != STRICT
    passed = browser.fill(robot=ANSWER, **theirs)
    assert "email_code" in passed.form().fields
    assert policy(passed) == STRICT
    assert browser.code(mail)


def test_the_page_tells_its_script_what_to_show_and_nothing_secret(
    provider: Desk, visitor: Make
) -> None:
    page = visitor().see("/sign-up")
    assert SECRET not in page.html
    told = re.search(r'data-hosted="([^"]+)"', page.html)
    assert told is not None
    assert json.loads(html.unescape(told[1]))["site_key"] == SITE_KEY
    script = re.search(r'data-script="([^"]+)"', page.html)
    assert script is not None
    assert script[1].startswith("https://")
    assert "needs JavaScript" in page.words
    assert "robot-pbkdf2" not in page.html
    # our own script brings theirs: nothing foreign is named where a browser would load it unasked
    assert not re.search(r'<(?:script|link|iframe)[^>]+(?:src|href)="https?:', page.html)


def test_a_provider_that_is_down_is_said_in_the_visitors_language(
    provider: Desk, visitor: Make
) -> None:
    provider.status = 503
    try:
        for language, words in (
            ("en", "cannot be made just now"),
            ("sv", "kan inte göras just nu"),
        ):
            browser = visitor(accept_language=language)
            browser.see("/sign-up")
            page = browser.fill(identifier="waits@example.com", robot=ANSWER)
            assert words in page.words
            assert page.status == 200
            assert provider.provider not in page.words.lower()
            assert browser.messages("waits@example.com") == []
    finally:
        provider.status = 200
