"""The main stories of sensitive changes in Chromium, on desk and phone: a forgotten password until the
withdrawal that follows it, an unbinding until the address is free again, and the red button."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Person
from tests.stories.person import NEW_PASSWORD
from tests.stories.world import World

Open = Callable[..., Person]
APP = "Code from your authenticator app"
PAY = {"amount": "0.5", "asset": "BTC", "to": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"}


@pytest.fixture
def world(address: str) -> World:
    return World(address)


def account_of(me: Person) -> str:
    return str(me.context.request.get(me.origin + "/v1/me").json()["account"])


def types_codes(me: Person) -> None:
    """Both codes of one page, each from where it went."""
    me.page.get_by_label("Code from the e-mail").wait_for()
    me.page.get_by_label("Code from the e-mail").fill(me.code())
    me.page.get_by_label("Code from the SMS").fill(me.code(me.phone))


@pytest.mark.proves(
    "S19", "S20", "S21", "S22", "S24", "S25", "S26", "S27", "S32", "S91", "S92", "S93"
)
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_from_a_forgotten_password_to_the_first_withdrawal_after_it(
    person: Open, world: World, size: str
) -> None:
    me = person(size)
    me.sign_up()
    key = me.bind_totp()
    account = account_of(me)
    me.sign_out()
    page = me.page
    page.get_by_role("link", name="Forgot password?").click()
    page.get_by_text("Withdrawals will be paused until").wait_for()
    me.picture(f"story-reset-{size}")
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.wait_for_selector("input[name=robot][value]", state="attached")
    assert not [m for m in world.messages(me.email) if "reset" in m["subject"]]
    me.button("Next").click()
    page.get_by_label("Code from the e-mail").wait_for()
    page.get_by_label("Code from the e-mail").fill(me.code())
    page.get_by_label(APP, exact=True).wait_for()
    assert page.get_by_text("withdrawals will be paused for 24 hours").is_visible()
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    page.get_by_label("New password").fill(NEW_PASSWORD)
    me.button("Next").click()
    page.wait_for_url("**/done/reset_password")
    me.picture(f"story-reset-done-{size}")
    assert me.context.request.get(me.origin + "/v1/me").status == 401

    denied = world.may(account, "withdraw", **PAY)
    assert (denied["decision"], [r["id"] for r in denied["reasons"]]) == ("deny", ["hold"])
    me.password = NEW_PASSWORD
    me.sign_in(key)
    assert page.locator(".status").inner_text() == "Paused"
    assert page.get_by_role("heading", name="Your password was reset").is_visible()
    assert world.may(account, "trade")["decision"] == "allow"
    me.see("/sandbox").get_by_role("button", name="+ 24 hours").click()
    page.wait_for_load_state()

    me.sign_in(key)
    assert page.locator(".status").inner_text() == "Allowed"
    decision = world.may(account, "withdraw", **PAY)
    assert decision["decision"] == "step_up"
    me.see(f"/approve/{decision['id']}")
    me.button("Look at it").click()
    page.get_by_role("heading", name="Approve exactly this").wait_for()
    for detail in PAY.values():
        assert page.locator(".details").get_by_text(detail, exact=True).is_visible()
    me.picture(f"story-approve-{size}")
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    page.wait_for_url("**/done/approve_protected_action")
    assert world.redeems(world.receipt(account), **PAY) == "redeemed"
    assert [t for t in me.troubles if "401" not in t] == []


@pytest.mark.proves("S34", "S36", "S37", "S38", "S66", "S67", "S68", "S69", "S71", "S73", "S105")
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_from_an_unbinding_to_the_day_when_the_address_is_free_again(
    person: Open, world: World, size: str
) -> None:
    me = person(size)
    me.sign_up()
    key = me.bind_totp()
    me.bind_phone(key)
    page = me.see("/security")
    page.get_by_role("button", name="Unbind: E-mail address").click()
    assert page.locator(".price").get_by_text("(30 days)").is_visible()
    assert page.locator(".price").get_by_text("(24 hours)").is_visible()
    me.button("Next").click()
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    types_codes(me)
    page.wait_for_url("**/done/unbind_email")
    me.picture(f"story-unbound-{size}")
    assert page.get_by_text("Paused until").is_visible()
    page.get_by_role("button", name="Bind an e-mail address").click()
    page.get_by_role("textbox", name="E-mail address").fill(f"new.{me.email}")
    me.button("Next").click()
    page.get_by_label(APP, exact=True).wait_for()
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    page.get_by_label("Code from the e-mail").wait_for()
    page.get_by_label("Code from the e-mail").fill(me.code(f"new.{me.email}"))
    page.wait_for_url("**/done/bind_email")

    def signs_up() -> Person:
        late = person(size)
        late.see("/sign-up")
        late.page.get_by_label("E-mail address or mobile number").fill(me.email)
        late.page.wait_for_selector("input[name=robot][value]", state="attached")
        late.button("Next").click()
        late.page.get_by_label("Code from the e-mail").wait_for()
        return late

    signs_up()
    assert world.messages(me.email)[0]["code"] is None
    me.see("/sandbox").get_by_role("button", name="+ 30 days").click()
    page.wait_for_load_state()
    late = signs_up()
    late.page.get_by_label("Code from the e-mail").fill(world.code(me.email))
    late.page.get_by_label("New password").wait_for()
    assert me.troubles + late.troubles == []


@pytest.mark.proves("S74", "A39")
@pytest.mark.parametrize("size", ["phone"])
def test_unbinding_and_the_red_button_work_without_javascript(
    person: Open, world: World, size: str
) -> None:
    me = person(size)
    me.sign_up()
    key = me.bind_totp()
    me.bind_phone(key)
    plain = person(size, java_script_enabled=False)
    plain.email, plain.phone = me.email, me.phone
    page = plain.see("/sign-in")
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.get_by_label("Password", exact=True).fill(me.password)
    plain.button("Log in").click()
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    plain.button("Confirm").click()
    page.get_by_role("button", name="Unbind: Mobile number").click()
    plain.button("Next").click()
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    plain.button("Confirm").click()
    types_codes(plain)
    plain.button("Confirm").click()
    page.wait_for_url("**/done/unbind_phone")

    plain.see("/notice/" + world.link(me.phone, "freeze"))
    plain.button("Freeze my account").click()
    page.wait_for_url("**/done/freeze_account")
    me.see("/security")
    assert "/sign-in" in me.page.url
