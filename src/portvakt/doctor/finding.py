"""One line of the doctor's report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `mend` says what to do; empty when nothing is to be done."""

    state: State
    about: str
    says: str
    mend: str = ""
