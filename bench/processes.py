"""Processes of the bench: started in a group of their own, looked at, and stopped by pid."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

_START_SECONDS = 60
_STOP_SECONDS = 30


class Server:
    """A server process. `cold` is the time from its start to the first 200 of `url`, in seconds."""

    def __init__(self, command: Sequence[str], url: str, log: Path, env: Mapping[str, str]) -> None:
        self.url = url
        with log.open("ab") as sink:
            began = time.monotonic()
            self.process = subprocess.Popen(
                command,
                env={**os.environ, **env},
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        try:
            while not _answers(url):
                if self.process.poll() is not None:
                    raise RuntimeError(f"{command} ended:\n{_tail(log)}")
                if time.monotonic() - began > _START_SECONDS:
                    raise RuntimeError(f"{command} does not answer:\n{_tail(log)}")
                time.sleep(0.005)
        except BaseException:
            self.stop()
            raise
        self.cold = time.monotonic() - began

    def stop(self) -> None:
        """Asks the process to end, and makes sure that its children ended too."""
        family = tree(self.process.pid)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_STOP_SECONDS)
        _, alive = psutil.wait_procs(family, timeout=5)
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait(_STOP_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        self.stop()

    def workers(self) -> list[psutil.Process]:
        """The processes that answer requests, without the one that watches over them."""
        return [p for p in tree(self.process.pid) if "spawn_main" in " ".join(_command(p))]


def tree(pid: int) -> list[psutil.Process]:
    """The process and everything that it started."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    """User and system time of these processes and of the children they have outlived."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            spent = process.cpu_times()
            total += spent.user + spent.system
    return total


def pss_mb(process: psutil.Process) -> float:
    """Proportional memory in MB (10^6 bytes): a page shared by n processes counts one n-th."""
    return float(process.memory_full_info().pss) / 1e6


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])
