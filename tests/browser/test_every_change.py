"""A walk through every page of the sensitive changes: accessible, readable, nothing to scroll sideways,
in both lights and at all widths, and nothing in the console.

With PORTVAKT_SCREENSHOTS each is kept as a picture.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import PASSWORD, Person
from tests.browser.walk import Walk
from tests.stories.person import NEW_PASSWORD
from tests.stories.world import World

Open = Callable[..., Person]
APP = "Code from your authenticator app"
PAY = {"amount": "0.5", "asset": "BTC", "to": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"}


@pytest.fixture
def world(address: str) -> World:
    return World(address)


@pytest.fixture
def guarded(person: Open) -> tuple[Person, Walk, str]:
    """Somebody with everything bound, and the authenticator's key."""
    me = person()
    me.sign_up()
    key = me.bind_totp()
    me.bind_phone(key)
    return me, Walk(me), key


def is_quiet(me: Person) -> None:
    assert [t for t in me.troubles if "404" not in t] == []


@pytest.mark.proves("S20", "S21", "S22", "S27", "S32", "S93")
def test_the_pages_of_a_forgotten_password(guarded: tuple[Person, Walk, str], world: World) -> None:
    me, walk, key = guarded
    page = me.page
    me.sign_out()
    page.get_by_role("link", name="Forgot password?").click()
    walk.at("Forgotten password")
    page.wait_for_selector("altcha-widget")
    walk.look("reset")
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.wait_for_selector("input[name=robot][value]", state="attached")
    me.button("Next").click()
    walk.at("Enter the code")
    walk.glance("reset-code")
    page.get_by_label("Code from the e-mail").fill(me.code())
    walk.at("Confirm that it is you")
    walk.glance("reset-second-factor")
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    walk.at("Choose a password")
    walk.glance("reset-new-password")
    walk.fill("New password", NEW_PASSWORD, by="Next")
    page.wait_for_url("**/done/reset_password")
    walk.look("reset-done")
    page.get_by_role("link", name="Log in").last.click()
    me.password = NEW_PASSWORD
    me.sign_in(key)
    assert page.locator(".status").inner_text() == "Paused"
    walk.look("security-held")
    is_quiet(me)


@pytest.mark.proves("S34", "S38", "S66", "S67", "S68", "S70", "S71", "S72", "S73")
def test_the_pages_of_an_unbinding_and_of_taking_it_back(
    guarded: tuple[Person, Walk, str], world: World
) -> None:
    me, walk, key = guarded
    page = me.page
    walk.begin("unbind_email")
    walk.at("Unbind your e-mail address")
    walk.look("unbind-agree")
    me.button("Next").click()
    walk.at("Enter the code from your authenticator app")
    walk.glance("unbind-totp")
    page.get_by_label(APP, exact=True).fill("000000")
    page.wait_for_selector("[role=alert]")
    walk.glance("unbind-totp-wrong")
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    walk.at("Enter the codes we sent you")
    walk.look("unbind-codes")
    page.get_by_label("Code from the e-mail").fill("000000")
    page.get_by_label("Code from the SMS").fill("000000")  # the last digit sends both
    page.wait_for_selector("[role=alert]")
    walk.glance("unbind-codes-wrong")
    page.get_by_label("Code from the e-mail").fill(me.code())
    page.get_by_label("Code from the SMS").fill(me.code(me.phone))
    page.wait_for_url("**/done/unbind_email")
    walk.look("unbind-done")

    me.see("/notice/" + world.link(me.email, "undo"))
    walk.at("This was not me")
    assert "pvn_" not in page.url
    walk.look("notice-undo")
    me.button("Undo the change").click()
    walk.at("Enter your password")
    walk.glance("undo-password")
    walk.fill("Password", PASSWORD, by="Next")
    page.get_by_label(APP, exact=True).wait_for()
    walk.glance("undo-second-factor")
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    page.wait_for_url("**/done/undo_change")
    walk.glance("undo-done")
    me.see("/notice/pvn_none")
    walk.at("This link is over")
    walk.glance("notice-over")
    me.see("/help/codes#lost")
    walk.glance("help-lost")
    is_quiet(me)


