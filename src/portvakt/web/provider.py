"""The way back from Google, Apple or another provider: /return/<provider>.

The answer is for the flow that its `state` names, and only in the browser that began it: its cookie is the
flow's token, so an answer that somebody sends to another browser opens nothing there (login CSRF, A72, A73).
Apple posts its answer from its own site, where our cookies do not come along (SameSite=Lax). That POST does
nothing but send the browser on to the same address by GET, with which they do.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from portvakt import edge
from portvakt.model import Answer, Problem
from portvakt.ports.oidc import flow_of
from portvakt.web import cookies, forms
from portvakt.web.flows import answered, shown
from portvakt.web.visit import Visit

#: what of an answer we look at; Apple's `user` is what a browser says, and is left where it is (A72)
_TAKEN: Final = ("code", "state", "iss", "error")
_LONGEST: Final = 4096  # characters of one of them


async def came_back(visit: Visit) -> Response:
    """GET /return/<provider>"""
    provider = visit.request.path_params["provider"]
    if provider not in visit.portvakt.kit.providers:
        return visit.problem(Problem(404, "not_found"))
    query = visit.request.query_params
    flow = flow_of(query.get("state", ""))
    token = cookies.flow_token(visit.request, flow)
    if token is None:
        return _foreign(visit)
    door = visit.portvakt.door
    at = await edge.run(door.look, flow, token, visit.caller)
    name = _asked(at, provider)
    if name is None:  # answered already: Back or Reload shows where the flow is now
        return await shown(visit, at)
    given = {name: visit.request.url.query}
    answer = await edge.run(door.submit, flow, token, visit.caller, inputs=given)
    return await answered(visit, answer)


def _asked(at: Answer | Problem, provider: str) -> str | None:
    """The input of this provider that the flow asks for now; another's answer is not for it (A75)."""
    fields = at.step.fields if isinstance(at, Answer) and at.step is not None else ()
    redirects = (f for f in fields if f.kind == "redirect" and f.extra.get("provider") == provider)
    return next((f.name for f in redirects), None)


def _foreign(visit: Visit) -> Response:
    say = visit.voice.say
    return visit.page(
        "message.html",
        status=404,
        title=say("page.provider.lost.title"),
        tone="warn",
        icon="alert",
        paragraphs=[say("page.provider.lost.text")],
        link="/sign-in",
        link_text=say("page.again"),
    )


async def posted(request: Request) -> Response:
    """POST /return/<provider>: from the provider's site, without our cookies. Nothing is done with it."""
    visit = Visit(request, await edge.caller(request, client="web"))
    provider = request.path_params["provider"]
    if provider not in visit.portvakt.kit.providers:
        return visit.problem(Problem(404, "not_found"))
    form: Any = await forms.read(request)
    if isinstance(form, Problem):
        return visit.problem(form)
    taken = {name: form[name] for name in _TAKEN if name in form}
    if any(len(text) > _LONGEST for text in taken.values()):
        return visit.problem(Problem(400, "malformed"))
    return visit.go(f"/return/{provider}?{urlencode(taken)}")
