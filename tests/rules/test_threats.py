"""The table of docs/threats.md is found by playing, not written: a thief with what he stole against an
account with what is bound, through the real door on a real database (tests/rules/threats.py).

What was found is kept in threats.json, which the page shows. By day every way that it names is gone
again, to the hour, and what one action comes to is searched; `make nightly` searches all of it anew.
`python -m tests.rules.find_threats` writes what it finds (make nightly says when that is needed)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portvakt.core import Portvakt
from portvakt.settings import parse_duration
from portvakt.tighten import tightened
from tests.core.conftest import key_file, portvakt  # noqa: F401  fixtures
from tests.database import Database
from tests.rules.conspiring import CONSPIRACIES, FURTHER, Conspiracy
from tests.rules.rewinding import Rewinding, RewindingPlace
from tests.rules.threats import ACCOUNTS, POWERS, Cell, Search
from tests.sizes import NIGHTLY, size

FOUND = Path(__file__).with_name("threats.json")
DEEP = 4  # actions one after another; waiting comes on top of that
THIEVES = {**POWERS, **CONSPIRACIES}
CELLS = [
    pytest.param(power, account, id=f"{power}/{account}")
    for power in THIEVES
    for account in ACCOUNTS
]
#: Whoever has the password and the strongest factor is the owner, as far as anybody can know.
AT_ONCE = {("mailbox + SIM + password", "both")}


def kept() -> dict[str, dict[str, dict[str, Any]]]:
    read: dict[str, dict[str, dict[str, Any]]] = json.loads(FOUND.read_text("utf-8"))
    return read


@pytest.fixture(scope="module")
def place(portvakt: Portvakt, database: Database) -> Iterator[RewindingPlace]:  # noqa: F811
    db = Rewinding(database.owner_url)
    yield RewindingPlace(portvakt, db)
    db.close()


def against(place: RewindingPlace, power: str, account: str, most: int = 0) -> Search:
    """This thief before this account. Who has people goes deeper, and tries less."""
    if power in CONSPIRACIES:
        return Conspiracy(place, CONSPIRACIES[power], ACCOUNTS[account], FURTHER if most > 1 else most)  # fmt: skip
    return Search(place, POWERS[power], ACCOUNTS[account], most)


def search(place: RewindingPlace, power: str, account: str, most: int) -> Cell:
    with place.rewinding.taken_back():
        return against(place, power, account, most).run()


def near(place: RewindingPlace, power: str, account: str, known: dict[str, Any]) -> Cell | None:
    """What one action comes to. Nobody waits for what is there and is gone again anyway."""
    if power in CONSPIRACIES and known["earliest"] != "never":
        return None
    return search(place, power, account, 1)


@pytest.mark.proves("S20", "S91", "A36", "A53", "A55")
@pytest.mark.timeout(size(120, 3600))
@pytest.mark.parametrize(("power", "account"), CELLS)
def test_a_thief_comes_no_further_and_no_sooner_than_the_page_says(
    place: RewindingPlace, power: str, account: str
) -> None:
    known = kept()[power][account]
    close = near(place, power, account, known)
    stops = close.stops if close else {}
    assert {k: sorted(v) for k, v in stops.items()} == known["stops"]
    if known["earliest"] != "never":
        with place.rewinding.taken_back():
            gone = against(place, power, account).follows(tuple(known["path"]))
        assert gone.plain()["earliest"] == known["earliest"]
        assert list(gone.told) == known["told"], "who was told before"
    found = search(place, power, account, DEEP) if NIGHTLY else close
    sooner = found.plain()["earliest"] if found else "never"
    assert sooner == (known["earliest"] if NIGHTLY else "never") or sooner == known["earliest"]


@pytest.mark.proves("S20", "S91")
def test_no_thief_of_the_table_takes_value_out_at_once() -> None:
    """Every cell is a day or more, or never, and each never says what stops the thief. The one exception is
    whoever has the password and the strongest factor of an account without an authenticator app."""
    for power, cells in kept().items():
        for account, cell in cells.items():
            if cell["earliest"] == "never":
                assert cell["stops"], (power, account)
            elif (power, account) in AT_ONCE:
                assert cell["earliest"] == "0h"
            else:
                assert int(cell["earliest"].removesuffix("h")) >= 24, (power, account)
                assert cell["told"], "somebody hears of it first"


def test_the_table_has_every_thief_and_every_account() -> None:
    assert {power: set(cells) for power, cells in kept().items()} == {p: set(ACCOUNTS) for p in THIEVES}  # fmt: skip


@pytest.mark.proves("S95", "A50")
def test_people_are_no_short_way_in() -> None:
    """One reviewer who is bribed is worth nothing. Where two are deceived, or the operator's command makes
    accomplices, a business day passes and the hold of the row, and somebody is told who is not theirs."""
    found = kept()
    assert {c["earliest"] for c in found["password + one bribed reviewer"].values()} == {"never"}
    days = {"password + operator with a shell": 8, "operator with a shell": 60}
    for power, least in days.items():
        for account, cell in found[power].items():
            assert int(cell["earliest"].removesuffix("h")) >= 24 * least, (power, account)
            assert set(cell["told"]) & {"e-mail", "SMS"}, (power, account)
    for account, cell in found["mailbox + SIM + password"].items():
        if "TOTP" in account:
            assert int(cell["earliest"].removesuffix("h")) >= 4 * 24, account


@pytest.mark.proves("S97", "A36")
@pytest.mark.parametrize("account", ["both", "phone + TOTP"])
def test_a_hold_for_new_devices_delays_who_has_the_password_and_the_phone_too(
    place: RewindingPlace, account: str
) -> None:
    """A leaked password and a swapped SIM are all that is asked where SMS is the strongest factor: there
    the operator's `[policy.sign_in] new_device_hold` makes a day of nothing."""
    stolen = frozenset({"password", "sim"})
    actions = tightened({"sign_in": {"new_device_hold": "24h"}}, parse_duration)
    held = RewindingPlace(place.portvakt, place.rewinding, actions)
    found = []
    for here in (place, held):
        with place.rewinding.taken_back():
            found.append(Search(here, stolen, ACCOUNTS[account], 2).run().plain()["earliest"])
    assert found == (["0h", "24h"] if account == "both" else ["never", "never"])
