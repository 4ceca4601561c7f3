"""Pages that are steps of a flow: sign in, sign up, and everything that Security starts.

POST, then redirect, then GET: the address of a step is /flow/<id>, its token is a cookie of this
browser (A84), and what a page shows after Back or Reload is the step that the flow is at now.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from portvakt import edge, render
from portvakt.messages import exists, text_of
from portvakt.model import Answer, Problem, Refusal, Text
from portvakt.web import cookies
from portvakt.web.visit import Visit, to_sign_in

#: where an action begins that anybody can begin, and begins again when its flow is over or lost
BEGINNINGS: Final = {
    "sign_in": "/sign-in",
    "sign_up": "/sign-up",
    "reset_password": "/reset-password",
    "freeze_account": "/freeze",
    "unfreeze_account": "/unfreeze",
    "reset_second_factor": "/lost-authenticator",
    "unbind_lost_email": "/lost-email",
    "unbind_lost_phone": "/lost-phone",
    "recover_account": "/recover",
    "view_case": "/case",
    "add_to_case": "/case/add",
}
_NOTICES: Final = {
    "over": "page.session_over",
    "out": "page.signed_out",
    "sent": "page.code.sent_again",
}


# ── any flow ────────────────────────────────────────────────────────────────────────────────────


async def start(visit: Visit) -> Response:
    """POST /start/<action>: a button of the security centre. Only actions of a signed-in holder."""
    action = visit.request.path_params["action"]
    row = visit.portvakt.door.kit.actions.get(action)
    if row is None or not (row.session or row.names_session):
        return visit.problem(Problem(404, "not_found"))
    answer = await edge.run(visit.portvakt.door.start, action, visit.inputs(), visit.caller)
    return await answered(visit, answer)


async def flow(visit: Visit) -> Response:
    """GET shows the step that the flow is at; POST moves it, sends a code again, takes another
    offer, or cancels. Without this browser's cookie the flow is not there (404)."""
    id = visit.request.path_params["flow"]
    token = cookies.flow_token(visit.request, id)
    if token is None:
        return _lost(visit)
    door = visit.portvakt.door
    if visit.request.method == "GET":
        return await _shown(visit, await edge.run(door.look, id, token, visit.caller))
    form = visit.form
    if "add_picture" in form:
        return await _pictured(visit, id, token)
    answer = await edge.run(
        door.submit,
        id,
        token,
        visit.caller,
        inputs=visit.inputs(),
        step=form.get("step") or None,
        offer=form.get("offer"),
        resend=form.get("resend"),
        cancel="cancel" in form,
    )
    return await answered(visit, answer)


async def answered(visit: Visit, answer: Answer | Problem) -> Response:
    """The response to a POST: the next page by redirect, or the same card with its refusal."""
    if isinstance(answer, Problem):
        return _trouble(visit, answer)
    flow = answer.flow
    if answer.result is not None and flow.status == "done":
        return await _finished(visit, answer)
    if flow.status == "cancelled":
        signed_in = visit.caller.session is not None
        response = visit.go("/security?done=cancelled" if signed_in else BEGINNINGS["sign_in"])
        cookies.forget_flow(response, flow.id)
        return response
    if answer.step is None:
        response = await _over(visit, answer)
    elif answer.refusal is not None:
        response = await card(visit, answer, f"/flow/{flow.id}")
    else:
        sent = "?sent=1" if "resend" in visit.form or "offer" in visit.form else ""
        response = visit.go(f"/flow/{flow.id}{sent}")
    if flow.token is not None:
        cookies.keep_flow(visit.request, response, flow.id, flow.token)
    return response


async def _pictured(visit: Visit, id: str, token: str) -> Response:
    """Takes a picture and shows the same page again, with everything that was typed."""
    filing, kind = visit.portvakt.filing, visit.form.get("picture_kind", "other")
    outcome: Any = Refusal("no_picture", field="files")
    if visit.upload:
        outcome = await edge.run(filing.add, id, token, visit.caller, kind, visit.upload)
    if isinstance(outcome, Problem):
        return _trouble(visit, outcome)
    answer = await edge.run(visit.portvakt.door.look, id, token, visit.caller)
    if isinstance(answer, Problem) or answer.step is None:
        return await _shown(visit, answer)
    refused = outcome if isinstance(outcome, Refusal) else None
    return await card(visit, replace(answer, refusal=refused), f"/flow/{id}")


