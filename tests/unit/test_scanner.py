"""The scanner port, against a stand-in that checks clamd's protocol."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

import pytest

from portvakt.ports.scanner import ClamdScanner, NoScanner, ScannerUnavailable
from tests.clamd_stand_in import EICAR, clamd


def why(scanner: ClamdScanner, content: bytes = b"a photo") -> str:
    with pytest.raises(ScannerUnavailable) as refused:
        scanner.scan(content)
    return refused.value.reason


@pytest.mark.proves("A102")
def test_a_clean_file_is_clean_and_eicar_is_found_by_name() -> None:
    with clamd() as one:
        scanner = ClamdScanner(one.address)
        assert scanner.scan(b"a photo") is None
        assert scanner.scan(b"a photo" + EICAR) == "Eicar-Test-Signature"
    assert one.scanned == [b"a photo", b"a photo" + EICAR]


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 300_000])
def test_every_byte_arrives_in_chunks_that_end_with_one_of_length_zero(size: int) -> None:
    content = bytes(n % 251 for n in range(size))
    with clamd() as one:
        assert ClamdScanner(one.address).scan(content) is None
    assert one.scanned == [content]
    assert one.chunks[-1] == 0
    assert 0 not in one.chunks[:-1]
    assert sum(one.chunks) == size


def test_a_unix_socket_does_as_well(tmp_path: Path) -> None:
    with clamd(tmp_path) as one:
        scanner = ClamdScanner(one.address)
        scanner.check()
        assert scanner.scan(EICAR) == "Eicar-Test-Signature"


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        (b"stream: Can't allocate memory ERROR\0", "error"),
        (b"INSTREAM size limit exceeded. ERROR\0", "error"),
        (b"UNKNOWN COMMAND\0", "unreadable"),
        (b"stream: OK", "unreadable"),  # cut off before its end
        (b"stream: OK\n", "unreadable"),
        (b"stream: OK\0stream: OK\0", "unreadable"),
        (b"stream: ok\0", "unreadable"),
        (b"other: OK\0", "unreadable"),
        (b"stream:  FOUND\0", "unreadable"),
        (b"stream: \x1b[31m FOUND\0", "unreadable"),
        (b"\0", "unreadable"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "unreadable"),
        (b"x" * 100_000, "unreadable"),
    ],
)
def test_any_other_answer_counts_as_no_answer(says: bytes, reason: str) -> None:
    with clamd(says=says) as one:
        assert why(ClamdScanner(one.address)) == reason


def test_a_file_that_is_too_long_for_the_scanner_is_not_taken_for_clean() -> None:
    with clamd(longest=100) as one:
        assert why(ClamdScanner(one.address), b"x" * 101) in {"error", "unreachable"}


@pytest.mark.parametrize("how", [{"says": None}, {"drips": 0.2}], ids=["silent", "dripping"])
def test_a_scanner_that_hangs_is_waited_for_no_longer_than_agreed(how: dict[str, Any]) -> None:
    with clamd(**how) as one:
        began = time.monotonic()
        assert why(ClamdScanner(one.address, patience=0.5)) == "timeout"
        assert time.monotonic() - began < 5


def test_a_scanner_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
        assert why(ClamdScanner(address)) == "unreachable"
    assert why(ClamdScanner(f"unix:{tmp_path / 'nobody.ctl'}")) == "unreachable"


def test_the_doctors_question_wants_the_right_answer() -> None:
    with clamd() as one:
        ClamdScanner(one.address).check()
    with clamd(says=b"stream: OK\0") as one, pytest.raises(ScannerUnavailable):
        ClamdScanner(one.address).check()


@pytest.mark.parametrize(
    "address", ["", "127.0.0.1:3310", "tcp://host", "unix:clamd", "http://a:1"]
)
def test_an_address_that_is_none_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match="clamd is at"):
        ClamdScanner(address)


def test_without_a_scanner_nothing_is_found() -> None:
    NoScanner().check()
    assert NoScanner().scan(EICAR) is None
