"""The ceiling of every sign-in: bare Argon2id verifications from as many threads as cores.

python -m bench.hashing SECONDS MEMORY_KIB TIME_COST PARALLELISM     prints hashes/s and ms of one
"""

from __future__ import annotations

import os
import sys
import threading
import time

from argon2.low_level import Type, hash_secret, verify_secret

NICE = 10


def rate(seconds: float, memory_kib: int, time_cost: int, parallelism: int) -> tuple[float, float]:
    """Verifications per second of all threads together with nothing beside them, and the processor
    time of one in milliseconds."""
    word = b"a password of bearable length"
    phc = hash_secret(word, os.urandom(16), time_cost, memory_kib, parallelism, 32, Type.ID)
    threads = os.cpu_count() or 1
    counts, until = [0] * threads, time.perf_counter() + seconds

    def work(which: int) -> None:
        while time.perf_counter() < until:
            verify_secret(phc, word, Type.ID)
            counts[which] += 1

    # as nice as the service's own hash threads, so that whatever else runs weighs alike on both
    os.setpriority(os.PRIO_PROCESS, 0, NICE)
    began, before = time.perf_counter(), time.process_time()
    running = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    lasted, spent = time.perf_counter() - began, time.process_time() - before
    return sum(counts) / lasted, spent / sum(counts) * 1e3


if __name__ == "__main__":
    print(*rate(float(sys.argv[1]), *(int(text) for text in sys.argv[2:5])))
