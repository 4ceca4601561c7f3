"""Which requirement lines have a passing test? `make coverage-of-spec`.

Reads what `tests/proving.py` wrote (`--proofs FILE`) and compares it with `spec_lines.txt`.
Options: `--need S1,S2-S7` fails (exit code 1) when one of these lines is not proven.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from functools import cache
from pathlib import Path

_LINES = Path(__file__).with_name("spec_lines.txt")
_RANGE = re.compile(r"([SA])(\d+)(?:-\1?(\d+))?")


@cache
def known_lines() -> dict[str, str]:
    """Every requirement id with its sentence, in the order of the file."""
    rows = (line.split(" ", 1) for line in _LINES.read_text().splitlines())
    return {row[0]: row[1] for row in rows if len(row) == 2 and re.match(r"[SA]\d+$", row[0])}


def spread(wanted: str) -> list[str]:
    """`"S1-S3,A21"` → `["S1", "S2", "S3", "A21"]`. ValueError for anything else."""
    found: list[str] = []
    for part in filter(None, (piece.strip() for piece in wanted.split(","))):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise ValueError(f"not a line or a range of lines: {part}")
        kind, first, last = match.groups()
        numbers = range(int(first), int(last or first) + 1)
        digits = 2 if kind == "A" else 1
        found += [f"{kind}{number:0{digits}}" for number in numbers]
    return [line for line in found if line in known_lines()]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("proofs", type=Path)
    parser.add_argument("--need", default="", help="lines that must be proven, e.g. S1-S7,A21")
    parser.add_argument("--all", action="store_true", help="name the tests of proven lines too")
    chosen = parser.parse_args(arguments)
    if not chosen.proofs.exists():
        print(f"{chosen.proofs} is missing: run the tests first (make test)")
        return 1
    proofs: dict[str, dict[str, list[str]]] = json.loads(chosen.proofs.read_text())
    proven = {line for line, by in proofs.items() if by["passed"] and not by["failed"]}
    for line, says in known_lines().items():
        by = proofs.get(line, {"passed": [], "failed": []})
        if line in proven:
            if chosen.all:
                print(f"{line:5} proven by {len(by['passed'])}: {says}")
                print("".join(f"        {test}\n" for test in by["passed"]), end="")
        elif by["failed"]:
            print(f"{line:5} FAILS in {', '.join(by['failed'])}")
        else:
            print(f"{line:5} no passing test: {says}")
    for kind, name in (("S", "requirements"), ("A", "attack lines")):
        lines = [line for line in known_lines() if line.startswith(kind)]
        print(f"{name}: {sum(line in proven for line in lines)} of {len(lines)} proven")
    lacking = [line for line in spread(chosen.need) if line not in proven]
    if lacking:
        print(f"needed and not proven: {', '.join(lacking)}")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
