"""The page behind the link of a notice: looking changes nothing, the button does, for the link's account
alone (A39, A84, A91)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.visitor import Page, Visitor
from tests.web.conftest import PASSWORD, Holder

Make = Callable[..., Visitor]


def link_of(holder: Holder) -> str:
    """The token of the newest notice to this holder."""
    messages = holder.browser.messages(holder.email)
    return str(next(link["token"] for m in messages for link in m["links"]))


def is_frozen(holder: Holder, visitor: Make) -> bool:
    page = visitor().sign_in(holder.email, holder.password)
    return "frozen" in page.words


@pytest.mark.proves("A39")
def test_looking_at_the_link_changes_nothing_however_often_a_scanner_comes_by(
    holder: Holder, visitor: Make
) -> None:
    scanner, token = visitor(), link_of(holder)
    for _ in range(3):
        page = scanner.see(f"/notice/{token}")
        assert page.status == 200
        assert "Nothing happens before you press a button" in page.words
        assert scanner.ask("HEAD", f"/notice/{token}").status_code in (303, 405)
    assert holder.browser.see("/security").path == "/security"
    assert not is_frozen(holder, visitor)


@pytest.mark.proves("A39", "A84")
def test_the_token_leaves_the_address_bar_at_once_and_no_page_repeats_it(
    holder: Holder, visitor: Make
) -> None:
    browser, token = visitor(), link_of(holder)
    first = browser.ask("GET", f"/notice/{token}")
    assert (first.status_code, first.headers["location"]) == (303, "/notice")
    assert first.headers["referrer-policy"] == "no-referrer"
    assert first.headers["cache-control"] == "no-store"
    (line,) = (c for c in first.headers.get_list("set-cookie") if c.startswith("__Host-notice="))
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=lax", "Max-Age=3600"):
        assert part in line
    assert "Domain" not in line
    second = browser.ask("GET", "/notice")
    assert second.status_code == 200
    assert second.headers["referrer-policy"] == "no-referrer"
    assert token not in second.text
    assert holder.email not in second.text, "the link says nothing about the account"


def test_the_button_freezes_the_account_of_the_link(holder: Holder, visitor: Make) -> None:
    browser = visitor()
    browser.see(f"/notice/{link_of(holder)}")
    page = browser.press("/notice/freeze_account")
    assert page.path == "/done/freeze_account"
    assert "frozen" in page.words
    assert holder.browser.see("/security").path == "/sign-in"
    assert is_frozen(holder, visitor)


@pytest.mark.proves("A91")
def test_without_a_form_of_ours_the_link_freezes_nothing(holder: Holder, visitor: Make) -> None:
    browser = visitor()
    page = browser.see(f"/notice/{link_of(holder)}")
    fields = page.form("/notice/freeze_account").fields
    forged: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"form_token": "x" * 43}, {}),
        (fields, {"sec-fetch-site": "cross-site"}),
        (fields, {"origin": "https://evil.example"}),
    ]
    for data, headers in forged:
        answer = browser.ask(
            "POST", "/notice/freeze_account", data=data or {"a": "b"}, headers=headers
        )
        assert answer.status_code == 403
    assert not is_frozen(holder, visitor)


def test_whoever_is_signed_in_where_the_link_is_opened_stays_unfrozen_and_signed_in(
    holder: Holder, visitor: Make
) -> None:
    other = visitor()
    other.sign_up("reads.anothers.mail@example.com", PASSWORD)
    other.see(f"/notice/{link_of(holder)}")
    page = other.press("/notice/freeze_account")
    assert page.path == "/done/freeze_account"
    assert is_frozen(holder, visitor)
    assert other.see("/security").path == "/security"


def test_the_owner_is_logged_out_where_he_presses_it(holder: Holder) -> None:
    browser = holder.browser
    browser.see(f"/notice/{link_of(holder)}")
    browser.press("/notice/freeze_account")
    assert "__Host-portvakt" not in browser.cookies
    assert browser.see("/security").path == "/sign-in"


@pytest.mark.parametrize("token", ["pvn_none", "x", "..%2f..", "%00", "pvn_" + "a" * 200])
def test_a_link_that_is_over_or_not_whole_still_leads_to_the_red_button(
    visitor: Make, token: str
) -> None:
    page = visitor().see(f"/notice/{token}")
    assert page.status == 404
    assert 'href="/freeze"' in page.html


@pytest.mark.parametrize("action", ["sign_in", "change_password", "reset_password", "nothing"])
def test_a_link_begins_nothing_but_freezing_undoing_and_stopping(
    holder: Holder, visitor: Make, action: str
) -> None:
    browser = visitor()
    fields = browser.see(f"/notice/{link_of(holder)}").form("/notice/freeze_account").fields
    assert browser.ask("POST", f"/notice/{action}", data=fields).status_code == 404


def test_a_link_is_forgotten_by_a_browser_that_opens_a_bad_one(
    holder: Holder, visitor: Make
) -> None:
    browser = visitor()
    browser.see(f"/notice/{link_of(holder)}")
    browser.see("/notice/hello")
    assert "__Host-notice" not in browser.cookies


@pytest.mark.proves("A39")
def test_the_mailbox_leads_to_the_page_on_this_host(holder: Holder) -> None:
    page: Page = holder.browser.see(f"/sandbox?to={holder.email}")
    found = re.search(r'href="(/notice/pvn_[^"]+)"', page.html)
    assert found is not None
    assert holder.browser.see(found[1]).status == 200
