"""Limits per network hold whatever a caller writes about where he comes from (A12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from portvakt.policy import LIMITS
from tests.api.test_contract import problem
from tests.people import Person


@pytest.fixture(scope="module")
def own_settings() -> Mapping[str, Mapping[str, Any]]:
    """A sandbox widens the limits per network; here they are as in life."""
    return {"limits": {name: text for name, text in LIMITS.items() if name.endswith(".network")}}


@pytest.mark.proves("A12")
@pytest.mark.parametrize(
    "forged",
    [
        lambda n: {"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.7"},
        lambda n: {
            "X-Forwarded-For": "198.51.100.8",
            "Forwarded": f"for=203.0.113.{n}",
            "X-Real-IP": f"203.0.113.{n}",
            "True-Client-IP": f"203.0.113.{n}",
        },
        lambda n: {"X-Forwarded-For": f"2001:db8::{n}"},
    ],
    ids=["left of the proxy's own entry", "in other headers", "within one IPv6 /64"],
)
def test_a_network_that_starts_too_much_gets_429_under_whatever_addresses_it_writes(
    person: Person, forged: Callable[[int], dict[str, str]]
) -> None:
    body = {"action": "sign_up"}
    told = [person.ask("POST", "/v1/flows", json=body, headers=forged(n)) for n in range(1, 23)]
    assert [answer.status_code for answer in told[:20]] == [200] * 20
    for answer in told[20:]:
        problem(answer, 429, "too_many_requests")
        assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.proves("A12")
def test_a_session_shows_the_network_it_really_came_from(stranger: Callable[[], Person]) -> None:
    person = stranger()
    person.headers = {"X-Forwarded-For": "203.0.113.1, 192.0.2.77", "X-Real-IP": "203.0.113.2"}
    place = person.sign_up().ask("GET", "/v1/me/sessions").json()[0]["place"]
    assert place.startswith("192.0.")
    assert "77" not in place
