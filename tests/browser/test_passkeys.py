"""Passkeys in Chromium, on desk and phone, with its virtual authenticators: made, offered by autofill, used by
the button, asked after the password, approving, taken away."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession
from starlette.applications import Starlette

from portvakt.settings import Settings
from tests.browser.conftest import Person
from tests.browser.walk import Walk
from tests.people import PASSWORD, people
from tests.serving import serving
from tests.stories.world import World

Open = Callable[..., Person]
PAY = {"amount": "0.5", "asset": "BTC", "to": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"}
#: a browser that does not offer passkeys among the names it fills in
NO_AUTOFILL = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"


@pytest.fixture(scope="module")
def own_settings() -> Mapping[str, Mapping[str, Any]]:
    """A passkey is for one origin: the port has to be known before."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {"operator": {"base_url": f"http://localhost:{port}"}}


@pytest.fixture(scope="module")
def address(app: Starlette, settings: Settings) -> Iterator[str]:
    with serving(app, urlsplit(settings.operator.base_url).port or 0) as origin:
        yield origin


@pytest.fixture
def world(address: str) -> World:
    return World(address)


class Touch:
    """A virtual authenticator in this window: a phone that its owner has just unlocked."""

    def __init__(self, me: Person, **more: Any) -> None:
        self.cdp: CDPSession = me.context.new_cdp_session(me.page)
        self.cdp.send("WebAuthn.enable", {"enableUI": False})
        options = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
                   "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
                   "defaultBackupEligibility": True, "defaultBackupState": True, **more}  # fmt: skip
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})[
            "authenticatorId"
        ]

    @property
    def held(self) -> list[Any]:
        return list(
            self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]
        )

    def verifies(self, able: bool) -> None:
        self.cdp.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": able}
        )


def account_of(me: Person) -> str:
    return str(me.context.request.get(me.origin + "/v1/me").json()["account"])


def adds_passkey(me: Person, name: str) -> None:
    page = me.see("/security")
    page.locator("form[action='/start/add_passkey'] button").last.click()
    page.get_by_label("Code from the e-mail").fill(me.code())
    page.get_by_label("Name for it").fill(name)
    me.button("Create the passkey").click()
    page.wait_for_url("**/done/add_passkey")


@pytest.mark.proves("S91")
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_made_then_by_autofill_then_by_the_button_then_after_the_password_then_for_a_withdrawal(
    person: Open, world: World, size: str
) -> None:
    me = person(size)
    touch = Touch(me)
    me.sign_up()
    adds_passkey(me, "My phone")
    account = account_of(me)
    page = me.see("/security")
    row = page.locator("li.within").inner_text()
    assert "My phone" in row
    assert "on all of your devices" in row
    me.check()
    me.picture(f"passkey-security-{size}")

    # the virtual device answers the browser's own list at once, as a tap on it would
    me.sign_out()
    page.wait_for_url("**/security")
    assert account_of(me) == account

    me.context.add_init_script(NO_AUTOFILL)
    me.sign_out()
    me.picture(f"passkey-sign-in-{size}")
    me.button("Use a passkey").click()
    page.wait_for_url("**/security")

    me.sign_out()
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.get_by_label("Password", exact=True).fill(me.password)
    me.button("Log in").click()
    page.get_by_role("heading", name="Confirm that it is you").wait_for()
    me.check()
    me.picture(f"passkey-second-{size}")
    touch.verifies(False)
    me.button("Use your passkey").click()
    page.get_by_text("No passkey was used.").wait_for()
    touch.verifies(True)
    me.button("Use your passkey").click()
    page.wait_for_url("**/security")

    decision = world.may(account, "withdraw", **PAY)
    assert decision["decision"] == "step_up"
    me.see(f"/approve/{decision['id']}")
    me.button("Look at it").click()
    for detail in PAY.values():
        assert page.locator(".details").get_by_text(detail, exact=True).is_visible()
    me.check()
    me.picture(f"passkey-approve-{size}")
    me.button("Approve").click()
    page.wait_for_url("**/done/approve_protected_action")
    assert world.redeems(world.receipt(account), **PAY) == "redeemed"


def test_a_device_that_has_one_makes_no_second_and_a_removed_one_opens_nothing(
    person: Open,
) -> None:
    me = person("desktop")
    me.context.add_init_script(NO_AUTOFILL)
    Touch(me)
    me.sign_up()
    adds_passkey(me, "My laptop")
    walk = Walk(me)
    walk.begin("add_passkey")
    me.button("Use your passkey").click()
    walk.at("Add a passkey")
    walk.glance("passkey-new")
    me.button("Create the passkey").click()
    me.page.get_by_text("holds a passkey of yours already").wait_for()

    page = me.see("/security")
    page.get_by_role("button", name="Remove: My laptop").click()
    walk.at("Remove a passkey")
    me.button("Next").click()
    me.button("Use your passkey").click()
    page.wait_for_url("**/security?done=remove_passkey")
    assert page.locator("li.within").count() == 0
    me.sign_out()
    me.button("Use a passkey").click()
    page.get_by_text("We could not log you in").first.wait_for()
    me.check()


def test_without_scripts_the_page_says_what_it_needs_and_the_password_still_logs_in(
    person: Open, address: str
) -> None:
    with people(address) as make:
        holder = make().sign_up()
    plain = person("phone", java_script_enabled=False)
    plain.see("/sign-in")
    plain.button("Use a passkey").click()
    plain.page.get_by_text("Passkeys need JavaScript.").wait_for()
    plain.button("Use your password instead").click()
    plain.page.get_by_label("E-mail address or mobile number").fill(holder.email)
    plain.page.get_by_label("Password", exact=True).fill(PASSWORD)
    plain.button("Log in").click()
    plain.page.wait_for_url("**/security*")