@pytest.mark.proves("S91", "S94")
def test_the_pages_of_approvals_payout_addresses_and_recovery_codes(
    guarded: tuple[Person, Walk, str], world: World
) -> None:
    me, walk, key = guarded
    page = me.page
    account = str(me.context.request.get(me.origin + "/v1/me").json()["account"])
    decision = world.may(account, "withdraw", **PAY)["id"]
    me.see(f"/approve/{decision}")
    walk.at("Approve what you asked for")
    walk.glance("approve")
    me.button("Look at it").click()
    walk.at("Approve exactly this")
    walk.look("approve-details")
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    page.wait_for_url("**/done/approve_protected_action")
    walk.glance("approve-done")

    walk.begin("add_payout_address")
    walk.at("Payout address")
    walk.glance("payout")
    walk.fill("Asset", "BTC")
    walk.fill("Address", PAY["to"])
    walk.fill("Name for it (optional)", "My own wallet", by="Next")
    walk.at("Confirm that it is you")
    walk.glance("payout-second-factor")
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    page.wait_for_url("**/done/add_payout_address")
    walk.glance("payout-done")

    walk.begin("new_recovery_codes")
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    walk.at("Your recovery codes")
    walk.look("recovery-codes")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    saved = download.value.path().read_text().split()
    assert saved == page.locator(".codes output").all_inner_texts()
    page.evaluate("() => { window.print = () => { window.printed = true } }")
    me.button("Print").click()
    assert page.evaluate("() => window.printed")
    page.get_by_label("I have kept them in a safe place").check()
    me.button("Done").click()
    page.wait_for_url("**/done/new_recovery_codes")
    walk.glance("recovery-codes-done")
    assert me.see("/security").get_by_text("10 unused codes are left").is_visible()
    is_quiet(me)


@pytest.mark.proves("S94", "S98")
def test_the_pages_of_locking_waiting_exporting_and_freezing(
    guarded: tuple[Person, Walk, str], world: World
) -> None:
    me, walk, key = guarded
    page = me.page
    walk.begin("export_data")
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    walk.at("Export your data")
    walk.glance("export")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the file").click()
    assert me.email in download.value.path().read_text()

    walk.begin("lock_settings")
    walk.fill("Days that unlocking takes", "7")
    walk.glance("lock")
    me.button("Next").click()
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    page.wait_for_url("**/done/lock_settings")
    walk.glance("lock-done")
    walk.begin("unlock_settings")
    walk.at("Unlock your settings")
    walk.glance("unlock-agree")
    me.button("Next").click()
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    walk.at("Confirmed, and waiting")
    walk.look("waiting")
    me.see("/security")
    walk.look("security-waiting")
    me.see("/notice/" + world.link(me.email, "stop"))
    walk.look("notice-stop")
    me.button("Stop, this is not me").click()
    walk.at("It is stopped")
    walk.glance("stopped")

    me.see("/freeze")
    walk.at("Freeze your account")
    walk.look("freeze")
    me.button("Freeze my account").click()
    page.wait_for_url("**/done/freeze_account")
    walk.glance("freeze-done")
    me.see("/freeze")
    walk.at("Freeze your account")
    walk.glance("freeze-stranger")
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.wait_for_selector("input[name=robot][value]", state="attached")
    me.button("Next").click()
    walk.at("Show that it is yours")
    walk.glance("freeze-one-proof")
    me.see("/unfreeze")
    walk.at("Unfreeze your account")
    walk.glance("unfreeze-agree")
    me.button("Next").click()
    walk.at("Log in once more")
    walk.glance("unfreeze-who")
    walk.fill("E-mail address or mobile number", me.email)
    walk.fill("Password", PASSWORD, by="Next")
    page.get_by_label(APP, exact=True).fill(me.fresh(key))
    page.get_by_label("Code from the e-mail").wait_for()
    page.get_by_label("Code from the e-mail").fill(me.code())
    walk.at("Confirmed, and waiting")
    walk.glance("unfreeze-waiting")
    is_quiet(me)
