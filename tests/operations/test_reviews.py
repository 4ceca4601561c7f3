"""Reviewed cases, as an operator sets them up: business days, the form, people, what is watched."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from portvakt import messages, metrics
from portvakt.core import Portvakt
from portvakt.model import Text
from portvakt.settings import SettingsError, load
from portvakt.store import cases, health
from tests.database import Database
from tests.holders import Holder, key_file, settings_for
from tests.operations.test_cli import configured, line
from tests.operations.test_cli import portvakt as typed

__all__ = ["key_file"]  # a fixture
MAIL = '[mail]\nsmtp_url = "smtp://mail.norrbank.example"\nfrom = "id@norrbank.example"\n'


def complaint(folder: Path, text: str) -> str:
    file = folder / "portvakt.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(file, {})
    return "\n".join(caught.value.problems)


# ── [reviews] ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("S96", "S97")
def test_weekend_closing_days_and_kinds_of_holidays_are_settings(
    database: Database, key_file: Path
) -> None:
    reviews = {"weekend": "fri, sat", "closed_days": "2026-11-26", "holidays": ["public"]}
    settings = settings_for(database, key_file, reviews=reviews)
    calendar = Portvakt(settings).kit.calendar
    days = {n: calendar.is_open(date(2026, 11, n)) for n in (26, 27, 28, 29)}
    assert days == {26: False, 27: False, 28: False, 29: True}
    assert calendar.is_open(date(2026, 12, 24)), "an Eve is no public holiday"
    usual = Portvakt(settings_for(database, key_file)).kit.calendar
    assert not usual.is_open(date(2026, 12, 24))


@pytest.mark.proves("A58", "S96")
@pytest.mark.parametrize(
    ("operator", "reviews", "said"),
    [
        ({"country": "XX"}, {}, r"\[operator\] country: no holidays are known for XX"),
        ({}, {"holidays": ["moon"]}, r"\[reviews\] holidays: .*categories moon"),
        ({}, {"questions": ["shoe_size"]}, r"\[reviews\] questions: shoe_size is not one of"),
    ],
)
def test_what_is_unknown_is_refused_at_the_start_by_its_name(
    database: Database, key_file: Path, operator: dict[str, str], reviews: dict[str, list[str]],
    said: str,
) -> None:  # fmt: skip
    with pytest.raises(SettingsError, match=said):
        Portvakt(settings_for(database, key_file, operator=operator, reviews=reviews))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('weekend = ["funday"]', "[reviews] weekend: funday is no weekday"),
        (
            'weekend = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]',
            "[reviews] weekend: leaves no day of the week",
        ),
        ('closed_days = ["christmas"]', "closed_days] 0: Input should be a valid date"),
        ('closing_days = ["2026-12-24"]', "did you mean closed_days?"),
    ],
)
def test_a_mistake_in_reviews_is_refused_with_its_place(
    tmp_path: Path, text: str, said: str
) -> None:
    assert said in complaint(tmp_path, f"[reviews]\n{text}\n")


@pytest.mark.proves("S53")
def test_the_form_asks_what_the_operator_chose_and_his_own_questions_after_that(
    database: Database, key_file: Path
) -> None:
    own = {"id": "first_coin", "texts": {"en": "Which coin first?", "sv": "Vilket mynt först?"}}
    reviews = {"questions": ["reason", "created"], "own_questions": [own]}
    asked = Portvakt(settings_for(database, key_file, reviews=reviews)).kit.questions
    assert [q.id for q in asked] == ["reason", "created", "first_coin"]
    assert asked[-1].checker is None, "a reviewer reads the answer; nothing compares it"


# ── people ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def alone(new_database: Callable[[], Database]) -> Database:
    """Where nobody was ever added."""
    return new_database()


@pytest.fixture
def running(alone: Database, key_file: Path) -> Iterator[Portvakt]:
    with Portvakt(settings_for(alone, key_file)).running() as there:
        yield there


@pytest.fixture
def config(tmp_path: Path, alone: Database, key_file: Path) -> Path:
    """A settings file for the same database with the same keys."""
    shutil.copy(key_file, tmp_path / "portvakt.keys")
    return configured(tmp_path, alone, MAIL)


def colleague(portvakt: Portvakt) -> Holder:
    holder = Holder(portvakt)
    holder.signs_up()
    holder.binds_totp()
    return holder


def told(portvakt: Portvakt, holder: Holder, subject: str) -> int:
    assert portvakt.sandbox is not None
    return sum(m["subject"] == subject for m in portvakt.sandbox.messages(holder.email))


@pytest.mark.proves("S95")
def test_the_first_two_may_vote_at_once_and_a_third_only_by_break_glass_a_day_later(
    running: Portvakt, config: Path
) -> None:
    first, second, third = (colleague(running) for _ in range(3))
    for holder, name in ((first, "Anna"), (second, "Bo")):
        done = typed("staff", "add", holder.email, "--name", name, "--config", config)
        assert done.exit_code == 0, done.output
        assert f"{name} is reviewer\n" in done.output
        assert running.desk.who(holder.account) is not None
    add = ("staff", "add", third.email, "--name", "Cia", "--role", "lead", "--config", config)
    refused = typed(*add)
    assert refused.exit_code == 1
    assert "--break-glass" in refused.output
    done = typed(*add, "--break-glass")
    assert "Cia is lead, from a day from now" in done.output
    assert running.desk.who(third.account) is None
    what = Text("do.add_staff")
    ours = messages.say("notice.staff_commanded.subject", "en", what=what)
    his = messages.say("notice.add_staff.subject", "en", role="Lead")
    assert [told(running, h, ours) for h in (first, second, third)] == [2, 1, 0]
    assert [told(running, h, his) for h in (first, second, third)] == [0, 0, 1]
    third.waits(timedelta(days=1))
    assert running.desk.who(third.account) is not None


def test_a_role_is_taken_away_at_once_the_others_hear_of_it_and_the_list_says_so(
    running: Portvakt, config: Path
) -> None:
    first, second = colleague(running), colleague(running)
    for holder, name in ((first, "Anna"), (second, "Bo")):
        typed("staff", "add", holder.email, "--name", name, "--config", config)
    done = typed("staff", "remove", first.email, "--config", config)
    assert done.exit_code == 0, done.output
    assert running.desk.who(first.account) is None
    listed = typed("staff", "list", "--config", config).output.splitlines()
    assert [("Anna" in text, "removed" in text) for text in listed] == [
        (True, True),
        (False, False),
    ]
    what = Text("do.remove_staff")
    subject = messages.say("notice.staff_commanded.subject", "en", what=what)
    his = messages.say("notice.remove_staff.subject", "en")
    assert [told(running, h, subject) for h in (first, second)] == [0, 1]
    assert [told(running, h, his) for h in (first, second)] == [1, 0]
    again = typed("staff", "remove", first.account, "--config", config)
    assert (again.exit_code, "has no role" in again.output) == (1, True)


def test_a_role_needs_an_account_an_authenticator_and_a_role_that_there_is(
    running: Portvakt, config: Path
) -> None:
    bare = Holder(running)
    bare.signs_up()
    for address, role, said in (
        ("nobody@example.com", "reviewer", "there is no account with this address"),
        (bare.email, "reviewer", "no authenticator app yet"),
        (bare.email, "king", "king is no role; there are reviewer"),
        ("not an address", "reviewer", "there is no account with this address"),
    ):
        done = typed("staff", "add", address, "--name", "X", "--role", role, "--config", config)
        assert done.exit_code == 1
        assert said in done.output
        assert "Traceback" not in done.output
    assert running.team.everybody() == []


# ── doctor and metrics ────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("S95")
def test_the_doctor_fails_with_fewer_than_two_reviewers_and_warns_where_nobody_was_ever_added(
    running: Portvakt, config: Path
) -> None:
    nobody = typed("doctor", "--config", config)
    assert line(nobody, "reviewers").startswith("warn")
    assert "reviewed cases cannot be decided" in line(nobody, "reviewers")
    first, second = colleague(running), colleague(running)
    running.team.add(first.email, "Anna", "reviewer")
    running.team.add(second.email, "Bo", "auditor")
    one = typed("doctor", "--config", config)
    assert line(one, "reviewers").startswith("FAIL")
    assert "1 may vote now, 2 are needed" in line(one, "reviewers")
    assert "portvakt staff add" in one.output
    running.team.remove(second.email)
    running.team.add(second.email, "Bo", "lead")
    assert line(typed("doctor", "--config", config), "reviewers").startswith("ok")


@pytest.mark.proves("A58")
def test_the_doctor_says_which_years_have_business_days_and_names_a_country_without(
    tmp_path: Path, database: Database
) -> None:
    file = configured(tmp_path, database, MAIL)
    year = datetime.now(UTC).year
    done = line(typed("doctor", "--config", file), "calendar")
    assert done.startswith("ok")
    assert f"business days of SE in {year} and {year + 1}" in done
    file.write_text(file.read_text().replace("[operator]\n", '[operator]\ncountry = "XX"\n'))
    done = line(typed("doctor", "--config", file), "calendar")
    assert done.startswith("FAIL")
    assert "no holidays are known for XX" in done


@pytest.mark.proves("A103", "A106")
def test_the_doctor_sees_a_service_that_could_unsay_a_vote(database: Database) -> None:
    assert list(health.look(database.app_url).rights) == []
    rights = health.look(database.owner_url).rights
    assert {"UPDATE on votes", "DELETE on votes", "UPDATE on evidence_views"} <= set(rights)


@pytest.mark.proves("S95")
def test_the_figures_count_open_cases_and_those_past_their_due_time(running: Portvakt) -> None:
    def counted() -> tuple[float | None, float | None]:
        metrics.figures(running.db)
        return tuple(REGISTRY.get_sample_value(f"portvakt_cases_{n}") for n in ("open", "overdue"))  # type: ignore[return-value]

    assert counted() == (0, 0)
    holder = colleague(running)
    begun = holder.start("change_password")
    with running.db.tx() as tx:
        now = tx.now()
        assert cases.add(tx, begun.flow.id, "7K3M-9QX2", holder.account, "reset_second_factor",
                         lost=["totp"], long_tier=False, level=2, submitted=now, earliest=now,
                         due=now + timedelta(minutes=1), score=50, verdict="look", sealed=b"x")  # fmt: skip
    assert counted() == (1, 0)
    holder.waits(timedelta(seconds=61))
    assert counted() == (1, 1)
