"""A reviewed case in Chromium: applied for on a phone with two pictures, decided by two reviewers at their
desks, in force, bound again, held; and one that its owner stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Person
from tests.browser.desk import at_the_desk
from tests.browser.walk import Walk
from tests.evidence_files import encoded, scene
from tests.stories.world import World

Open = Callable[..., Person]
PHOTO: Any = {"name": "IMG 0042.jpg", "mimeType": "image/jpeg", "buffer": encoded(scene(900, 600))}
WHEN = "In which month did you make this account?"


@pytest.fixture
def world(address: str) -> World:
    return World(address)


def _owner(person: Open, world: World) -> tuple[Person, str]:
    """Somebody on a phone with everything bound long ago."""
    me = person("phone")
    me.sign_up()
    key = me.bind_totp()
    me.bind_phone(key)
    world.passes("8d")
    return me, key


def _reports(me: Person, world: World, walk: Walk | None = None) -> None:
    """Up to the form."""
    page = me.see("/lost-authenticator")
    if walk:
        walk.look("lost-what")
    me.button("Next").click()
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.get_by_label("Password", exact=True).fill(me.password)
    page.wait_for_selector("input[name=robot][value]", state="attached")
    if walk:
        walk.glance("lost-who")
    me.button("Next").click()
    page.get_by_label("Code from the e-mail").fill(world.code(me.email))
    page.get_by_label("Code from the SMS").fill(world.code(me.phone))
    page.get_by_label(WHEN).wait_for()


def _fills(me: Person) -> None:
    for label, text in (
        (WHEN, "2026-11"),
        ("From which places", "Umeå"),
        ("Which devices", "iPhone"),
        ("What did you last send", "0.5 BTC last week"),
        ("What happened?", "My phone fell into the lake, and with it the app."),
    ):
        me.page.get_by_label(label).fill(text)


def _number(me: Person) -> str:
    lead = me.page.locator(".lead").inner_text()
    return lead.partition("Its number is ")[2].partition(".")[0]


def _opens_the_pictures(one: Person) -> None:
    for picture in one.page.locator(".pictures details").all():
        picture.locator("summary").click()
        one.page.wait_for_function(
            "d => { const i = d.querySelector('[data-whole]'); return i.complete && i.naturalWidth > 0 }",
            arg=picture.element_handle(),
        )
    one.page.locator("form.vote").wait_for()


def _votes(one: Person, vote: str) -> None:
    one.page.get_by_label(vote, exact=True).check()
    one.page.get_by_label("Reason", exact=True).fill("Document, note and answers fit.")
    one.button("Vote").click()
    one.page.wait_for_url("**/console?done=*")


@pytest.mark.proves("S48", "S50", "S53", "S55", "S57", "S59", "S62", "S95", "S108")
@pytest.mark.timeout(240)
def test_a_lost_authenticator_from_the_phone_to_two_reviewers_and_a_new_one(
    person: Open, world: World
) -> None:
    me, key = _owner(person, world)
    page, walk = me.page, Walk(me)
    page.context.clear_cookies()
    _reports(me, world, walk)
    _fills(me)
    walk.look("lost-form")
    me.page.set_viewport_size({"width": 390, "height": 844})
    for what in ("Identity document", "Photo with note"):
        page.get_by_label("Take or choose a picture").set_input_files(PHOTO)
        page.get_by_label("What it shows").select_option(label=what)
        me.button("Add picture").click()
        page.get_by_text(f"{what} · has arrived").wait_for()
        # nothing typed is lost on the way
        assert page.get_by_label("What happened?").input_value().startswith("My phone fell")
        assert page.get_by_label(WHEN).input_value() == "2026-11"
    walk.glance("lost-form-pictures")
    me.button("Send application").click()
    page.get_by_role("heading", name="Your application is with us").wait_for()
    number = _number(me)
    walk.look("lost-waiting")

    first = at_the_desk(person, "Reviewer A")
    desk, seen = first.see("/console"), Walk(first)
    desk.get_by_role("link", name=number, exact=True).wait_for()
    seen.look("console-queue")
    desk.keyboard.press("j")
    focused = str(desk.locator(":focus").inner_text())
    desk.keyboard.press("Enter")
    desk.get_by_role("heading", name=f"Case {focused}").wait_for()
    first.see(f"/console/cases/{number}")
    assert desk.locator("form.vote").count() == 0  # nothing to click that would be refused
    seen.look("console-case")
    _opens_the_pictures(first)
    seen.look("console-case-vote")
    questions = desk.get_by_label("What you want to know")
    instead = desk.get_by_label("What the applicant can do instead")
    shown = {}
    for vote in ("Approve", "Ask for more", "Reject"):
        desk.get_by_label(vote, exact=True).check()
        shown[vote] = (questions.is_visible(), instead.is_visible())
    assert shown == {"Approve": (False, False), "Ask for more": (True, False), "Reject": (False, True)}  # fmt: skip
    instead.fill("Use the key that you wrote down.")
    desk.get_by_label("Reason", exact=True).fill("The note shows another code.")
    first.button("Preview of the message").click()
    desk.get_by_role("heading", name="Preview of the message").wait_for()
    assert "Use the key that you wrote down." in desk.locator(".letter").inner_text()
    seen.glance("console-preview")
    _votes(first, "Approve")
    desk.get_by_text(f"Case {number}: your approval is counted").wait_for()
    seen.glance("console-done")

    second = next(
        one
        for one in (at_the_desk(person, name) for name in ("Reviewer B", "Reviewer C"))
        if one.see("/console?show=mine").get_by_role("link", name=number, exact=True).count()
    )
    second.see(f"/console/cases/{number}")
    _opens_the_pictures(second)
    assert (
        "Document, note and answers fit." not in second.page.content()
    )  # he makes up his own mind
    _votes(second, "Approve")
    second.page.get_by_text(f"Case {number} is approved").wait_for()

    world.passes("5d")
    me.see("/case")
    page.get_by_label("Number of the application").fill(number)
    page.locator("#step button.main").click()
    page.get_by_label("Password", exact=True).fill(me.password)
    page.locator("#step button.main").click()
    page.get_by_text("Approved and done").wait_for()
    walk.look("case-done")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name="Back to log in").click()
    page.get_by_label("E-mail address or mobile number").fill(me.email)
    page.get_by_label("Password", exact=True).fill(me.password)
    me.button("Log in").click()
    page.get_by_label("Code from the SMS").fill(world.code(me.phone))
    page.wait_for_url("**/security*")
    page.locator("form[action='/start/bind_totp'] button").last.click()
    page.get_by_label("Code from the e-mail").fill(world.code(me.email))
    page.wait_for_selector("#f-new_totp")
    new = page.locator("[data-copy]:visible").last.get_attribute("data-copy") or ""
    assert new != key
    page.get_by_label("First code from the app").fill(me.totp(new))
    page.wait_for_url("**/done/bind_totp")
    me.see("/security")
    assert page.locator(".status.warn").get_by_text("Paused").is_visible()
    assert page.get_by_text("A lost authenticator app was unbound").first.is_visible()
    for one in (me, first, second):
        assert one.troubles == []


@pytest.mark.proves("S60", "A50")
@pytest.mark.timeout(180)
def test_an_application_that_the_owner_did_not_make_is_stopped_from_its_message(
    person: Open, world: World
) -> None:
    me, _ = _owner(person, world)
    me.page.context.clear_cookies()
    _reports(me, world)
    _fills(me)
    me.button("Send application").click()
    me.page.get_by_role("heading", name="Your application is with us").wait_for()
    number = _number(me)
    owner = person("narrow", color_scheme="dark")
    page = owner.see(f"/notice/{world.link(me.email, 'stop')}")
    owner.check()
    owner.picture("notice-stop-case")
    page.locator("form[action='/notice/stop_case'] button").click()
    page.get_by_text("It is stopped").first.wait_for()
    owner.see("/case")
    page.get_by_label("Number of the application").fill(number)
    page.locator("#step button.main").click()
    page.get_by_label("Password", exact=True).fill(me.password)
    page.locator("#step button.main").click()
    page.get_by_text("It was stopped. Nothing was changed.").wait_for()
    owner.check()
    owner.picture("case-stopped")
    desk = at_the_desk(person, "Reviewer C", "phone", color_scheme="dark")
    assert desk.see("/console").get_by_text(number).count() == 0
    desk.check()
    assert me.troubles + owner.troubles + desk.troubles == []
