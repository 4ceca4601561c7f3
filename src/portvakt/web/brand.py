"""The operator's one brand colour, made fit for text on light and on dark ground.

An operator may choose any colour; what is drawn with it must still be readable (WCAG 2.2, 1.4.3):
it is mixed with black for the light pages and with white for the dark ones until it is.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

RGB = tuple[float, float, float]

_LIGHT_GROUND: Final = "#e8eef5"  # the darkest ground that brand-coloured text stands on, light
_DARK_GROUND: Final = "#25303b"  # the lightest, dark
_DARK_TEXT: Final = "#0c1117"
_ENOUGH: Final = 4.6  # a little over the 4.5:1 that is asked, for rounding


def _rgb(colour: str) -> RGB:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))  # type: ignore[return-value]


def _hex(rgb: RGB) -> str:
    return "#" + "".join(f"{round(c * 255):02x}" for c in rgb)


def _luminance(rgb: RGB) -> float:
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    low, high = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (high + 0.05) / (low + 0.05)


def towards(colour: str, end: str, ground: str) -> str:
    """`colour` mixed with `end` just as far as it takes to be readable on `ground`."""
    start, stop = _rgb(colour), _rgb(end)
    for step in range(51):
        share = step / 50
        mixed = _hex(tuple(a + (b - a) * share for a, b in zip(start, stop, strict=True)))  # type: ignore[arg-type]
        if contrast(mixed, ground) >= _ENOUGH:
            return mixed
    return end


@lru_cache(maxsize=4)
def style(colour: str) -> str:
    """The custom properties for `:root`; `colour` is `#rrggbb` as the settings check it."""
    light = towards(colour, "#000000", _LIGHT_GROUND)
    dark = towards(colour, "#ffffff", _DARK_GROUND)
    return (
        f":root{{--brand-light:{light};--brand-light-text:#fff;"
        f"--brand-dark:{dark};--brand-dark-text:{_DARK_TEXT}}}"
    )
