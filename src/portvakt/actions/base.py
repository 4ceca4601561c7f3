"""The contract of an action: what it changes when nothing is missing. Everything else (hold,
quarantine, sessions, notices, audit) follows from its row in the table and is written by `effects`.

A new sensitive action is two files: a row in `policy.py` and one here, named like its id.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal


class Action(ABC):
    """`apply` runs in the deciding transaction, under the account lock, with every need met. A
    Refusal must come before the first write; an exception is a bug and rolls back.

    Where the row waits, that is when the wait is over: nobody is at the door then."""

    def submit(self, scene: Scene) -> Mapping[str, Any] | Refusal:
        """Where the row waits: when everything is proven and the wait begins. What the answer says."""
        return {}

    @abstractmethod
    def apply(self, scene: Scene) -> Outcome | Refusal:
        """Changes what the action is about. Everything that this causes is written by `effects`."""
