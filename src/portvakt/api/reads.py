"""`/v1/me…`: what the holder of a session may see of his own account. Nothing here changes anything,
and every read is of the session's account: no address names another one (A95)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from portvakt import edge
from portvakt.api import schema, shape, wire
from portvakt.model import Problem, Session

router = APIRouter(tags=["me"])
_PAGE = re.compile(r"[A-Za-z0-9_.:+-]{1,80}")
NOT_SIGNED_IN: Final = Problem(401, "not_signed_in")


async def me(request: Request) -> Response:
    """Whose session this is: the account, its identifiers and its security level."""
    live = await edge.session(request)
    if live is None:
        return wire.refuse(request, NOT_SIGNED_IN)
    return wire.reply(request, edge.portvakt(request).reads.me(live))


class Me:
    """`GET /v1/me`: the hot read, which platforms ask on each of their own requests.

    A bare ASGI endpoint outside the API's middleware: one statement on the asynchronous pool (the
    session check, which brings everything that is said here), no thread, no parsing (ADR 0002).
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method in ("GET", "HEAD"):
            response = await me(request)
        else:
            response = wire.refuse(request, Problem(405, "method_not_allowed"), allow="GET, HEAD")
        await response(scope, receive, send)


async def read(request: Request, fn: Callable[[Session], Any]) -> Response:
    """Run one read for the live session and say it in the caller's language and zone."""
    caller = await edge.caller(request)
    if caller.session is None:
        return wire.refuse(request, NOT_SIGNED_IN, caller.language)
    found = await edge.run(fn, caller.session)
    if isinstance(found, Problem):
        return wire.refuse(request, found, caller.language)
    content = shape.plain(found, caller.language, caller.zone)
    return wire.reply(request, content, caller.language)


@router.get("/me/factors", **schema.operation("listFactors"))
async def factors(request: Request) -> Response:
    """Ways to prove that are bound, and which of them are a second factor."""
    return await read(request, lambda live: edge.portvakt(request).reads.factors(live.account))


@router.get("/me/holds", **schema.operation("listHolds"))
async def holds(request: Request) -> Response:
    """Holds now active: why, what they stop, until when."""
    return await read(request, lambda live: edge.portvakt(request).reads.holds(live.account))


@router.get("/me/sessions", **schema.operation("listSessions"))
async def sessions(request: Request) -> Response:
    """Live sessions; `this` marks the one that asks."""
    return await read(
        request, lambda live: edge.portvakt(request).reads.sessions(live.account, live.id)
    )


@router.get("/me/activity", **schema.operation("listActivity"))
async def activity(request: Request) -> Response:
    """What happened to the account, newest first; `before` is the last id of the page before."""
    asked = request.query_params.getlist("before")
    if len(asked) > 1 or not all(_PAGE.fullmatch(b) for b in asked):
        return wire.refuse(request, Problem(400, "malformed", {"why": "query", "field": "before"}))
    before = asked[0] if asked else None
    return await read(
        request, lambda live: edge.portvakt(request).reads.activity(live.account, before)
    )


@router.get("/me/waiting", **schema.operation("listWaiting"))
async def waiting(request: Request) -> Response:
    """What is proven and waits for its time; `stop_case` stops it."""
    return await read(request, lambda live: edge.portvakt(request).reads.waiting(live.account))


@router.get("/me/protection", **schema.operation("protection"))
async def protection(request: Request) -> Response:
    """Settings lock, payout list, payout addresses, and the holder's own phrase."""
    return await read(request, lambda live: edge.portvakt(request).reads.protection(live.account))


@router.get("/me/security-level", **schema.operation("securityLevel"))
async def security_level(request: Request) -> Response:
    """The level from 0 to 4, and what would raise it (S94)."""
    return await read(
        request, lambda live: edge.portvakt(request).reads.security_level(live.account)
    )
