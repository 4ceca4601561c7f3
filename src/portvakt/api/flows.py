"""`/v1/flows`: start an action, move it, look at it. The door does the rest."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from portvakt import edge, multipart
from portvakt.api import schema, shape, wire
from portvakt.model import Answer, Caller, Problem, Refusal

router = APIRouter(tags=["flows"])


def _answered(request: Request, outcome: Answer | Problem, caller: Caller) -> Response:
    if isinstance(outcome, Problem):
        return wire.refuse(request, outcome, caller.language)
    content = shape.answer(outcome, caller.language, caller.zone)
    return wire.reply(request, content, caller.language)


@router.post("/flows", **schema.operation("startFlow"))
async def start(request: Request) -> Response:
    """Start an action, with as many of its inputs as are known already."""
    sent = await wire.posted(request)
    if isinstance(sent, Problem):
        return wire.refuse(request, sent)
    caller, data = sent
    problem = wire.members(data, "action", action=(str,), inputs=(dict,), offer=(str,))
    if problem is not None:
        return wire.refuse(request, problem, caller.language)
    door = edge.portvakt(request).door
    outcome = await edge.run(
        door.start, data["action"], data.get("inputs", {}), caller, offer=data.get("offer")
    )
    return _answered(request, outcome, caller)


@router.post("/flows/{flow}", **schema.operation("moveFlow"))
async def move(request: Request) -> Response:
    """Give inputs, take an offer, have a code sent again, or cancel."""
    sent = await wire.posted(request)
    if isinstance(sent, Problem):
        return wire.refuse(request, sent)
    caller, data = sent
    problem = _movement(data)
    key = _key(request)
    if problem is None and key is None:
        problem = Problem(404, "not_found")
    if problem is not None or key is None:
        return wire.refuse(request, problem or Problem(404, "not_found"), caller.language)
    asked: dict[str, Any] = {"inputs": {}, **data}
    outcome = await edge.run(edge.portvakt(request).door.submit, *key, caller, **asked)
    return _answered(request, outcome, caller)


def _movement(data: dict[str, Any]) -> Problem | None:
    """One thing at a time: the contract's alternatives do not mix."""
    problem = wire.members(
        data, step=(str,), inputs=(dict,), offer=(str,), resend=(str,), cancel=(bool,)
    )
    if problem is not None:
        return problem
    if len(data.keys() - {"step"}) > 1 or data.get("cancel") is False:
        return Problem(400, "malformed", {"why": "one_of"})
    return None


def _key(request: Request) -> tuple[str, str] | None:
    """The flow's id and token, where both can be one; else the flow is not found, whatever it is:
    an id alone must not even tell that a flow exists (A84)."""
    flow, tokens = request.path_params["flow"], request.headers.getlist("flow-token")
    if len(tokens) != 1 or not edge.is_token(tokens[0]) or not edge.is_id(flow):
        return None
    return flow, tokens[0]


@router.post("/flows/{flow}/files", **schema.operation("addFile"))
async def add_file(request: Request) -> Response:
    """Send one file, as multipart field `file`; `kind` is document, photo or other. Its id is then one of
    the flow's `files`."""
    problem = Problem(403, "forbidden", {"why": "cross_site"}) if edge.cross_site(request) else None
    key = _key(request)
    if problem is not None or key is None:
        return wire.refuse(request, problem or Problem(404, "not_found"))
    core = edge.portvakt(request)
    parts = await multipart.read(request, core.kit.evidence_bytes)
    caller = await edge.caller(request)
    if isinstance(parts, Problem):
        return wire.refuse(request, parts, caller.language)
    unknown = parts.fields.keys() - {"kind"}
    if unknown or parts.file_field != "file":
        why = {"why": "required", "field": "file"}
        known = (
            Problem(400, "malformed", why)
            if not unknown
            else Problem(422, "unknown_field", {"field": "?"})
        )
        return wire.refuse(request, known, caller.language)
    kind = parts.fields.get("kind", "other")
    outcome = await edge.run(core.filing.add, *key, caller, kind, parts.file)
    if isinstance(outcome, Problem):
        return wire.refuse(request, outcome, caller.language)
    if isinstance(outcome, Refusal):
        refused = shape.refusal(outcome, caller.language, caller.zone)
        return wire.reply(request, {"file": None, "refusal": refused}, caller.language)
    return wire.reply(request, {**outcome, "refusal": None}, caller.language)


@router.get("/flows/{flow}", **schema.operation("lookAtFlow"))
async def look(request: Request) -> Response:
    """What the flow asks now. Changes nothing."""
    key = _key(request)
    if key is None:
        return wire.refuse(request, Problem(404, "not_found"))
    caller = await edge.caller(request)
    outcome = await edge.run(edge.portvakt(request).door.look, *key, caller)
    return _answered(request, outcome, caller)
