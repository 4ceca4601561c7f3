"""A decision and a hold that commits at the same time: none is allowed after the hold began."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from portvakt.core import Portvakt
from portvakt.decisions import Decider
from portvakt.model import Decision, Problem
from portvakt.policy import Protected
from portvakt.ports.crypto import Keys
from tests.database import Database
from tests.holders import PASSWORD, Holder, settings_for

TRIALS = 20
#: a way out that nothing but a hold stops, so that the race is about the hold alone
PAY = {"pay": Protected(second_factor=False, step_up="never")}


@pytest.fixture(scope="module")
def portvakt(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portvakt]:
    keys = tmp_path_factory.mktemp("keys") / "portvakt.keys"
    Keys.generate().save(Path(keys))
    with Portvakt(settings_for(database, Path(keys))).running() as running:
        yield running


@pytest.fixture(scope="module")
def decider(portvakt: Portvakt) -> Decider:
    return Decider(portvakt.db, replace(portvakt.kit, protected=PAY))


def may(decider: Decider, account: str) -> Decision:
    made = decider.may(account, "pay", {"amount": "1"}, service="platform")
    assert not isinstance(made, Problem), made
    return made


@pytest.mark.proves("A53", "S91")
def test_a_decision_waits_for_a_hold_that_is_being_written(
    portvakt: Portvakt, decider: Decider, database: Database
) -> None:
    """Asked while the hold's transaction is open, it is answered after the commit, and denied."""
    holder = Holder(portvakt)
    holder.signs_up()
    assert may(decider, holder.account).decision == "allow"
    with psycopg.connect(database.app_url) as writer, ThreadPoolExecutor(1) as pool:
        writer.execute("select from accounts where id = %s for update", [holder.account])
        writer.execute(
            "insert into holds (id, account, cause, starts_at, ends_at) select "
            "'hld_00000000000000000000000000000001', %s, 'test', t, t + interval '24 hours' "
            "from portvakt_now() t", [holder.account])  # fmt: skip
        asked: Future[Decision] = pool.submit(may, decider, holder.account)
        with pytest.raises(TimeoutError):
            asked.result(timeout=0.4)
        writer.commit()
        made = asked.result(timeout=10)
    assert made.decision == "deny"
    assert [r.id for r in made.reasons] == ["hold"]


@pytest.mark.proves("A53", "S20")
def test_no_decision_after_the_beginning_of_a_hold_allows_anything(
    portvakt: Portvakt, decider: Decider, database: Database
) -> None:
    """Sign-ins from a new device race decisions without pause: judged by the ledger's own times."""
    holders = [Holder(portvakt) for _ in range(TRIALS)]
    for holder in holders:
        holder.signs_up()
    now_about = [holders[0].account]
    over = threading.Event()

    def ask_without_pause() -> int:
        asked = 0
        while not over.is_set():
            may(decider, now_about[0])
            asked += 1
        return asked

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask_without_pause) for _ in range(3)]
        try:
            for holder in holders:
                now_about[0] = holder.account
                done = Holder(portvakt, email=holder.email).start(
                    "sign_in", identifier=holder.email, password=PASSWORD
                )
                assert done.result is not None
        finally:
            over.set()
        assert sum(a.result() for a in asking) > TRIALS
    with psycopg.connect(database.admin_url) as admin:
        late = admin.execute(
            "select count(*) from decisions d join holds h on h.account = d.account "
            "where h.cause = 'sign_in' and d.decision = 'allow' and d.at >= h.starts_at").fetchone()  # fmt: skip
        counts: dict[str, int] = dict(
            admin.execute("select decision, count(*) from decisions group by 1").fetchall()
        )
    assert late == (0,)
    assert counts["allow"] > 0
    assert counts["deny"] > 0