def signed_out(visit: Visit, to: str = "/sign-in?out=1") -> Response:
    """Takes the session's cookie away, and what other pages may have kept in this browser."""
    visit.renew_csrf()
    response = visit.go(to)
    cookies.signed_out(response)
    response.headers["clear-site-data"] = '"storage"'  # ASVS 14.3.1
    return response


async def _shown(visit: Visit, answer: Answer | Problem) -> Response:
    if isinstance(answer, Problem):
        return _trouble(visit, answer)
    if answer.step is None:
        return await _over(visit, answer)
    return await card(visit, answer, f"/flow/{answer.flow.id}")


async def card(visit: Visit, answer: Answer, url: str) -> Response:
    step = answer.step
    if step is None:
        raise ValueError("an answer without a step has no card")
    if _counts_down(answer):
        now = await edge.run(visit.portvakt.reads.now)
        visit.now = None if isinstance(now, Problem) else now  # a page without countdown will do
    has_robot = any(f.kind == "robot" for f in step.fields)
    visit.widget = visit.portvakt.kit.robot.widget if has_robot else None
    frame = {**visit.frame(), "progress": _progress(visit, answer.flow.action, step.id)}
    query = visit.request.query_params
    notice = next((visit.voice.say(_NOTICES[q]) for q in _NOTICES if q in query), None)
    if answer.refusal is not None:
        notice = None
    body = render.step_html(
        answer, visit.voice, url=url, typed=visit.inputs(), notice=notice, frame=frame
    )
    return visit.page(
        "step.html",
        title=render.title(answer.flow.action, step, visit.voice),
        step=step,
        step_body=body,
        action=answer.flow.action,
        refusal=answer.refusal,
        has_robot=has_robot,
        has_passkey=any(f.kind.startswith("passkey_") for f in step.fields)
        or bool(render.entrance(answer)),
        back=url,
    )


def _progress(visit: Visit, action: str, step: str) -> tuple[int, int] | None:
    """Which page of how many, where the way is long: a report of something lost."""
    row = visit.portvakt.door.kit.actions[action]
    ids = [page.id for page in row.pages]
    return (ids.index(step) + 1, len(ids)) if row.review is not None and step in ids else None


async def exported(visit: Visit, data: Mapping[str, Any]) -> Response:
    """The holder's data, to be saved from the page itself: it is nowhere else to be had."""
    said = json.dumps(data, default=render.iso, ensure_ascii=False, indent=1)
    content = base64.b64encode(said.encode()).decode()
    title = visit.voice.say("action.export_data.title")
    return visit.page("export.html", title=title, content=content, bytes=len(said.encode()))


def _was_this(visit: Visit) -> bool:
    """Whether the session that was ended is the visitor's own."""
    session = visit.caller.session
    named = visit.form.get("session")
    return session is None or not named or named == session.id


def _was_theirs(visit: Visit, answer: Answer) -> bool:
    """Whether it was the visitor's own account: a link may be opened where somebody else is signed in."""
    session = visit.caller.session
    return session is None or session.account == answer.flow.account


def _counts_down(answer: Answer) -> bool:
    fields = answer.step.fields if answer.step is not None else ()
    waits = answer.refusal is not None and answer.refusal.retry_at is not None
    return waits or any(f.resend_at is not None for f in fields)


