"""Searches the whole table of ways back and keeps it: `python -m tests.rules.find_ways_back`. Takes about
five minutes; then run `make docs`. With `--account` only that one is searched anew."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from typing import Any

from tests.rules.finding import keep, searching
from tests.rules.rewinding import RewindingPlace
from tests.rules.test_ways_back import FOUND, kept, named, search
from tests.rules.ways_back import SHAPES, Stand, losses


def found(
    place: RewindingPlace, shapes: Collection[str] = tuple(SHAPES)
) -> dict[str, dict[str, dict[str, Any]]]:
    table: dict[str, dict[str, dict[str, Any]]] = {}
    for shape in SHAPES:
        if shape not in shapes:
            table[shape] = kept()[shape]
            continue
        table[shape] = {}
        with place.rewinding.taken_back():
            stand = Stand(place, shape)
            for lost in losses(shape):
                table[shape][named(lost)] = cell = search(stand, lost)
                print(shape, "|", named(lost), "|", cell, flush=True)
    return table


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--account", action="append", choices=SHAPES)
    with searching() as place:
        keep(FOUND, found(place, asked.parse_args().account or tuple(SHAPES)))
