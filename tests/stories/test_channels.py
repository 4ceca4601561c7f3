"""Binding an e-mail address or a mobile number as second channel (S87, S30)."""

from __future__ import annotations

import pytest

from tests.stories.person import Person


@pytest.mark.proves("S87")
def test_a_number_is_bound_by_a_code_to_it_and_a_code_to_what_was_there(holder: Person) -> None:
    holder.begins("bind_phone").is_asked_for("new_phone")
    holder.enters(new_phone=holder.phone).is_asked_for("email_code").does_not_read(holder.email)
    assert holder.world.messages(holder.phone) == [], "no SMS before it is known who asks"
    holder.enters(email_code=holder.code()).is_asked_for("new_phone_code")
    holder.does_not_read(holder.phone)
    holder.enters(new_phone_code=holder.code(holder.phone)).is_done()
    seen = holder.security
    assert seen.ways["sms_code"] == holder.phone
    assert seen.level == 1


@pytest.mark.proves("S87")
def test_an_address_is_bound_to_an_account_that_began_with_a_number(person: Person) -> None:
    person.signs_up(person.phone).begins("bind_email", new_email=person.email)
    person.is_asked_for("sms_code").enters(sms_code=person.code(person.phone))
    person.is_asked_for("new_email_code").enters(new_email_code=person.code()).is_done()
    assert person.security.ways["email_code"] == person.email


@pytest.mark.proves("S87")
def test_with_an_authenticator_it_is_the_authenticator_that_allows_a_new_channel(
    holder: Person,
) -> None:
    holder.binds_totp().begins("bind_phone", new_phone=holder.phone)
    holder.is_asked_for("totp")
    assert holder.seen.offers == ()
    holder.enters(totp=holder.authenticator.code_at(-9)).is_refused("wrong_code")
    holder.enters(totp=holder.authenticator.code()).is_asked_for("new_phone_code")
    holder.enters(new_phone_code=holder.code(holder.phone)).is_done()
    assert holder.security.level == 3


@pytest.mark.proves("S87")
def test_a_wrong_code_binds_nothing(holder: Person) -> None:
    holder.begins("bind_phone", new_phone=holder.phone).confirms()
    right = holder.code(holder.phone)
    holder.enters(new_phone_code=holder.wrong(right)).is_refused("wrong_code")
    assert "sms_code" not in holder.security.ways
    holder.closes_everything().gives_password().is_signed_in()


@pytest.mark.proves("S87")
def test_a_number_in_use_elsewhere_looks_like_a_free_one_and_its_owner_alone_is_told(
    holder: Person, other: Person
) -> None:
    other.signs_up().binds_phone()
    free = holder.begins("bind_phone", new_phone=holder.phone).confirms().seen
    holder.cancels()
    taken = holder.begins("bind_phone", new_phone=other.phone).confirms().seen
    assert (taken.status, taken.asked, taken.refusal) == (free.status, free.asked, free.refusal)
    assert "belongs to another account" in other.letters(other.phone)[0]
    holder.enters(new_phone_code=other.code(other.phone)).is_refused("wrong_code")
    holder.enters(new_phone_code=holder.code(holder.phone)).is_refused("wrong_code")
    assert "sms_code" not in holder.security.ways


@pytest.mark.proves("S87")
def test_a_channel_of_the_kind_that_is_bound_is_refused(holder: Person) -> None:
    holder.begins("bind_email", new_email=f"second.{holder.email}").is_refused("already_bound")
    holder.is_told_it_is("refused")


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        ("", "missing"),
        ("hello", "phone_invalid"),
        ("+46 8 12", "phone_invalid"),
        ("+46 900 123 45 67", "phone_not_served"),
        ("somebody@example.com", "phone_invalid"),
        ("+1 900 555 0123", "phone_not_served"),
    ],
)
def test_what_is_no_mobile_number_is_refused_before_anything_is_sent(
    holder: Person, number: str, refusal: str
) -> None:
    before = len(holder.world.messages(holder.email))
    holder.begins("bind_phone")
    holder.enters(new_phone=number).is_refused(refusal).is_asked_for("new_phone")
    assert len(holder.world.messages(holder.email)) == before


def test_both_ends_are_told_when_a_channel_is_bound(holder: Person) -> None:
    holder.binds_phone()
    assert "A mobile number was bound" in holder.letters()[0]
    assert "mobile number was bound" in holder.letters(holder.phone)[0]


def test_either_of_the_two_names_signs_in_once_both_are_bound(holder: Person) -> None:
    holder.binds_phone().closes_everything()
    for name in (holder.email, holder.phone):
        holder.gives_password(identifier=name).is_asked_for("sms_code")
    seen = holder.confirms().is_signed_in().security
    assert (seen.ways["email_code"], seen.ways["sms_code"]) == (holder.email, holder.phone)
