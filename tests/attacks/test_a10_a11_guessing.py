"""Stuffing and spraying: many passwords from everywhere meet a robot check, not a locked owner."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.attacks.conftest import Own
from tests.people import Person

FAILURES = 12  # here in place of 300, so that the test is short
SEEN_FOR = 5.5  # seconds: a process looks at the global count at most every five


@pytest.fixture(scope="module")
def own_settings() -> Own:
    return {"limits": {"attack.all": f"{FAILURES}/10m"}}


def fields(flow: dict[str, object]) -> list[str]:
    step = flow["step"]
    assert isinstance(step, dict)
    return [f["name"] for f in step["fields"]]


@pytest.mark.proves("A10", "A11", "S99")
def test_guesses_all_over_the_place_bring_the_robot_check_and_lock_nobody(
    stranger: Callable[..., Person],
) -> None:
    """One password over many accounts, one try each, each from another network: seen by the global
    count. The right password without the check opens nothing; the owner's own device is not asked."""
    owners = [stranger().sign_up() for _ in range(3)]
    for number in range(FAILURES):
        whom = owners[number % 3].email if number % 2 else f"nobody{number}@example.com"
        flow = stranger().sign_in(identifier=whom, password="vår2026!!")
        assert flow["refusal"]["id"] == "sign_in_failed"
        assert "robot" not in fields(flow)
    time.sleep(SEEN_FOR)

    bot = stranger(like=owners[0])
    stopped = bot.sign_in()
    assert stopped["result"] is None
    assert fields(stopped) == ["identifier", "password", "robot"]
    alike = stranger().sign_in(identifier="nobody@example.com", password="vår2026!!")
    assert fields(alike) == fields(stopped), "asked of everybody, so it tells nothing"
    wrong = bot.move(stopped, inputs={"password": "x" * 12, "identifier": bot.email, "robot": "no"})
    assert wrong["refusal"]["id"] == "robot_failed"

    human = stranger(like=owners[0])
    assert human.sign_in(robot="sandbox")["flow"]["status"] == "done"
    for owner in owners:  # on their own devices: no check, no lock
        owner.session = None
        assert owner.sign_in()["flow"]["status"] == "done"

    told = owners[0].ask("GET", "/v1/sandbox/messages", params={"to": owners[0].email}).json()
    assert any("new device" in m["subject"] for m in told["messages"]), "the owner hears of it"

    # One check is worth ten passwords, whomever they are for: no list is tried with it.
    one_check = stranger()
    flow = one_check.start("sign_in", robot="sandbox")
    last = flow
    for number in range(11):
        typed = {"identifier": f"nobody{number}@example.com", "password": "vår2026!!"}
        last = one_check.move(flow, inputs=typed)
    assert last["refusal"]["id"] == "too_many_tries"


@pytest.mark.proves("A10", "S7")
def test_a_mistyped_identifier_may_be_typed_again_after_the_robot_check(
    stranger: Callable[..., Person],
) -> None:
    """The password is judged for the identifier beside it, and no other."""
    owner = stranger().sign_up()
    for number in range(FAILURES):
        stranger().sign_in(identifier=f"nobody{number}@example.com", password="vår2026!!")
    time.sleep(SEEN_FOR)
    human = stranger(like=owner)
    flow = human.sign_in(identifier="persson@example.com", robot="sandbox")
    assert flow["refusal"]["id"] == "sign_in_failed"
    typed = {"identifier": owner.email, "password": "fyra helt olika ord utan mening"}
    done = human.move(flow, inputs=typed)
    assert done["flow"]["status"] == "done"
    assert done["result"]["account"] == owner.account


@pytest.mark.proves("A10", "S3")
def test_a_right_pair_from_a_list_still_needs_the_second_factor(
    stranger: Callable[..., Person],
) -> None:
    """A stuffed password that fits opens the second page and no account."""
    owner = stranger().sign_up().bind_phone()
    flow = stranger(like=owner).sign_in(robot="sandbox")
    assert flow["result"] is None
    assert fields(flow) == ["sms_code"]


@pytest.mark.proves("A10", "S99")
def test_without_the_robot_check_the_refusal_does_not_tell_a_right_password_from_a_wrong_one(
    stranger: Callable[..., Person],
) -> None:
    """Nothing behind a failed check is looked at."""
    owner = stranger().sign_up()
    for number in range(FAILURES):
        stranger().sign_in(identifier=f"nobody{number}@example.com", password="vår2026!!")
    time.sleep(SEEN_FOR)
    right = stranger(like=owner).sign_in(robot="guess")
    wrong = stranger(like=owner).sign_in(robot="guess", password="vår2026!!")
    assert right["refusal"] == wrong["refusal"]
    assert right["refusal"]["id"] == "robot_failed"
    assert fields(right) == fields(wrong) == ["identifier", "password", "robot"]
