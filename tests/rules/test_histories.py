"""Histories of an owner, a thief and time (tests/rules/histories.py): what must never happen never does,
and every action and every way to cheat was there, or the run proved nothing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from portvakt.core import Portvakt
from tests.core.conftest import key_file, portvakt  # noqa: F401  fixtures
from tests.database import Database
from tests.rules import stage
from tests.rules.cheating import CHEATS, MORE_CHEATS
from tests.rules.histories import Histories
from tests.rules.players import ALONE
from tests.rules.stage import World
from tests.sizes import NIGHTLY, size

#: by night at least a hundred thousand moves
HISTORIES, MOVES = size((16, 25), (2200, 50))


@pytest.mark.proves("S5", "S20", "S37", "S68", "S74", "S75", "S76", "S91", "S93")
@pytest.mark.proves("A29", "A40", "A44", "A46", "A53", "A54", "A56", "A60", "A61")
@pytest.mark.timeout(86_400 if NIGHTLY else 300)
def test_no_history_gets_past_a_proof_a_hold_a_wait_or_an_account(
    portvakt: Portvakt, database: Database  # noqa: F811
) -> None:  # fmt: skip
    Histories.world = World(portvakt, database)
    for counted in (stage.completed, stage.cheated, stage.steps):
        counted.clear()
    run_state_machine_as_test(
        Histories,
        settings=settings(max_examples=HISTORIES, stateful_step_count=MOVES, deadline=None, derandomize=not NIGHTLY,
                          phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None),
    )  # fmt: skip
    assert set(stage.completed) >= set(ALONE), stage.completed
    assert set(stage.cheated) >= {*CHEATS, *MORE_CHEATS}, stage.cheated
    assert not NIGHTLY or stage.steps.total() >= 100_000, stage.steps