async def _finished(visit: Visit, answer: Answer) -> Response:
    """The flow is done: cookies for who has just signed in, then the page that says so."""
    action, result = answer.flow.action, answer.result or {}
    row = visit.portvakt.door.kit.actions[action]
    if "session_token" in result:
        visit.renew_csrf()
        query = {"welcome": "1"} if action == "sign_up" else {}
        if result.get("next"):
            query["next"] = str(result["next"])
        response = visit.go("/security" + (f"?{urlencode(query)}" if query else ""))
        cookies.signed_in(response, str(result["session_token"]), str(result["device_token"]))
    elif action == "end_session" and _was_this(visit):
        response = signed_out(visit)
    elif "state" in result:
        response = visit.page(
            "case_status.html", title=visit.voice.say("action.view_case.title"), case=result
        )
    elif "doubted" in result:
        say = visit.voice.say
        response = visit.page("message.html", title=say("page.done.stop_case_doubted.title"), tone="warn", icon="clock",
                              paragraphs=[say("action.stop_case_doubted.done")], link="/sign-in",
                              link_text=say("action.sign_in.title"), back="/")  # fmt: skip
    elif "export" in result:
        response = await exported(visit, result["export"])
    elif row.ends == "all" and _was_theirs(visit, answer):  # this session too
        response = signed_out(visit, f"/done/{action}")
    elif exists(f"page.done.{action}.title"):
        response = visit.go(f"/done/{action}")
    else:
        response = visit.go(f"/security?done={action}")
    cookies.forget_flow(response, answer.flow.id)
    return response


# ── a flow that is over, lost, or not let in ────────────────────────────────────────────────────


def _trouble(visit: Visit, problem: Problem) -> Response:
    handlers: dict[int, Callable[[Visit], Response]] = {401: to_sign_in, 404: _lost}
    known = handlers.get(problem.status)
    return known(visit) if known else visit.problem(problem)


async def _over(visit: Visit, answer: Answer) -> Response:
    """A flow that asks nothing any more: it has ended, or it waits for its time."""
    status, action = answer.flow.status, answer.flow.action
    say = visit.voice.say
    own = f"page.flow.{status}"
    wait = next(iter(answer.flow.waits), None)
    number = (answer.result or {}).get("case")
    if wait is not None and wait.kind == "review":
        own = "page.flow.review"
    until = wait.until if wait else None
    words = [
        say(
            f"{own}.text",
            until=until,
            due=wait.due if wait else None,
            case=number,
            do=Text(f"do.{action}"),
        )
    ]
    title, once_more = say(f"{own}.title"), True
    if answer.refusal is not None and status == "refused":
        words.insert(0, say(text_of(answer.refusal)))
        final = f"page.refused.{answer.refusal.id}.title"
        if exists(final):  # to begin again would change nothing
            title, words, once_more = say(final), words[:1], False
    signed_in = visit.caller.session is not None
    if status == "waiting":
        return await _waiting(visit, answer, title, words[0], until)
    well = status == "done"
    again = BEGINNINGS.get(action, "/security" if signed_in else "/sign-in")
    response = visit.page(
        "message.html",
        title=title,
        tone="good" if well else "warn",
        icon="tick" if well else "clock",
        paragraphs=words,
        link=again if once_more and not well else "/",
        link_text=say("page.again" if once_more and not well else "page.to_start"),
        back="/",
    )
    cookies.forget_flow(response, answer.flow.id)
    return response


async def _waiting(
    visit: Visit, answer: Answer, title: str, text: str, until: datetime | None
) -> Response:
    """Until when, and how to stop it: by a button for who is signed in still, else by the notice."""
    session = visit.caller.session
    now = await edge.run(visit.portvakt.reads.now)
    visit.now = None if isinstance(now, Problem) else now  # a page without countdown will do
    response = visit.page(
        "waiting.html",
        title=title,
        text=text,
        until=until,
        flow=answer.flow.id,
        link="/" if session is None else "/security",
        link_text=visit.voice.say("page.to_start" if session is None else "page.to_security"),
        back="/",
    )
    cookies.forget_flow(response, answer.flow.id)
    return response


def _lost(visit: Visit) -> Response:
    say = visit.voice.say
    return visit.page(
        "message.html",
        status=404,
        title=say("page.flow.lost.title"),
        tone="warn",
        icon="clock",
        paragraphs=[say("page.flow.lost.text")],
        link="/",
        link_text=say("page.to_start"),
        back="/",
    )
