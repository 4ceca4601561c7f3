"""Every page at every size, in both lights and languages: accessible, light, from here alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Response

from tests.browser.conftest import Person

Open = Callable[..., Person]
PUBLIC = (
    "/sign-in", "/sign-up", "/reset-password", "/freeze", "/unfreeze", "/notice", "/help/codes",
    "/help/authenticator", "/done/reset_password", "/sandbox", "/nowhere", "/flow/flw_0",
)  # fmt: skip
HOLDERS = (
    "/security?next=bind_totp&welcome=1", "/security/activity", "/freeze", "/approve/dcn_0",
    "/done/bind_phone", "/done/unbind_email",
)  # fmt: skip


@pytest.mark.parametrize(
    ("size", "light", "locale"),
    [("desktop", "light", "en-GB"), ("phone", "dark", "sv-SE"), ("narrow", "light", "sv-SE")],
)
def test_every_public_page_is_accessible_and_fits(
    person: Open, size: str, light: str, locale: str
) -> None:
    me = person(size, color_scheme=light, locale=locale)
    for path in PUBLIC:
        me.see(path)
        me.check()
        language = me.page.locator("html").get_attribute("lang")
        assert language == locale[:2]


@pytest.mark.parametrize(("size", "light"), [("desktop", "dark"), ("narrow", "light")])
def test_every_page_of_a_holder_is_accessible_and_fits(person: Open, size: str, light: str) -> None:
    me = person(size, color_scheme=light)
    me.sign_up()
    me.check()
    for path in HOLDERS:
        me.see(path)
        me.check()
    me.see("/security").locator("form[action='/start/bind_phone'] button").last.click()
    me.page.get_by_role("textbox", name="Mobile number").fill("12")
    me.button("Next").click()
    me.page.wait_for_selector("[role=alert]")
    me.check()
    assert [t for t in me.troubles if "404" not in t] == []


@pytest.mark.proves("A39")
def test_the_first_load_is_small_and_nothing_comes_from_elsewhere(person: Open) -> None:
    me = person()
    sizes: dict[str, int] = {}

    def weigh(response: Response) -> None:
        got = response.request.sizes()
        sizes[response.url] = got["responseBodySize"] + got["responseHeadersSize"]

    me.page.on("response", weigh)
    me.see("/sign-in")
    me.page.wait_for_load_state("networkidle")
    host = urlsplit(me.origin).netloc
    assert {urlsplit(url).netloc for url in me.requests} == {host}
    assert sum(sizes.values()) <= 60_000, json.dumps(sizes, indent=1)
    assert not any("robot" in url for url in sizes)


def test_the_robot_check_runs_under_the_strict_policy(person: Open) -> None:
    me = person()
    page = me.see("/sign-up")
    page.get_by_label("E-mail address or mobile number").fill("a@example.com")
    page.wait_for_selector("input[name=robot][value]", state="attached")
    assert me.troubles == []
    me.check()


@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/reset-password", "/freeze", "/help/codes", "/help/authenticator", "/sandbox"],
)
def test_everything_to_press_is_large_enough_for_a_thumb(person: Open, path: str) -> None:
    page = person("phone").see(path)
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden])")]
            .filter((e) => e.checkVisibility() && !e.closest("p, li, .skip, altcha-widget") && !e.matches(".skip"))
            .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])
            .filter(([, height]) => height < 43.5)"""
    )
    assert small == []
