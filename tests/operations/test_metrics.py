"""Metrics: closed lists of labels, and figures for the operator alone."""

from __future__ import annotations

from datetime import UTC, datetime

import anyio
import httpx
import pytest
from prometheus_client import REGISTRY
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from portvakt import counting, metrics
from portvakt.model import Answer, FlowView, Problem, Refusal
from tests import elsewhere

LOOPBACK = ("127.0.0.0/8", "::1/128")


@pytest.mark.parametrize(
    ("peer", "headers", "may"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("192.0.2.7", {}, False),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, False),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}, False),
        ("127.0.0.1", {"via": "1.1 proxy"}, False),
        (None, {}, False),
        ("not an address", {}, False),
    ],
)
def test_the_figures_are_for_the_operators_networks_and_never_through_a_proxy(
    peer: str | None, headers: dict[str, str], may: bool
) -> None:
    assert metrics.may_read(peer, headers, LOOPBACK) is may


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def ask(app: ASGIApp, path: str, method: str = "GET") -> int:
    async def asked() -> int:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return (await client.request(method, path)).status_code

    return elsewhere.run(asked)


def app() -> ASGIApp:
    def hello(_: Request) -> PlainTextResponse:
        return PlainTextResponse("hello")

    inner = Starlette(routes=[Route("/things/{id}", hello)])
    outer = Starlette(routes=[Route("/people/{id}", hello), Mount("/v1", inner)])
    return metrics.Measured(outer)


def test_a_request_is_counted_under_its_routes_template() -> None:
    labels = {"method": "GET", "route": "/people/{id}", "status": "200"}
    before = count("portvakt_request_seconds_count", **labels)
    assert ask(app(), "/people/anna@example.com?token=x") == 200
    assert count("portvakt_request_seconds_count", **labels) == before + 1


def test_whatever_a_stranger_asks_for_makes_no_new_label() -> None:
    measured = app()
    for path in ("/a", "/b/c", "/d?e=f"):
        assert ask(measured, path) == 404
    assert ask(measured, "/people/1", "BREW") == 405
    assert ask(measured, "/v1/things/1") == 200
    names = {
        value
        for family in REGISTRY.collect()
        for sample in family.samples
        for key, value in sample.labels.items()
        if key in {"route", "method"}
    }
    assert "BREW" not in names
    assert "/v1/things/{id}" in names
    assert not {"/a", "/b/c", "/d"} & names


def answer(action: str, refusal: str | None = None) -> Answer:
    view = FlowView("flw_1", action, "open", datetime(2026, 1, 1, tzinfo=UTC))
    return Answer(view, refusal=Refusal(refusal) if refusal else None)


def test_a_wrong_password_counts_as_a_failed_sign_in_and_a_step_does_not() -> None:
    before = count("portvakt_sign_in_failures_total")
    counting.count(answer("sign_in", "sign_in_failed"))
    counting.count(answer("sign_in"))
    counting.count(answer("bind_totp", "wrong_code"))
    assert count("portvakt_sign_in_failures_total") == before + 1


def test_being_turned_away_is_counted_by_its_problem() -> None:
    before = count("portvakt_turned_away_total", problem="overloaded")
    counting.count(Problem(503, "overloaded"))
    assert count("portvakt_turned_away_total", problem="overloaded") == before + 1


class Broken:
    def tx(self) -> None:
        raise OSError("the database is away")

    def stats(self) -> dict[str, int]:
        return {}


@pytest.mark.proves("A120")
def test_without_a_database_the_process_is_alive_but_not_ready() -> None:
    class Portvakt:
        db = Broken()

    served = Starlette(routes=metrics.routes(Portvakt()))
    assert ask(served, "/healthz") == 200
    assert ask(served, "/readyz") == 503


def test_measuring_costs_little() -> None:
    """The hot read is some 100 µs: what is measured must not cost a tenth of it."""

    async def nothing(scope: object, receive: object, send: object) -> None:
        return None

    async def many(of: object, times: int) -> float:
        scope = {"type": "http", "method": "GET", "path": "/"}
        began = anyio.current_time()
        for _ in range(times):
            await of(scope, None, None)  # type: ignore[operator]
        return (anyio.current_time() - began) / times

    assert elsewhere.run(many, metrics.Measured(nothing), 5_000) < 50e-6
