"""Runs web and worker as processes side by side, in a sandbox the providers' stand-ins too: for `demo` and
`serve --embedded`.

One that ends takes the other with it; SIGINT and SIGTERM end both in peace.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from portvakt.logs import HUMAN
from portvakt.ports import clock, probe
from portvakt.settings import CONFIG, Settings, save_private

_START_SECONDS = 30
_STOP_SECONDS = 25


def run(settings: Settings, folder: Path, ready: Callable[[], None] | None = None) -> int:
    """Runs until one process ends or a signal comes; the exit code for the command.

    The settings go to the processes in a 0600 file in `folder`: in the environment or the command
    line others could read the database's password. `ready` is called once the pages answer."""
    file = folder / "running.json"
    save_private(settings, file)
    asked: list[int] = []

    def stop(signum: int, _frame: FrameType | None) -> None:
        asked.append(signum)

    with _handlers(stop):
        children = [_start("portvakt.serving", file)]
        if settings.sandbox is not None and settings.providers:
            children.append(_start("portvakt.standing_in", file))
        try:
            up = False
            until = clock.monotonic() + _START_SECONDS
            while not asked and all(child.poll() is None for child in children):
                if not up and _answers(settings):
                    up = True
                    # The worker second: people wait for the pages, messages can wait a moment.
                    children.append(_start("portvakt.working", file))
                    if ready is not None:
                        ready()
                elif not up and clock.monotonic() > until:
                    sys.stderr.write("the pages did not answer in time\n")
                    return 1
                clock.sleep(0.1 if up else 0.02)
        finally:
            codes = _end(children)
            file.unlink(missing_ok=True)
    return 0 if asked else max((abs(code) for code in codes), default=1) or 1


def _start(module: str, file: Path) -> subprocess.Popen[bytes]:
    # Only what the file says counts: the environment was read when the file was made.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PORTVAKT_")}
    env |= {CONFIG: str(file), HUMAN: "1" if sys.stderr.isatty() else "0"}
    return subprocess.Popen([sys.executable, "-m", module], env=env)  # noqa: S603  ourselves


def _answers(settings: Settings) -> bool:
    host = "::1" if settings.serve.host == "::1" else "127.0.0.1"
    return probe.answers(host, settings.serve.port, "/readyz")


def _end(children: list[subprocess.Popen[bytes]]) -> list[int]:
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    until = clock.monotonic() + _STOP_SECONDS
    codes = []
    for child in children:
        try:
            codes.append(child.wait(max(0.1, until - clock.monotonic())))
        except subprocess.TimeoutExpired:
            child.kill()
            codes.append(child.wait())
    return codes


@contextmanager
def _handlers(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
