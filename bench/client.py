"""The load generator for machines without wrk: same requests, same line of figures (load.lua).

It costs some 30 µs of processor for each request, wrk some 5: figures with it are lower where the
server shares its cores, and the report says which one was used.

    python -m bench.client URL CONNECTIONS SECONDS     with $REQUESTS, $MUST and $OFFSET
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import httptools
import uvloop


def prepared(raw: bytes) -> list[bytes]:
    """The requests of the file: for each its size, a newline, its bytes."""
    found, at = [], 0
    while at < len(raw):
        end = raw.index(b"\n", at)
        size = int(raw[at:end])
        found.append(raw[end + 1 : end + 1 + size])
        at = end + 1 + size
    return found


class Tally:
    """What all connections saw together. `until` is on the monotonic clock."""

    def __init__(self, requests: list[bytes], must: bytes, offset: int, until: float) -> None:
        self.requests, self.must, self.at, self.until = requests, must, offset, until
        self.times: list[float] = []
        self.wrong = self.broken = 0
        self.open = 0
        self.finished = asyncio.Event()

    def next(self) -> bytes:
        self.at += 1
        return self.requests[self.at % len(self.requests)]


class Connection(asyncio.Protocol):
    """Sends, waits for the whole answer, sends again until the time is over."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.parser = httptools.HttpResponseParser(self)
        self.body = bytearray()
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own kind
        self.tally.open += 1
        self._send()

    def _send(self) -> None:
        self.body.clear()
        self.sent = time.perf_counter()
        self.transport.write(self.tally.next())

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        tally, now = self.tally, time.perf_counter()
        tally.times.append(now - self.sent)
        if self.parser.get_status_code() != 200 or tally.must not in self.body:
            tally.wrong += 1
        if time.monotonic() < tally.until:
            self._send()
        else:
            self.sent = 0.0
            self.transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        if self.sent:  # an answer was still owed
            self.tally.broken += 1
        self.tally.open -= 1
        if self.tally.open == 0:
            self.tally.finished.set()


async def load(url: str, requests: list[bytes], connections: int, seconds: float) -> str:
    """Runs the load; the line of figures."""
    where, loop = urlsplit(url), asyncio.get_running_loop()
    must, offset = os.environ.get("MUST", "").encode(), int(os.environ.get("OFFSET") or 0)
    began = time.monotonic()
    tally = Tally(requests, must, offset, began + seconds)
    for _ in range(connections):
        await loop.create_connection(
            lambda: Connection(tally), where.hostname or "127.0.0.1", where.port or 80
        )
    async with asyncio.timeout(seconds + 40):
        await tally.finished.wait()
    lasted = time.monotonic() - began
    times = sorted(tally.times) or [0.0]
    p50, p99 = times[len(times) // 2], times[min(len(times) - 1, len(times) * 99 // 100)]
    return (f"RESULT {len(tally.times)} {lasted * 1e6:.0f} {tally.wrong} {tally.broken} "
            f"{p50 * 1e6:.0f} {p99 * 1e6:.0f}")  # fmt: skip


if __name__ == "__main__":
    sent = prepared(Path(os.environ["REQUESTS"]).read_bytes())
    print(uvloop.run(load(sys.argv[1], sent, int(sys.argv[2]), float(sys.argv[3]))))
