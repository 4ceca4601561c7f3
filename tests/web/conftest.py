"""Visitors of the real application's pages."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.serving import address, app, own_settings, settings  # noqa: F401  fixtures
from tests.visitor import Visitor

PASSWORD = "fyra helt olika ord utan mening"
_numbers = itertools.count(1)


@dataclass
class Holder:
    """Somebody with an account, signed in at `browser`."""

    browser: Visitor
    email: str
    password: str = PASSWORD


@pytest.fixture
def visitor(address: str) -> Iterator[Callable[..., Visitor]]:  # noqa: F811
    """Makes browsers, each in a network of its own."""
    made: list[Visitor] = []

    def make(**headers: str) -> Visitor:
        number = next(_numbers)
        network = f"198.19.{number // 250}.{number % 250 + 1}"
        made.append(Visitor(address, network=network, **headers))
        return made[-1]

    yield make
    for one in made:
        one.http.close()


@pytest.fixture
def holder(visitor: Callable[..., Visitor]) -> Holder:
    browser = visitor()
    email = f"holder{next(_numbers)}@example.com"
    browser.sign_up(email, PASSWORD)
    return Holder(browser, email)
