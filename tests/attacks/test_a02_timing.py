"""Time tells nothing: a failed sign-in takes as long for nobody as for somebody."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

import pytest

from tests.attacks.alike import auc
from tests.attacks.conftest import Own, Sql
from tests.people import Person

#: tries of each of the two; a night may have PORTVAKT_TIMING_SAMPLES=1000, and then sees finer
SAMPLES = int(os.environ.get("PORTVAKT_TIMING_SAMPLES", "90"))
MOST = 0.60 if SAMPLES < 1000 else 0.55  # area under the curve; without the dummy hash it is 1.0
PATIENCE = 4  # a busy machine may spoil a run, a leak spoils them all


@pytest.fixture(scope="module")
def own_settings() -> Own:
    wide = ("password.account", "password.flow", "flow.network", "try.network", "attack.all",
            "send.email", "sign_up.network")  # fmt: skip
    return {"limits": dict.fromkeys(wide, "1000000/1d")}


def indistinct(one: Callable[[], object], other: Callable[[], object], samples: int = SAMPLES) -> None:  # fmt: skip
    """Measures the two in turn; passes as soon as one run cannot tell them apart."""
    areas = []
    for _ in range(PATIENCE):
        taken: tuple[list[float], list[float]] = ([], [])
        for turn in range(samples):
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


@pytest.mark.proves("A02", "A01", "S24")
@pytest.mark.parametrize("standing", ["known", "with_phone", "quarantined"])
def test_a_reset_begins_as_fast_for_nobody_as_for_somebody(
    stranger: Callable[..., Person], sql: Sql, standing: str
) -> None:
    """A code to an address that names nobody is made, counted and posted like any other."""
    whom, guesser = stranger().sign_up(), stranger()
    if standing == "with_phone":
        whom.bind_phone()
    elif standing == "quarantined":
        sql("update channels set removed_at = portvakt_now() where account = %s", whom.account)
        sql("update identifiers set account = null, blocked_until = portvakt_now() + interval '30 days' "
            "where account = %s", whom.account)  # fmt: skip

    def begins(email: str) -> object:
        return guesser.start("reset_password", agree=True, identifier=email, robot="sandbox")

    indistinct(lambda: begins(whom.email), lambda: begins("nobody@example.com"), max(200, SAMPLES))
