"""Moves the sandbox's clock. Only the schema's owner may: the app's own role lacks the right."""

from __future__ import annotations

from datetime import timedelta

import psycopg


def shift(owner_url: str, by: timedelta) -> None:
    """Adds to the one shift that `portvakt_now()` reads; never less than it was."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("update clock set shift = shift + greatest(%s, interval '0')", [by])
