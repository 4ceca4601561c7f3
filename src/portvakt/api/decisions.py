"""`/v1/decisions`: the platform's services ask *may this account do this now?* (S91)."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from portvakt import edge
from portvakt.api import schema, shape, wire
from portvakt.model import Decision, Problem

router = APIRouter(tags=["decisions"])
SERVICE_UNKNOWN = Problem(401, "service_unknown")


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
    headers = request.headers.getlist("authorization")
    who = credentials(headers[0]) if len(headers) == 1 else None
    if who is None:
        return wire.refuse(request, SERVICE_UNKNOWN)
    sent = await wire.posted(request)
    if isinstance(sent, Problem):
        return wire.refuse(request, sent)
    caller, data = sent
    problem = wire.members(
        data, account=(str,), action=(str,), details=(dict,), session=(str,), receipt=(str,)
    )
    for name in ("account", "action"):
        if problem is None and name not in data:
            problem = Problem(400, "malformed", {"why": "required", "field": name})
    if problem is not None:
        return wire.refuse(request, problem, caller.language)

    def asked() -> Decision | Problem:
        core = edge.portvakt(request)
        if not core.services.check(*who):
            return SERVICE_UNKNOWN
        details: dict[str, Any] = data.get("details", {})
        return core.decider.may(
            data["account"], data["action"], details,
            session=data.get("session"), receipt=data.get("receipt"), service=who[0], caller=caller,
        )  # fmt: skip

    made = await edge.run(asked)
    if isinstance(made, Problem):
        return wire.refuse(request, made, caller.language)
    content = shape.decision(made, caller.language, caller.zone)
    return wire.reply(request, content, caller.language)
