"""Passkeys on the pages: what a script asks for that logs somebody in, and the files by which browsers and
native apps find each other (all made from settings)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from portvakt import edge
from portvakt.model import Problem
from portvakt.web import cookies
from portvakt.web.visit import Visit


async def begin(visit: Visit) -> Response:
    """POST /sign-in/passkey → `{"url", "step", "options"}`: a flow of its own, whose answer goes to `url`.
    Opened by a script as the page is shown, so that the browser can offer passkeys among the names that it
    fills in."""
    door = visit.portvakt.door
    answer = await edge.run(door.start, "sign_in", {}, visit.caller, offer="passkey")
    if isinstance(answer, Problem):
        return visit.problem(answer)
    flow, step = answer.flow, answer.step
    asked = next((f for f in step.fields if f.kind == "passkey_get"), None) if step else None
    if step is None or asked is None or flow.token is None:
        return visit.problem(Problem(404, "not_found"))
    content = {"url": f"/flow/{flow.id}", "step": step.id, "options": asked.extra["options"]}
    response = visit.dressed(JSONResponse(content))
    cookies.keep_flow(visit.request, response, flow.id, flow.token)
    return response


def well_known() -> list[BaseRoute]:
    """Each is there where the settings give it something to say."""
    return [
        Route("/.well-known/passkey-endpoints", endpoints),
        Route("/.well-known/apple-app-site-association", apple),
        Route("/.well-known/assetlinks.json", android),
    ]


async def endpoints(request: Request) -> Response:
    """Where a password manager sends its user to add or remove a passkey (W3C passkey endpoints)."""
    portvakt = edge.portvakt(request)
    page = f"{portvakt.settings.operator.base_url}/security"
    return _told({"enroll": page, "manage": page} if portvakt.kit.relying_party else None)


async def apple(request: Request) -> Response:
    apps = edge.portvakt(request).settings.passkeys.ios_apps
    return _told({"webcredentials": {"apps": list(apps)}} if apps else None)


async def android(request: Request) -> Response:
    """Digital Asset Links: credentials of this site are the app's too, and its links open there."""
    relation = ["delegate_permission/common.get_login_creds", "delegate_permission/common.handle_all_urls"]  # fmt: skip
    told = [{"relation": relation,
             "target": {"namespace": "android_app", "package_name": app.package,
                        "sha256_cert_fingerprints": list(app.fingerprints)}}
            for app in edge.portvakt(request).settings.passkeys.android_apps]  # fmt: skip
    return _told(told or None)


def _told(content: Any) -> Response:
    headers = {"cache-control": "public, max-age=3600", "x-content-type-options": "nosniff"}
    return JSONResponse(content, 200 if content is not None else 404, headers=headers)
