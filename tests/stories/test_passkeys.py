"""Passkeys: adding several, logging in by one without a name, the second step, taking one away again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.authenticator import Device
from tests.stories.person import NEW_PASSWORD, Person
from tests.stories.world import World

PAY = {"amount": "0.5", "asset": "BTC", "to": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"}
DAY, MINUTE = timedelta(hours=24), timedelta(minutes=1)


@pytest.mark.proves("S94")
def test_a_passkey_opens_the_account_without_a_name_and_without_a_second_step(
    careful: Person,
) -> None:
    careful.adds_passkey()
    told = careful.world.messages(careful.email)[0]
    assert told["subject"] == "A passkey was added to your account"
    careful.closes_everything().begins("sign_in").is_asked_for("identifier", "password")
    assert careful.seen.offers == ("passkey",)
    careful.takes("passkey").is_asked_for("passkey").confirms().is_signed_in()
    assert careful.security.level == 4


def test_whoever_chose_a_passkey_can_go_back_to_the_password(holder: Person) -> None:
    holder.adds_passkey()
    holder.closes_everything().begins("sign_in").takes("passkey")
    assert holder.seen.offers == ("password",)
    holder.takes("password").is_asked_for("identifier", "password")
    holder.enters(identifier=holder.email, password=holder.password)
    holder.is_asked_for("passkey").confirms().is_signed_in()


@pytest.mark.proves("S102", "A31", "A81")
def test_after_the_password_the_passkey_is_asked_and_no_message_instead(holder: Person) -> None:
    holder.binds_phone().adds_passkey()
    holder.closes_everything().gives_password().is_asked_for("passkey")
    assert holder.seen.offers == ()
    holder.confirms().is_signed_in()


@pytest.mark.proves("A31", "A81")
def test_the_app_instead_of_a_passkey_costs_a_day_and_everybody_is_told(
    careful: Person, world: World
) -> None:
    careful.adds_passkey()
    account = careful.account
    world.passes("25h")
    assert world.why_not(account) == []
    careful.closes_everything().gives_password().is_asked_for("passkey")
    assert careful.seen.offers == ("totp",)
    careful.takes("totp").confirms().is_signed_in()
    told = world.messages(careful.email)[0]["subject"]
    assert told == "Your account was used without your passkey"
    assert "instead of your passkey" in world.messages(careful.phone)[0]["text"]
    assert DAY - MINUTE < world.until(account) - world.now() <= DAY
    # anywhere but at the door there is no such way
    assert not careful.begins("export_data").is_asked_for("passkey").seen.offers


@pytest.mark.proves("A82")
def test_a_second_passkey_holds_a_day_and_tells_everybody_and_using_it_lifts_nothing(
    careful: Person, world: World
) -> None:
    careful.adds_passkey("first")
    account = careful.account
    world.passes("25h")
    careful.signs_in()
    assert world.why_not(account) == []
    careful.adds_passkey_on(Device(), "second")
    assert "second" in world.messages(careful.email)[0]["text"]
    until = world.until(account)
    assert DAY - MINUTE < until - world.now() <= DAY
    careful.signs_in_by_passkey()
    assert world.until(account) == until


@pytest.mark.proves("A19", "A61")
def test_one_of_several_is_taken_away_and_can_be_brought_back_for_a_day(careful: Person) -> None:
    careful.adds_passkey("first")
    first, second = careful.passkeys, Device(synced=False)
    careful.adds_passkey_on(second, "second")
    assert [(p.name, p.synced) for p in careful.security.passkeys] == [
        ("first", True),
        ("second", False),
    ]
    careful.removes_passkey("first")
    assert [p.name for p in careful.security.passkeys] == ["second"]
    careful.passkeys = first
    careful.closes_everything().begins("sign_in").takes("passkey").confirms()
    careful.is_refused("sign_in_failed")
    careful.follows_the_link("undo_change").enters(password=careful.password)
    careful.is_asked_for("passkey").confirms().is_done()
    careful.signs_in_by_passkey()
    careful.passkeys = second
    careful.signs_in_by_passkey()
    assert [p.name for p in careful.security.passkeys] == ["first", "second"]


@pytest.mark.proves("A79")
def test_a_device_that_holds_one_already_is_told_not_to_make_another(holder: Person) -> None:
    holder.adds_passkey()
    holder.begins("add_passkey").confirms()
    assert holder.seen.passkey is not None
    assert len(holder.seen.passkey["excludeCredentials"]) == 1


@pytest.mark.proves("S91")
def test_a_withdrawal_is_approved_by_passkey_with_its_details_shown(
    careful: Person, world: World
) -> None:
    careful.adds_passkey()
    account = careful.account
    world.passes("25h")
    careful.signs_in_by_passkey()
    decision = world.may(account, "withdraw", **PAY)
    assert decision["decision"] == "step_up"
    careful.begins("approve_protected_action", decision=decision["id"]).is_asked_for("passkey")
    assert PAY.items() <= dict(careful.seen.details).items()
    careful.confirms().is_done()
    assert world.redeems(world.receipt(account), **PAY) == "redeemed"


@pytest.mark.proves("A82")
def test_what_was_added_today_approves_nothing_though_an_older_passkey_stands_beside_it(
    careful: Person, world: World
) -> None:
    careful.adds_passkey("first")
    account, device = careful.account, Device()
    world.passes("25h")
    careful.signs_in()
    decision = world.may(account, "withdraw", **PAY)
    careful.begins("approve_protected_action", decision=decision["id"])
    here, asked = careful.is_here(), dict(careful.seen.passkey or {})
    assert len(asked["allowCredentials"]) == 1
    careful.adds_passkey_on(device, "second")
    # no browser offers it here; whoever signs with it all the same is refused
    signed = device.get({**asked, "allowCredentials": []})
    careful.goes_back_to(here).enters(passkey=json.dumps(signed)).is_refused("wrong_passkey")


@pytest.mark.proves("S105")
def test_a_passkey_stands_for_the_app_where_a_number_is_unbound(holder: Person) -> None:
    holder.binds_phone().adds_passkey()
    holder.begins("unbind_phone").agrees().is_asked_for("passkey").confirms()
    holder.is_asked_for("email_code", "sms_code").answers_all().is_done()


def test_a_frozen_account_is_unfrozen_by_passkey_and_a_code(holder: Person) -> None:
    holder.adds_passkey().freezes()
    holder.closes_everything().begins("unfreeze_account").agrees()
    holder.is_asked_for("identifier", "password").takes("passkey").confirms()
    holder.is_asked_for("email_code").confirms().is_told_it_is("waiting")


@pytest.mark.proves("S30")
def test_a_forgotten_password_takes_the_passkey_too(holder: Person) -> None:
    holder.adds_passkey()
    holder.closes_everything().has_forgotten_the_password().enters(email_code=holder.code())
    holder.is_asked_for("passkey").confirms().is_asked_for("new_password")
    holder.enters(new_password=NEW_PASSWORD).is_done()
