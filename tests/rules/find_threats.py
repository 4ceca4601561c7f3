"""Searches the tables of threats and of ways back and keeps them: `python -m tests.rules.find_threats [DEPTH]`.
Takes about half an hour; then run `make docs`. With a depth, cells are looked for only so deep, and what
was found deeper before is kept where it is sooner."""

from __future__ import annotations

import sys
from typing import Any

from tests.rules import find_ways_back
from tests.rules import test_ways_back as ways_back
from tests.rules.finding import keep, searching
from tests.rules.rewinding import RewindingPlace
from tests.rules.test_threats import DEEP, FOUND, kept, search
from tests.rules.threats import ACCOUNTS, POWERS


def found(place: RewindingPlace, most: int) -> dict[str, dict[str, Any]]:
    before = kept() if FOUND.exists() and most < DEEP else {}
    table: dict[str, dict[str, Any]] = {}
    for power in POWERS:
        table[power] = {}
        for account in ACCOUNTS:
            near, cell = (
                search(place, power, account, 1),
                search(place, power, account, most).plain(),
            )
            if cell["earliest"] == "never" and before:
                cell = before[power][account]
            cell["stops"] = {k: sorted(v) for k, v in sorted(near.stops.items())}
            table[power][account] = cell
            print(power, "|", account, "|", cell, flush=True)
    return table


def main(most: int) -> None:
    with searching() as place:
        keep(FOUND, found(place, most))
        keep(ways_back.FOUND, find_ways_back.found(place))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEEP)
