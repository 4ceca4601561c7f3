"""Load from a process of its own: wrk where it is installed, else the client beside this file.

A closed loop: each connection sends its next request when the answer to the last one is there. An
answer that is refused, wrong or missing is counted apart and never as done.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_HERE = Path(__file__).resolve().parent
_PATIENCE = 60
WRK, OWN = "wrk", "bench.client"


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement. `rate` counts right answers per second; times are in milliseconds."""

    rate: float
    done: int
    bad: int
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent: raw HTTP/1.1 requests in turn, over so many connections. `must` is a text that
    every right answer has, where the status does not tell (a refusal is a 200). `by`: with which
    generator."""

    url: str
    requests: Sequence[bytes]
    connections: int
    must: str = ""
    by: str = ""

    def run(self, seconds: float, offset: int = 0) -> Result:
        return self.start(seconds, offset).result()

    def start(self, seconds: float, offset: int = 0) -> Running:
        """Begins without waiting, for loads side by side. `offset`: with which request to begin."""
        handle, name = tempfile.mkstemp(prefix="portvakt-bench-")
        with os.fdopen(handle, "wb") as file:
            for request in self.requests:
                file.write(b"%d\n" % len(request) + request)
        env = {**os.environ, "REQUESTS": name, "MUST": self.must, "OFFSET": str(offset)}
        if (self.by or generator()) == WRK:
            command = [WRK, "-t1", f"-c{self.connections}", f"-d{max(1, round(seconds))}s",
                       "--timeout", "30s", "-s", str(_HERE / "load.lua"), self.url]  # fmt: skip
        else:
            command = [sys.executable, "-m", "bench.client", self.url, str(self.connections), str(seconds)]  # fmt: skip
        process = subprocess.Popen(command, env=env, cwd=_HERE.parent, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        return Running(process, Path(name), seconds)


class Running:
    """A load under way."""

    def __init__(self, process: subprocess.Popen[str], requests: Path, seconds: float) -> None:
        self._process, self._requests, self._seconds = process, requests, seconds

    def result(self) -> Result:
        try:
            out, err = self._process.communicate(timeout=self._seconds + _PATIENCE)
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            self._requests.unlink(missing_ok=True)
        line = next((line for line in out.splitlines() if line.startswith("RESULT ")), None)
        if line is None:
            raise RuntimeError(f"the load generator failed: {err or out}")
        requests, micros, bad, broken, p50, p99 = (float(x) for x in line.split()[1:])
        right = requests - bad
        return Result(right / (micros / 1e6), int(right), int(bad + broken), p50 / 1e3, p99 / 1e3)


def generator() -> str:
    """The load generator to use where none is chosen."""
    return WRK if shutil.which(WRK) else OWN


def get(url: str, path: str, **headers: str) -> bytes:
    """A raw GET. Header names are written with _ for -."""
    return _raw("GET", url, path, headers, b"")


def post(url: str, path: str, body: object, **headers: str) -> bytes:
    """A raw POST of JSON."""
    headers["content_type"] = "application/json"
    return _raw("POST", url, path, headers, json.dumps(body).encode())


def _raw(method: str, url: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"host: {urlsplit(url).netloc}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"content-length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
