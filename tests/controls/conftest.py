"""`make controls` tries every control; `make test` the cheap ones (tools/controls.py)."""

from __future__ import annotations

import pytest

from tools.controls import controls


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-controls", action="store_true", help="the dear controls too")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "control" in metafunc.fixturenames:
        # not known where this folder is not the first that pytest is given: the cheap ones
        every = metafunc.config.getoption("all_controls", default=False)
        chosen = [c for c in controls() if c.cheap or every]
        metafunc.parametrize("control", chosen, ids=[c.name for c in chosen])
