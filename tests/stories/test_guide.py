"""Restoring a lost authenticator by the guide (S40-S47, S49, S109), where keys have 16 characters.

Whatever the guide says is done as it says, by an authenticator that knows nothing of ours."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg
import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from tests.database import Database
from tests.stories.page import Element, read
from tests.stories.person import Person

pytestmark = pytest.mark.parametrize("face", ["html"])

OPERATOR: Final = "Norrbank"
GUIDE: Final = "/help/authenticator"
#: everything that the server knows of an account, but not when it was last looked at
_ROWS: Final = {
    "factors": "select * from factors where account = %(account)s",
    "holds": "select * from holds where account = %(account)s",
    "audit": "select * from audit where account = %(account)s",
    "flows": "select id, status from flows where account = %(account)s",
    "messages": "select id from messages where account = %(account)s",
    "sessions": "select id, ended_at from sessions where account = %(account)s",
}


@pytest.fixture(scope="module")
def own_settings() -> Mapping[str, Mapping[str, Any]]:
    return {
        "operator": {
            "name": OPERATOR,
            "base_url": "http://localhost:8700",
            "support_address": "help@norrbank.example",
        },
        "totp": {"key_characters": 16},
    }


class StrangersApp:
    """A library that we do not make codes with, given name and key by hand. The rest is what such an
    entry always gets: SHA-1, 6 digits, 30 seconds, counted from 1970 (S47)."""

    def __init__(self, name: str, key: str) -> None:
        self.name = name
        secret = base64.b32decode(key.replace(" ", ""), casefold=True)
        self._totp = TOTP(secret, 6, SHA1(), 30, enforce_key_length=False)

    def code(self, at: datetime) -> str:
        return self._totp.generate(int(at.timestamp())).decode()


def guide(person: Person, language: str = "en") -> Element:
    answer = person.face.request("GET", GUIDE, headers={"accept-language": language})  # type: ignore[attr-defined]
    assert answer.status_code == 200
    main = read(answer.text).one("main")
    assert main is not None
    return main


def name_to_type(page: Element) -> str:
    shown = page.one("output", "name")
    assert shown is not None
    return shown.text


def pressed(page: Element) -> list[str]:
    """What the guide says to press, in its order."""
    return [e.text for e in page.all("strong", "press")]


def rows(database: Database, account: str) -> dict[str, list[Any]]:
    with psycopg.connect(database.admin_url) as looking:
        found = {n: looking.execute(q, {"account": account}).fetchall() for n, q in _ROWS.items()}
    return {name: sorted(each, key=repr) for name, each in found.items()}


def wait_for_a_fresh_step(person: Person) -> None:
    """So that no step of 30 seconds ends between two looks at the clock."""
    gone = person.world.now().timestamp() % 30
    if gone > 15:
        person.world.passes(f"{30 - int(gone) + 1}s")


@pytest.mark.proves("S40", "S41")
def test_the_guide_names_the_causes_and_the_two_ways_out(person: Person) -> None:
    said = guide(person).text
    for cause in ("uninstalled the app", "changed your phone", "reset the system", "like that"):
        assert cause in said
    assert "it gives no codes" in said
    ways = {a.attributes["href"] for a in guide(person).all("a")}
    assert {"#move", "#key", "#reset"} <= ways
    last = guide(person).one("section", id_="reset")
    assert last is not None
    assert "Then nobody can bring the old codes back" in last.text
    assert "/lost-authenticator" in {a.attributes["href"] for a in last.all("a")}
    assert "you log in and bind the app again" in last.text


@pytest.mark.proves("S42", "S109")
def test_the_guide_leads_through_the_transfer_from_the_old_phone(person: Person) -> None:
    moving = guide(person).one("section", id_="move")
    assert moving is not None
    old, new = moving.all("ol")
    assert pressed(old) == ["≡", "Transfer accounts", "Export accounts"]
    assert "Choose the account" in old.text
    assert pressed(new) == ["≡", "Transfer accounts", "Import accounts"]
    assert "Scan the QR code that the old phone shows" in new.text


@pytest.mark.proves("S42", "S44", "S45")
def test_in_swedish_the_buttons_are_called_as_in_the_source(person: Person) -> None:
    page = guide(person, "sv")
    assert pressed(page) == [
        "≡", "Överför konton", "Exportera konton", "≡", "Överför konton", "Importera konton", "+",
        "Ange en konfigurationsnyckel", "Kontonamn", "Hemlig nyckel", "Tidsbaserat", "Nyckeltyp",
        "Lägg till",
    ]  # fmt: skip
    assert name_to_type(page) == "Norrbank (ditt Norrbank-konto)"


@pytest.mark.proves("S43", "S44", "S45", "S47", "S109")
def test_the_guide_leads_through_entering_the_sixteen_characters(person: Person) -> None:
    page = guide(person)
    way = page.one("section", id_="key")
    assert way is not None
    assert pressed(way) == [
        "+", "Enter a setup key", "Account name", "Secret key", "Key type", "Time based", "Add",
    ]  # fmt: skip
    assert "type the 16 characters" in way.text
    assert "letters A to Z and digits 2 to 7" in way.text
    assert "Check what you typed" in way.text
    assert name_to_type(page) == "Norrbank (your Norrbank account)"


@pytest.mark.proves("S44")
def test_who_is_logged_in_reads_the_account_name_that_stood_beside_his_key(holder: Person) -> None:
    key = holder.reaches_the_key()
    assert name_to_type(guide(holder)) == key.account_name == f"Norrbank ({holder.email})"


@pytest.mark.proves("S44")
def test_nobody_else_reads_an_account_name_of_somebody(holder: Person, other: Person) -> None:
    assert holder.email in guide(holder).text
    assert "@" not in name_to_type(guide(other))


@pytest.mark.proves("S43", "S45", "S46", "S47", "S109")
def test_a_strangers_app_gives_the_codes_again_and_nothing_changes_at_the_server(
    holder: Person, database: Database
) -> None:
    key = holder.reaches_the_key()
    assert re.fullmatch("[A-Z2-7]{16}", key.key)
    holder.authenticator.enter_key(key.account_name, key.key)
    holder.enters(new_totp=holder.authenticator.code()).is_done()
    before, told = rows(database, holder.account), holder.letters()
    grouped = " ".join(re.findall("....", key.key)).lower()  # as somebody types it from paper
    restored = StrangersApp(name_to_type(guide(holder)), grouped)
    wait_for_a_fresh_step(holder)
    now = holder.world.now()
    for later in (-1, 0, 1, 2880):
        there = restored.code(now + timedelta(seconds=30 * later))
        assert there == holder.authenticator.code_at(later)
    assert rows(database, holder.account) == before
    assert holder.letters() == told, "no notice"


@pytest.mark.proves("S46", "S109")
def test_the_restored_app_logs_in_as_the_old_one_did_without_hold_or_notice(
    holder: Person, database: Database
) -> None:
    key = holder.reaches_the_key()
    holder.authenticator.enter_key(key.account_name, key.key)
    holder.enters(new_totp=holder.authenticator.code()).is_done()
    account, holds, told = holder.account, holder.security.holds, holder.letters()
    (factor,) = [f[:4] for f in rows(database, account)["factors"] if f[2] == "totp"]
    restored = StrangersApp(name_to_type(guide(holder)), key.key)
    holder.closes_everything().gives_password()
    holder.world.passes("1m")
    holder.enters(totp=restored.code(holder.world.now())).is_signed_in()
    assert factor in [f[:4] for f in rows(database, account)["factors"]]
    assert holder.security.holds == holds
    assert holder.letters() == told


@pytest.mark.proves("S49", "S50")
def test_the_link_stands_under_the_code_field_and_only_behind_the_right_password(
    holder: Person,
) -> None:
    holder.binds_totp().closes_everything().gives_password("not the password at all")
    holder.is_refused("sign_in_failed").does_not_read("Lost 2-factor authentication?")
    holder.gives_password().is_asked_for("totp").reads("Lost 2-factor authentication?")
    link = next(a for a in holder.face.page.all("a") if a.text.startswith("Lost 2"))  # type: ignore[attr-defined]
    assert link.attributes["href"] == GUIDE


def test_a_code_by_message_has_no_such_link(person: Person) -> None:
    person.begins("sign_up", identifier=person.email, robot="sandbox").is_asked_for("email_code")
    person.does_not_read("Lost 2-factor authentication?")


def test_help_with_codes_leads_to_the_guide(person: Person) -> None:
    person.face.open("/help/codes")  # type: ignore[attr-defined]
    links = {a.attributes["href"] for a in person.face.page.all("a")}  # type: ignore[attr-defined]
    assert GUIDE in links
