"""Our own people in Chromium: one freezes an account, two lift that; a colleague is proposed on a phone and
approved at a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Person
from tests.browser.desk import at_the_desk
from tests.browser.walk import Walk
from tests.stories.world import World

Open = Callable[..., Person]
WHY = "The holder called: somebody has his phone and his mailbox."


@pytest.fixture
def world(address: str) -> World:
    return World(address)


def _decides(one: Person, button: str) -> None:
    page = one.page
    page.locator("summary", has_text="Decide").first.click()
    page.locator("form:visible textarea[name=reason]").first.fill("I called back and asked.")
    one.button(button).first.click()
    page.wait_for_url("**?now=*")


@pytest.mark.proves("A105")
@pytest.mark.timeout(180)
def test_one_freezes_an_account_and_two_lift_that(person: Open, world: World) -> None:
    holder = person("phone")
    holder.sign_up()
    first, second = at_the_desk(person, "Reviewer A"), at_the_desk(person, "Reviewer B", "phone")
    desk, walk = first.see("/console/frozen"), Walk(first)
    walk.look("console-frozen-none")
    desk.get_by_label("Whose account").fill("nobody@example.com")
    desk.get_by_label("Reason").fill(WHY)
    first.button("Freeze").click()
    desk.get_by_text("There is no account with this").wait_for()
    assert desk.get_by_label("Reason").input_value() == WHY, "nothing typed is lost"
    desk.get_by_label("Whose account").fill(holder.email)
    first.button("Freeze").click()
    desk.get_by_text("It is done. Everybody whom it concerns is told.").wait_for()
    assert holder.email not in desk.content()
    walk.look("console-frozen")

    page = holder.see("/security")
    page.wait_for_url("**/sign-in*")
    page.get_by_label("E-mail address or mobile number").fill(holder.email)
    page.get_by_label("Password", exact=True).fill(holder.password)
    holder.button("Log in").click()
    page.get_by_text("only we can lift that, so please contact us at").wait_for()
    holder.check()
    holder.picture("frozen-by-staff-sign-in")

    desk.locator("summary", has_text="Lift a freeze").first.click()
    desk.locator("form:visible textarea[name=reason]").first.fill("It was his brother.")
    first.button("Propose to lift it").click()
    desk.get_by_text("It is proposed.").wait_for()
    assert desk.get_by_role("button", name="Approve").count() == 0
    walk.look("console-frozen-proposed")
    other, seen = second.see("/console/frozen"), Walk(second)
    other.locator("summary", has_text="Decide").first.click()
    seen.look("console-frozen-decide")
    second.see("/console/frozen")
    _decides(second, "Approve")
    other.get_by_text("It is done.").wait_for()
    other.get_by_text("Decided lately").wait_for()
    seen.look("console-frozen-lifted")
    holder.sign_in()
    assert page.locator(".status.warn").get_by_text("Paused").is_visible()
    for one in (holder, first, second):
        assert one.troubles == []


@pytest.mark.proves("A105")
@pytest.mark.timeout(180)
def test_a_colleague_is_proposed_on_a_phone_and_approved_at_a_desk_and_counts_a_day_later(
    person: Open, world: World
) -> None:
    new = person()
    new.sign_up()
    key = new.bind_totp()
    first = at_the_desk(person, "Operator D", "phone", color_scheme="dark")
    second = at_the_desk(person, "Operator E")
    page, walk = first.see("/console"), Walk(first)
    page.wait_for_url("**/console/people")  # who sees no cases sees people
    page.get_by_label("Whose account").fill(new.email)
    page.get_by_label("Name").fill("Cia Alm")
    form = page.locator("section[aria-labelledby=add]")
    form.get_by_label("Role").select_option(label="Lead")
    form.get_by_label("Reason").fill("She begins on Monday.")
    form.get_by_role("button", name="Propose").click()
    page.get_by_text("It is proposed.").wait_for()
    walk.look("console-people-proposed")
    desk, seen = second.see("/console/people"), Walk(second)
    _decides(second, "Approve")
    desk.get_by_text("Counts from").wait_for()
    desk.locator("summary", has_text="Change").first.click()
    seen.look("console-people")
    world.passes("24h")
    new.context.clear_cookies()
    new.sign_in(key)
    # the role counts now: she is told what she lacks, where a stranger finds nothing
    new.see("/console/people").get_by_role("heading", name="Log in with your passkey").wait_for()
    later = at_the_desk(person, "Operator E")
    board = later.see("/console/people")
    board.get_by_role("heading", name="Cia Alm").wait_for()
    assert board.get_by_text("Counts from").count() == 0
    for one in (first, second, later):
        assert one.troubles == []


@pytest.mark.timeout(120)
def test_the_pages_of_our_own_people_speak_swedish_too(person: Open) -> None:
    one = at_the_desk(person, "Operator D", "narrow", locale="sv-SE")
    for path, title in (("/console/people", "Personer"), ("/console/frozen", "Frysta konton")):
        one.see(path).get_by_role("heading", name=title, level=1).wait_for()
        one.check()
        one.picture(f"console{path.rpartition('/')[2]}-sv")
