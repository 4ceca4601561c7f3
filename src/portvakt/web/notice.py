"""*This was not me*: the page behind the link of every notice. A GET changes nothing, however often a
mail scanner comes by (A39); each button is a POST that starts a flow. And the page on which the platform
has its customers approve something."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from starlette.responses import Response

from portvakt import edge
from portvakt.factors.notice import PREFIX
from portvakt.model import Problem, Text
from portvakt.ports.chance import token_looks_right
from portvakt.web import cookies
from portvakt.web.flows import answered
from portvakt.web.visit import Visit

_ACTIONS: Final = ("freeze_account", "undo_change", "stop_case")
_OPEN_FOR: Final = 3600  # seconds that this browser remembers which link was opened


async def arrive(visit: Visit) -> Response:
    """GET /notice/<token>: keeps the token in a cookie and goes on to a page without it, so that it
    stands in no history, in no Referer and in no other page's log."""
    token = visit.request.path_params["token"]
    response = visit.go("/notice")
    if token_looks_right(token, PREFIX):
        cookies.put(response, cookies.NOTICE_COOKIE, token, max_age=_OPEN_FOR)
    else:
        cookies.drop(response, cookies.NOTICE_COOKIE)
    return response


async def notice(visit: Visit) -> Response:
    """GET /notice: what can be done about it."""
    token = visit.request.cookies.get(cookies.NOTICE_COOKIE, "")
    found = await edge.run(visit.portvakt.reads.link, token)
    if isinstance(found, Problem):
        return visit.problem(found)
    if found is None:
        say = visit.voice.say
        return visit.page(
            "message.html", status=404, title=say("page.notice.over.title"), tone="warn", icon="clock",
            paragraphs=[say("page.notice.over.text")], link="/freeze", link_text=say("page.notice.over.freeze"),
        )  # fmt: skip
    change = found["undo"] or found["stop"]
    return visit.page(
        "notice.html",
        title=visit.voice.say("page.notice.title"),
        link=found,
        do=Text(f"do.{change}") if change else None,
    )


async def act(visit: Visit) -> Response:
    """POST /notice/<action>: the button. Whoever is signed in here, the link's account is meant."""
    action = visit.request.path_params["action"]
    if action not in _ACTIONS:
        return visit.problem(Problem(404, "not_found"))
    token = visit.request.cookies.get(cookies.NOTICE_COOKIE, "")
    stranger = replace(visit.caller, session=None, session_token=None)
    answer = await edge.run(visit.portvakt.door.start, action, {"notice_token": token}, stranger)
    return await answered(visit, answer)


async def approve(visit: Visit) -> Response:
    """GET /approve/<decision>: where the platform sends its customer for a step-up. The flow begins by
    the button; what is approved is shown there with the factor that approves it."""
    decision = visit.request.path_params["decision"]
    if not edge.is_id(decision):
        return visit.problem(Problem(404, "not_found"))
    title = visit.voice.say("page.approve.title")
    return visit.page("approve.html", title=title, decision=decision)
