"""The pages: HTML for account holders, the same flows as the JSON face (ADR 0001).

`routes` and `exception_handlers` are for the application, which sets `app.state.portvakt`.
"""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route

from portvakt.store.tx import DatabaseBusy
from portvakt.web import assets, entry, errors, flows, notice, other, passkeys, security
from portvakt.web.visit import Handler, visited

__all__ = ["exception_handlers", "routes"]


def exception_handlers() -> dict[Any, Any]:
    """For `Starlette(exception_handlers=…)`: what no page answers, and our own faults."""
    return {
        HTTPException: errors.not_found,
        DatabaseBusy: errors.busy,
        Exception: errors.internal,
    }


def routes(portvakt: Any) -> list[BaseRoute]:
    """Every page. Addresses are the user's words and the actions' names."""

    def page(path: str, handler: Handler, *methods: str, signed_in: bool = False) -> Route:
        endpoint = visited(handler, signed_in=signed_in)
        return Route(path, endpoint, methods=list(methods or ("GET",)))

    sandbox = [page("/sandbox", other.sandbox), page("/sandbox/clock", other.clock, "POST")]
    return [
        page("/", other.home),
        page("/sign-in", entry.begins("sign_in"), "GET", "POST"),
        page("/sign-in/passkey", passkeys.begin, "POST"),
        page("/sign-up", entry.begins("sign_up"), "GET", "POST"),
        page("/reset-password", entry.begins("reset_password"), "GET", "POST"),
        page("/freeze", entry.freeze, "GET", "POST"),
        page("/unfreeze", entry.begins("unfreeze_account"), "GET", "POST"),
        page("/lost-authenticator", entry.begins("reset_second_factor"), "GET", "POST"),
        page("/lost-email", entry.begins("unbind_lost_email"), "GET", "POST"),
        page("/lost-phone", entry.begins("unbind_lost_phone"), "GET", "POST"),
        page("/recover", entry.begins("recover_account"), "GET", "POST"),
        page("/case", entry.begins("view_case"), "GET", "POST"),
        page("/case/add", entry.begins("add_to_case"), "GET", "POST"),
        page("/sign-out", entry.sign_out, "POST"),
        page("/notice", notice.notice),
        page("/notice/{token}", notice.arrive),
        page("/notice/{action}", notice.act, "POST"),
        page("/approve/{decision}", notice.approve, signed_in=True),
        page("/flow/{flow}", flows.flow, "GET", "POST"),
        page("/start/{action}", flows.start, "POST", signed_in=True),
        page("/done/{action}", security.done),
        page("/security", security.security, signed_in=True),
        page("/security/activity", security.activity, signed_in=True),
        page("/help/codes", other.codes),
        page("/help/authenticator", other.authenticator),
        page("/language", other.language, "POST"),
        Route("/static/built/{name}", assets.asset, methods=["GET"]),
        Route("/static/logo", assets.logo, methods=["GET"]),
        *passkeys.well_known(),
        *(sandbox if portvakt.sandbox is not None else []),
    ]
