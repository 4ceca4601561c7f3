"""Requests made from the OpenAPI document, right and wrong ones, alone and in sequences: no error of
ours, no answer that the document does not describe. Bounded and repeatable."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.config import SchemathesisConfig

from tests.api.conftest import Person

CHECKS: Any = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = [
    "startFlow", "moveFlow", "lookAtFlow", "me", "listFactors", "listHolds", "listSessions",
    "listActivity", "securityLevel", "decide", "sandboxInfo", "sandboxMessages", "sandboxClock",
    "addFile", "tellFacts", "sandboxStaffSession",
]  # fmt: skip
TAKES_SOMETHING = ["startFlow", "moveFlow", "listActivity", "decide", "sandboxMessages",
                   "addFile", "tellFacts", "sandboxStaffSession"]  # fmt: skip
BOUNDS = bounds(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
_networks = itertools.count(1)


def _loaded(person: Person, mode: str) -> Any:
    address = str(person.http.base_url).rstrip("/")
    config = SchemathesisConfig.from_dict({"generation": {"mode": mode}})
    return schemathesis.openapi.from_url(f"{address}/v1/openapi.json", config=config)


def _dressed(case: Case[Any], holder: Person, secret: tuple[str, str]) -> dict[str, Any]:
    """Credentials that are right, so that what lies behind them is reached, and a network of its
    own for each request, so that limits per network do not hide the rest."""
    number = next(_networks)
    headers = {"X-Forwarded-For": f"100.64.{number // 250}.{number % 250 + 1}"}
    if case.operation.path in ("/v1/decisions", "/v1/facts"):
        return {"headers": headers, "auth": secret}
    # by what is sent, not by how many were sent before: the same sequence gets the same answers again
    if len(repr(case.body)) % 3:
        headers["Authorization"] = f"Bearer {holder.session}"
    return {"headers": headers}


@pytest.fixture(scope="module")
def known(address: str) -> tuple[Person, tuple[str, str]]:
    """A signed-in holder whose program outlives the test, and the platform's credentials."""
    http = httpx.Client(base_url=address, headers={"X-Forwarded-For": "198.19.0.1"}, timeout=20)
    holder = Person(http, 100_000).sign_up()
    client = holder.ask("GET", "/v1/sandbox").json()["platform_client"]
    return holder, (client["id"], client["secret"])


@pytest.mark.proves("A98")
@pytest.mark.parametrize(
    ("mode", "operation"),
    [(GenerationMode.POSITIVE, id) for id in OPERATIONS]
    + [(GenerationMode.NEGATIVE, id) for id in TAKES_SOMETHING],
    ids=lambda part: str(getattr(part, "value", part)),
)
def test_every_operation_answers_as_described_whatever_it_is_sent(
    known: tuple[Person, tuple[str, str]], operation: str, mode: GenerationMode
) -> None:
    holder, secret = known
    described = _loaded(holder, mode.value).find_operation_by_id(operation)

    @bounds(BOUNDS, max_examples=15)
    @_given(described, mode)
    def sent(case: Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS, **_dressed(case, holder, secret))

    sent()


def _given(described: Any, mode: GenerationMode) -> Callable[[Any], Any]:
    return given(case=described.as_strategy(generation_mode=mode))


def test_flows_answer_as_described_in_every_order(known: tuple[Person, tuple[str, str]]) -> None:
    holder, secret = known
    # time stays: a clock that jumps by years would end everything that is looked at here
    loaded = _loaded(holder, "all").exclude(operation_id="sandboxAdvance")

    class Machine(loaded.as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
            return _dressed(case, holder, secret)

        def validate_response(self, response: Any, case: Case[Any], **more: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    Machine.run(settings=bounds(BOUNDS, max_examples=25, stateful_step_count=8))
