"""The table of docs/recovery.md is found by playing, not written: an owner who has lost part of what is
bound, through the real door on a real database, with reviewers who approve (tests/rules/ways_back.py).

What was found is kept in ways_back.json, which the page shows. By day every way that it names is gone again,
with each wait and to the hour; `make nightly` searches all of them anew. `python -m tests.rules.find_ways_back`
writes what it finds (make nightly says when that is needed)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portvakt.core import Portvakt
from tests.core.conftest import key_file, portvakt  # noqa: F401  fixtures
from tests.database import Database
from tests.rules.rewinding import Rewinding, RewindingPlace
from tests.rules.ways_back import SHAPES, Back, Stand, losses
from tests.sizes import NIGHTLY, size

FOUND = Path(__file__).with_name("ways_back.json")
WEEK, MONTH = 7 * 24, 30 * 24


def kept() -> dict[str, dict[str, dict[str, Any]]]:
    read: dict[str, dict[str, dict[str, Any]]] = json.loads(FOUND.read_text("utf-8"))
    return read


def cells() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for shape, row in kept().items():
        for lost, cell in row.items():
            yield shape, lost, cell


def named(lost: tuple[str, ...]) -> str:
    return " + ".join(lost)


def search(stand: Stand, lost: tuple[str, ...]) -> dict[str, Any]:
    """The best way of all; a cell without one is a dead end."""
    with stand.place.rewinding.taken_back():
        way = Back(stand, lost).search()
    assert way is not None, f"no way back: {stand.shape}, {named(lost)}"
    return way.plain()


@pytest.fixture(scope="module")
def place(portvakt: Portvakt, database: Database) -> Iterator[RewindingPlace]:  # noqa: F811
    db = Rewinding(database.owner_url)
    yield RewindingPlace(portvakt, db)
    db.close()


@pytest.mark.proves("S41", "S59", "S72", "S106")
@pytest.mark.timeout(size(120, 3600))
@pytest.mark.parametrize("shape", SHAPES)
def test_every_way_back_that_the_page_names_is_gone_to_its_end(
    place: RewindingPlace, shape: str
) -> None:
    known = kept()[shape]
    with place.rewinding.taken_back():
        stand = Stand(place, shape)
        for lost in losses(shape):
            if NIGHTLY:
                assert search(stand, lost) == known[named(lost)], lost
            with place.rewinding.taken_back():
                gone = Back(stand, lost).follows(tuple(known[named(lost)]["path"]))
            assert gone.plain() == known[named(lost)], lost


@pytest.mark.proves("S41", "S72", "S106")
def test_there_is_a_way_back_from_every_loss_of_every_account() -> None:
    """No dead end."""
    assert {shape: list(row) for shape, row in kept().items()} == {
        shape: [named(lost) for lost in losses(shape)] for shape in SHAPES
    }
    assert all(cell["path"] for _, _, cell in cells())


@pytest.mark.proves("S55", "A50")
def test_who_proves_less_waits_longer_and_is_held_longer() -> None:
    """Without reviewers nothing is got back that would not be proven by what is left; with them a business
    day passes and three days of hold, a week where identity had to be shown, a month and a month where nothing
    was proven at all."""
    for shape, lost, cell in cells():
        where = (shape, lost)
        if cell["reviewed"]:
            assert {"end of business day 1", "30 days"} & set(cell["waits"]), where
            assert cell["held"] >= 72, where
        if cell["evidence"]:
            assert cell["held"] >= WEEK, where
        if any("recover_account" in step for step in cell["path"]):
            assert cell["waits"][0] == "30 days", where
            assert cell["held"] >= MONTH, where
            assert cell["list_only"], where
        unreviewed = set(lost.split(" + ")) <= {"password", "codes"}
        assert cell["reviewed"] or unreviewed, (
            where,
            "a factor is never given up without reviewers",
        )


@pytest.mark.proves("S41")
def test_whoever_has_lost_everything_gets_his_account_back_the_longest_way() -> None:
    for shape in SHAPES:
        *_, (lost, cell) = kept()[shape].items()
        assert "recover_account" in cell["path"], (shape, lost)
