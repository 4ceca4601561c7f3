"""The rounds: each side of every ratio in turn, so that what disturbs the machine disturbs both."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import load, processes
from bench.load import Result
from bench.stand import Stand

SIGN_IN_CLIENTS = 8
READ_CLIENTS = 32
STORM_READERS = 4
_SETTLE = 0.5  # seconds for a storm to rise before anything is measured in it


class Wrong(Exception):
    """An answer was refused, wrong or missing: the figures of this run mean nothing."""


@dataclass
class Figures:
    """Everything measured: for each name the value of every round."""

    rounds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statements: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        self.rounds[name].append(value)

    def median(self, name: str) -> float:
        return statistics.median(self.rounds[name])

    def ratio(self, above: str, below: str) -> float:
        """The median of the rounds' own ratios: both sides of each were measured side by side."""
        pairs = zip(self.rounds[above], self.rounds[below], strict=True)
        return statistics.median(a / b for a, b in pairs)


def measure(stand: Stand, rounds: int, seconds: float, say: Callable[[str], None]) -> Figures:
    """All rows but the cold start. One more round warms up and is thrown away."""
    figures = Figures()
    time.sleep(1)
    _memory(stand, figures, "idle")
    figures.statements = statements(stand)
    for number in range(rounds + 1):
        say("warming up" if number == 0 else f"round {number} of {rounds}")
        _round(stand, seconds, figures if number else Figures(), number)
    _memory(stand, figures, "loaded")
    return figures


def _round(stand: Stand, seconds: float, to: Figures, number: int) -> None:
    hashes, cost = _bare_hashes(stand, seconds)
    to.add("hashes", hashes)
    to.add("hash_cpu", cost)
    with _cost(stand, to, "sign_in") as done:
        signed_in = right(stand.sign_ins(SIGN_IN_CLIENTS).run(seconds, offset=number * 7))
        done.append(signed_in.done)
    to.add("sign_ins", signed_in.rate)
    to.add("sign_in_p50", signed_in.p50)
    to.add("sign_in_p99", signed_in.p99)
    with _cost(stand, to, "check") as done:
        checked = right(stand.checks(READ_CLIENTS).run(seconds))
        done.append(checked.done)
    to.add("checks", checked.rate)
    to.add("selects", right(stand.selects(READ_CLIENTS).run(seconds)).rate)
    alone = right(stand.checks(1).run(seconds))
    to.add("check_alone_p50", alone.p50)
    to.add("check_alone_p99", alone.p99)
    for readers in (1, STORM_READERS):
        storm = stand.sign_ins(SIGN_IN_CLIENTS).start(seconds + 2 * _SETTLE, offset=number * 13)
        time.sleep(_SETTLE)
        within = right(stand.checks(readers).run(seconds))
        to.add(f"storm_sign_ins_{readers}", right(storm.result()).rate)
        to.add(f"storm_checks_{readers}", within.rate)
        to.add(f"storm_p99_{readers}", within.p99)


def right(result: Result) -> Result:
    """The result, if every answer in it was right."""
    if result.bad or not result.done:
        raise Wrong(
            f"{result.bad} answers were refused, wrong or missing, {result.done} were right"
        )
    return result


def cold_starts(stand: Stand, times: int) -> list[float]:
    """Seconds from the command to the first 200 of /readyz, on a data folder that is there and whose
    database is down. To be called when nothing else of the stand runs."""
    found = []
    for _ in range(times):
        with stand.serve() as server:
            found.append(server.cold)
    return found


def statements(stand: Stand) -> dict[str, list[str]]:
    """What one session check and one sign-in ask the database, in order, warmed up. The least of a
    few: jobs and the noting of used sessions run beside them now and then."""
    least: dict[str, list[str]] = {}
    with stand.statements_logged() as log:
        for name, one in (("check", stand.checks(1)), ("sign_in", stand.sign_ins(1))):
            for attempt in range(6):
                log.new()
                _send(one, attempt)
                seen = log.new()
                if attempt and (name not in least or len(seen) < len(least[name])):
                    least[name] = seen
    return least


def _send(one: load.Load, which: int) -> None:
    """One request of a load, through the standard library."""
    head, _, body = one.requests[which].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    request = urllib.request.Request(one.url + path, body or None, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        said = json.load(answer)
    if one.must and not (said.get("result") or {}).get("session_token"):
        raise Wrong(f"a sign-in was refused: {said['refusal']}")


def _bare_hashes(stand: Stand, seconds: float) -> tuple[float, float]:
    command = [sys.executable, "-m", "bench.hashing", str(seconds), *stand.argon2()]
    here = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True,
                          timeout=seconds + 60)  # fmt: skip
    rate, cost = done.stdout.split()
    return float(rate), float(cost)


def _memory(stand: Stand, to: Figures, when: str) -> None:
    to.add(f"pss_{when}", max(processes.pss_mb(p) for p in stand.portvakt.workers()))


@contextmanager
def _cost(stand: Stand, to: Figures, name: str) -> Iterator[list[int]]:
    """Processor time per answer, of the serving processes and of the database, in milliseconds."""
    app, database = stand.portvakt.workers(), stand.database_processes()
    before = processes.cpu_seconds(app), processes.cpu_seconds(database)
    done: list[int] = []
    yield done
    to.add(f"{name}_cpu_app", (processes.cpu_seconds(app) - before[0]) / sum(done) * 1e3)
    to.add(f"{name}_cpu_db", (processes.cpu_seconds(database) - before[1]) / sum(done) * 1e3)
