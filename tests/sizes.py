"""How much a test that could go on for ever does: little in `make test`, much in `make nightly`."""

from __future__ import annotations

import os
from typing import TypeVar

Size = TypeVar("Size")
NIGHTLY = os.environ.get("PORTVAKT_NIGHTLY") == "1"


def size(by_day: Size, by_night: Size) -> Size:
    return by_night if NIGHTLY else by_day
