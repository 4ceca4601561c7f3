"""A way out that races what shuts it, over two serving processes on one database: whatever is decided or
redeemed, is so before the hold began, or not at all (A53, Crypto.com 2022)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from typing import Any

import httpx
import pytest

from tests.attacks.conftest import Nodes, Sql
from tests.people import PASSWORD, Json, Person
from tests.sizes import NIGHTLY, size

TRIALS = size(60, 2000)
PEOPLE = 10  # who are used again and again, two days apart: then every hold is over
DETAILS = {"amount": "1", "asset": "BTC", "to": "bc1q"}


@pytest.fixture(scope="module")
def platform(nodes: Nodes) -> Iterator[httpx.Client]:
    """The platform's service, which asks the second process."""
    with httpx.Client(base_url=nodes.origins[1], timeout=30) as http:
        client = http.get("/v1/sandbox").json()["platform_client"]
        http.auth = (client["id"], client["secret"])
        yield http


def decide(platform: httpx.Client, person: Person, receipt: str | None = None) -> Json:
    asked: Json = {"account": person.account, "action": "withdraw", "details": DETAILS}
    answer = platform.post("/v1/decisions", json=asked | ({"receipt": receipt} if receipt else {}))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def approves(platform: httpx.Client, person: Person) -> str:
    """A receipt for exactly these details."""
    asked = decide(platform, person)
    assert asked["decision"] == "step_up", asked
    flow = person.start("approve_protected_action", decision=asked["id"])
    done = person.move(flow, inputs=_second(person))
    assert done["flow"]["status"] == "done", done
    return str(done["result"]["receipt"])


def _second(person: Person) -> Json:
    if person.totp is not None:
        person.wait_for_a_step()
        return {"totp": person.totp_code()}
    return {"sms_code": person.code(person.phone)}


def signs_in(person: Person) -> None:
    person.session = None
    flow = person.sign_in()
    done = person.move(flow, inputs=_second(person))
    assert done["flow"]["status"] == "done", done
    person.enter(done)


def ready_to_reset(person: Person) -> tuple[Json, Json]:
    """A forgotten password but for its last page, which commits the hold."""
    person.session = None
    flow = person.start("reset_password", agree=True, identifier=person.email, robot="sandbox")
    person.move(flow, inputs={"email_code": person.code()})
    person.move(flow, inputs={"sms_code": person.code(person.phone)})
    return flow, {"new_password": PASSWORD}


def ready_to_unbind(person: Person) -> tuple[Json, Json]:
    """An authenticator that is unbound but for the last page."""
    flow = person.start("unbind_totp", agree=True)
    person.move(flow, inputs=_second(person))
    return flow, {"email_code": person.code()}


@pytest.mark.proves("S20", "S91", "A53", "A56")
@pytest.mark.timeout(14_400 if NIGHTLY else 600)
@pytest.mark.parametrize("by", ["reset_password", "unbind_totp"])
def test_nothing_is_allowed_or_redeemed_once_the_hold_has_begun(
    at_nodes: Callable[..., Person], platform: httpx.Client, sql: Sql, by: str
) -> None:
    people = [at_nodes().sign_up() for _ in range(PEOPLE)]
    for person in people:
        if by == "unbind_totp":
            person.bind_totp()
        else:
            person.bind_phone()
    luck = Random(53)
    for trial in range(TRIALS // 2):
        person = people[trial % PEOPLE]
        if trial % PEOPLE == 0:
            person.wait("50h")
        signs_in(person)
        receipt = approves(platform, person)
        flow, last = ready_to_reset(person) if by == "reset_password" else ready_to_unbind(person)
        _race(platform, person, receipt, partial(person.move, flow, inputs=last), luck.random())
        if by == "unbind_totp":
            _binds_again(person)
    assert _late(sql, by) == (0, 0)
    before, redeemed = _in_time(sql, by)
    assert before, "some decisions came first, or the race proved nothing"
    assert redeemed < TRIALS // 2, "and some came last"


def _race(
    platform: httpx.Client, person: Person, receipt: str, shuts: Callable[[], Json], luck: float
) -> None:
    over = threading.Event()

    def redeems() -> None:
        over.wait(luck * 0.06)
        decide(platform, person, receipt)
        platform.post(f"/v1/receipts/{receipt}/redeem", json={"details": DETAILS})

    def asks() -> None:
        while not over.is_set():
            decide(platform, person, receipt)

    with ThreadPoolExecutor(2) as pool:
        going: list[Any] = [pool.submit(redeems), pool.submit(asks)]
        done = shuts()
        over.set()
        for each in going:
            each.result()
    assert done["flow"]["status"] == "done", done
    assert decide(platform, person)["decision"] == "deny"


def _binds_again(person: Person) -> None:
    person.totp = None
    person.bind_totp()


def _late(sql: Sql, by: str) -> tuple[int, int]:
    """Allowed, and redeemed, at or after the beginning of a hold that was on then."""
    ((allowed,),) = sql("select count(*) from decisions d join holds h on h.account = d.account and h.cause = %s "
                        "where d.decision = 'allow' and d.at >= h.starts_at and d.at < h.ends_at", by)  # fmt: skip
    ((redeemed,),) = sql("select count(*) from receipts r join holds h on h.account = r.account and h.cause = %s "
                         "where r.redeemed_at >= h.starts_at and r.redeemed_at < h.ends_at", by)  # fmt: skip
    return allowed, redeemed


def _in_time(sql: Sql, by: str) -> tuple[int, int]:
    ((allowed,),) = sql("select count(*) from decisions d where d.decision = 'allow' and exists "
                        "(select from holds h where h.account = d.account and h.cause = %s)", by)  # fmt: skip
    ((redeemed,),) = sql("select count(*) from receipts r where r.redeemed_at is not null and exists "
                         "(select from holds h where h.account = r.account and h.cause = %s)", by)  # fmt: skip
    return allowed, redeemed
