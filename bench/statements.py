"""What one request asks the database: read from the database's own log, told in short."""

from __future__ import annotations

import re
import time
from pathlib import Path

_PARENTHESES = re.compile(r"\([^()]*\)")
_CHANGE = re.compile(r"(insert into|update|delete from) (\w+)", re.IGNORECASE)
_FROM = re.compile(r"\bfrom (\w+)", re.IGNORECASE)


class StatementLog:
    """Reads what the database wrote since the last call. Every line of its log begins with `mark`
    and the name of the program that asked."""

    def __init__(self, log: Path, mark: str) -> None:
        self._log, self._mark = log, mark
        self._ours = re.compile(
            r"^(portvakt[^|]*)\|.*?(?:statement|execute [^:]*): (.*)$", re.DOTALL
        )
        self._at = log.stat().st_size

    def new(self) -> list[str]:
        """The statements of Portvakt since then, in their order, each on one line."""
        time.sleep(0.1)
        with self._log.open(errors="replace") as file:
            file.seek(self._at)
            text = file.read()
            self._at = file.tell()
        entries = (self._ours.match(entry) for entry in text.split(f"{self._mark} "))
        return [" ".join(found.group(2).split()) for found in entries if found is not None]


def asked(statements: list[str]) -> list[str]:
    """Those that ask or change something: opening and closing a transaction do not count."""
    return [s for s in statements if s.upper() not in ("BEGIN", "COMMIT")]


def gist(statement: str) -> str:
    """A statement in a few words: `insert into flows`, `select accounts`, `select facts`."""
    change = _CHANGE.match(statement)
    if change is not None:
        return f"{change.group(1)} {change.group(2)}"
    before = ""
    while before != statement:
        before, statement = statement, _PARENTHESES.sub("", statement)
    table = _FROM.search(statement)
    if table is None:
        return "select now"
    # the one statement that reads all facts begins with the instant, which it calls t
    return f"select {'facts' if table.group(1) == 't' else table.group(1)}"
