"""Where somebody begins who is not signed in: log in, sign up, forgotten password, freeze, unfreeze; and
how he leaves again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from starlette.responses import Response

from portvakt import edge
from portvakt.model import Answer, FlowView, Problem
from portvakt.web.flows import BEGINNINGS, answered, card, signed_out
from portvakt.web.visit import Handler, Visit

_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_AT_THE_DOOR: Final = ("sign_in", "sign_up")  # nothing for who is in already


def begins(action: str) -> Handler:
    """GET shows the first step and opens no flow; the first POST does."""

    async def handler(visit: Visit) -> Response:
        if visit.request.method == "POST":
            offer = visit.form.get("offer")
            answer = await edge.run(
                visit.portvakt.door.start, action, visit.inputs(), visit.caller, offer=offer
            )
            return await answered(visit, answer)
        if visit.caller.session is not None and action in _AT_THE_DOOR:
            return visit.go("/security")
        step = await edge.run(visit.portvakt.door.preview, action, visit.caller)
        if isinstance(step, Problem):
            return visit.problem(step)
        # No flow yet: an empty id means that there is nothing to cancel or to send again.
        blank = FlowView(id="", action=action, status="open", expires_at=_NEVER)
        return await card(visit, Answer(blank, step), BEGINNINGS[action])

    return handler


async def freeze(visit: Visit) -> Response:
    """/freeze: who is signed in needs one more press, everybody else one proof."""
    if visit.caller.session is None or visit.request.method == "POST":
        return await begins("freeze_account")(visit)
    return visit.page("freeze.html", title=visit.voice.say("action.freeze_account.title"))


async def sign_out(visit: Visit) -> Response:
    """Ends this session at the server first; the cookie alone would leave it alive (A85)."""
    if visit.caller.session is not None:
        answer = await edge.run(visit.portvakt.door.start, "end_session", {}, visit.caller)
        if isinstance(answer, Problem) and answer.status != 401:
            return visit.problem(answer)
    return signed_out(visit)
