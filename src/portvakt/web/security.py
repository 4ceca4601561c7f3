"""The security centre: what protects the account, what is paused, who is logged in, what happened.

Everything here is read; each button starts a flow (ADR 0001).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from portvakt import edge
from portvakt.messages import exists
from portvakt.model import Problem, Reason, Session
from portvakt.web.visit import Visit, to_sign_in

_RECENT: Final = 6
_PAGE: Final = 30
#: rows in the order that people look for them: (kind of factor, words, icon, action that sets it, that
#: changes it)
_WAYS: Final = (
    ("email_code", "email", "mail", "bind_email", "unbind_email"),
    ("sms_code", "phone", "phone", "bind_phone", "unbind_phone"),
    ("totp", "totp", "authenticator", "bind_totp", "unbind_totp"),
    ("password", "password", "key", "set_password", "change_password"),
    ("recovery_code", "codes", "book", "new_recovery_codes", "new_recovery_codes"),
)
_CHANNELS: Final = frozenset({"email_code", "sms_code"})
_WITHDRAW: Final = "withdraw"
#: buttons of the other panels
_OTHERS: Final = (
    "add_payout_address", "payout_list_only_on", "payout_list_only_off", "lock_settings",
    "unlock_settings", "set_phrase", "export_data", "close_account", "stop_case",
    "remove_payout_address", "add_passkey", "remove_passkey",
)  # fmt: skip


async def security(visit: Visit) -> Response:
    """GET /security"""
    session = visit.holder
    found = await edge.run(visit.portvakt.reads.overview, session, _WITHDRAW, _RECENT)
    if isinstance(found, Problem):
        return visit.problem(found)
    ours = await edge.run(visit.portvakt.desk.who, session.account)
    visit.now = found["now"]
    query = visit.request.query_params
    suggestion = _suggestion(query.get("next"), found["level"])
    return visit.page(
        "security.html",
        title=visit.voice.say("page.security.title"),
        ways=_ways(found, session, visit),
        passkeys=[f for f in found["factors"] if f["kind"] == "passkey"],
        now=found["now"],
        waiting=found["waiting"],
        protection=found["protection"],
        buttons={action: _button(action, found) for action in _OTHERS},
        level=found["level"],
        withdrawals=_withdrawals(found["reasons"]),
        holds=found["holds"],
        sessions=found["sessions"],
        others=sum(not s["this"] for s in found["sessions"]),
        activity=found["activity"],
        suggestion=suggestion,
        ours=ours is not None and not isinstance(ours, Problem),
        notice=_notice(visit, query),
    )


def _ways(found: Mapping[str, Any], session: Session, visit: Visit) -> list[dict[str, Any]]:
    registered = {i["kind"] for i in session.identifiers if i.get("registered")}
    rows = []
    for kind, words, icon, sets, changes in _WAYS:
        bound = next((f for f in found["factors"] if f["kind"] == kind), None)
        rows.append(
            {
                "words": words,
                "icon": icon,
                "bound": bound,
                "value": bound["label"] if bound and kind in _CHANNELS else None,
                "left": int(bound["label"]) if bound and kind == "recovery_code" else None,
                "registered": bound is not None and words in registered,
                "sets": bound is None,
                "button": _button(sets if bound is None else changes, found),
            }
        )
    return rows


def _button(action: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """An action with what it will cost, or why it is not to be had now: there is nothing to click that
    would be refused."""
    return {"action": action, "cost": found["costs"].get(action), "why": found["possible"][action]}


def _withdrawals(reasons: Sequence[Reason]) -> dict[str, Any]:
    """The line that people look for first, judged by the rule that answers the platform. Several
    holds: the latest end counts (A16), and one without a known end is the latest of all."""
    holds = [r for r in reasons if r.id == "hold"]
    if holds:
        known = [r.until for r in holds if r.until is not None]
        return {"state": "paused", "until": max(known) if len(known) == len(holds) else None}
    states = {"bind_second_factor_first": "need_second"}
    return {"state": next((states.get(r.id, "shut") for r in reasons), "allowed"), "until": None}


def _suggestion(asked: str | None, level: Mapping[str, Any]) -> str | None:
    """What to propose on top: right after signing in, and only what really is open."""
    open_ones = [r["action"] for r in level["raise"]]
    if asked in open_ones and exists(f"page.security.nudge.{asked}"):
        return asked
    return None


def _notice(visit: Visit, query: Mapping[str, str]) -> str | None:
    say = visit.voice.say
    if "welcome" in query:
        return say("page.security.welcome")
    done = query.get("done", "")
    if done == "cancelled":
        return say("page.cancelled")
    # Only ids that exist: the address bar is not a place from which others make us speak.
    if done in visit.portvakt.door.kit.actions and exists(f"action.{done}.done"):
        return say(f"action.{done}.done")
    return None


async def activity(visit: Visit) -> Response:
    """GET /security/activity?before=<id>: the holder's own history, a page at a time (S98)."""
    session = visit.holder
    before = visit.request.query_params.get("before")
    if before is not None and not edge.is_id(before):
        return visit.problem(Problem(404, "not_found"))
    # One more than is shown tells whether there is anything older.
    rows = await edge.run(visit.portvakt.reads.activity, session.account, before, _PAGE + 1)
    if isinstance(rows, Problem):
        return visit.problem(rows)
    return visit.page(
        "activity.html",
        title=visit.voice.say("page.activity.title"),
        activity=rows[:_PAGE],
        older=rows[_PAGE - 1]["id"] if len(rows) > _PAGE else None,
        before=before,
    )


async def done(visit: Visit) -> Response:
    """GET /done/<action>: what was achieved, what to keep in mind, what to do next."""
    session = visit.caller.session
    action = visit.request.path_params["action"]
    row = visit.portvakt.door.kit.actions.get(action)
    if row is None or not exists(f"page.done.{action}.title"):
        return visit.problem(Problem(404, "not_found"))
    if session is None or row.ends == "all":  # whoever is signed in here, it was not their account
        # what takes no session, or ends it, says to anybody that it is done
        signed_out = row.ends == "all" or not row.session
        return _done_and_out(visit, action) if signed_out else to_sign_in(visit)
    found = await edge.run(visit.portvakt.reads.standing, session.account, _WITHDRAW)
    if isinstance(found, Problem):
        return visit.problem(found)
    visit.now = found["now"]
    raises = found["level"]["raise"]
    # what was just unbound is bound anew before anything else: the page's one main button (S73)
    anew = f"bind_{row.kind}"
    again = next((r["action"] for r in raises if r["action"] == anew != action), None)
    withdrawals = _withdrawals(found["reasons"])
    return visit.page(
        "done.html",
        title=visit.voice.say(f"page.done.{action}.title"),
        action=action,
        withdrawals=withdrawals,
        again=again,
        suggestion=raises[0] if raises else None,
    )


def _done_and_out(visit: Visit, action: str) -> Response:
    """After what ends every session: where to go on is the sign-in page, or the way back."""
    say = visit.voice.say
    frozen = action == "freeze_account"
    return visit.page(
        "message.html",
        title=say(f"page.done.{action}.title"),
        tone="good",
        icon="tick",
        paragraphs=[
            say(f"action.{action}.done"),
            *([say("page.freeze.way_out")] if frozen else []),
        ],
        link="/unfreeze" if frozen else "/sign-in",
        link_text=say("action.unfreeze_account.title" if frozen else "action.sign_in.title"),
        back="/",
    )
