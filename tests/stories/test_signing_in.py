"""Signing in with a password (S1–S7, S14, S18, S101, S102)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stories.person import Person


@pytest.mark.proves("S2", "S6", "S101")
def test_without_a_second_factor_a_right_password_is_enough(holder: Person) -> None:
    holder.closes_everything().is_nobody()
    holder.begins("sign_in").is_asked_for("identifier", "password")
    holder.enters(identifier=holder.email, password=holder.password).is_signed_in()


@pytest.mark.proves("S6", "S94")
def test_that_a_password_alone_protects_the_account_is_shown_to_its_holder(holder: Person) -> None:
    seen = holder.security
    assert seen.level == 0
    assert "a password alone protects your account" in f"{seen.words} {_level_words(0)}"
    assert any("authenticator app" in words for words in seen.raises)


@pytest.mark.proves("S2")
def test_a_phone_number_in_any_spelling_signs_in_like_an_address(person: Person) -> None:
    person.signs_up(person.phone)
    national = "0" + person.phone.removeprefix("+46")
    spelled = f"{national[:3]}-{national[3:6]} {national[6:8]} {national[8:]}"
    for identifier in (person.phone, spelled, person.phone.replace("+", "00")):
        person.closes_everything().gives_password(identifier=identifier).is_signed_in()


@pytest.mark.proves("S3", "S4", "S5", "S102")
def test_with_an_authenticator_nobody_is_in_before_its_code(holder: Person) -> None:
    holder.binds_totp().closes_everything()
    holder.gives_password().is_asked_for("totp").is_nobody()
    holder.enters(totp=holder.authenticator.code()).is_signed_in()


@pytest.mark.proves("S3", "S4", "S102")
def test_with_a_phone_beside_the_address_an_sms_code_is_asked(holder: Person) -> None:
    holder.binds_phone().closes_everything()
    holder.gives_password().is_asked_for("sms_code").is_nobody()
    holder.reads(f" {holder.phone[-2:]}.").does_not_read(holder.phone)
    holder.enters(sms_code=holder.code(holder.phone)).is_signed_in()


@pytest.mark.proves("S4", "S102")
def test_the_authenticator_wins_and_there_is_no_way_down_to_sms_or_mail(holder: Person) -> None:
    holder.binds_phone().binds_totp().closes_everything()
    sent = len(holder.world.messages(holder.phone)) + len(holder.world.messages(holder.email))
    holder.gives_password().is_asked_for("totp")
    assert holder.seen.offers == ()
    for weaker in ("sms_code", "email_code"):
        holder.takes(weaker).is_refused("not_offered").is_asked_for("totp")
        holder.asks_for_a_new(weaker).is_refused("not_offered").is_asked_for("totp")
        holder.enters(**{weaker: holder.code(holder.phone)}).is_asked_for("totp").is_nobody()
    now = len(holder.world.messages(holder.phone)) + len(holder.world.messages(holder.email))
    assert now == sent, "a code was sent that nobody may use"


@pytest.mark.proves("S102")
def test_an_address_beside_a_registered_number_is_no_switch_down_from_sms(person: Person) -> None:
    person.signs_up(person.phone).binds_email().closes_everything()
    person.gives_password().is_asked_for("sms_code")
    assert person.seen.offers == ()
    person.confirms().is_signed_in()


@pytest.mark.proves("S7")
def test_a_wrong_password_and_an_unknown_account_are_refused_in_the_same_words(
    holder: Person, other: Person
) -> None:
    holder.binds_totp().closes_everything()
    wrong = holder.gives_password("not this one at all").is_refused("sign_in_failed").seen
    holder.is_nobody()
    unknown = other.gives_password("not this one at all").is_refused("sign_in_failed").seen
    told = [(s.status, s.step, s.asked, s.refusal, s.offers) for s in (wrong, unknown)]
    assert told[0] == told[1]
    holder.gives_password().is_asked_for("totp")
    other.gives_password().is_refused("sign_in_failed").is_asked_for("identifier", "password")


@pytest.mark.proves("S7")
def test_a_wrong_code_is_refused_in_the_words_of_a_wrong_password(holder: Person) -> None:
    holder.binds_totp().closes_everything().gives_password()
    holder.enters(totp=holder.authenticator.code_at(-20)).is_refused("sign_in_failed")
    holder.is_asked_for("totp").is_nobody()
    holder.enters(totp=holder.authenticator.code()).is_signed_in()


@pytest.mark.proves("S7")
def test_guessing_passwords_ends_for_known_and_unknown_accounts_alike(
    holder: Person, other: Person, somebody: Callable[..., Person], face: str
) -> None:
    thief = somebody(face)
    for name in (holder.email, other.email):
        for _ in range(10):
            thief.gives_password("a guess among many", name).is_refused("sign_in_failed")
        thief.gives_password("a guess among many", name).is_refused("too_many_tries")
    thief.gives_password(holder.password, holder.email).is_refused("too_many_tries")
    # the holder's own device has a lane of its own
    holder.closes_everything().gives_password().is_signed_in()


@pytest.mark.proves("S7", "S89")
def test_guessing_codes_ends_after_five_tries_and_a_new_start_does_not_help(
    holder: Person,
) -> None:
    holder.binds_totp().closes_everything()
    holder.gives_password()
    for _ in range(5):
        holder.enters(totp=holder.authenticator.code_at(-50)).is_refused("sign_in_failed")
    holder.enters(totp=holder.authenticator.code()).is_refused("too_many_tries").is_nobody()
    holder.gives_password().is_asked_for("totp")
    holder.enters(totp=holder.authenticator.code()).is_refused("too_many_tries").is_nobody()
    holder.world.passes("5m")
    holder.gives_password()
    holder.enters(totp=holder.authenticator.code()).is_signed_in()


def test_the_whole_password_counts_and_its_letters_as_they_are(holder: Person) -> None:
    holder.closes_everything()
    for almost in (
        holder.password.upper(),
        holder.password[:-1],
        holder.password + " ",
        holder.password.replace(" ", ""),
    ):
        holder.gives_password(almost).is_refused("sign_in_failed")
    holder.gives_password().is_signed_in()


@pytest.mark.proves("S14", "S18")
def test_browser_and_both_apps_sign_in_the_same_way_to_the_same_account(
    somebody: Callable[..., Person],
) -> None:
    web, android, ios = (
        somebody("html"),
        somebody("json", client="android"),
        somebody("json", client="ios"),
    )
    web.signs_up().binds_totp()
    for app in (android, ios):
        app.identifier, app.authenticator = web.email, web.authenticator
        app.begins("sign_in").is_asked_for("identifier", "password")
        app.gives_password().is_asked_for("totp").is_nobody()
        app.enters(totp=app.authenticator.code()).is_signed_in()
    everybody = [p.security for p in (web, android, ios)]
    assert len({tuple(sorted(s.ways)) for s in everybody}) == 1
    assert len({(s.level, s.holds) for s in everybody}) == 1
    assert {p.account for p in (web, android, ios)} == {web.account}
    kinds = {s["client"] for s in android.face.ask("GET", "/v1/me/sessions").json()}  # type: ignore[attr-defined]
    assert kinds == {"web", "android", "ios"}


def test_every_channel_is_told_of_a_sign_in_from_a_new_device_and_not_of_one_from_a_known_one(
    holder: Person,
) -> None:
    holder.binds_phone()
    before = len(holder.letters()), len(holder.letters(holder.phone))
    holder.signs_in()
    assert (len(holder.letters()), len(holder.letters(holder.phone))) == before
    holder.takes_a_new_device().signs_in()
    assert (len(holder.letters()), len(holder.letters(holder.phone))) == (
        before[0] + 1,
        before[1] + 1,
    )
    assert "198.18.x.x" in holder.letters()[0]


def _level_words(level: int) -> str:
    from portvakt.messages import say

    return say(f"level.{level}", "en")
