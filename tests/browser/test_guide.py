"""The guide for restoring an authenticator: on every screen, in both lights and languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import PASSWORD, Person

Open = Callable[..., Person]

# Words that reach over the edge of the drawing, or of the button or field that they stand in. What is
# typed into a field of the drawing is cut off where the field ends.
_SPILLS = """() => [...document.querySelectorAll("svg.drawing text:not([clip-path] text)")]
    .filter((text) => {
        const word = text.getBoundingClientRect(), around = text.previousElementSibling;
        const all = (around?.matches("rect.hot, rect.sheet, rect.full, rect.input")
            ? around : text.closest("svg")).getBoundingClientRect();
        return word.left < all.left + 1 || word.right > all.right - 1;
    }).map((text) => text.textContent)"""


@pytest.mark.parametrize("size", ["desktop", "phone", "narrow"])
@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "sv-SE"])
def test_the_guide_is_accessible_and_its_drawings_hold_their_words(
    person: Open, size: str, light: str, locale: str
) -> None:
    me = person(size, color_scheme=light, locale=locale)
    page = me.see("/help/authenticator")
    me.check()
    assert page.get_by_role("img").count() == 4
    assert page.evaluate(_SPILLS) == []
    me.picture(f"guide-{size}-{light}-{locale[:2]}")
    assert me.troubles == []


@pytest.mark.proves("S49", "S50")
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_link_under_the_code_field_leads_to_the_guide_and_back_to_the_code(
    person: Open, size: str
) -> None:
    me = person(size)
    me.sign_up()
    key = me.bind_totp()
    me.sign_out()
    me.page.get_by_label("E-mail address or mobile number").fill(me.email)
    me.page.get_by_label("Password").fill(PASSWORD)
    me.button("Log in").click()
    me.page.wait_for_selector("#f-totp")
    me.check()
    me.picture(f"guide-link-{size}")
    me.page.get_by_role("link", name="Lost 2-factor authentication?").click()
    me.page.wait_for_url("**/help/authenticator")
    me.page.get_by_role("link", name="Neither").click()
    assert me.page.get_by_role("heading", name="You have neither").is_visible()
    me.page.goto(f"{me.origin}/help/authenticator")
    me.page.go_back()
    me.page.go_back()
    me.page.go_back()
    me.page.get_by_label("Code from your authenticator").fill(me.totp(key, 1))
    me.page.wait_for_url("**/security")


def test_a_holder_who_is_logged_in_copies_his_own_account_name(person: Open) -> None:
    me = person("phone", permissions=["clipboard-read", "clipboard-write"])
    me.sign_up()
    page = me.see("/help/authenticator")
    me.check()
    me.picture("guide-signed-in")
    page.get_by_role("button", name="Copy Account name").click()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == f"Exchange ({me.email})"
