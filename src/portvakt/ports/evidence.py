"""Evidence of reviewed cases: from the bytes that a stranger uploaded to a plain picture (A102).

What a file is, its content says: name and declared type are not even asked for. JPEG, PNG, HEIC and PDF
are decoded in a child process that is shut in (`evidence_child.py`) and drawn anew, so that neither
position nor device nor anything hidden behind the pixels remains. The child is not believed either: what
it gives back must be plain pictures, byte for byte, or there is none.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from portvakt.model import Refusal
from portvakt.ports import evidence_child as child
from portvakt.ports.scanner import ClamdScanner, NoScanner, Scanner, ScannerUnavailable
from portvakt.settings.sections import Evidence

_log = structlog.get_logger("portvakt.evidence")

#: By path and not by module: nothing of the package is imported, and no setting of the environment or
#: folder can put another file in its place (`-I`).
CHILD: Final = (sys.executable, "-I", "-B", str(Path(child.__file__)))
#: One child at a time in each serving process, and few who wait: pictures are dear (ASVS 15.2.2).
_WAITING: Final = 8

_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7]")


@dataclass(frozen=True, slots=True)
class Picture:
    """A file as reviewers see it. Several pages stand below one another in `jpeg`, each at most 2400
    pixels long; `preview` is the first, at most 480. Both are JPEG without anything beside the pixels."""

    jpeg: bytes
    preview: bytes
    width: int
    height: int
    pages: int  # that are shown
    pages_in_file: int  # more than `pages`: the rest is not shown, and reviewers should know
    sha256_of_original: bytes

    def __repr__(self) -> str:
        return f"Picture({self.width}x{self.height}, ***)"


class EvidenceReader:
    """`patience` is how long drawing one file may take, in seconds; half as long it waits for its turn.
    `command` is for tests."""

    def __init__(
        self,
        scanner: Scanner,
        *,
        max_bytes: int = 10 * 1024 * 1024,
        max_pixels: int = 40_000_000,
        max_pages: int = 5,
        patience: float = child.WALL_SECONDS,
        command: Sequence[str] = CHILD,
    ) -> None:
        self._scanner = scanner
        self._max_bytes, self._max_pixels, self._max_pages = max_bytes, max_pixels, max_pages
        self._patience, self._command = patience, tuple(command)
        self._line = threading.BoundedSemaphore(1 + _WAITING)
        self._place = threading.BoundedSemaphore(1)

    def read(self, original: bytes) -> Picture | Refusal:
        """The picture, or why there is none. Slow: no transaction may be open.

        Refusals: file_too_large (`max_bytes`), file_type_not_accepted, file_infected,
        file_too_many_pixels (`max_pixels`), file_unreadable; scanner_unavailable and
        evidence_unavailable (trouble or crowding on our side: try again)."""
        if len(original) > self._max_bytes:
            return Refusal("file_too_large", {"max_bytes": self._max_bytes})
        kind = kind_of(original)
        if kind is None:
            return Refusal("file_type_not_accepted")
        if not self._line.acquire(blocking=False):
            return Refusal("evidence_unavailable")
        try:
            return self._scanned(original) or self._drawn(kind, original)
        finally:
            self._line.release()

    def check(self) -> None:
        """For `doctor`: starts a child for the largest picture that is allowed. OSError where its
        limits do not fit this machine."""
        with _memory(b"") as upload, _memory(b"") as answer:
            code = self._run("check", upload, answer)
        if code != 0:
            raise OSError("the child process does not start, or its memory limit is too low")

    def _scanned(self, original: bytes) -> Refusal | None:
        """Before it is decoded: a scanner may know what a decoder falls for."""
        try:
            found = self._scanner.scan(original)
        except ScannerUnavailable as failure:
            _log.warning("scanner_unavailable", reason=failure.reason)
            return Refusal("scanner_unavailable")
        if found is None:
            return None
        _log.warning("evidence_infected", found=found)
        return Refusal("file_infected")

    def _drawn(self, kind: str, original: bytes) -> Picture | Refusal:
        if not self._place.acquire(timeout=self._patience / 2):
            return Refusal("evidence_unavailable")
        try:
            with _memory(original) as upload, _memory(b"") as answer:
                code = self._run(kind, upload, answer)
                size = os.fstat(answer).st_size
                said = os.pread(answer, min(size, child.LARGEST_OUTPUT), 0) if code == 0 else b""
        except OSError as error:
            _log.error("evidence_child_failed", error=type(error).__name__)
            return Refusal("evidence_unavailable")
        finally:
            self._place.release()
        return self._believed(said, original)

    def _run(self, kind: str, upload: int, answer: int) -> int | None:
        """Its exit code; None where it had to be killed."""
        process = subprocess.Popen(  # noqa: S603  our own file, no word of a stranger's
            [*self._command, kind, str(self._max_pixels), str(self._max_pages)],
            stdin=upload, stdout=answer, stderr=subprocess.DEVNULL,
            env={}, cwd="/", start_new_session=True,
        )  # fmt: skip
        try:
            return process.wait(self._patience)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _believed(self, said: bytes, original: bytes) -> Picture | Refusal:
        """A decoder that was taken over could answer anything (a page with script, say)."""
        if len(said) < child.HEAD.size:
            return Refusal("file_unreadable")
        outcome, pages, of, large, small = child.HEAD.unpack_from(said)
        if outcome == child.TOO_MANY_PIXELS:
            return Refusal("file_too_many_pixels", {"max_pixels": self._max_pixels})
        jpeg = said[child.HEAD.size : child.HEAD.size + large]
        preview = said[child.HEAD.size + large :]
        size, preview_size = plain_jpeg(jpeg), plain_jpeg(preview)
        whole = outcome == child.DONE and len(jpeg) == large and len(preview) == small
        if not whole or size is None or preview_size is None or not 1 <= pages <= of:
            return Refusal("file_unreadable")
        digest = hashlib.sha256(original).digest()
        return Picture(jpeg, preview, *size, pages, of, digest)


def evidence_reader(settings: Evidence) -> EvidenceReader:
    """As the operator's settings say."""
    return EvidenceReader(
        ClamdScanner(settings.clamd) if settings.clamd else NoScanner(),
        max_bytes=settings.max_bytes,
        max_pixels=settings.max_pixels,
        max_pages=settings.max_pages,
    )


