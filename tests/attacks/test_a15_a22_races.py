"""Races on what may happen once, from many connections over two nodes: exactly one success."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest

from tests.attacks import case_doing as case
from tests.attacks.conftest import Sql
from tests.people import PASSWORD, Person
from tests.reviewers import reviewers

AT_ONCE = 20
Call = Callable[[], httpx.Response]


def together(calls: list[Call], allowed: tuple[int, ...] = (200, 503)) -> list[httpx.Response]:
    """All of them at the same moment, each from a thread of its own."""
    start = threading.Barrier(len(calls))

    def one(call: Call) -> httpx.Response:
        start.wait(30)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(one, calls))
    for answer in answers:
        assert answer.status_code in allowed, answer.text
    return answers


def results(answers: list[httpx.Response]) -> list[dict[str, Any]]:
    return [a.json()["result"] for a in answers if a.status_code == 200 and a.json()["result"]]


def moves(people: list[Person], flow: dict[str, Any], inputs: dict[str, str]) -> list[Call]:
    head = flow["flow"]

    def move(who: Person) -> Call:
        return lambda: who.ask("POST", f"/v1/flows/{head['id']}", json={"inputs": inputs},
                               headers={"Flow-Token": head["token"]})  # fmt: skip

    return [move(who) for who in people]


@pytest.mark.proves("A15")
def test_of_many_guesses_at_once_no_more_than_the_limit_are_looked_at(
    at_nodes: Callable[..., Person],
) -> None:
    """Each in a flow and from a network of its own: counted before the check, on both nodes."""
    owner = at_nodes().sign_up()
    guessers = [at_nodes(at=n % 2) for n in range(60)]
    body = {
        "action": "sign_in",
        "inputs": {"identifier": owner.email, "password": "inte det ordet"},
    }
    calls: list[Call] = [partial(g.ask, "POST", "/v1/flows", json=body) for g in guessers]
    told = [a.json()["refusal"]["id"] for a in together(calls) if a.status_code == 200]
    assert set(told) <= {"sign_in_failed", "too_many_tries"}
    assert told.count("sign_in_failed") <= 10
    last = at_nodes(like=owner).sign_in()
    assert last["refusal"]["id"] == "too_many_tries", "the right one is not looked at either"


@pytest.mark.proves("A22", "S79")
def test_one_authenticator_code_in_many_flows_at_once_signs_in_once(
    at_nodes: Callable[..., Person], sql: Sql
) -> None:
    """Four flows that are past the password, on both nodes, and one code read over a shoulder."""
    owner = at_nodes().sign_up().bind_totp()
    owner.wait_for_a_step()
    calls: list[Call] = []
    code = owner.totp_code()
    for number in range(4):  # the limit is five tries
        thief = at_nodes(at=number % 2, like=owner)
        calls += moves([thief], thief.sign_in(), {"totp": code})
    assert len(results(together(calls))) == 1
    (sessions,) = sql("select count(*) from sessions where account = %s", owner.account)
    assert sessions == (2,), "the sign-up's and one more"


@pytest.mark.proves("A22", "A28", "S89")
@pytest.mark.parametrize("factor", ["totp", "sms_code"])
def test_one_code_in_one_flow_at_once_from_many_connections_signs_in_once(
    at_nodes: Callable[..., Person], sql: Sql, factor: str
) -> None:
    """Two tabs, a retrying client, a thief: one session, and no error for anybody."""
    owner = at_nodes().sign_up()
    if factor == "totp":
        owner.bind_totp().wait_for_a_step()
    else:
        owner.bind_phone()
    flow = at_nodes(like=owner).sign_in()
    code = owner.totp_code() if factor == "totp" else owner.code(owner.phone)
    twenty = [at_nodes(at=n % 2, like=owner) for n in range(AT_ONCE)]
    assert len(results(together(moves(twenty, flow, {factor: code})))) == 1
    (sessions,) = sql("select count(*) from sessions where account = %s", owner.account)
    assert sessions == (2,), "the sign-up's and one more"


@pytest.mark.proves("A59", "S88")
def test_one_sign_up_finished_at_once_from_many_connections_makes_one_account(
    at_nodes: Callable[..., Person], sql: Sql
) -> None:
    """Twenty copies of the last page: one account, one session, one channel."""
    person = at_nodes()
    flow = person.start("sign_up", identifier=person.email, robot="sandbox")
    person.move(flow, inputs={"email_code": person.code()})
    twenty = [at_nodes(at=n % 2) for n in range(AT_ONCE)]
    made = results(together(moves(twenty, flow, {"new_password": PASSWORD})))
    assert len(made) == 1
    (found,) = sql("select count(*) from channels where address = %s", person.email)
    assert found == (1,)
    (sessions,) = sql("select count(*) from sessions where account = %s", made[0]["account"])
    assert sessions == (1,)


@pytest.mark.proves("A59", "S88")
def test_many_sign_ups_with_one_address_at_once_make_one_account(
    at_nodes: Callable[..., Person], sql: Sql
) -> None:
    """Eight flows that all proved the address, finished in the same moment."""
    first = at_nodes()
    ready: list[Call] = []
    for number in range(8):
        who = at_nodes(at=number % 2, like=first)
        flow = who.start("sign_up", identifier=first.email, robot="sandbox")
        who.move(flow, inputs={"email_code": who.code()})
        ready += moves([who], flow, {"new_password": PASSWORD})
    before = sql("select count(*) from accounts")[0][0]
    answers = together(ready)
    assert len(results(answers)) == 1
    refused = {a.json()["refusal"]["id"] for a in answers
               if a.status_code == 200 and not a.json()["result"]}  # fmt: skip
    assert refused == {"identifier_unavailable"}
    assert sql("select count(*) from accounts")[0][0] == before + 1


@pytest.mark.proves("A103")
def test_one_reviewer_in_two_tabs_of_two_processes_is_one_vote(
    at_nodes: Callable[..., Person], nodes: Any
) -> None:
    owner = case.settled(at_nodes())
    number = case.applies(owner)["case"]
    here, there = (reviewers(origin)[0] for origin in nodes.origins)
    assert here.account == there.account
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda me: me.asks_to_vote(number, "approve"), (here, there)))
    assert sorted(a["flow"]["status"] for a in answers) == ["done", "refused"]
    assert case.state(owner, number) == "open"
