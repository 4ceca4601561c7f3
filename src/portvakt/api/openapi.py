"""The OpenAPI 3.1 document at `/v1/openapi.json`: made from the routes, the policy table, the
message catalogue and the shapes, so that it cannot say anything else than what runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from portvakt.api import inputs, reads, samples, schema, wire
from portvakt.filing import KINDS
from portvakt.messages import TEXTS, say
from portvakt.policy import ACTIONS, BEGUN, PROTECTED
from portvakt.rules import inputs as inputs_of

Part = dict[str, Any]

ABOUT: Final = """\
Every action is a flow: start it, give what its step asks for, until it is done. A refusal (a wrong
code, a limit of the account) is an answer with status 200; a problem document (RFC 9457) says that
the request itself cannot be answered. Times are RFC 3339 in UTC."""

SCHEMES: Final[Part] = {
    "session": {"type": "http", "scheme": "bearer", "description": "The session token of a holder"},
    "flowToken": {
        "type": "apiKey",
        "in": "header",
        "name": "Flow-Token",
        "description": "The token from the flow's first answer. Without it the flow is not found",
    },
    "service": {"type": "http", "scheme": "basic", "description": "Client id and secret"},
}


def _header(name: str, description: str, **shape: Any) -> Part:
    kind = {"type": "string", **shape}
    return {
        "name": name,
        "in": "header",
        "required": False,
        "schema": kind,
        "description": description,
    }


LANGUAGE: Final = _header("Accept-Language", "The language of texts", examples=["sv, en;q=0.8"])
POSTING: Final = [
    _header(
        "Idempotency-Key",
        "Repeat a request with the same key and it is done once; the first answer is given again",
        minLength=1, maxLength=128, pattern="^[!-~]+$",
    ),
    _header("Portvakt-Device", "The device token from an earlier sign-in", maxLength=256),
    _header("Portvakt-Client", "What kind of program this is", enum=["web", "android", "ios", "other"]),
    _header("Portvakt-Zone", "The holder's IANA time zone", examples=["Europe/Stockholm"]),
]  # fmt: skip
FLOW_ID: Final[Part] = {
    "name": "flow", "in": "path", "required": True, "description": "The flow's id",
    "schema": {"type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$"},
}  # fmt: skip


def _query(name: str, description: str, **shape: Any) -> Part:
    kind = {"type": "string", **shape}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": kind,
        "description": description,
    }


#: operation → parameters
PARAMETERS: Final[dict[str, list[Part]]] = {
    "startFlow": [LANGUAGE, *POSTING],
    "moveFlow": [FLOW_ID, LANGUAGE, *POSTING],
    "lookAtFlow": [FLOW_ID, LANGUAGE],
    "addFile": [FLOW_ID, LANGUAGE],
    "tellFacts": [LANGUAGE],
    "listActivity": [
        _query("before", "The last id of the page before", maxLength=80, pattern="^[A-Za-z0-9_.:+-]+$"),
        LANGUAGE,
    ],
    "securityLevel": [LANGUAGE],
    "decide": [LANGUAGE],
    "sandboxMessages": [_query("to", "An address", maxLength=320)],
}  # fmt: skip


# ── bodies ──────────────────────────────────────────────────────────────────────────────────────


def _object(required: Iterable[str] = (), **properties: Part) -> Part:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


def _start_schemas() -> dict[str, Part]:
    return {f"start_{action}": inputs.start(action) for action in BEGUN}


def _every_input() -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for action in BEGUN for name in inputs_of(ACTIONS[action])))


def _bodies() -> dict[str, Part]:
    """Operation → the schema of its body."""
    short: Part = {"type": "string", "maxLength": 64}
    step = {**short, "description": "The step this answers; one that has moved on spends nothing"}
    given = inputs.given(_every_input())
    given["description"] = "What the step asks for; several at once, also early"
    refs = {a: {"$ref": f"#/components/schemas/start_{a}"} for a in BEGUN}
    mapping = {a: ref["$ref"] for a, ref in refs.items()}
    details: Part = {
        "type": "object",
        "description": "What exactly is to happen; a receipt holds for exactly these",
        "examples": [{"amount": "0.5", "asset": "BTC", "to": "bc1q"}],
    }
    return {
        "startFlow": {
            "oneOf": list(refs.values()),
            "discriminator": {"propertyName": "action", "mapping": mapping},
        },
        "moveFlow": {
            "oneOf": [
                _object(["inputs"], inputs=given, step=step),
                _object(["offer"], offer={**short, "description": "An offer's id"}, step=step),
                _object(["resend"], resend={**short, "description": "A code's name"}, step=step),
                _object(["cancel"], cancel={"const": True, "type": "boolean"}, step=step),
            ],
            "examples": [{"inputs": {"totp": "123456"}}, {"resend": "sms_code"}, {"cancel": True}],
        },
        "decide": _object(
            ["account", "action"],
            account={**short, "description": "The account's id"},
            action={**short, "examples": sorted(PROTECTED), "description": "Unknown ones are denied"},
            details=details,
            session={**short, "description": "The session's id, where one asks"},
            receipt={**short, "maxLength": 256, "description": "From an approved step-up"},
        )
        | {"examples": [{"account": "acc_0", "action": "withdraw", "details": {"amount": "0.5", "asset": "BTC"}}]},
        "redeemReceipt": _object(["details"], details=details),
        "tellFacts": _object(
            ["account"],
            account={**short, "description": "The account's id"},
            recent={
                "type": "array",
                "maxItems": 20,
                "items": {"type": "object", "additionalProperties": {"type": "string"}},
                "description": "What was last sent or withdrawn: amount, asset, at …",
                "examples": [[{"amount": "0.5", "asset": "BTC", "at": "2026-11-20"}]],
            },
            balances={
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "Amount by asset",
                "examples": [{"BTC": "1.25"}],
            },
        )
        | {"examples": [{"account": "acc_0", "balances": {"BTC": "1.25"}}]},
        "sandboxStaffSession": _object(["reviewer"], reviewer={**short, "description": "A reviewer's id"})
        | {"examples": [{"reviewer": "acc_0"}]},
        "sandboxAdvance": _object(
            ["advance"],
            advance={"type": "string", "pattern": "^([0-9]+[smhd])+$", "maxLength": 16},
        )
        | {"examples": [{"advance": "24h"}]},
    }  # fmt: skip


FILE: Final[Part] = _object(
    ["file"],
    file={"type": "string", "contentMediaType": "application/octet-stream",
          "description": "JPEG, PNG, HEIC or PDF; it is drawn anew and sealed"},
    kind={"type": "string", "enum": list(KINDS), "default": "other"},
)  # fmt: skip


# ── problems ────────────────────────────────────────────────────────────────────────────────────


def _problem_response(status: int) -> Part:
    ids = [id for id, s in schema.PROBLEMS.items() if s == status]
    response: Part = {
        "description": " · ".join(say(f"problem.{id}.title", "en") for id in ids),
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    if status in (429, 503):
        seconds = {"type": "integer", "minimum": 1}
        response["headers"] = {"Retry-After": {"schema": seconds, "description": "seconds"}}
    if status == 401:
        response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return response


def _lists() -> Part:
    """The published ids with their words, for the readable page and for clients' own texts."""

    def under(prefix: str) -> dict[str, str]:
        ids = [id for id in TEXTS if id.startswith(prefix) and id.count(".") == 1]
        return {id.removeprefix(prefix): say(id, "en") for id in ids}

    return {
        "refusals": under("refusal."),
        "reasons": under("reason."),
        "problems": {
            id: {"status": s, "title": say(f"problem.{id}.title", "en"), "text": say(f"problem.{id}", "en")}
            for id, s in schema.PROBLEMS.items()
        },
        "protected_actions": sorted(PROTECTED),
    }  # fmt: skip