def kind_of(content: bytes) -> str | None:
    """By its first bytes alone, at their exact place: readers that search for them are why one file
    can be a picture to one and a page to another."""
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return "heif"
    return None


def plain_jpeg(content: bytes) -> tuple[int, int] | None:
    """Width and height, where this is one JPEG picture and nothing else: tables, one frame, one scan, an
    end at the end. No segment that carries anything beside pixels (ITU-T T.81 annex B)."""
    size, at = None, 2
    if not content.startswith(b"\xff\xd8"):
        return None
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        part = content[at + 4 : at + 2 + length]
        at += 2 + length
        if marker in _FRAMES and len(part) >= 5:
            size = int.from_bytes(part[3:5]), int.from_bytes(part[1:3])
        elif marker == 0xDA:
            end = _MARKER.search(content, at)
            ends = end is not None and content[end.start() :] == b"\xff\xd9"
            return size if ends else None
        elif marker not in (0xC4, 0xDB) and not (marker == 0xE0 and _is_jfif(part)):
            return None
    return None


def _is_jfif(part: bytes) -> bool:
    return len(part) == 14 and part.startswith(b"JFIF\0") and part.endswith(b"\0\0")  # no thumbnail


@contextmanager
def _memory(content: bytes) -> Iterator[int]:
    """A file that is on no disk and has no name, at its beginning."""
    handle = os.memfd_create("evidence")
    try:
        with os.fdopen(os.dup(handle), "wb") as file:
            file.write(content)
        os.lseek(handle, 0, os.SEEK_SET)
        yield handle
    finally:
        os.close(handle)
