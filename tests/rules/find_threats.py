"""Searches the tables of threats and of ways back and keeps them: `python -m tests.rules.find_threats`.
Takes about half an hour; then run `make docs`. With a depth, cells are looked for only so deep, and what
was found deeper before is kept where it is sooner."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from typing import Any

from tests.rules import find_ways_back
from tests.rules import test_ways_back as ways_back
from tests.rules.finding import keep, searching
from tests.rules.rewinding import RewindingPlace
from tests.rules.test_threats import DEEP, FOUND, THIEVES, kept, near, search
from tests.rules.threats import ACCOUNTS


def found(place: RewindingPlace, most: int, thieves: Collection[str]) -> dict[str, dict[str, Any]]:
    before = kept() if FOUND.exists() else {}
    table: dict[str, dict[str, Any]] = {}
    for power in THIEVES:
        if power not in thieves:
            table[power] = before[power]
            continue
        table[power] = {}
        for account in ACCOUNTS:
            cell = search(place, power, account, most).plain()
            if cell["earliest"] == "never" and most < DEEP:
                cell = before[power][account]
            close = near(place, power, account, cell)
            cell["stops"] = {k: sorted(v) for k, v in sorted(close.stops.items())} if close else {}
            table[power][account] = cell
            print(power, "|", account, "|", cell, flush=True)
    return table


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("depth", nargs="?", type=int, default=DEEP)
    asked.add_argument("--thief", action="append", choices=THIEVES, help="only this one anew")
    said = asked.parse_args()
    with searching() as place:
        keep(FOUND, found(place, said.depth, said.thief or THIEVES))
        if not said.thief:
            keep(ways_back.FOUND, find_ways_back.found(place))


if __name__ == "__main__":
    main()
