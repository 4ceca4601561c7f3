"""A clamd on 127.0.0.1 or a socket of its own, which looks at every question as clamd would."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

#: EICAR's test file (eicar.org), in two parts so that no scanner takes away this one
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


_Read = Callable[[int], bytes]


@dataclass
class Clamd:
    """Knows EICAR. `says` stands instead of its answer; None: it says nothing and keeps the line."""

    says: bytes | None = b""  # b"": what is right
    drips: float = 0.0  # seconds between two bytes of the answer
    longest: int = 25 * 1024 * 1024
    address: str = ""
    scanned: list[bytes] = field(default_factory=list)
    chunks: list[int] = field(default_factory=list)  # of the last stream, the end included
    complaints: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def serve(self, line: socket.socket) -> None:
        with suppress(OSError), line, line.makefile("rb") as said:
            command = _until_zero(said.read, 64)
            answer = self._answer(command, said.read)
            if self.says is None:
                self.done.wait(20)
                return
            answer = self.says or answer
            for at in range(0, len(answer), 1 if self.drips else len(answer)):
                if self.drips and self.done.wait(self.drips):
                    return
                line.sendall(answer[at : at + (1 if self.drips else len(answer))])

    def _answer(self, command: bytes, read: _Read) -> bytes:
        if command == b"zPING":
            return b"PONG\0"
        if command != b"zINSTREAM":
            self.complaints.append(f"unknown command {command!r}")
            return b"UNKNOWN COMMAND\0"
        content = bytearray()
        self.chunks = []
        while True:
            length = read(4)
            if len(length) != 4:
                self.complaints.append("the stream ends without a chunk of length zero")
                return b""
            size = int.from_bytes(length, "big")
            self.chunks.append(size)
            if size == 0:
                break
            if len(content) + size > self.longest:
                return b"INSTREAM size limit exceeded. ERROR\0"
            part = read(size)
            if len(part) != size:
                self.complaints.append("a chunk is shorter than it says")
                return b""
            content += part
        self.scanned.append(bytes(content))
        return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


def _until_zero(read: _Read, longest: int) -> bytes:
    got = bytearray()
    while len(got) < longest and (byte := read(1)) not in (b"\0", b""):
        got += byte
    return bytes(got)


@contextmanager
def clamd(folder: Path | None = None, **how: object) -> Iterator[Clamd]:
    """On a Unix socket in `folder`, else on a TCP port."""
    one = Clamd(**how)  # type: ignore[arg-type]
    door = socket.socket(socket.AF_UNIX if folder else socket.AF_INET)
    if folder:
        door.bind(str(folder / "clamd.ctl"))
        one.address = f"unix:{folder / 'clamd.ctl'}"
    else:
        door.bind(("127.0.0.1", 0))
        one.address = f"tcp://127.0.0.1:{door.getsockname()[1]}"
    door.listen()

    def take() -> None:
        with suppress(OSError):
            while True:
                line, _ = door.accept()
                threading.Thread(target=one.serve, args=(line,), daemon=True).start()

    threading.Thread(target=take, daemon=True).start()
    try:
        yield one
    finally:
        one.done.set()
        door.shutdown(socket.SHUT_RDWR)
        door.close()
    assert one.complaints == []
