"""The pages' cookies. All `__Host-`: Secure, Path=/, no Domain, so that no neighbouring host can
set or read one (A84). Nothing of a person is in them, and none decides how long anything lives: that
is the server's (ASVS 7.3, NIST SP 800-63B-4 §5.1.1)."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from portvakt.edge import DEVICE_COOKIE, SESSION_COOKIE, is_id

CSRF_COOKIE: Final = "__Host-csrf"
NOTICE_COOKIE: Final = "__Host-notice"
LANGUAGE_COOKIE: Final = "lang"
_FLOW: Final = "__Host-f-"
_FLOWS_AT_ONCE: Final = 6  # tabs; the oldest goes first, since ids sort by time
_YEAR: Final = 365 * 86_400


def put(response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    """A cookie that scripts cannot read and other sites' forms do not carry."""
    response.set_cookie(
        name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="lax"
    )


def drop(response: Response, name: str) -> None:
    response.set_cookie(name, "", max_age=0, path="/", secure=True, httponly=True, samesite="lax")


def signed_in(response: Response, session_token: str, device_token: str) -> None:
    """New tokens at each sign-in (A84). The device outlives the session: that is its purpose."""
    put(response, SESSION_COOKIE, session_token)
    put(response, DEVICE_COOKIE, device_token, max_age=_YEAR)


def signed_out(response: Response) -> None:
    """The device stays known: it makes the next sign-in safer, and opens nothing by itself."""
    drop(response, SESSION_COOKIE)


def flow_token(request: Request, flow: str) -> str | None:
    """The token of this flow, when it was begun in this browser."""
    return request.cookies.get(_FLOW + flow) if is_id(flow) else None


def keep_flow(request: Request, response: Response, flow: str, token: str) -> None:
    """Remembers a flow for this browser; several at once, for several tabs."""
    put(response, _FLOW + flow, token)
    others = sorted(n for n in request.cookies if n.startswith(_FLOW) and n != _FLOW + flow)
    for name in others[: max(0, len(others) - _FLOWS_AT_ONCE + 1)]:
        drop(response, name)


def forget_flow(response: Response, flow: str) -> None:
    drop(response, _FLOW + flow)


def language(response: Response, code: str, *, secure: bool) -> None:
    """The chosen language; no secret, so that the sandbox keeps it without TLS as well."""
    response.set_cookie(
        LANGUAGE_COOKIE, code, max_age=_YEAR, path="/", secure=secure, httponly=True, samesite="lax"
    )
