"""Signing up and the codes that prove an address (S88, S89)."""

from __future__ import annotations

import pytest

from tests.stories.person import Person


@pytest.mark.proves("S88")
def test_an_account_is_made_of_a_proven_address_and_a_password(person: Person) -> None:
    person.begins("sign_up").is_asked_for("identifier", "robot")
    person.enters(identifier=person.email, robot="sandbox").is_asked_for("email_code")
    person.does_not_read(person.email).reads("@example.com").is_nobody()
    person.enters(email_code=person.code()).is_asked_for("new_password").is_nobody()
    person.enters(new_password=person.password).is_signed_in()
    assert person.security.ways == {"password": None, "email_code": person.email}


@pytest.mark.proves("S88")
def test_an_account_is_made_of_a_proven_mobile_number_too(person: Person) -> None:
    person.begins("sign_up", identifier=person.phone, robot="sandbox").is_asked_for("sms_code")
    person.enters(sms_code=person.code(person.phone)).enters(new_password=person.password)
    person.is_signed_in()
    assert person.security.ways == {"password": None, "sms_code": person.phone}


@pytest.mark.proves("S88")
def test_without_the_robot_check_no_message_is_sent(person: Person) -> None:
    person.begins("sign_up", identifier=person.email, robot="I am no robot")
    person.is_refused("robot_failed")
    assert "robot" in person.seen.asked
    assert person.world.messages(person.email) == []


@pytest.mark.proves("S88")
def test_a_taken_address_looks_like_a_free_one_and_its_owner_alone_is_told(
    holder: Person, other: Person
) -> None:
    free = other.begins("sign_up", identifier=other.email, robot="sandbox").seen
    known = {m["id"] for m in holder.world.messages(holder.email)}
    taken = other.begins("sign_up", identifier=holder.email, robot="sandbox").seen
    assert (taken.status, taken.step, taken.asked, taken.refusal, taken.offers) == (
        free.status,
        free.step,
        free.asked,
        free.refusal,
        free.offers,
    )
    new = [m for m in holder.world.messages(holder.email) if m["id"] not in known]
    assert [m["code"] for m in new] == [None], "the owner is written to, without a code"
    other.enters(email_code=other.code()).is_refused("wrong_code")


@pytest.mark.proves("S88")
@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("kort", "password_too_short"),
        ("x" * 257, "password_too_long"),
        ("password1", "password_too_common"),
        ("exchange123", "password_has_context"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused_with_the_reason(
    person: Person, password: str, refusal: str
) -> None:
    person.begins("sign_up", identifier=person.email, robot="sandbox")
    person.enters(email_code=person.code())
    person.enters(new_password=password).is_refused(refusal).is_asked_for("new_password")
    person.enters(new_password=person.password).is_signed_in()


@pytest.mark.parametrize(
    ("identifier", "refusal"),
    [
        ("not an address", "identifier_invalid"),
        ("somebody@", "email_invalid"),
        ("two@@example.com", "email_invalid"),
        ("+46 70", "phone_invalid"),
        ("0900 123 45 67", "phone_not_served"),
        ("", "missing"),
        ("   ", "missing"),
    ],
)
def test_what_is_no_address_is_refused_with_what_one_looks_like(
    person: Person, identifier: str, refusal: str
) -> None:
    person.begins("sign_up", identifier=identifier, robot="sandbox")
    person.is_refused(refusal)
    assert "identifier" in person.seen.asked


@pytest.mark.proves("S89")
def test_a_code_works_once_and_in_its_own_flow_alone(person: Person) -> None:
    person.begins("sign_up", identifier=person.email, robot="sandbox")
    first, here = person.code(), person.is_here()
    person.begins("sign_up", identifier=person.email, robot="sandbox")
    second = person.code()
    if first != second:
        person.enters(email_code=first).is_refused("wrong_code")
    person.enters(email_code=second).is_asked_for("new_password")
    person.goes_back_to(here)
    if first != second:
        person.enters(email_code=second).is_refused("wrong_code")
    person.enters(email_code=first).is_asked_for("new_password")


@pytest.mark.proves("S89")
def test_codes_are_six_digits_and_differ(person: Person) -> None:
    codes = set()
    for n in range(5):
        person.begins("sign_up", identifier=f"{n}.{person.email}", robot="sandbox")
        codes.add(person.code(f"{n}.{person.email}"))
    assert all(len(c) == 6 and c.isdigit() for c in codes)
    assert len(codes) > 3


@pytest.mark.proves("S89")
@pytest.mark.parametrize(("kind", "life"), [("email", 10), ("phone", 5)])
def test_a_code_lives_ten_minutes_by_mail_and_five_by_sms(
    person: Person, kind: str, life: int
) -> None:
    to = person.email if kind == "email" else person.phone
    field = "email_code" if kind == "email" else "sms_code"
    person.begins("sign_up", identifier=to, robot="sandbox")
    code = person.code(to)
    person.world.passes(f"{life}m")
    person.enters(**{field: code}).is_refused("wrong_code")
    code = person.code(to)  # a new one is on its way at once
    person.world.passes(f"{life * 60 - 20}s")
    person.enters(**{field: code}).is_asked_for("new_password")


@pytest.mark.proves("S89")
def test_after_five_wrong_codes_even_the_right_one_is_not_looked_at(person: Person) -> None:
    person.begins("sign_up", identifier=person.email, robot="sandbox")
    right = person.code()
    for left in (4, 3, 2, 1, 0):
        person.enters(email_code=person.wrong(right)).is_refused("wrong_code")
        person.reads(f"you have {left} tr")
    person.enters(email_code=right).is_refused("too_many_tries").is_nobody()


@pytest.mark.proves("S89")
def test_a_new_code_may_be_asked_for_after_a_minute_and_makes_the_old_one_worthless(
    person: Person,
) -> None:
    person.begins("sign_up", identifier=person.email, robot="sandbox")
    old = person.code()
    person.asks_for_a_new("email_code").is_refused("resend_too_soon")
    assert person.code() == old
    person.world.passes("1m")
    person.asks_for_a_new("email_code").is_not_refused().is_asked_for("email_code")
    new = person.code()
    if new != old:
        person.enters(email_code=old).is_refused("wrong_code")
    person.enters(email_code=new).is_asked_for("new_password")


@pytest.mark.proves("S89")
def test_one_address_gets_ten_codes_a_day_and_no_more(person: Person) -> None:
    for _ in range(10):
        person.begins("sign_up", identifier=person.email, robot="sandbox").is_not_refused()
    person.begins("sign_up", identifier=person.email, robot="sandbox")
    person.is_refused("too_many_messages")
    assert len(person.world.messages(person.email)) == 10
    person.world.passes("24h")
    person.begins("sign_up", identifier=person.email, robot="sandbox").is_not_refused()


@pytest.mark.proves("S89")
@pytest.mark.parametrize("respelled", ["{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}", " {0} ", "full"])
def test_a_code_may_be_pasted_as_it_was_written(person: Person, respelled: str) -> None:
    person.begins("sign_up", identifier=person.email, robot="sandbox")
    code = person.code()
    wide = "".join(chr(0xFF10 + int(digit)) for digit in code)
    person.enters(email_code=wide if respelled == "full" else respelled.format(code))
    person.is_asked_for("new_password")
