"""Who is one of ours, and which accounts they froze: each change is proposed here, and decided by another.

What is shown comes from `desk.py`; the forms start the flows `propose` and `decide_proposal`."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from portvakt import edge
from portvakt.console.visits import me, refused
from portvakt.messages import exists
from portvakt.model import Problem
from portvakt.policy import ROLES
from portvakt.web.visit import Visit

#: page → what is proposed on it
SHOWN: Final = {
    "people": ("add_staff", "change_staff_role", "remove_staff"),
    "frozen": ("freeze_by_staff", "lift_staff_freeze"),
}
_PROPOSED: Final = ("what", "whom", "name", "role", "reason")
_DECIDED: Final = ("proposal", "vote", "reason")


async def people(visit: Visit) -> Response:
    """GET /console/people; POST proposes or decides."""
    return await _page(visit, "people")


async def frozen(visit: Visit) -> Response:
    """GET /console/frozen: accounts by id alone; POST freezes, proposes or decides."""
    return await _page(visit, "frozen")


async def _page(visit: Visit, name: str) -> Response:
    one = await me(visit)
    if isinstance(one, Problem):
        return visit.problem(one)
    why, typed = None, dict.fromkeys(_PROPOSED, "")
    if visit.request.method == "POST":
        decides = "proposal" in visit.form
        names = _DECIDED if decides else _PROPOSED
        given = {n: visit.form[n].strip() for n in names if visit.form.get(n, "").strip()}
        typed |= {} if decides else given
        action = "decide_proposal" if decides else "propose"
        answer = await edge.run(visit.portvakt.door.start, action, given, visit.caller)
        if isinstance(answer, Problem):
            return visit.problem(answer)
        if answer.result is not None:
            return visit.go(f"/console/{name}?now={answer.result['state']}")
        why = refused(answer)
    desk = visit.portvakt.desk
    listed: Any = await edge.run(desk.people if name == "people" else desk.frozen, one)
    proposed: Any = await edge.run(desk.proposals, one)
    now: Any = await edge.run(visit.portvakt.reads.now)
    for found in (listed, proposed, now):
        if isinstance(found, Problem):
            return visit.problem(found)
    visit.now = now
    told = f"console.now.{visit.request.query_params.get('now', '')}"
    actions = visit.portvakt.kit.actions
    return visit.page(
        f"console/{name}.html", title=visit.voice.say(f"console.{name}.title"), me=one, here=name, listed=listed,
        proposals=[p for p in proposed if p["what"] in SHOWN[name]], roles=ROLES, refused=why, typed=typed,
        may={what for what in SHOWN[name] if one.role in actions[what].staff},
        notice=visit.voice.say(told) if exists(told) and why is None else None, back=f"/console/{name}",
    )  # fmt: skip
