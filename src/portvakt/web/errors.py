"""Error pages in the same dress: for what no page answers, and for our own faults."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from portvakt import edge
from portvakt.model import Caller, Problem
from portvakt.web.visit import Visit


def _plain_visit(request: Request) -> Visit:
    """A visit without a look into the database: it may be the very thing that failed."""
    return Visit(request, Caller(client="web", language=edge.language(request)))


async def not_found(request: Request, error: Exception) -> Response:
    """For HTTPException outside the API: unknown address, wrong method."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    id = "method" if status == 405 else "not_found"
    response = _plain_visit(request).problem(Problem(status, id))
    if isinstance(error, HTTPException):
        for name, value in (error.headers or {}).items():
            response.headers[name] = value
    return response


async def busy(request: Request, _: Exception) -> Response:
    """No connection or lock became free in time; nothing was changed."""
    return _plain_visit(request).problem(Problem(503, "overloaded", retry_after=2))


async def internal(request: Request, _: Exception) -> Response:
    """For everything unexpected: says nothing about it to the outside (A107)."""
    return _plain_visit(request).problem(Problem(500, "internal"))
