"""What an operator watches: `/metrics` (Prometheus), `/healthz` (alive), `/readyz` (can serve).

Labels are from closed lists: route templates, action ids, refusal ids. Never an id, an address or
anything typed, which would leak it and let a stranger fill the memory with label values.

With several serving processes the figures are summed over all of them (`PROMETHEUS_MULTIPROC_DIR`,
set by `portvakt serve`).
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

import anyio
import anyio.to_thread
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portvakt.ports import clock
from portvakt.store import cases, health
from portvakt.store.tx import Database

disable_created_metrics()  # type: ignore[no-untyped-call]

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_READY_SECONDS: Final = 3

REQUESTS = Histogram(
    "portvakt_request_seconds",
    "Time to answer a request, by route template and status.",
    ["method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
POOL = Gauge(
    "portvakt_database_connections",
    "Connections to the database: open, idle, and requests that wait for one.",
    ["state"],
    multiprocess_mode="livesum",
)
# From the table, not counted in the process: messages are sent by workers, which serve no figures.
MESSAGES = Gauge(
    "portvakt_messages",
    "E-mails and SMS of the last 24 hours by state.",
    ["channel", "state"],
    multiprocess_mode="mostrecent",
)
OLDEST = Gauge(
    "portvakt_oldest_message_seconds",
    "How long the oldest message has been waiting beyond its time.",
    multiprocess_mode="mostrecent",
)
CASES_OPEN = Gauge(
    "portvakt_cases_open",
    "Cases that wait for reviewers, or for their applicant's answer.",
    multiprocess_mode="mostrecent",
)
CASES_OVERDUE = Gauge(
    "portvakt_cases_overdue",
    "Those of them that are past their due time. Nothing is approved by itself.",
    multiprocess_mode="mostrecent",
)


class Measured:
    """ASGI middleware: how long each request took. Pure ASGI, some 3 µs, for the hot reads' sake."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._known: dict[tuple[str, str, int], Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = clock.monotonic(), 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            # Any word may come as a method: an unknown one must not become a new label value.
            method = scope["method"] if scope["method"] in _METHODS else "other"
            key = (method, route_name(scope), status)
            seen = self._known.get(key)
            if seen is None:
                seen = self._known[key] = REQUESTS.labels(method, key[1], str(status))
            seen.observe(clock.monotonic() - began)


def route_name(scope: Scope) -> str:
    """The route's template, like `/v1/flows/{flow}`; `other` where none matched."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    if not isinstance(path, str) or not path:
        return "other"
    above = scope.get("root_path", "")  # where the route stands in a mounted application
    return path if isinstance(route, Mount) else above + path


# ── reading ───────────────────────────────────────────────────────────────────────────────────


def may_read(peer: str | None, headers: Mapping[str, str], networks: Sequence[str]) -> bool:
    """Whether this request may see the figures. Through a proxy nobody may: behind one every
    stranger comes from the proxy's address."""
    if peer is None or any(name in headers for name in _FORWARDED):
        return False
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in networks)


def figures(db: Database) -> bytes:
    """The figures in Prometheus' text format."""
    stats = db.stats()
    POOL.labels("open").set(stats.get("pool_size", 0))
    POOL.labels("idle").set(stats.get("pool_available", 0))
    POOL.labels("wanted").set(stats.get("requests_waiting", 0))
    queue: health.Queue | None = None
    waiting: Mapping[str, Any] = {}
    try:
        with db.tx() as tx:
            queue, waiting = health.messages(tx), cases.counts(tx, tx.now())
    except Exception:  # noqa: BLE001, S110  the others are wanted most when the database is in trouble
        pass
    MESSAGES.clear()
    if queue is not None:
        OLDEST.set(queue.oldest)
        for channel, state, number in queue.numbers:
            MESSAGES.labels(channel, state).set(number)
    if waiting:
        CASES_OPEN.set(waiting["open"])
        CASES_OVERDUE.set(waiting["overdue"])
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(REGISTRY)


def routes(portvakt: Any) -> list[Route]:
    """`/metrics`, `/healthz`, `/readyz` for the app that holds `settings` and `db`."""

    async def healthz(_: Request) -> Response:
        return _plain("alive\n")

    async def readyz(_: Request) -> Response:
        """503 until the database answers: a load balancer then sends nobody here (A120)."""
        try:
            with anyio.fail_after(_READY_SECONDS):
                await anyio.to_thread.run_sync(_ask, portvakt.db, abandon_on_cancel=True)
        except Exception:  # noqa: BLE001  whatever it is, the answer to the balancer is the same
            return _plain("the database does not answer\n", 503)
        return _plain("ready\n")

    async def metrics(request: Request) -> Response:
        peer = request.client.host if request.client else None
        if not may_read(peer, request.headers, portvakt.settings.serve.metrics_from):
            return _plain("not found\n", 404)
        text = await anyio.to_thread.run_sync(figures, portvakt.db)
        return Response(text, media_type=CONTENT_TYPE_LATEST, headers=_NO_STORE)

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]


_NO_STORE = {"Cache-Control": "no-store"}


def _plain(text: str, status: int = 200) -> PlainTextResponse:
    return PlainTextResponse(text, status, headers=_NO_STORE)


def _ask(db: Any) -> None:
    with db.tx() as tx:
        tx.now()
