"""The operator's colour: whatever it is, what is drawn with it can be read (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvakt.web.brand import contrast, style

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


def parts(colour: str) -> dict[str, str]:
    return dict(re.findall(r"--brand-([a-z-]+):(#[0-9a-f]{3,6})", style(colour)))


@given(COLOURS)
def test_text_in_and_on_the_brand_colour_is_readable_in_light_and_dark(colour: str) -> None:
    made = parts(colour)
    assert contrast(made["light"], "#ffffff") >= 4.5
    assert contrast(made["light"], "#f3f5f8") >= 4.5
    assert contrast(made["dark"], "#151c24") >= 4.5
    assert contrast(made["dark"], made["dark-text"]) >= 4.5


@given(COLOURS)
def test_the_style_is_nothing_but_the_four_colours(colour: str) -> None:
    assert re.fullmatch(r":root\{(--brand-[a-z-]+:#[0-9a-f]{3,6};?){4}\}", style(colour))


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1.0)],
)
def test_contrast_is_counted_as_the_guideline_counts_it(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)


def test_a_colour_that_is_readable_already_is_left_as_it_is() -> None:
    assert parts("#1d4ed8")["light"] == "#1d4ed8"
