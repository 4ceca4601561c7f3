"""`/v1/console…`: what the console's pages show of people, proposals and frozen accounts, for programs of
our own people. Nothing here changes anything: that are the flows `propose` and `decide_proposal`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from portvakt import edge
from portvakt.api import schema
from portvakt.api.reads import read
from portvakt.desk import Desk, Person
from portvakt.model import Problem, Session

router = APIRouter(prefix="/console", tags=["console"])


async def _seen(request: Request, what: Callable[[Desk, Person], Any]) -> Response:
    desk = edge.portvakt(request).desk

    def look(live: Session) -> Any:
        me = desk.enters(live)
        return me if isinstance(me, Problem) else what(desk, me)

    return await read(request, look)


@router.get("/people", **schema.operation("listPeople"))
async def people(request: Request) -> Response:
    """All of our people, also those whose role does not count yet."""
    return await _seen(request, lambda desk, me: desk.people(me))


@router.get("/proposals", **schema.operation("listProposals"))
async def proposals(request: Request) -> Response:
    """Open proposals, the oldest first, then those decided lately."""
    return await _seen(request, lambda desk, me: desk.proposals(me))


@router.get("/frozen", **schema.operation("listFrozen"))
async def frozen(request: Request) -> Response:
    """Accounts that our people froze, the newest first."""
    return await _seen(request, lambda desk, me: desk.frozen(me))
