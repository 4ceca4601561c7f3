"""More protection: payout addresses, the settings lock, the holder's own phrase, and the data that is
kept (S90, S91, S98)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.stories.person import Person

DAY = timedelta(days=1)
OWN = {"asset": "BTC", "address": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"}
PAY = {"amount": "1", "asset": "BTC", "to": OWN["address"]}


def lists(person: Person, **more: str) -> Person:
    """Puts an address on the list of payout addresses."""
    return person.begins("add_payout_address", **{**OWN, **more}).confirms().is_done()


def why(person: Person, **other: str) -> list[str]:
    return [
        r["id"] for r in person.world.may(person.account, "withdraw", **{**PAY, **other})["reasons"]
    ]


def test_with_only_listed_addresses_value_leaves_to_those_alone_and_after_a_day(
    careful: Person,
) -> None:
    lists(careful, label="my wallet")
    (payout,) = careful.security.payouts
    assert payout.address == OWN["address"]
    assert abs(payout.usable_from - careful.world.now() - DAY) < timedelta(seconds=20)
    assert why(careful) == [], "the list binds nobody before it is switched on"
    careful.begins("payout_list_only_on").confirms().is_done()
    assert why(careful) == ["payout_address_too_new"]
    assert why(careful, to="bc1qthief") == ["not_on_payout_list"]
    assert why(careful, asset="ETH") == ["not_on_payout_list"]
    careful.world.passes("24h")
    assert why(careful.signs_in()) == []
    assert why(careful, to="bc1qthief") == ["not_on_payout_list"]
    careful.begins("remove_payout_address", payout_address=payout.id).confirms().is_done()
    assert why(careful) == ["not_on_payout_list"]
    assert careful.security.payouts == ()


def test_switching_the_list_off_waits_a_day_and_can_be_stopped(careful: Person) -> None:
    careful.begins("payout_list_only_on").confirms().is_done()
    careful.begins("payout_list_only_off").is_told_the_price(waits=DAY, sessions="none")
    careful.agrees().confirms().is_told_it_is("waiting")
    assert "will be able to go to any address again" in careful.letters()[0]
    careful.stops()
    careful.world.passes("24h")
    assert why(careful.signs_in()) == ["not_on_payout_list"]
    careful.begins("payout_list_only_off").agrees().confirms().is_told_it_is("waiting")
    careful.begins("payout_list_only_off").is_refused("already_waiting")
    careful.world.passes("24h")
    assert why(careful.signs_in()) == []


def test_an_address_is_added_with_the_second_factor_and_told_with_its_letters(
    careful: Person,
) -> None:
    careful.begins("add_payout_address", **OWN).is_asked_for("totp")
    careful.enters(totp=careful.authenticator.code_at(-20)).is_refused("wrong_code")
    assert careful.security.payouts == ()
    careful.enters(totp=careful.authenticator.code()).is_done()
    assert OWN["address"] in careful.letters()[0]
    lists_again = careful.begins("add_payout_address", **OWN).confirms()
    lists_again.is_refused("payout_address_known")


def test_locked_settings_change_nothing_and_open_after_the_days_that_were_chosen(
    careful: Person,
) -> None:
    careful.begins("lock_settings", days="31").is_refused("days_unfit")
    careful.begins("lock_settings", days="3").confirms().is_done()
    for action in ("change_password", "unbind_email", "add_payout_address", "export_data"):
        careful.begins(action).is_refused("settings_locked").is_told_it_is("refused")
    assert any("Somebody began to change your settings" in x for x in careful.letters())
    careful.begins("unlock_settings").is_told_the_price(waits=3 * DAY, sessions="none")
    careful.agrees().confirms().is_told_it_is("waiting")
    careful.world.passes("71h")
    careful.signs_in().begins("change_password").is_refused("settings_locked")
    careful.world.passes("1h")
    careful.signs_in().begins("change_password").is_asked_for("agree")
    assert "Your settings were unlocked" in careful.letters()[0]


def test_a_reset_while_locked_holds_at_least_until_it_is_unlocked(careful: Person) -> None:
    account = careful.account
    careful.begins("lock_settings", days="2").confirms().is_done()
    careful.resets_password()
    careful.world.passes("24h")
    assert careful.world.why_not(account) == ["hold"], "a thief with the mailbox waits for the lock"
    careful.signs_in()
    assert [h.ends for h in careful.security.holds] == [None]
    careful.begins("unlock_settings").agrees().confirms().is_told_it_is("waiting")
    careful.world.passes("48h")
    assert careful.world.why_not(account) == []


@pytest.mark.proves("S90")
def test_the_holders_own_phrase_stands_in_every_message_from_then_on(careful: Person) -> None:
    phrase = "blue herons at dawn"
    assert not any(phrase in _all(careful, to) for to in (careful.email, careful.phone))
    careful.begins("set_phrase", phrase=phrase).confirms().is_done()
    for to in (careful.email, careful.phone):
        known = {m["id"] for m in careful.world.messages(to)}
        careful.begins(
            "unbind_email"
        ).agrees().confirms().answers_all() if to == careful.email else None
        careful.takes_a_new_device().has_forgotten_the_password(to) if to == careful.phone else None
        new = [m for m in careful.world.messages(to) if m["id"] not in known]
        assert new
        assert all(phrase in m["text"] for m in new), new
    assert phrase in careful.letters()[0], "in notices as in codes"


def test_a_stranger_who_types_the_address_does_not_learn_the_phrase(
    careful: Person, other: Person
) -> None:
    careful.begins("set_phrase", phrase="blue herons at dawn").confirms().is_done()
    other.begins("sign_up", identifier=careful.email, robot="sandbox")
    assert "blue herons" not in other.seen.words
    assert "blue herons" not in careful.letters()[0], "sent because a stranger asked"


@pytest.mark.proves("S98")
def test_the_export_holds_what_the_person_did_and_no_secret(careful: Person) -> None:
    codes = careful.makes_recovery_codes()
    lists(careful, label="my wallet")
    careful.begins("set_phrase", phrase="blue herons at dawn").confirms()
    decision = careful.world.may(careful.account, "withdraw", **PAY)
    careful.approves(decision["id"]).is_done()
    careful.begins("export_data").is_asked_for("totp").confirms().is_done()
    data = careful.seen.export
    assert data is not None
    assert data["account"]["id"] == careful.account
    assert data["account"]["phrase"] == "blue herons at dawn"
    assert [i["address"] for i in data["identifiers"]] == [careful.email, careful.phone]
    assert {f["kind"] for f in data["factors"]} == {"password", "totp"}
    assert len(data["recovery_codes"]) == 10
    assert [p["label"] for p in data["payout_addresses"]] == ["my wallet"]
    assert [d["id"] for d in data["decisions"]] == [decision["id"]]
    assert [r["decision"] for r in data["receipts"]] == [decision["id"]]
    assert {"sign_up", "bind_totp", "set_phrase"} <= {a["action"] for a in data["activity"]}
    assert len(data["messages"]) >= len(careful.world.messages(careful.email))
    said = json.dumps(data)
    key = careful.authenticator.key
    for secret in (careful.password, key, *codes, careful.code(), "argon2", "pvs_", "pvd_", "pvn_"):
        assert secret not in said
    assert "Your data was exported" in careful.letters()[0]


def _all(person: Person, to: str) -> str:
    return " ".join(m["text"] for m in person.world.messages(to))
