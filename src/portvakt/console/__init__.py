"""The pages of our own people: the queue of cases and one case at a time (S95); people and frozen accounts.

Whoever is not one of ours finds nothing here. What is shown comes from `desk.py`, which counts and writes
down each look; a vote is the flow `decide_case`, through the one door.
"""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from portvakt import edge
from portvakt.console.people import frozen, people
from portvakt.console.visits import me, refused
from portvakt.factors.case import number_of
from portvakt.messages import exists
from portvakt.messages.compose import compose
from portvakt.model import Problem
from portvakt.web.visit import Handler, Visit, visited

_FOR: Final = {"alternatives": "reject", "questions": "ask"}
_VOTE: Final = ("vote", "reason", "alternatives", "questions")
_NOT_FOUND: Final = Problem(404, "not_found")


def routes(portvakt: Any) -> list[BaseRoute]:
    def page(path: str, handler: Handler, *methods: str) -> Route:
        return Route(path, visited(handler, signed_in=True), methods=list(methods or ("GET",)))

    return [
        page("/console", queue),
        page("/console/cases/{number}", case, "GET", "POST"),
        page("/console/people", people, "GET", "POST"),
        page("/console/frozen", frozen, "GET", "POST"),
        page("/console/files/{file}", file),
        page("/console/files/{file}/preview", preview),
    ]


async def queue(visit: Visit) -> Response:
    """GET /console: by due time; own and related cases are not there. Who sees no cases sees people."""
    one = await me(visit)
    if isinstance(one, Problem):
        return visit.problem(one)
    if not one.sees_cases:
        return visit.go("/console/people")
    found = await edge.run(visit.portvakt.desk.queue, one)
    if isinstance(found, Problem):
        return visit.problem(found)
    visit.now = found["now"]
    wanted = visit.request.query_params.get("show", "")
    shown = [c for c in found["cases"] if _shown(c, wanted)]
    return visit.page(
        "console/queue.html", title=visit.voice.say("console.queue.title"), cases=shown, me=one, here="queue",
        wanted=wanted, filters=("", "mine", "overdue", "doubtful"), count=len(found["cases"]), notice=_notice(visit),
    )  # fmt: skip


def _notice(visit: Visit) -> str | None:
    """What the vote did that was just given. Words of ours alone: an address bar is nobody's voice."""
    query = visit.request.query_params
    number, id = number_of(query.get("done", "")), f"console.done.{query.get('now', '')}"
    return visit.voice.say(id, case=number) if number and exists(id) else None


def _shown(case: Any, wanted: str) -> bool:
    match wanted:
        case "mine":
            return bool(case["mine"])
        case "overdue":
            return bool(case["overdue"])
        case "doubtful":
            return case["verdict"] in ("doubtful", "nonsense")
        case _:
            return True


async def case(visit: Visit) -> Response:
    """GET shows the case; POST shows the message that a vote would send, or votes."""
    one = await me(visit)
    if isinstance(one, Problem):
        return visit.problem(one)
    number = visit.request.path_params["number"]
    why = None
    typed = dict.fromkeys(_VOTE, "")
    preview_of = None
    if visit.request.method == "POST":
        typed = {name: visit.form.get(name, "").strip() for name in _VOTE}
        for name, vote in _FOR.items():  # what was typed for another vote is not said with this one
            if typed["vote"] != vote:
                typed[name] = ""
        if "preview" not in visit.form:
            given = {"case": number, **{name: text for name, text in typed.items() if text}}
            answer = await edge.run(visit.portvakt.door.start, "decide_case", given, visit.caller)
            if isinstance(answer, Problem):
                return visit.problem(answer)
            if answer.result is not None:
                return visit.go(f"/console?done={number}&now={answer.result['state']}")
            why = refused(answer)
    found = await edge.run(visit.portvakt.desk.case, one, number)
    if isinstance(found, Problem):
        return visit.problem(found)
    now = await edge.run(visit.portvakt.reads.now)
    visit.now = None if isinstance(now, Problem) else now
    if "preview" in visit.form:
        preview_of = _preview(visit, found, typed)
    return visit.page(
        "console/case.html", title=visit.voice.say("console.case.title", number=number), case=found, me=one,
        question=lambda id: _question(visit, id), refused=why, typed=typed, preview=preview_of, back="/console",
    )  # fmt: skip


def _question(visit: Visit, id: str) -> str:
    """A question in our words, or in the operator's own."""
    own: Any = next((q.texts for q in visit.portvakt.door.kit.questions if q.id == id), {})
    language = visit.caller.language
    return own.get(language) or own.get("en") or visit.voice.say(f"question.{id}")


def _preview(visit: Visit, found: Any, typed: dict[str, str]) -> Any:
    """The message as the applicant would get it, in his language."""
    state = {"approve": "case_approved", "reject": "case_rejected", "ask": "case_asked"}.get(
        typed["vote"]
    )
    if state is None:
        return None
    again = visit.portvakt.door.kit.lives.reapply_after
    now = visit.now or found["submitted"]
    params = {"action": state, "at": now, "case": found["number"], "due": found["due"], "token": "…", "offers": [],
              "earliest": found["earliest"], "again": now + again,
              **{k: v for k, v in typed.items() if v and k != "vote"}}  # fmt: skip
    return compose("notice", params, found["language"], visit.caller.zone, visit.portvakt.operator)


async def file(visit: Visit) -> Response:
    """GET /console/files/<id>: the re-encoded picture, to be saved and looked at outside the page."""
    return await _picture(visit, 0, "attachment")


async def preview(visit: Visit) -> Response:
    return await _picture(visit, 1, "inline")


async def _picture(visit: Visit, which: int, disposition: str) -> Response:
    one = await me(visit)
    if isinstance(one, Problem):
        return visit.problem(one)
    id = visit.request.path_params["file"]
    whole = which == 0
    found = (
        await edge.run(visit.portvakt.desk.file, one, id, whole) if edge.is_id(id) else _NOT_FOUND
    )
    if isinstance(found, Problem):
        return visit.problem(found)
    response = visit.dressed(Response(found[which], media_type="image/jpeg"))
    # a picture is a picture: it runs nothing, frames nothing and is kept by nobody (A102)
    response.headers["content-security-policy"] = "default-src 'none'; sandbox"
    response.headers["content-disposition"] = f'{disposition}; filename="{id}.jpg"'
    return response