# ── the document ────────────────────────────────────────────────────────────────────────────────


def _operations(document: Part) -> Iterator[tuple[str, str, Part]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def _next_flow(operation: str) -> Part:
    """From a flow's first answer to the requests that move it (OpenAPI links)."""
    return {
        "operationId": operation,
        "parameters": {
            "path.flow": "$response.body#/flow/id",
            "header.Flow-Token": "$response.body#/flow/token",
        },
    }


def _in_order(routes: Iterable[BaseRoute]) -> Sequence[BaseRoute]:
    """As a reader meets them: flows, reads, decisions, sandbox; the hot read first of the reads."""
    place = list(schema.OPERATIONS)
    found: list[APIRoute] = [r for r in routes if isinstance(r, APIRoute)]
    return sorted(found, key=lambda route: place.index(str(route.operation_id)))


def document(api: FastAPI) -> Part:
    """The whole document, once per process."""
    hot = APIRoute(
        "/me", reads.me, methods=["GET"], tags=["me"], **schema.operation("me")
    )  # served in front of the API, described with it
    made = get_openapi(
        title=api.title,
        version=api.version,
        openapi_version="3.1.0",
        description=ABOUT,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        routes=_in_order([*api.routes, hot]),
    )
    made["paths"] = {f"/v1{path}": item for path, item in made["paths"].items()}
    components = made.setdefault("components", {})
    components["securitySchemes"] = SCHEMES
    schemas = components.setdefault("schemas", {})
    problem = schema.ProblemBody.model_json_schema()
    problem["properties"]["type"]["examples"] = [f"/problems/{id}" for id in schema.PROBLEMS]
    schemas |= {"Problem": {**problem, "title": "Problem"}, **_start_schemas()}
    lists = _lists()
    schemas["RefusalBody"]["properties"]["id"]["enum"] = list(lists["refusals"])
    statuses = sorted(set(schema.PROBLEMS.values()))
    components["responses"] = {f"problem{s}": _problem_response(s) for s in statuses}
    bodies = _bodies()
    for path, method, operation in _operations(made):
        id = operation["operationId"]
        if id in PARAMETERS:
            operation["parameters"] = PARAMETERS[id]
        if id in bodies:
            content = {"application/json": {"schema": bodies[id]}}
            operation["requestBody"] = {"required": True, "content": content}
        if id == "addFile":
            content = {"multipart/form-data": {"schema": FILE}}
            operation["requestBody"] = {"required": True, "content": content}
        for status in operation["responses"]:
            if int(status) >= 400:
                operation["responses"][status] = {"$ref": f"#/components/responses/problem{status}"}
        operation["x-codeSamples"] = samples.of(path, method, operation)
    answers = made["paths"]["/v1/flows"]["post"]["responses"]["200"]
    answers["links"] = {"move": _next_flow("moveFlow"), "look": _next_flow("lookAtFlow")}
    made["x-portvakt"] = lists
    return made


def document_of(api: FastAPI) -> Part:
    """The application's document, made when it is first asked for: a start need not wait for it."""
    if not hasattr(api.state, "document"):
        api.state.document = document(api)
    made: Part = api.state.document
    return made


async def serve(request: Request) -> Response:
    return wire.reply(request, document_of(request.app))
