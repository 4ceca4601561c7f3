"""`/v1/sandbox`: what a trial and a test need to see, the messages sent and the clock. These routes
exist only where the sandbox does; elsewhere the paths are not found."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from portvakt import edge
from portvakt.api import schema, shape, wire
from portvakt.model import Problem
from portvakt.settings import parse_duration

router = APIRouter(prefix="/sandbox", tags=["sandbox"])
_FURTHEST: Final = timedelta(days=400)


def _length(text: object) -> timedelta | None:
    """A duration like "24h", at most 400 days at once; else None."""
    if not isinstance(text, str) or len(text) > 16:
        return None
    try:
        length = parse_duration(text)
    except (ValueError, OverflowError):
        return None
    return length if length <= _FURTHEST else None


@router.get("", **schema.operation("sandboxInfo"))
async def info(request: Request) -> Response:
    """The operator, the platform's client, and what it may ask about."""
    found = await edge.run(edge.sandbox(request).info)
    if isinstance(found, Problem):
        return wire.refuse(request, found)
    return wire.reply(request, shape.plain(found, edge.language(request)))


@router.get("/messages", **schema.operation("sandboxMessages"))
async def messages(request: Request) -> Response:
    """E-mails and text messages sent, newest first; `to` is the exact address."""
    to = request.query_params.getlist("to")
    if len(to) > 1 or any(len(t) > 320 or "\0" in t for t in to):
        return wire.refuse(request, Problem(400, "malformed", {"why": "query", "field": "to"}))
    found = await edge.run(edge.sandbox(request).messages, to[0] if to else None)
    if isinstance(found, Problem):
        return wire.refuse(request, found)
    return wire.reply(request, {"messages": shape.plain(found, edge.language(request))})


@router.post("/staff-sessions", **schema.operation("sandboxStaffSession"))
async def staff_session(request: Request) -> Response:
    """A session of one of the sandbox's reviewers."""
    sent = await wire.posted(request)
    if isinstance(sent, Problem):
        return wire.refuse(request, sent)
    caller, data = sent
    problem = wire.members(data, "reviewer", reviewer=(str,))
    if problem is not None:
        return wire.refuse(request, problem, caller.language)
    made = await edge.run(edge.sandbox(request).staff_session, data["reviewer"])
    if made is None:
        made = Problem(404, "not_found")
    if isinstance(made, Problem):
        return wire.refuse(request, made, caller.language)
    return wire.reply(request, made)


@router.post("/idp/{provider}", **schema.operation("sandboxPerson"))
async def person(request: Request) -> Response:
    """Who is signed in at this provider's stand-in from now on."""
    sent = await wire.posted(request)
    if isinstance(sent, Problem):
        return wire.refuse(request, sent)
    caller, data = sent
    problem = wire.members(data, "sub", "email", sub=(str,), email=(str,), email_verified=(bool,))
    if problem is None and not (0 < len(data["sub"]) <= 255 and 0 < len(data["email"]) <= 320):
        problem = Problem(400, "malformed", {"why": "wrong_type", "field": "sub"})
    if problem is not None:
        return wire.refuse(request, problem, caller.language)
    verified = "true" if data.get("email_verified", True) else "false"
    who = {"sub": data["sub"], "email": data["email"], "email_verified": verified}
    provider = request.path_params["provider"]
    done = await edge.run(edge.sandbox(request).signs_in_next, provider, who)
    if done is None:
        done = Problem(404, "not_found")
    elif not done:
        done = Problem(503, "overloaded", retry_after=1)
    if isinstance(done, Problem):
        return wire.refuse(request, done, caller.language)
    return wire.reply(request, {})


@router.get("/clock", **schema.operation("sandboxClock"))
async def clock(request: Request) -> Response:
    """The time that every rule goes by."""
    now = await edge.run(edge.sandbox(request).now)
    if isinstance(now, Problem):
        return wire.refuse(request, now)
    return wire.reply(request, {"now": shape.time(now)})


@router.post("/clock", **schema.operation("sandboxAdvance"))
async def advance(request: Request) -> Response:
    """Move the clock on; answers when all work that became due has run."""
    sent = await wire.posted(request)
    if isinstance(sent, Problem):
        return wire.refuse(request, sent)
    caller, data = sent
    problem = wire.members(data, "advance", advance=(str,))
    length = _length(data.get("advance"))
    if problem is None and length is None:
        problem = Problem(400, "malformed", {"why": "wrong_type", "field": "advance"})
    if problem is not None or length is None:
        return wire.refuse(request, problem or Problem(400, "malformed"), caller.language)
    now = await edge.run(edge.sandbox(request).advance, length)
    if isinstance(now, Problem):
        return wire.refuse(request, now, caller.language)
    return wire.reply(request, {"now": shape.time(now)})
