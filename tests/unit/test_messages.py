"""Texts: complete in every language, and how they are said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import portvakt
from portvakt import messages
from portvakt.messages import LANGUAGES, TEXTS, TOPICS, languages, say, text_of
from portvakt.messages.base import Plural, forms, placeholders
from portvakt.messages.catalogue import words
from portvakt.messages.naming import field_text
from portvakt.messages.values import say_duration, say_time
from portvakt.model import Field, Problem, Reason, Refusal, Text, Warning

SOURCE = Path(portvakt.__file__).parent
LOCALE = SOURCE / "locale"
OTHERS = [tongue for tongue in LANGUAGES if tongue != languages.DEFAULT]
NOON = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    messages.strict()
    yield
    messages.strict(False)


# ── complete ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("topic", TOPICS)
def test_every_text_has_words_in_every_language(topic: str, language: str) -> None:
    table, _ = words(language)
    without = [id for id in TOPICS[topic] if not all(table.get(id, ("",)))]
    assert without == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("topic", TOPICS)
def test_the_catalogue_stands_beside_the_english_it_translates(topic: str, language: str) -> None:
    with (LOCALE / language / f"{topic}.po").open("rb") as file:
        translated = {m.context: m for m in read_po(file, locale=language) if m.id}
    assert list(translated) == list(TOPICS[topic])
    for id, entry in TOPICS[topic].items():
        english = translated[id].id
        assert (english if isinstance(english, tuple) else (english,)) == forms(entry), id


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_names_the_same_parameters(language: str) -> None:
    table, _ = words(language)
    for id, entry in TEXTS.items():
        wanted = set().union(*map(placeholders, forms(entry)))
        assert set().union(*map(placeholders, table[id])) == wanted, id


@pytest.mark.parametrize("language", OTHERS)
def test_what_may_be_left_out_in_english_may_be_left_out_in_every_language(language: str) -> None:
    def sure(texts: tuple[str, ...]) -> set[str]:
        return set().union(*(placeholders(re.sub(r"\[[^\]]*\]", "", t)) for t in texts))

    table, _ = words(language)
    for id, entry in TEXTS.items():
        assert sure(table[id]) == sure(forms(entry)), id


def test_every_catalogue_belongs_to_a_topic() -> None:
    assert {f.stem for f in LOCALE.glob("*/*.po")} == set(TOPICS)
    assert sorted(f.name for f in LOCALE.iterdir()) == OTHERS


# ── how it is said ──────────────────────────────────────────────────────────────────────────────


def test_a_refusal_says_more_when_more_is_known() -> None:
    bare = text_of(Refusal("too_many_tries"))
    full = text_of(Refusal("too_many_tries", retry_at=NOON))
    assert say(bare, "en") == "There have been too many tries, so please wait and then try again."
    assert "wait until 24 Nov 14:05 CET and" in say(full, "en", "Europe/Stockholm")


def test_tries_left_are_counted_as_people_count() -> None:
    told = [say(text_of(Refusal("wrong_code", left=n)), "en") for n in (0, 1, 2)]
    assert [t.rpartition("you have ")[2] for t in told] == [
        "0 tries left.", "1 try left.", "2 tries left.",
    ]  # fmt: skip
    assert "left" not in say(text_of(Refusal("wrong_code")), "en")


def test_every_other_record_finds_its_sentence() -> None:
    assert say(text_of(Problem(404, "not_found")), "sv").startswith("Här finns ingenting")
    assert "2026" in say(text_of(Reason("hold", NOON)), "en")
    until = say(text_of(Warning("hold", {"lasts": timedelta(hours=24)}, NOON)), "sv")
    assert "i 24 timmar, till tisdag 24 november 2026 kl. 13:05 (UTC)" in until


def test_a_hint_says_where_the_code_went_and_how_short_a_password_may_be() -> None:
    hint = field_text(Field("email_code", "code", sent_to="j•••@mail.se"), "hint")
    assert hint is not None
    assert "sent to j•••@mail.se" in say(hint, "en")
    hint = field_text(Field("new_password", "new_password", extra={"min_length": 8}), "hint")
    assert hint is not None
    assert say(hint, "sv").startswith("Minst 8 tecken.")
    assert field_text(Field("unheard_of", "text"), "hint") is None


@pytest.mark.proves("S7")
def test_a_failed_sign_in_has_one_sentence_that_says_nothing_about_the_account() -> None:
    for language in LANGUAGES:
        said = say(text_of(Refusal("sign_in_failed")), language).lower()
        for telling in (
            "password",
            "account",
            "code",
            "exist",
            "lösenord",
            "konto",
            "kod",
            "finns",
        ):
            assert telling not in said


def test_a_time_is_said_in_the_readers_language_and_zone() -> None:
    assert say_time(NOON, "en", "Europe/Stockholm") == "Tuesday 24 November 2026 at 14:05 (CET)"
    assert say_time(NOON, "sv", "Europe/Stockholm") == "tisdag 24 november 2026 kl. 14:05 (CET)"
    assert say_time(NOON, "sv", "America/New_York") == "tisdag 24 november 2026 kl. 08:05 (EST)"
    assert say_time(NOON, "en", "America/Sao_Paulo", "short") == "24 Nov 10:05 UTC-03"
    summer = NOON.astimezone(timezone(timedelta(hours=5))).replace(month=7)
    assert "(CEST)" in say_time(summer, "en", "Europe/Stockholm")


@pytest.mark.parametrize(
    "zone", [None, "", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "a\x00b", "Europe"]
)
def test_an_unknown_zone_is_utc_and_never_an_error(zone: str | None) -> None:
    assert say_time(NOON, "en", zone).endswith("at 13:05 (UTC)")


def test_the_end_of_a_wait_is_rounded_up_so_that_nobody_comes_too_early() -> None:
    late = NOON + timedelta(seconds=1)
    assert "13:05" in say_time(late, "en", None)
    assert "13:06" in say_time(late, "en", None, "end")
    assert "13:06" in say_time(late, "en", None, "soon")
    assert "13:05" in say_time(NOON, "en", None, "end")


@pytest.mark.parametrize(
    ("seconds", "english", "swedish"),
    [
        (24 * 3600, "24 hours", "24 timmar"),
        (72 * 3600, "72 hours", "72 timmar"),
        (30 * 86_400, "30 days", "30 dygn"),
        (3600, "1 hour", "1 timme"),
        (5400, "1 hour 30 minutes", "1 timme 30 minuter"),
        (61, "2 minutes", "2 minuter"),
        (30, "30 seconds", "30 sekunder"),
        (-5, "0 minutes", "0 minuter"),
    ],
)
def test_a_duration_is_said_as_the_rule_counts_it(seconds: int, english: str, swedish: str) -> None:
    lasts = timedelta(seconds=seconds)
    assert (say_duration(lasts, "en"), say_duration(lasts, "sv")) == (english, swedish)


@pytest.mark.proves("A93")
@given(st.text(max_size=40))
def test_words_from_outside_stay_on_their_line_and_are_no_template(words: str) -> None:
    said = say("mail.phrase", "en", phrase=words + " {operator}[{x}]")
    assert said.startswith("Your own phrase:")
    assert said.endswith("{operator}[{x}]")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", said)


def test_values_without_words_are_refused_rather_than_shown_raw() -> None:
    for value in (True, 1.5, b"x", object()):
        with pytest.raises(TypeError):
            say("mail.phrase", "en", phrase=value)
    with pytest.raises(ValueError, match="zone"):
        say("mail.phrase", "en", phrase=NOON.replace(tzinfo=None))


def test_numbers_dates_lists_and_texts_are_said_in_the_language() -> None:
    def swedish(value: object) -> str:
        return say("mail.phrase", "sv", phrase=value).partition(": ")[2]

    assert swedish(12_345) == "12\xa0345"
    assert swedish(date(2026, 11, 24)) == "24 november 2026"
    assert swedish(["uttag", "kortbetalningar"]) == "uttag och kortbetalningar"
    assert swedish(Text("protected.withdraw")) == "Uttag"


def test_a_missing_id_or_parameter_is_an_error_in_tests() -> None:
    with pytest.raises(KeyError, match="unknown id"):
        say("no.such.id", "en")
    with pytest.raises(KeyError, match="parameter code"):
        say("sms.code.sign_in", "en", operator="Norrbanken")


def test_a_missing_id_is_logged_in_production_and_the_page_stands(
    caplog: pytest.LogCaptureFixture,
) -> None:
    messages.strict(False)
    assert say("no.such.id", "sv") == "no.such.id"
    assert say("mail.phrase", "sv") == "Din egen fras: "
    assert [r.levelname for r in caplog.records] == ["ERROR", "ERROR"]


def test_an_unknown_language_is_answered_in_english() -> None:
    assert say("action.sign_in.title", "tlh") == say("action.sign_in.title", "en-GB") == "Log in"
    assert say("action.sign_in.title", "sv-FI") == "Logga in"


def test_the_buttons_carry_the_names_that_the_source_gives() -> None:
    assert say("action.sign_in.button", "sv") == "Logga in"
    assert say("action.sign_in.button", "en") == "Log in"
    assert say("action.bind_totp.button", "en") == "Set"


def test_a_plural_text_names_the_number_that_chooses_its_form() -> None:
    for id, entry in TEXTS.items():
        if isinstance(entry, Plural):
            assert all(entry.by in placeholders(form) for form in forms(entry)), id


# ── which language ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("header", "cookie", "language"),
    [
        (None, None, "en"),
        ("", "", "en"),
        ("sv", None, "sv"),
        ("sv-SE,sv;q=0.9,en;q=0.8", None, "sv"),
        ("en;q=0.8, sv;q=0.9", None, "sv"),
        ("de, fr;q=0.9, sv;q=0.1", None, "sv"),
        ("sv;q=0, en", None, "en"),
        ("de, *;q=0.5, sv;q=0.1", None, "en"),
        ("en", "sv", "sv"),
        ("sv", "klingon", "sv"),
        ("SV_fi", None, "sv"),
        ("sv;q=nonsense, en;q=0.1", None, "en"),
        ("sv;q=inf, en", None, "en"),
        ("sv;q=nan, en", None, "en"),
    ],
)
def test_the_remembered_choice_wins_then_what_the_browser_asks_for(
    header: str | None, cookie: str | None, language: str
) -> None:
    assert languages.pick(header, cookie) == language


@given(st.text(max_size=2000))
def test_no_header_breaks_the_choice(header: str) -> None:
    assert languages.pick(header, header) in LANGUAGES


def test_every_language_names_itself() -> None:
    assert set(languages.NAMES) == set(LANGUAGES)
