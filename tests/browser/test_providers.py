"""Continue with Google and with Apple in Chromium, on desk and phone: two sites, with their own cookies, and
Apple's form posted from one to the other."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette

from portvakt.settings import Settings
from tests.browser.conftest import Person
from tests.idp import Idp
from tests.idp import idp as running
from tests.people import people
from tests.serving import serving

Open = Callable[..., Person]


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Idp]:
    with running(tmp_path_factory.mktemp("idp")) as one:
        yield one


@pytest.fixture(scope="module")
def own_settings(made_up: Idp) -> Mapping[str, Mapping[str, Any]]:
    """The providers lead back to one address: the port has to be known before."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://localhost:{port}"
    for id, one in made_up.at.items():
        one.leads_to(f"{base}/return/{id}")
    return {"operator": {"base_url": base}, "providers": made_up.settings}


@pytest.fixture(scope="module")
def address(app: Starlette, settings: Settings, made_up: Idp) -> Iterator[str]:
    made_up.now = app.state.portvakt.sandbox.now
    with serving(app, urlsplit(settings.operator.base_url).port or 0):
        yield settings.operator.base_url


def _continues(me: Person, label: str, email: str) -> None:
    """Presses the button, arrives at the other site by itself, and says there who it is."""
    me.button(f"Continue with {label}").click()
    _says_who(me, email)


def _says_who(me: Person, email: str) -> None:
    me.page.get_by_label("Account").fill(email)
    there = urlsplit(me.page.url).netloc
    assert there.startswith("127.0.0.1:"), "a site of its own"
    me.goes_to.add(there)
    me.button("Continue").click()


@pytest.mark.proves("S8", "S9", "S10", "S11", "S17", "S88", "S103")
@pytest.mark.parametrize(
    ("label", "first", "then"), [("Google", "phone", "desktop"), ("Apple", "desktop", "phone")]
)
def test_one_button_signs_up_on_one_device_and_in_on_another(
    person: Open, label: str, first: str, then: str
) -> None:
    me = person(first)
    page = me.see("/sign-in")
    me.check()
    _continues(me, label, me.email)
    page.get_by_role("heading", name="No account yet").wait_for()
    me.check()
    me.button("Create an account").click()
    address = page.get_by_label("E-mail address or mobile number")
    assert address.input_value() == me.email, "written by the provider, to be changed"
    page.wait_for_selector("input[name=robot][value]", state="attached")
    me.button("Next").click()
    page.get_by_label("Code from the e-mail").fill(me.code())
    page.wait_for_url("**/security*")
    me.check()
    assert page.get_by_role("heading", name=f"{label} On").is_visible()
    other = person(then)
    other.see("/sign-in")
    _continues(other, label, me.email)
    other.page.wait_for_url("**/security*")


@pytest.mark.proves("S12")
def test_who_comes_back_by_the_back_button_or_cancels_goes_on_as_before(person: Open) -> None:
    me = person("desktop")
    with people(me.origin) as make:
        holder = make()
        holder.number += 5000  # nobody of this browser
        me.email = holder.sign_up().email
    me.sign_in()
    page = me.see("/security")
    page.locator("form[action='/start/link_apple'] button").last.click()
    page.get_by_label("Code from the e-mail").fill(me.code())
    _says_who(me, me.email)
    page.wait_for_url("**/security?done=link_apple")
    me.sign_out()
    me.button("Continue with Apple").click()
    page.get_by_label("Account").wait_for()
    page.go_back()
    assert urlsplit(page.url).netloc == urlsplit(me.origin).netloc, "no page sends it there again"
    page.goto(f"{me.origin}/sign-in")
    me.button("Continue with Apple").click()
    me.button("Cancel").click()
    page.get_by_text("You cancelled on the other side").wait_for()
    page.get_by_role("button", name="Continue to Apple").or_(
        page.get_by_role("link", name="Continue to Apple")
    ).wait_for()
    me.check()
    me.button("Use your password instead").click()
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.get_by_label("Password", exact=True).fill(me.password)
    me.button("Log in").click()
    page.wait_for_url("**/security*")
