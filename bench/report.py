"""From figures to rows, and from rows to the table in docs/performance.md and to JSON."""

from __future__ import annotations

import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import _argon2_cffi_bindings  # type: ignore[import-untyped]
import psutil
import psycopg

from bench.measure import STORM_READERS, Figures
from bench.stand import Stand, cores
from bench.statements import asked

BEGIN: Final = "<!-- measured: begin -->"
END: Final = "<!-- measured: end -->"
_PARTS: Final = ("uvicorn", "uvloop", "httptools", "starlette", "psycopg", "argon2-cffi",
                 "argon2-cffi-bindings")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `least` or `most` is the gate; a row without one is only told."""

    id: str
    what: str
    value: float
    unit: str = ""
    least: float | None = None
    most: float | None = None
    aim: str = ""
    of: str = ""

    @property
    def ok(self) -> bool:
        return (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )

    @property
    def gate(self) -> str:
        if self.least is not None:
            return f"≥ {self.least:g}"
        return f"≤ {self.most:g}" if self.most is not None else ""

    @property
    def said(self) -> str:
        digits = 0 if abs(self.value) >= 100 or self.value == int(self.value) else 2
        return f"{self.value:,.{digits}f}{' ' + self.unit if self.unit else ''}"


def rows(f: Figures) -> list[Row]:
    """The table, gates as docs/performance.md explains them."""
    m = f.median
    storm = f"storm_p99_{STORM_READERS}"
    return [
        Row("a", "sign-ins ÷ bare Argon2id verifications", f.ratio("sign_ins", "hashes"), least=0.70, aim="0.90",
            of=f"{m('sign_ins'):.0f}/s ÷ {m('hashes'):.0f}/s"),
        Row("b", "GET /v1/me ÷ one bare indexed SELECT", f.ratio("checks", "selects"), least=0.45,
            of=f"{m('checks'):,.0f}/s ÷ {m('selects'):,.0f}/s"),
        Row("c", f"p99 of session checks ({STORM_READERS} connections) while 8 clients sign in ÷ p99 alone",
            f.ratio(storm, "check_alone_p99"), most=8, aim="2",
            of=f"{m(storm):.2f} ms ÷ {m('check_alone_p99'):.2f} ms"),
        Row("c1", "the same with one connection", f.ratio("storm_p99_1", "check_alone_p99"), most=8, aim="2",
            of=f"{m('storm_p99_1'):.2f} ms ÷ {m('check_alone_p99'):.2f} ms"),
        Row("d1", "memory of a serving process, idle (PSS)", m("pss_idle"), "MB", most=120),
        Row("d2", "memory of a serving process, after load (PSS)", m("pss_loaded"), "MB", most=180),
        Row("e", "cold start to the first 200, database included", m("cold"), "s", most=3),
        Row("f1", "statements per session check", len(asked(f.statements["check"])), most=1),
        Row("f2", "statements per sign-in, in transactions",
            len(asked(f.statements["sign_in"])), of=f"{_count(f.statements['sign_in'], 'COMMIT')} transactions"),
        Row("", "sign-in, p50", m("sign_in_p50"), "ms", of=f"p99 {m('sign_in_p99'):.0f} ms, 8 clients"),
        Row("", "session check alone, p50", m("check_alone_p50"), "ms",
            of=f"p99 {m('check_alone_p99'):.2f} ms, 1 client"),
        Row("", "session checks during the storm", m(f"storm_checks_{STORM_READERS}"), "/s",
            of=f"beside {m(f'storm_sign_ins_{STORM_READERS}'):.0f} sign-ins/s"),
        Row("", "processor per sign-in, service", m("sign_in_cpu_app"), "ms",
            of=f"database {m('sign_in_cpu_db'):.2f} ms; a bare hash {m('hash_cpu'):.1f} ms"),
        Row("", "processor per session check, service", m("check_cpu_app"), "ms",
            of=f"database {m('check_cpu_db'):.2f} ms"),
    ]  # fmt: skip


def _count(statements: Sequence[str], word: str) -> int:
    return sum(s.upper() == word for s in statements)


def table(lines: Sequence[Row]) -> str:
    """For the terminal."""
    width = max(len(r.what) for r in lines)
    return "\n".join(
        f"{r.id:3} {r.what:{width}}  {r.said:>12}  {r.gate:7} "
        f"{('ok' if r.ok else 'MISSED') if r.gate else '':7} {r.of}".rstrip()
        for r in lines
    )


def markdown(lines: Sequence[Row], about: dict[str, Any]) -> str:
    """For the page: the same rows, and under what they were measured."""
    out = [
        f"`{about['command']}` on {about['date']}: {about['rounds']} rounds of {about['seconds']:g} s, medians.",
        "",
        about["machine"],
        "",
        "| | figure | measured | gate | aim | from |",
        "|---|---|---|---|---|---|",
    ]
    out += [
        f"| {r.id} | {r.what} | **{r.said}**{'' if r.ok else ' (missed)'} | {r.gate} | {r.aim} | {r.of} |"
        for r in lines
    ]
    return "\n".join(out)


def into_page(page: Path, text: str) -> None:
    """Puts the table between the page's marks."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page.name} has no marks for the table")
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def about(stand: Stand, rounds: int, seconds: float) -> dict[str, Any]:
    """Under what was measured; nothing that names the machine or its folders."""
    with psycopg.connect(stand.postgres.app_url) as database:
        postgres = str(database.execute("show server_version").fetchone()[0])  # type: ignore[index]
    parts = ", ".join(f"{part} {version(part)}" for part in _PARTS)
    memory = psutil.virtual_memory().total / 2**30
    return {
        "command": "make bench",
        "date": datetime.now(UTC).date().isoformat(),
        "rounds": rounds,
        "seconds": seconds,
        "machine": f"{cores()} cores ({platform.machine()}), {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, PostgreSQL {postgres} with fsync on, {parts} "
        f"({'with' if _uses_avx2() else 'without'} AVX2), load by {stand.generator}; "
        f"load average {psutil.getloadavg()[1]:.1f} at the end.",
        "argon2": stand.argon2(),
    }


def _uses_avx2() -> bool:
    """Whether the built hash uses 256-bit registers: `make argon2-avx2` does, the wheel does not.
    Told by the prefix that 256-bit integer instructions begin with."""
    folder = Path(_argon2_cffi_bindings.__file__).parent
    binary = b"".join(p.read_bytes() for p in folder.glob("_ffi*.so"))
    return binary.count(b"\xc5\xfd") > 16


def as_data(lines: Sequence[Row], figures: Figures, about: dict[str, Any]) -> dict[str, Any]:
    """Everything, for later comparison."""
    spread = {
        n: (max(v) - min(v)) / statistics.median(v) for n, v in figures.rounds.items() if any(v)
    }
    return {
        "about": {**about, "python": sys.version.split()[0]},
        "rows": [{**asdict(r), "ok": r.ok} for r in lines],
        "rounds": dict(figures.rounds),
        "spread": {name: round(value, 3) for name, value in spread.items()},
        "statements": figures.statements,
    }
