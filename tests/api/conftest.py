"""Programs that speak the contract to the real application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from portvakt.cli import stand_ins
from tests.people import PASSWORD, Json, Person, holder, person, stranger

__all__ = ["PASSWORD", "Json", "Person", "holder", "person", "stranger"]

_NOBODY_LISTENS = 9  # the port of discard


@pytest.fixture(scope="module")
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Any]]:
    """Every action of the table is there; the providers are not."""
    return {"providers": stand_ins(_NOBODY_LISTENS, tmp_path_factory.mktemp("providers"))}
