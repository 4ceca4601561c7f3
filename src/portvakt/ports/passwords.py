"""Argon2id in a small pool of its own that yields the processor to session checks.

As many threads as cores at nice 10, a bounded line in front of them: when it is full the caller is
turned away at once (A18) instead of everybody waiting. argon2 releases the interpreter lock.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret, verify_secret

from portvakt.ports.chance import new_bytes

T = TypeVar("T")
_NICE: Final = 10
LONGEST: Final = 256  # code points; longer is refused before anything is hashed (A18)


class Busy(Exception):
    """The line in front of the hash threads is full: answer 503 with Retry-After."""


class PasswordHasher:
    """Argon2id (RFC 9106) with the operator's parameters. Passwords are hashed as UTF-8 of their
    NFC form: the whole of it decides (A17)."""

    def __init__(self, *, memory_kib: int = 19456, time_cost: int = 2, parallelism: int = 1,
                 threads: int | None = None, queue: int = 64) -> None:  # fmt: skip
        self.memory_kib, self.time_cost, self.parallelism = memory_kib, time_cost, parallelism
        count = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="hash", initializer=_be_nice)
        self._places = threading.BoundedSemaphore(count + queue)
        self.dummy = self._hash("no account has this password")

    def __repr__(self) -> str:
        return f"PasswordHasher(m={self.memory_kib}, t={self.time_cost}, p={self.parallelism})"

    def hash(self, password: str) -> str:
        """A PHC string; Busy when the line is full."""
        return self._run(self._hash, password)

    def verify(self, phc: str | None, password: str) -> bool:
        """True when the password fits. Without a hash the dummy is computed all the same, so that
        the time tells nothing (A02); Busy when the line is full."""
        fits = self._run(self._verify, phc or self.dummy, password)
        return fits and phc is not None

    def outdated(self, phc: str) -> bool:
        """True when the hash was made with other parameters than today's: rehash at sign-in."""
        wanted = f"$argon2id$v=19$m={self.memory_kib},t={self.time_cost},p={self.parallelism}$"
        return not phc.startswith(wanted)

    def close(self) -> None:
        self._pool.shutdown(wait=True)

    def _run(self, work: Callable[..., T], *args: str) -> T:
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            future: Future[T] = self._pool.submit(work, *args)
            return future.result()
        finally:
            self._places.release()

    def _hash(self, password: str) -> str:
        raw = hash_secret(password.encode(), new_bytes(16), self.time_cost, self.memory_kib,
                          self.parallelism, 32, Type.ID)  # fmt: skip
        return raw.decode()

    def _verify(self, phc: str, password: str) -> bool:
        try:
            return bool(verify_secret(phc.encode(), password.encode(), Type.ID))
        except (VerificationError, InvalidHashError):
            return False


def _be_nice() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
