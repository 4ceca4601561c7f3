"""Searches the whole table of ways back and keeps it: `python -m tests.rules.find_ways_back`. Takes about
five minutes; then run `make docs`."""

from __future__ import annotations

from typing import Any

from tests.rules.finding import keep, searching
from tests.rules.rewinding import RewindingPlace
from tests.rules.test_ways_back import FOUND, named, search
from tests.rules.ways_back import SHAPES, Stand, losses


def found(place: RewindingPlace) -> dict[str, dict[str, dict[str, Any]]]:
    table: dict[str, dict[str, dict[str, Any]]] = {}
    for shape in SHAPES:
        table[shape] = {}
        with place.rewinding.taken_back():
            stand = Stand(place, shape)
            for lost in losses(shape):
                table[shape][named(lost)] = cell = search(stand, lost)
                print(shape, "|", named(lost), "|", cell, flush=True)
    return table


if __name__ == "__main__":
    with searching() as place:
        keep(FOUND, found(place))
