"""Which language to speak: the person's own choice first, then what the browser asks for."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("en", "sv")
DEFAULT: Final = "en"
#: Each language's own name for itself, for the switch on every page.
NAMES: Final = {"en": "English", "sv": "Svenska"}
_LONGEST_HEADER: Final = 512  # a browser sends under 100; parsing time stays bounded (A98)


def known(language: str | None) -> str | None:
    """The language we speak for a tag such as `sv-FI`, or None."""
    if not language:
        return None
    base = language.strip().replace("_", "-").split("-", 1)[0].lower()
    return base if base in LANGUAGES else None


def _wanted(header: str) -> list[tuple[float, str]]:
    wanted = []
    for part in header[:_LONGEST_HEADER].split(","):
        tag, _, rest = part.partition(";")
        weight = 1.0
        name, _, number = rest.strip().partition("=")
        if name.strip().lower() == "q":
            try:
                weight = float(number)
            except ValueError:
                weight = 0.0
        if 0 < weight <= 1:
            wanted.append((weight, tag.strip()))
    # stable: equal weights keep the header's order (RFC 9110 §12.5.4)
    return sorted(wanted, key=lambda w: -w[0])


def pick(accept_language: str | None, cookie: str | None = None) -> str:
    """The language for this request: the remembered choice, else the best of `Accept-Language`
    (RFC 9110 §12.5.4), else English."""
    remembered = known(cookie)
    if remembered:
        return remembered
    for _, tag in _wanted(accept_language or ""):
        if tag == "*":
            return DEFAULT
        language = known(tag)
        if language:
            return language
    return DEFAULT
