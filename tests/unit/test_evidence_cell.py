"""The process in which strangers' files are decoded: what it may not do, and how it is ended."""

from __future__ import annotations

import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from portvakt.model import Refusal
from portvakt.ports.evidence import CHILD, Picture
from tests.evidence_files import CELL, child_of, encoded, reader, scene

UNREADABLE = Refusal("file_unreadable")


def said_by(code: str) -> str:
    """What a child says that is shut in like the real one, and then runs `code`."""
    whole = CELL + "cell.limit('jpeg', 1_000_000, cpu_seconds=2)\n" + code
    done = subprocess.run(
        [*CHILD[:3], "-c", whole], capture_output=True, text=True, env={}, check=False, timeout=30
    )
    return done.stdout or done.stderr


TRY = """
import errno, os, socket, sys
def tried(what):
    try:
        what()
    except OSError as error:
        print(errno.errorcode[error.errno])
    else:
        print("done")
"""


# ── ended ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A102")
@pytest.mark.parametrize(
    "code",
    [
        "import os; os.abort()",
        "import ctypes; ctypes.string_at(0)",
        "sys.exit(3)",
        "sys.exit(0)",  # says nothing
        "raise SystemError",
        "bytearray(10**10)",
        "while True: sys.stdout.buffer.write(bytes(2**20))",
    ],
    ids=["abort", "segfault", "code", "silence", "error", "memory", "flood"],
)
def test_a_child_that_breaks_or_takes_too_much_makes_its_file_unreadable(code: str) -> None:
    began = time.monotonic()
    assert reader(command=child_of(code)).read(encoded(scene())) == UNREADABLE
    assert time.monotonic() - began < 20


def test_a_child_that_works_for_ever_is_ended_by_its_processor_time() -> None:
    began = time.monotonic()
    assert reader(command=child_of("while True: pass")).read(encoded(scene())) == UNREADABLE
    assert time.monotonic() - began < 25, "and not by its parent's patience of 30 seconds"


def test_a_child_that_waits_for_ever_is_killed_when_patience_ends() -> None:
    waits = child_of("import time; time.sleep(60)", limited=False)
    began = time.monotonic()
    assert reader(command=waits, patience=1).read(encoded(scene())) == UNREADABLE
    assert time.monotonic() - began < 15


def test_a_child_whose_parent_is_gone_ends_itself() -> None:
    said = said_by("import signal; print(0 < signal.alarm(0) <= 30)")
    assert said.split() == ["True"]


def test_a_child_that_cannot_be_started_is_trouble_of_ours() -> None:
    found = reader(command=("/no/such/program",)).read(encoded(scene()))
    assert found == Refusal("evidence_unavailable")


# ── shut in ───────────────────────────────────────────────────────────────────────────────────


def test_the_child_has_no_environment_and_is_the_least_important() -> None:
    told = "cell.HEAD.pack(cell.TOO_MANY_PIXELS, 0, 0, 0, 0)"
    empty = (
        "import os\nif not os.environ.keys() - {'LC_CTYPE'}: sys.stdout.buffer.write(" + told + ")"
    )
    found = reader(command=child_of(empty)).read(encoded(scene()))
    assert isinstance(found, Refusal)
    assert found.id == "file_too_many_pixels"
    assert said_by("import os; print(os.getpriority(os.PRIO_PROCESS, 0) >= 10)").split() == ["True"]


def test_a_crash_leaves_no_copy_of_the_document_on_the_disk() -> None:
    said = said_by("import resource; print(resource.getrlimit(resource.RLIMIT_CORE))")
    assert said.split() == ["(0,", "0)"]


def test_the_child_is_not_root_and_cannot_become_it() -> None:
    said = said_by(TRY + "cell.shut(); print(os.geteuid() == 0); tried(lambda: os.setuid(0))")
    assert said.split() == ["False", "EPERM"]


def test_the_child_can_start_no_process() -> None:
    assert said_by(TRY + "cell.shut(); tried(os.fork)").split() == ["EAGAIN"]


def test_no_limit_can_be_lifted_again() -> None:
    lift = "resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))"
    said = said_by(
        f"import resource; cell.shut()\ntry: {lift}\nexcept ValueError as e: print('refused')"
    )
    assert said.split() == ["refused"]


# ── crowds ────────────────────────────────────────────────────────────────────────────────────


def test_files_are_read_one_at_a_time_and_the_line_is_short() -> None:
    """Ten together: one is read, eight wait, one is turned away at once (ASVS 15.2.2)."""
    slow = reader(command=child_of("import time; time.sleep(0.3)", limited=False))
    barrier = threading.Barrier(10)

    def read(content: bytes) -> Picture | Refusal:
        barrier.wait()
        return slow.read(content)

    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(read, [encoded(scene())] * 10))
    assert sorted(getattr(one, "id", "") for one in found) == (
        ["evidence_unavailable"] + ["file_unreadable"] * 9
    )


def test_who_waits_too_long_for_a_turn_may_try_again() -> None:
    slow = reader(command=child_of("import time; time.sleep(9)", limited=False), patience=1)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(slow.read, [encoded(scene())] * 2))
    assert sorted(getattr(one, "id", "") for one in found) == [
        "evidence_unavailable",
        "file_unreadable",
    ]


# ── doctor ────────────────────────────────────────────────────────────────────────────────────


def test_the_doctors_question_starts_a_child_for_the_largest_picture() -> None:
    reader().check()
    with pytest.raises(OSError, match="memory limit"):
        reader(command=child_of("sys.exit(1)")).check()
