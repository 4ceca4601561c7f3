"""What time this machine thinks it is: for `doctor`, which compares it with the database's clock.
Nothing is ever judged by it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
