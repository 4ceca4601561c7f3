"""The pieces a topic file is made of. A topic is a module of this folder with a dict `TEXTS`.

An entry is English text or a `Plural`. `{name}` is a parameter; `{name:short}` a short way to say a
time. `[ … ]` is left out when a parameter inside it is missing or None, so that a caller that knows
`left` or `retry_at` says more and one that does not still says a whole sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PLACEHOLDER: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")
OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Plural:
    """Two wordings chosen by the number in parameter `by` (English: exactly one, or any other
    number; other languages by the plural rule in the head of their .po file)."""

    by: str
    one: str
    other: str


Entry = str | Plural
Topic = Mapping[str, Entry]


def forms(entry: Entry) -> tuple[str, ...]:
    """Every wording of an entry, in gettext's order."""
    return (entry,) if isinstance(entry, str) else (entry.one, entry.other)


def placeholders(text: str) -> frozenset[str]:
    """The parameters that a wording names."""
    return frozenset(m.group(1) for m in PLACEHOLDER.finditer(text))
