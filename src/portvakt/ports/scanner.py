"""Virus scanners behind one port. An upload is shown to one before anything decodes it (A102).

clamd's protocol (docs.clamav.net, ClamD Protocol; clamd(8)): `zINSTREAM` and a zero byte, then chunks,
each with its length in front as four bytes in network order, then a chunk of length zero. The answer ends
with a zero byte: `stream: OK`, `stream: NAME FOUND`, or a sentence that ends with `ERROR`.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol
from urllib.parse import urlsplit

from portvakt.ports.clock import monotonic

_CHUNK: Final = 65_536
_LONGEST: Final = 1024  # bytes of an answer
_FOUND: Final = re.compile(rb"stream: ([!-~]{1,200}) FOUND")


class ScannerUnavailable(Exception):
    """Nobody can say now whether a file is clean: it counts as not clean. `reason` is a short word such
    as `timeout`; nothing of the file stands in it (A107).

    An exception, so that a caller who forgets it fails closed."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Scanner(Protocol):
    def scan(self, content: bytes) -> str | None:
        """What was found, by the scanner's name for it; None where nothing was. Raises
        ScannerUnavailable. Slow: no transaction may be open."""

    def check(self) -> None:
        """For `doctor`: raises ScannerUnavailable where nothing could be scanned."""


class NoScanner:
    """Finds nothing: files are safe for being drawn anew, not for having been looked at."""

    def scan(self, content: bytes) -> str | None:
        return None

    def check(self) -> None:
        pass


class ClamdScanner:
    """`tcp://127.0.0.1:3310` or `unix:/run/clamav/clamd.ctl`; ValueError for anything else.

    `patience` is how long one question may take in all, in seconds. The protocol knows neither
    encryption nor passwords: over TCP only through a network that is your own."""

    def __init__(self, address: str, *, patience: float = 15.0) -> None:
        url = urlsplit(address)
        tcp = url.scheme == "tcp" and url.hostname is not None and url.port is not None
        if not tcp and not (url.scheme == "unix" and url.path.startswith("/")):
            raise ValueError("clamd is at tcp://host:port or unix:/path")
        self._place = (url.hostname or "", url.port or 0) if tcp else url.path
        self._patience = patience

    def scan(self, content: bytes) -> str | None:
        answer = self._asked(b"zINSTREAM\0", content)
        if answer == b"stream: OK":
            return None
        found = _FOUND.fullmatch(answer)
        if found is None:
            # also its own ERROR: a file that is too long for it was not looked at
            raise ScannerUnavailable("error" if answer.endswith(b"ERROR") else "unreadable")
        return found[1].decode("ascii")

    def check(self) -> None:
        if self._asked(b"zPING\0", None) != b"PONG":
            raise ScannerUnavailable("unreadable")

    def _asked(self, command: bytes, content: bytes | None) -> bytes:
        """The answer without its end. One connection for each question."""
        until = monotonic() + self._patience
        try:
            with self._connected() as line:
                for part in (command, *(_chunks(content) if content is not None else ())):
                    line.settimeout(_left(until))
                    line.sendall(part)
                return _answer(line, until)
        except TimeoutError:
            raise ScannerUnavailable("timeout") from None
        except OSError:
            raise ScannerUnavailable("unreachable") from None

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        if isinstance(self._place, tuple):
            with socket.create_connection(self._place, self._patience) as line:
                yield line
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(self._patience)
            line.connect(self._place)
            yield line


def _chunks(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), _CHUNK):
        part = content[at : at + _CHUNK]
        yield len(part).to_bytes(4) + part
    yield (0).to_bytes(4)


def _answer(line: socket.socket, until: float) -> bytes:
    """As far as its zero byte; an answer that is cut off or goes on after it is none."""
    answer = bytearray()
    while not answer.endswith(b"\0"):
        line.settimeout(_left(until))
        part = line.recv(_LONGEST)
        answer += part
        if not part or len(answer) > _LONGEST:
            raise ScannerUnavailable("unreadable")
    return bytes(answer[:-1])


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
