"""The machine's own clock: for caches and waiting only. What is due, expired or held is judged by
the database's clock (ADR 0006, A119)."""

from time import monotonic, sleep

__all__ = ["monotonic", "sleep"]
