"""What is told of a change: to the holder at every address, to the platform in order, and in the ledger
of holds (S90, S93, S98)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stories.person import Person

DAY = timedelta(hours=24)


@pytest.mark.proves("S90", "S93")
def test_every_security_event_is_told_by_mail_and_by_sms(careful: Person) -> None:
    """A new sign-in, factors bound and unbound, a reset, a hold's start and end, a blocked way out."""
    both = careful.email, careful.phone
    account = careful.account
    careful.resets_password()
    assert careful.world.why_not(account) == ["hold"]
    told = {to: careful.letters(to) for to in both}  # the mailbox keeps a day
    careful.world.passes("24h")
    careful.takes_a_new_device().signs_in().unbinds_totp()
    for to in both:
        said = " ".join(told[to] + careful.letters(to))
        for words in (
            "authenticator app was bound",
            "Your password was reset",
            "ithdrawals are paused until",
            "stopped on your account",
            "ithdrawals are possible again",
            "new device",
            "authenticator app was unbound",
        ):
            assert words in said, words


@pytest.mark.proves("S90")
def test_an_account_without_an_address_is_told_by_sms(person: Person) -> None:
    person.signs_up(person.phone).binds_totp().resets_password()
    assert "Your password was reset" in person.letters(person.phone)[0]
    assert "Not you?" in person.letters(person.phone)[0]
    assert len(person.letters(person.phone)[0]) <= 160 + 1


@pytest.mark.proves("S93", "A16")
def test_each_hold_has_its_reason_start_and_end_and_the_latest_end_wins(careful: Person) -> None:
    careful.changes_password()
    first = careful.world.until(careful.account)
    careful.world.passes("2h")
    careful.signs_in().unbinds_totp()
    holds = careful.security.holds
    assert [h.reason for h in holds] == [
        "Your password was changed",
        "Your authenticator app was unbound",
    ]
    assert all(h.ends is not None and h.ends - h.starts == DAY for h in holds)
    last = careful.world.until(careful.account)
    assert last - first >= timedelta(hours=2)
    careful.world.passes("22h")
    assert (
        careful.world.until(careful.account if careful.me else careful.signs_in().account) == last
    )
    assert [h.reason for h in careful.signs_in().security.holds] == [
        "Your authenticator app was unbound"
    ]


@pytest.mark.proves("S91", "S98")
def test_the_platform_hears_of_everything_in_order_and_once(careful: Person, other: Person) -> None:
    account = careful.account
    before = len(careful.world.hears(account, "bind_totp"))
    other.signs_up()
    decision = careful.world.may(account, "withdraw", amount="1", asset="BTC", to="bc1q")
    careful.approves(decision["id"]).changes_password().freezes()
    events = careful.world.hears(account, "freeze_account")[before:]
    assert [(e["action"], e["event"]) for e in events] == [
        ("approve_protected_action", "done"),
        ("change_password", "done"),
        ("freeze_account", "done"),
    ]
    assert events[1]["data"]["hold_until"]
    assert len({e["id"] for e in events}) == 3
    assert not any(careful.password in str(e) or careful.email in str(e) for e in events)


@pytest.mark.proves("S98")
def test_the_holder_reads_each_change_in_plain_words(careful: Person) -> None:
    careful.makes_recovery_codes()
    careful.begins("set_phrase", phrase="blue herons at dawn").confirms().is_done()
    careful.changes_password()
    careful.begins("unbind_email").agrees()
    careful.enters(totp=careful.authenticator.code_at(-20)).is_refused("wrong_code")
    activity = careful.security.activity
    assert activity[0] == "An attempt to unbind your e-mail address was refused"
    assert "The password was changed" in activity
    assert not any("blue herons" in line for line in activity)


@pytest.mark.proves("S89")
def test_a_code_for_one_change_is_worth_nothing_for_another(careful: Person) -> None:
    careful.begins("unbind_totp").agrees().confirms()
    mail, text = careful.code(), careful.code(careful.phone)
    careful.begins("unbind_email").agrees().confirms().is_asked_for("email_code", "sms_code")
    if careful.code() not in (mail, text) and careful.code(careful.phone) != text:
        careful.enters(email_code=mail, sms_code=text).is_refused("wrong_code")
    assert {"email_code", "totp"} <= set(careful.security.ways)
    assert "unbind your e-mail address" in careful.world.messages(careful.email)[0]["subject"]


@pytest.mark.proves("S94")
def test_the_level_falls_and_rises_with_what_is_bound(careful: Person) -> None:
    assert careful.security.level == 3
    assert careful.unbinds_phone().security.level == 2
    assert any("mobile number" in raises for raises in careful.security.raises)


@pytest.mark.proves("S100")
def test_what_waits_and_what_is_half_done_ends_with_the_sessions(careful: Person) -> None:
    careful.begins("payout_list_only_on").confirms().is_done()
    careful.begins("payout_list_only_off").agrees().confirms().is_told_it_is("waiting")
    careful.begins("bind_email")
    assert [w.title for w in careful.security.waiting] == ["Allow payouts to any address again"]
    careful.changes_password()
    assert not careful.security.waiting
