"""`/v1/decisions`: the platform's services ask *may this account do this now?* (S91)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from portvakt import edge
from portvakt.api import schema, shape, wire
from portvakt.core import Portvakt
from portvakt.model import Caller, Problem

T = TypeVar("T")
router = APIRouter(tags=["decisions"])
SERVICE_UNKNOWN = Problem(401, "service_unknown")
BAD_CURSOR = Problem(400, "malformed", {"why": "query", "field": "after"})
_CURSOR = re.compile(r"[0-9]{1,18}\.evt_[0-9a-f]{32}")


def credentials(header: str | None) -> tuple[str, str] | None:
    """Client id and secret of an HTTP Basic header (RFC 7617, UTF-8), or None."""
    scheme, _, rest = (header or "").partition(" ")
    if scheme.lower() != "basic" or len(rest) > 1024:
        return None
    try:
        client, colon, secret = (
            base64.b64decode(rest.strip(), validate=True).decode().partition(":")
        )
    except (binascii.Error, ValueError):
        return None
    fits = colon and client and secret and client.isprintable() and secret.isprintable()
    return (client, secret) if fits else None


@router.post("/decisions", **schema.operation("decide"))
async def decide(request: Request) -> Response:
    """Allow, deny until, or step up. Anything unknown is denied, never allowed by default."""
    asked = await _asked(
        request, "account", "action",
        account=(str,), action=(str,), details=(dict,), session=(str,), receipt=(str,),
    )  # fmt: skip
    if isinstance(asked, Response):
        return asked
    who, caller, data = asked
    decision = await _served(request, who, lambda core: core.decider.may(
        data["account"], data["action"], data.get("details", {}),
        session=data.get("session"), receipt=data.get("receipt"), service=who[0], caller=caller,
    ))  # fmt: skip
    if isinstance(decision, Problem):
        return wire.refuse(request, decision, caller.language)
    content = shape.decision(decision, caller.language, caller.zone)
    return wire.reply(request, content, caller.language)


@router.post("/receipts/{receipt}/redeem", **schema.operation("redeemReceipt"))
async def redeem(request: Request) -> Response:
    """Spend a receipt, once, as the value moves; with other details than approved it is void."""
    asked = await _asked(request, details=(dict,))
    if isinstance(asked, Response):
        return asked
    who, caller, data = asked
    receipt = request.path_params["receipt"]
    at = await _served(
        request, who, lambda core: core.decider.redeem(receipt, data.get("details", {}), who[0])
    )
    if isinstance(at, Problem):
        return wire.refuse(request, at, caller.language)
    return wire.reply(
        request, {"receipt": receipt, "redeemed": True, "at": shape.time(at)}, caller.language
    )


@router.post("/facts", **schema.operation("tellFacts"))
async def facts(request: Request) -> Response:
    """What the platform knows of its customer: recent movements and balances, compared with what an
    applicant claims in a reviewed case (S53, S54). What was told before is replaced."""
    asked = await _asked(request, "account", account=(str,), recent=(list,), balances=(dict,))
    if isinstance(asked, Response):
        return asked
    who, caller, data = asked
    at = await _served(request, who, lambda core: core.services.tell_facts(
        data["account"], data.get("recent", []), data.get("balances", {})
    ))  # fmt: skip
    if isinstance(at, Problem):
        return wire.refuse(request, at, caller.language)
    return wire.reply(request, {"account": data["account"], "at": shape.time(at)}, caller.language)


@router.get("/events", **schema.operation("listEvents"))
async def events(request: Request) -> Response:
    """What happened to accounts, oldest first; `after` is the id of the last one seen."""
    who = _credentials(request)
    if who is None:
        return wire.refuse(request, SERVICE_UNKNOWN)
    after = request.query_params.getlist("after")
    if len(after) > 1 or not all(_CURSOR.fullmatch(a) for a in after):
        return wire.refuse(request, BAD_CURSOR)
    cursor = after[0] if after else None
    found = await _served(request, who, lambda core: core.reads.events(cursor) or [])
    if isinstance(found, Problem):
        return wire.refuse(request, found)
    return wire.reply(request, {"events": shape.plain(found, edge.language(request))})


def _credentials(request: Request) -> tuple[str, str] | None:
    headers = request.headers.getlist("authorization")
    return credentials(headers[0]) if len(headers) == 1 else None


async def _served(
    request: Request, who: tuple[str, str], work: Callable[[Portvakt], T | Problem]
) -> T | Problem:
    """What a service asked for, done on a worker thread; only for one whose secret fits."""
    core = edge.portvakt(request)
    return await edge.run(lambda: work(core) if core.services.check(*who) else SERVICE_UNKNOWN)


async def _asked(
    request: Request, *required: str, **members: tuple[type, ...]
) -> tuple[tuple[str, str], Caller, dict[str, Any]] | Response:
    """Who asks, and the members of what a service posted; or the problem as an answer."""
    who = _credentials(request)
    if who is None:
        return wire.refuse(request, SERVICE_UNKNOWN)
    sent = await wire.posted(request)
    if isinstance(sent, Problem):
        return wire.refuse(request, sent)
    caller, data = sent
    problem = wire.members(data, *required, **members)
    if problem is not None:
        return wire.refuse(request, problem, caller.language)
    return who, caller, data
