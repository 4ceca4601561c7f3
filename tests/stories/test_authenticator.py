"""Binding an authenticator app (S77–S86, S107), and restoring it from the kept key (S43–S47)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

import psycopg
import pytest

from tests.database import Database
from tests.stories.person import Authenticator, Person


@pytest.mark.proves("S79", "S80", "S83", "S107")
def test_a_code_from_the_mailbox_and_the_first_code_of_the_app_bind_it(holder: Person) -> None:
    assert "totp" not in holder.security.ways
    holder.begins("bind_totp").is_asked_for("email_code").does_not_read(holder.email)
    holder.enters(email_code=holder.code()).is_asked_for("new_totp")
    assert holder.seen.key is not None
    holder.authenticator.enter_key(holder.seen.key.account_name, holder.seen.key.key)
    holder.enters(new_totp=holder.authenticator.code()).is_done()
    assert "totp" in holder.security.ways
    assert holder.security.level == 2


@pytest.mark.proves("S78", "S84", "S44")
def test_qr_code_account_name_and_key_lead_to_the_same_codes(holder: Person) -> None:
    key = holder.reaches_the_key()
    assert key.qr
    assert key.account_name == f"Exchange ({holder.email})"
    label = unquote(key.uri.removeprefix("otpauth://totp/").partition("?")[0])
    assert label == f"Exchange:{holder.email}"
    assert "issuer=Exchange" in key.uri
    by_camera, by_hand = Authenticator(holder.world), Authenticator(holder.world)
    by_camera.scan(key.uri)
    by_hand.enter_key(key.account_name, key.key)
    assert by_camera.code() == by_hand.code()
    holder.enters(new_totp=by_hand.last_code()).is_done()


@pytest.mark.proves("S80")
def test_until_its_first_right_code_the_authenticator_is_not_active(holder: Person) -> None:
    key = holder.reaches_the_key()
    holder.authenticator.enter_key(key.account_name, key.key)
    here = holder.is_here()
    holder.enters(new_totp=holder.authenticator.code_at(-9)).is_refused("wrong_code")
    assert "totp" not in holder.security.ways
    holder.goes_back_to(here).enters(new_totp=holder.authenticator.code()).is_done()
    assert "totp" in holder.security.ways


@pytest.mark.proves("S80")
def test_an_authenticator_half_bound_is_not_asked_for_at_the_next_sign_in(holder: Person) -> None:
    holder.reaches_the_key()
    holder.closes_everything().gives_password().is_signed_in()
    assert "totp" not in holder.security.ways


@pytest.mark.proves("S81", "S85")
def test_the_holder_is_told_to_write_the_key_down_and_not_to_upload_it(holder: Person) -> None:
    key = holder.reaches_the_key()
    holder.reads("rite")
    told = holder.seen.words
    holder.authenticator.enter_key(key.account_name, key.key)
    holder.enters(new_totp=holder.authenticator.code()).is_done()
    advice = f"{told} {holder.seen.words}"
    for words in ("rite", "safe place, such as a notebook", "not upload it to the internet"):
        assert words in advice
    assert "restore the authenticator on a new phone" in advice


@pytest.mark.proves("S86")
def test_the_key_is_shown_while_it_is_bound_and_never_again(
    holder: Person, database: Database
) -> None:
    key = holder.reaches_the_key()
    here = holder.is_here()
    holder.authenticator.enter_key(key.account_name, key.key)
    holder.enters(new_totp=holder.authenticator.code()).is_done()
    holder.does_not_read(key.key)
    assert key.key not in holder.security.words.replace(" ", "")
    assert holder.goes_back_to(here).looks_again().seen.key is None
    holder.begins("bind_totp").is_refused("already_bound").is_told_it_is("refused")
    assert holder.seen.key is None
    assert not any(key.key in letter for letter in holder.letters())
    with psycopg.connect(database.admin_url) as looking:
        stored = looking.execute("select secret from factors where kind = 'totp'").fetchall()
        stored += looking.execute("select sealed from flows where sealed is not null").fetchall()
    assert stored
    assert not any(key.key.encode() in bytes(row[0]) for row in stored)


@pytest.mark.proves("S79", "S85")
@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_code_is_taken_within_thirty_seconds_and_a_neighbouring_step_of_clock_drift(
    holder: Person, steps: int, fits: bool
) -> None:
    key = holder.reaches_the_key()
    holder.authenticator.enter_key(key.account_name, key.key)
    _wait_for_a_fresh_step(holder)
    holder.enters(new_totp=holder.authenticator.code_at(steps))
    holder.is_done() if fits else holder.is_refused("wrong_code")


@pytest.mark.proves("S79", "A21")
def test_each_code_opens_once_even_the_one_that_bound_the_app(holder: Person) -> None:
    holder.binds_totp()
    spent = holder.authenticator.last_code()
    holder.closes_everything().gives_password()
    holder.enters(totp=spent).is_refused("sign_in_failed").is_nobody()
    right = holder.authenticator.code()
    holder.enters(totp=right).is_signed_in()
    holder.closes_everything().gives_password()
    holder.enters(totp=right).is_refused("sign_in_failed").is_nobody()


@pytest.mark.proves("S107")
def test_whoever_stole_the_session_alone_binds_nothing(holder: Person) -> None:
    holder.begins("bind_totp").is_asked_for("email_code")
    holder.enters(email_code=holder.wrong(holder.code())).is_refused("wrong_code")
    holder.enters(new_totp="123456").is_asked_for("email_code")
    assert "totp" not in holder.security.ways


@pytest.mark.proves("S83", "S107")
def test_with_two_channels_the_holder_chooses_which_of_them_gets_the_code(holder: Person) -> None:
    holder.binds_phone()
    holder.begins("bind_totp").is_asked_for("email_code")
    assert holder.seen.offers == ("sms_code",)
    holder.takes("sms_code").is_asked_for("sms_code")
    holder.enters(sms_code=holder.code(holder.phone)).is_asked_for("new_totp")


def test_binding_ends_every_other_session_and_tells_all_channels(
    holder: Person, somebody: Callable[..., Person], face: str
) -> None:
    holder.binds_phone()
    second = somebody(face)
    second.identifier, second.email, second.phone = holder.email, holder.email, holder.phone
    second.signs_in()
    before = len(holder.letters()), len(holder.letters(holder.phone))
    holder.begins("bind_totp").reads("logged out")
    holder.binds_totp()
    second.is_nobody()
    assert holder.me is not None
    assert "An authenticator app was bound" in holder.letters()[0]
    after = len(holder.letters()), len(holder.letters(holder.phone))
    assert after == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize("wrong", ["", " ", "12345", "1234567", "abcdef", "12 34", "-23456"])
def test_what_is_no_code_is_refused_and_nothing_is_bound(holder: Person, wrong: str) -> None:
    holder.reaches_the_key()
    holder.enters(new_totp=wrong)
    holder.is_refused("wrong_code" if wrong.strip() else "missing").is_asked_for("new_totp")
    assert holder.seen.key is not None, "the key stays in view while the page is open"
    assert "totp" not in holder.security.ways


def _wait_for_a_fresh_step(person: Person) -> None:
    """So that the step does not end between two looks at the clock."""
    gone = person.world.now().timestamp() % 30
    if gone > 15:
        person.world.passes(f"{30 - int(gone) + 1}s")
