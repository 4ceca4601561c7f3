"""The same key gives the same answer; another body is told so; nobody gets a stranger's answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from portvakt.model import Answer, Caller, Problem
from portvakt.ports.crypto import sha256
from tests.core.conftest import PASSWORD, Holder


def _keyed(caller: Caller, body: str, key: str = "k1") -> Caller:
    return replace(caller, idempotency_key=key, request_hash=sha256(body.encode()))


@pytest.mark.proves("A111")
def test_the_same_key_and_body_get_the_same_answer_and_do_it_once(holder: Holder) -> None:
    holder.signs_up()
    door, caller = holder.portvakt.door, _keyed(holder.caller, "sign in")
    inputs = {"identifier": holder.email, "password": PASSWORD}
    first = door.start("sign_in", inputs, caller)
    second = door.start("sign_in", inputs, caller)
    assert isinstance(first, Answer)
    assert first.result is not None
    assert second == first
    live = holder.portvakt.reads.sessions(holder.account, "")
    assert len(live) == 1, "one of the sign-in, in the place of the sign-up's"


@pytest.mark.proves("A111")
def test_the_same_key_with_another_body_is_a_conflict(holder: Holder) -> None:
    door = holder.portvakt.door
    inputs = {"identifier": holder.email, "robot": "sandbox"}
    door.start("sign_up", inputs, _keyed(holder.caller, "one"))
    assert door.start("sign_up", inputs, _keyed(holder.caller, "two")) == Problem(
        409, "idempotency_mismatch"
    )


@pytest.mark.proves("A111", "A84")
def test_a_stranger_with_the_same_key_and_body_gets_a_flow_of_his_own(holder: Holder) -> None:
    door = holder.portvakt.door
    mine = door.start("sign_in", {}, _keyed(holder.caller, "empty"))
    elsewhere = replace(holder.caller, ip="203.0.113.77")
    theirs = door.start("sign_in", {}, _keyed(elsewhere, "empty"))
    assert isinstance(mine, Answer)
    assert isinstance(theirs, Answer)
    assert mine.flow.id != theirs.flow.id


@pytest.mark.proves("A111")
def test_a_request_that_was_turned_away_may_be_sent_again_with_its_key(holder: Holder) -> None:
    door = holder.portvakt.door
    caller = _keyed(holder.caller, "bind")
    assert door.start("bind_totp", {}, replace(caller, session=None)) == Problem(
        401, "not_signed_in"
    )
    holder.signs_up()
    again = door.start("bind_totp", {}, _keyed(holder.caller, "bind"))
    assert isinstance(again, Answer)


@pytest.mark.proves("A111", "A56")
def test_a_repeated_decision_is_the_same_while_it_may_be_acted_on_and_no_longer(
    holder: Holder,
) -> None:
    holder.signs_up()
    decider, sandbox = holder.portvakt.decider, holder.portvakt.sandbox
    assert sandbox is not None
    caller = _keyed(Caller(), "trade?", key=f"d-{holder.account}")

    def ask() -> object:
        return decider.may(holder.account, "trade", {}, service="platform", caller=caller)

    first = ask()
    assert ask() == first
    sandbox.advance(timedelta(seconds=31))
    assert ask() != first
