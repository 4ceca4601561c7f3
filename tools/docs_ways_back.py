"""The tables of docs/recovery.md, made from what tests/rules/test_ways_back.py found and keeps."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

from tools.docs_threats import markdown_table

FOUND: Final = Path(__file__).parents[1] / "tests" / "rules" / "ways_back.json"
_LOST: Final = {
    "password": "password",
    "email": "mailbox",
    "phone": "phone",
    "totp": "authenticator",
    "passkey": "passkey",
    "codes": "recovery codes",
}
_TICKED: Final = {"phone": "the phone", "email": "the e-mail address"}
_WEEK: Final = 7 * 24
Cell = dict[str, Any]


def _found() -> dict[str, dict[str, Cell]]:
    read: dict[str, dict[str, Cell]] = json.loads(FOUND.read_text("utf-8"))
    return read


def kinds(_: str) -> str:
    """Every price that there is, the lowest first, and how many losses cost it."""
    prices = Counter(_price(cell) for cells in _found().values() for cell in cells.values())
    order = sorted(prices, key=lambda price: price[0])
    head = ["decided by", "wait", "then held for", "losses"]
    return markdown_table(head, [[*price[1:], str(prices[price])] for price in order])


def ways(_: str) -> str:
    """One table for each account, one row for everything that it can lose."""
    head = ["lost", "the way back", "decided by", "wait", "then held for"]
    parts = []
    for shape, cells in _found().items():
        rows = [[_lost(lost), ", ".join(_step(s) for s in cell["path"]), *_price(cell)[1:]]
                for lost, cell in cells.items()]  # fmt: skip
        parts.append(f"### {shape[0].upper()}{shape[1:]}\n\n{markdown_table(head, rows)}")
    return "\n\n".join(parts)


def _price(cell: Cell) -> tuple[tuple[Any, ...], str, str, str]:
    """What it is sorted by, who decides, the wait, the hold."""
    people = "nobody: it is proven"
    if cell["reviewed"]:
        people = "two reviewers" + (", who see identity" if cell["evidence"] else "")
    wait = ", then ".join(cell["waits"]) or "none"
    hold = f"{cell['held']} h" if cell["held"] < _WEEK else f"{cell['held'] // 24} days"
    hold += ", then the payout list alone" if cell["list_only"] else ""
    return (cell["reviewed"], cell["evidence"], cell["held"], len(wait)), people, wait, hold


def _lost(lost: str) -> str:
    return ", ".join(_LOST[thing] for thing in lost.split(" + "))


def _step(step: str) -> str:
    action, _, also = step.partition(", ticking ")
    return f"`{action}`" + (f" with {_TICKED[also]} ticked too" if also else "")


BLOCKS: Final = {"recovery.kinds": kinds, "recovery.ways": ways}
