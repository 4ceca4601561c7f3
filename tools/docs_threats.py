"""The tables of docs/threats.md, made from what tests/rules/test_threats.py found and keeps."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Any, Final

FOUND: Final = Path(__file__).parents[1] / "tests" / "rules" / "threats.json"
_ASKED: Final = {
    "password": "the password",
    "passkey": "a passkey",
    "totp": "a code of the authenticator app",
    "email_code": "a code sent to the e-mail address",
    "sms_code": "a code sent to the phone",
    "recovery_code": "a recovery code",
    "sign_in_failed": "a recovery code that is not used yet",
    "second_approval": "the approval of a second reviewer, who is drawn",
}
_WHERE: Final = {
    "sign_in": "Logging in",
    "reset_password": "A reset",
    "bind_totp": "Binding a second factor",
    "approve_protected_action": "Approving the withdrawal",
    "decide_case": "A case",
}
Cells = dict[str, dict[str, dict[str, Any]]]


def _found() -> Cells:
    read: Cells = json.loads(FOUND.read_text("utf-8"))
    return read


def markdown_table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def times(_: str) -> str:
    """One row per thief, one column per account."""
    found = _found()
    accounts = list(next(iter(found.values())))
    rows = [[power, *(cells[account]["earliest"] for account in accounts)]
            for power, cells in found.items()]  # fmt: skip
    return markdown_table(["the thief has", *accounts], rows)


def ways(_: str) -> str:
    """How it is done where it can be done, and who is told before."""
    rows = []
    for power, cells in _found().items():
        for account, cell in cells.items():
            if cell["earliest"] != "never":
                steps = [f"`{s}`" if "_" in s else s.split()[0] for s, _ in groupby(cell["path"])]
                rows.append([power, account, cell["earliest"], ", ".join(steps), "; ".join(cell["told"])])  # fmt: skip
    head = ["the thief has", "account", "after", "the quickest way found", "told before"]
    return markdown_table(head, rows)


def stops(_: str) -> str:
    """What he lacks, where it is never."""
    rows = []
    for power, cells in _found().items():
        for account, cell in cells.items():
            if cell["earliest"] == "never":
                rows.append([power, account, " ".join(_sentence(*stop) for stop in cell["stops"].items())])  # fmt: skip
    return markdown_table(["the thief has", "account", "what stops him"], rows)


def _sentence(where: str, asked: list[str]) -> str:
    return f"{_WHERE[where]} asks for {' or '.join(_ASKED[a] for a in asked)}."


BLOCKS: Final = {"threats.times": times, "threats.ways": ways, "threats.stops": stops}
