"""The first page, help, the language switch, and the sandbox's mailbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from starlette.responses import Response

from portvakt import edge
from portvakt.factors import totp
from portvakt.messages.values import say_time
from portvakt.model import Problem
from portvakt.web import cookies
from portvakt.web.visit import Visit

_ADVANCES: Final = {
    "1m": timedelta(minutes=1),
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "30d": timedelta(days=30),
}
_SHOWN: Final = 50


async def home(visit: Visit) -> Response:
    """GET /"""
    return visit.go("/security" if visit.caller.session is not None else "/sign-in")


async def codes(visit: Visit) -> Response:
    """GET /help/codes: what to do when a code does not work (S70)."""
    now = await edge.run(visit.portvakt.reads.now)
    if isinstance(now, Problem):
        return visit.problem(now)
    return visit.page(
        "codes.html",
        title=visit.voice.say("page.codes.title"),
        # To compare with the phone's own clock, as far as a page can: drift of seconds is accepted.
        now=say_time(now, visit.voice.language, visit.voice.zone),
        email_life=visit.portvakt.settings.codes.email_life,
    )


async def authenticator(visit: Visit) -> Response:
    """GET /help/authenticator: how a holder restores a lost authenticator himself (S40-S47)."""
    settings, say = visit.portvakt.settings, visit.voice.say
    operator, who = settings.operator.name, visit.frame()["who"]
    yours = say("guide.key.your_account", operator=operator)
    return visit.page(
        "authenticator.html",
        title=say("guide.title"),
        account_name=totp.account_name(operator, who or yours),
        characters=settings.totp.key_characters,
    )


async def language(visit: Visit) -> Response:
    """POST /language: remembered by a cookie, and in the account, so that messages follow."""
    chosen = visit.form.get("language", "")
    response = visit.go(own_path(visit.form.get("back", "")))
    settings = visit.portvakt.settings
    if chosen in settings.operator.languages:
        https = str(settings.operator.base_url).startswith("https:")
        cookies.language(response, chosen, secure=https)
        session = visit.caller.session
        if session is not None:
            reads = visit.portvakt.reads
            await edge.run(reads.set_language, session.account, chosen, visit.caller.zone)
    return response


def own_path(text: str) -> str:
    """A path on this host, or `/`: never an open redirect. `//host`, `/\\host` and control
    characters are what browsers read as another host."""
    fine = text.startswith("/") and not text.startswith(("//", "/\\")) and len(text) <= 512
    return text if fine and text.isascii() and text.isprintable() and "\\" not in text else "/"


# ── sandbox ─────────────────────────────────────────────────────────────────────────────────────


async def sandbox(visit: Visit) -> Response:
    """GET /sandbox: the mailbox. Only where a sandbox runs; elsewhere the address does not exist."""
    box = visit.portvakt.sandbox
    to = visit.request.query_params.get("to", "").strip()[:320]
    found = await edge.run(_mailbox, box, to or None)
    if isinstance(found, Problem):
        return visit.problem(found)
    now, messages = found
    return visit.page(
        "sandbox.html",
        title=visit.voice.say("page.sandbox.title"),
        now=now,
        messages=messages,
        to=to,
        steps=_ADVANCES,
    )


def _mailbox(box: Any, to: str | None) -> tuple[datetime, list[dict[str, Any]]]:
    return _instant(box.now()), [
        {**m, "sent_at": _instant(m["sent_at"])} for m in box.messages(to)[:_SHOWN]
    ]


def _instant(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


async def clock(visit: Visit) -> Response:
    """POST /sandbox/clock: moves the sandbox's clock forward; answers when all due work has run."""
    box = visit.portvakt.sandbox
    by = _ADVANCES.get(visit.form.get("advance", ""))
    if by is None:
        return visit.problem(Problem(404, "not_found"))
    moved = await edge.run(box.advance, by)
    return visit.problem(moved) if isinstance(moved, Problem) else visit.go("/sandbox")
