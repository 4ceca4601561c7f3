"""The automatic assessment of a case (S54): a score from data, explainable line by line, measured by the
account's security level. It sorts and flags, and may call an application plain nonsense; it never
approves, and answers alone never suffice (NIST SP 800-63B-4 §3.1.1.2, ASVS 6.4.2).

Pure: no I/O, no clock. What a line says about the account is for reviewers alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from portvakt.model import Facts

#: What a right, an unclear and a wrong answer count of their weight.
RIGHT, UNCLEAR, WRONG = 1.0, 0.4, 0.0
#: By security level: from this score up an application looks plain, from the second it must be looked at
#: with care, below that it is doubtful. A high level asks for more.
THRESHOLDS: Final[Mapping[int, tuple[int, int]]] = {
    0: (60, 35), 1: (65, 40), 2: (70, 45), 3: (75, 50), 4: (80, 55),
}  # fmt: skip
_NONSENSE: Final = 10  # nothing fits at all


@dataclass(frozen=True, slots=True)
class Question:
    """Something the form asks. `checker` names the comparison, or None where a reviewer reads. `texts`
    are the operator's own words by language; ours stand in `messages/` by the id."""

    id: str
    kind: str = "text"  # text | long | month
    checker: str | None = None
    weight: int = 0
    optional: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)


#: What is asked where the operator says nothing else.
QUESTIONS: Final = (
    Question("created", "month", "created", 25),
    Question("places", "text", None, 0),
    Question("devices", "text", "devices", 20),
    Question("recent", "text", "recent", 30),
    Question("balance", "text", "balance", 25, optional=True),
    Question("reason", "long", None, 0),
    Question("statement", "long", None, 0, optional=True),
)


@dataclass(frozen=True, slots=True)
class Known:
    """What we and the platform know about the account."""

    facts: Facts
    devices: tuple[str, ...] = ()
    recent: tuple[
        Mapping[str, Any], ...
    ] = ()  # what the platform says happened: amount, asset, at …
    balances: Mapping[str, str] = field(default_factory=dict)  # asset → amount


@dataclass(frozen=True, slots=True)
class Line:
    """One claim beside what is known: `counts` is None where a reviewer reads."""

    question: str
    claim: str
    known: str
    weight: int
    counts: float | None


@dataclass(frozen=True, slots=True)
class Assessment:
    lines: tuple[Line, ...]
    score: int  # 0–100, of what could be compared; 0 where nothing could
    verdict: str  # plain | look | doubtful | nonsense


def _words(text: str) -> set[str]:
    return {w for w in re.findall(r"[a-z0-9]+", text.casefold()) if len(w) > 2}


def _created(claim: str, known: Known) -> tuple[str, float]:
    account = known.facts.account
    said = re.fullmatch(r"\s*(\d{4})-(\d{1,2})(?:-\d{1,2})?\s*", claim)
    if account is None:
        return "", UNCLEAR
    at = account.created_at
    if said is None:
        return f"{at:%Y-%m}", WRONG
    months = abs((at.year - int(said[1])) * 12 + at.month - int(said[2]))
    return f"{at:%Y-%m}", RIGHT if months <= 1 else UNCLEAR if months <= 3 else WRONG


def _devices(claim: str, known: Known) -> tuple[str, float]:
    names = ", ".join(known.devices)
    hit = _words(claim) & _words(names)
    return names, RIGHT if hit else WRONG if known.devices else UNCLEAR


def _numbers(text: str) -> set[str]:
    """Amounts in any spelling: `1 000,50` and `1000.5` are the same."""
    found = re.findall(r"\d[\d\s'.,]*", text)
    plain = (
        n.replace(" ", "").replace("\u00a0", "").replace("'", "").replace(",", ".").strip(".")
        for n in found
    )
    return {p.rstrip("0").rstrip(".") if "." in p else p for p in plain if p.count(".") <= 1}


def _recent(claim: str, known: Known) -> tuple[str, float]:
    if not known.recent:
        return "", UNCLEAR
    said = "; ".join(" ".join(str(v) for v in one.values()) for one in known.recent)
    amounts = {n for one in known.recent for n in _numbers(str(one.get("amount", "")))}
    hits = len(_numbers(claim) & amounts)
    return said, RIGHT if hits > 1 or hits == len(amounts) else UNCLEAR if hits else WRONG


def _balance(claim: str, known: Known) -> tuple[str, float]:
    if not known.balances:
        return "", UNCLEAR
    said = "; ".join(f"{asset} {amount}" for asset, amount in known.balances.items())
    close = any(
        _near(a, b) for a in _numbers(claim) for b in _numbers(" ".join(known.balances.values()))
    )
    return said, RIGHT if close else WRONG


def _near(left: str, right: str) -> bool:
    """Within a tenth: nobody knows his balance to the last digit."""
    try:
        a, b = float(left), float(right)
    except ValueError:
        return False
    return abs(a - b) <= 0.1 * max(abs(a), abs(b))


CHECKERS: Final[Mapping[str, Callable[[str, Known], tuple[str, float]]]] = {
    "created": _created, "devices": _devices, "recent": _recent, "balance": _balance,
}  # fmt: skip


def assess(
    questions: tuple[Question, ...], answers: Mapping[str, str], known: Known, level: int
) -> Assessment:
    """Compares what was claimed with what is known. An answer left out counts as wrong where the
    question may not be left out, and not at all where it may."""
    lines = []
    for question in questions:
        claim = answers.get(question.id, "").strip()
        checker = CHECKERS.get(question.checker or "")
        if checker is None:
            lines.append(Line(question.id, claim, "", 0, None))
        elif not claim and question.optional:
            lines.append(Line(question.id, "", checker("", known)[0], 0, None))
        else:
            said, counts = checker(claim, known)
            lines.append(Line(question.id, claim, said, question.weight, counts))
    weights = sum(line.weight for line in lines)
    reached = sum(line.weight * (line.counts or 0.0) for line in lines)
    score = round(100 * reached / weights) if weights else 0
    plain, look = THRESHOLDS[level]
    verdict = (
        "plain"
        if score >= plain
        else "look"
        if score >= look
        else "doubtful"
        if score > _NONSENSE
        else "nonsense"
    )
    return Assessment(tuple(lines), score, verdict)
