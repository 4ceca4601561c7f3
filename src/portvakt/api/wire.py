"""From a request to what was asked, and from an answer to JSON: the one way in and out of `/v1`.

Problem documents follow RFC 9457: `type` is `/problems/<id>`, a page that explains it; `title`
and `detail` are said in the caller's language; `why` and other parameters are members.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portvakt import edge
from portvakt.api.body import body, parse_json
from portvakt.api.shape import plain
from portvakt.messages import exists, say, text_of
from portvakt.model import Caller, Problem, Text
from portvakt.ports.chance import new_id
from portvakt.store.tx import DatabaseBusy

CSP: Final = "default-src 'none'; frame-ancestors 'none'"
#: Which credential is wanted, by problem (RFC 9110 §11.6.1); a session where nothing else is said.
CHALLENGES: Final = {"service_unknown": 'Basic realm="portvakt", charset="UTF-8"'}
LONGEST_MEMBER: Final = 100  # characters of a caller's own text that a problem repeats

log = structlog.get_logger("portvakt.api")


# ── in ──────────────────────────────────────────────────────────────────────────────────────────


async def posted(request: Request) -> tuple[Caller, dict[str, Any]] | Problem:
    """Who sends what: the checks that every POST of `/v1` passes before anything looks at it."""
    problem = edge.idempotency_problem(request)
    if edge.cross_site(request):
        problem = Problem(403, "forbidden", {"why": "cross_site"})
    if problem is not None:
        return problem
    raw = await body(request)
    if isinstance(raw, Problem):
        return raw
    data = parse_json(raw)
    if isinstance(data, Problem):
        return data
    return await edge.caller(request, body=raw), data


def members(data: Mapping[str, Any], *required: str, **wanted: tuple[type, ...]) -> Problem | None:
    """Whether an object has only the members named, each of one of the types given, and lacks none of
    those `required`. A member that nobody knows is refused, never passed on (A96); one of the wrong
    type is malformed, and so is an object without one that it must have."""
    for name, value in data.items():
        if name not in wanted:
            # a name is repeated only if it is one: a password in its place is not (A107)
            return Problem(422, "unknown_field", {"field": name if name.isidentifier() else "?"})
        # bool is a kind of int to Python, not to JSON
        if not isinstance(value, wanted[name]) or (
            type(value) is bool and bool not in wanted[name]
        ):
            return Problem(400, "malformed", {"why": "wrong_type", "field": name})
    missing = next((name for name in required if name not in data), None)
    if missing is not None:
        return Problem(400, "malformed", {"why": "required", "field": missing})
    return None


# ── out ─────────────────────────────────────────────────────────────────────────────────────────


@cache
def _headers(https: bool) -> Mapping[str, str]:
    return edge.security_headers(CSP, https=https)


def headers(request: Request) -> Mapping[str, str]:
    """The headers of every answer of this face. No CORS header at all, by intention (A92)."""
    return _headers(is_https(request))


def is_https(request: Request) -> bool:
    """Whether the configured address is https: what we tell browsers follows the configuration."""
    return edge.portvakt(request).settings.operator.base_url.startswith("https:")


_JSON: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=lambda v: plain(v, "en")
)


def encode(content: object) -> bytes:
    """JSON in UTF-8; what is no JSON yet (a time) is written as `shape.plain` writes it."""
    return _JSON.encode(content).encode()


class Json(Response):
    """200 with JSON, its headers made once for all: this is half the work of a small answer."""

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        """`headers` are those beside the ones that every answer carries."""
        self.raw_headers = [
            *_raw_headers(self.https),
            *((k.encode(), v.encode()) for k, v in (headers or {}).items()),
            (b"content-length", b"%d" % len(self.body)),
        ]

    def __init__(self, request: Request, body: bytes, headers: Mapping[str, str]) -> None:
        self.https = is_https(request)
        super().__init__(body, 200, headers)


@cache
def _raw_headers(https: bool) -> tuple[tuple[bytes, bytes], ...]:
    every = {**_headers(https), "content-type": "application/json"}
    return tuple((name.encode(), value.encode()) for name, value in every.items())


def reply(request: Request, content: object, language: str | None = None) -> Response:
    """200 with JSON; `language` where texts were said in it."""
    return Json(request, encode(content), {"content-language": language} if language else {})


def problem_document(problem: Problem, language: str) -> dict[str, Any]:
    """The RFC 9457 members of a problem, said in a language."""
    params = dict(problem.params)
    if problem.id == "malformed" and "field" in params:
        params.setdefault("why", "wrong_type")
    why = f"why.{params.get('why')}"
    said = [say(text_of(problem), language)]
    if exists(why):
        said.append(say(Text(why, params), language))
    extra = {k: v[:LONGEST_MEMBER] if isinstance(v, str) else v for k, v in params.items()}
    document = {
        "type": f"/problems/{problem.id}",
        "title": say(f"problem.{problem.id}.title", language),
        "status": problem.status,
        "detail": " ".join(said),
    }
    return {**document, **{k: v for k, v in plain(extra, language).items() if k not in document}}


def refuse(
    request: Request, problem: Problem, language: str | None = None, **more: str
) -> Response:
    """A problem document with the headers that its status asks for."""
    language = language or edge.language(request)
    extra = {"content-language": language, **more}
    if problem.status == 401:
        extra["www-authenticate"] = CHALLENGES.get(problem.id, "Bearer")
    if problem.retry_after or problem.status in (429, 503):
        extra["retry-after"] = str(problem.retry_after or edge.OVERLOADED_RETRY)
    if problem.status == 413:
        extra["connection"] = "close"  # do not read the rest of what is too much
    content = encode(problem_document(problem, language))
    return Response(
        content, problem.status, {**headers(request), **extra}, "application/problem+json"
    )


# ── what nobody answered ────────────────────────────────────────────────────────────────────────


async def http_problem(request: Request, error: Exception) -> Response:
    """What the router itself answers: an unknown path, a method that a path has not."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        allowed = ", ".join(sorted(methods(request)))
        return refuse(request, Problem(405, "method_not_allowed"), None, allow=allowed)
    if status == 404:
        return refuse(request, Problem(404, "not_found"))
    return refuse(request, Problem(400, "malformed"))


def methods(request: Request) -> set[str]:
    """Every method that some route has for this path."""
    found: set[str] = set()
    for route in request.app.router.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= set(getattr(route, "methods", None) or ())
    return found


class Guard:
    """The last resort (ASVS 16.5.4): an exception is a bug, becomes a 500 with a number to ask for,
    and is logged by its type and place. Its message is not logged: it may quote what was sent. A
    database without a free connection is no bug: 503, come back in a moment."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except DatabaseBusy:
            problem = Problem(503, "overloaded", retry_after=edge.OVERLOADED_RETRY)
        except Exception as error:  # noqa: BLE001  nothing may pass the last resort
            problem = _unexpected(error)
        else:
            return
        if not started and scope["type"] == "http":
            await refuse(Request(scope, receive), problem)(scope, receive, send)


def _unexpected(error: Exception) -> Problem:
    number = new_id("req")
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    log.error(
        "unexpected",
        request=number,
        error=type(error).__name__,
        at=[f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in frames],
    )
    return Problem(500, "internal", {"request": number})
