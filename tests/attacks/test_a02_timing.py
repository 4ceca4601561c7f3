"""Time tells nothing: a failed sign-in takes as long for nobody as for somebody."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest

from tests.attacks.alike import auc
from tests.attacks.conftest import Own, Sql
from tests.people import Person

ROUNDS = 45  # of one try each
MOST = 0.60  # area under the curve; without the dummy hash it is 1.0
PATIENCE = 4  # a busy machine may spoil a run, a leak spoils them all


@pytest.fixture(scope="module")
def own_settings() -> Own:
    wide = ("password.account", "password.flow", "flow.network", "try.network", "attack.all",
            "send.email", "sign_up.network")  # fmt: skip
    return {"limits": dict.fromkeys(wide, "1000000/1d")}


def indistinct(one: Callable[[], object], other: Callable[[], object]) -> None:
    """Measures the two in turn; passes as soon as one run cannot tell them apart."""
    areas = []
    for _ in range(PATIENCE):
        taken: tuple[list[float], list[float]] = ([], [])
        for turn in range(2 * ROUNDS):
            start = time.perf_counter()
            (one, other)[turn % 2]()
            taken[turn % 2].append(time.perf_counter() - start)
        areas.append(auc(*taken))
        if areas[-1] <= MOST:
            return
    medians = [round(1000 * statistics.median(t), 2) for t in taken]
    raise AssertionError(f"told apart: AUC {areas}, medians of the last run {medians} ms")


@pytest.mark.proves("A02", "S7")
@pytest.mark.parametrize("standing", ["known", "without_password", "frozen"])
def test_a_failed_sign_in_takes_as_long_for_nobody_as_for_somebody(
    stranger: Callable[..., Person], sql: Sql, standing: str
) -> None:
    """A hash is computed on every branch: for nobody, and where no password is set."""
    whom, guesser = stranger().sign_up(), stranger()
    if standing == "without_password":
        sql("update factors set removed_at = portvakt_now() where account = %s", whom.account)
    elif standing == "frozen":
        sql("update accounts set state = 'frozen' where id = %s", whom.account)
    indistinct(
        lambda: guesser.sign_in(identifier=whom.email, password="inte det riktiga ordet"),
        lambda: guesser.sign_in(identifier="nobody@example.com", password="inte det riktiga ordet"),
    )


@pytest.mark.proves("A02", "S88")
def test_a_sign_up_takes_as_long_for_a_taken_address_as_for_a_free_one(
    stranger: Callable[..., Person],
) -> None:
    """The same rows are written, and the mail leaves by a job."""
    whom, guesser = stranger().sign_up(), stranger()
    indistinct(
        lambda: guesser.start("sign_up", identifier=whom.email, robot="sandbox"),
        lambda: guesser.start("sign_up", identifier="nobody@example.com", robot="sandbox"),
    )
