"""One request to a page: who visits, in which language, with which defences.

Every page goes through `visited`: it checks where a form comes from before anything is read, gives
each answer its own content security policy, and knows the frame that all pages share.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, Final
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from portvakt import edge, render
from portvakt.messages import NAMES, text_of
from portvakt.messages.catalogue import exists
from portvakt.model import Caller, Problem, Session
from portvakt.ports.captcha import Widget
from portvakt.ports.chance import new_token
from portvakt.render import Voice
from portvakt.web import assets, brand, cookies, csp, forms

Handler = Callable[["Visit"], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

#: words of the form that are ours and no input of a flow
OWN_NAMES: Final = frozenset({"form_token", "step", "offer", "resend", "cancel"})


class Visit:
    """A request with its caller, its form once that is checked, and the way to answer it."""

    def __init__(self, request: Request, caller: Caller) -> None:
        self.request, self.caller = request, caller
        self.portvakt: Any = request.app.state.portvakt
        self.form: Mapping[str, str] = {}
        self.nonce = new_token("n")
        self.widget: Widget | None = None  # a provider's robot check that this page shows
        self.now: datetime | None = None  # the server's instant, where a page counts down
        self._csrf = request.cookies.get(cookies.CSRF_COOKIE) or ""
        self._fresh_csrf = not self._csrf

    @property
    def holder(self) -> Session:
        """The session of a page that only a signed-in holder sees (`signed_in=True`)."""
        if self.caller.session is None:
            raise LookupError("this page is for signed-in holders")
        return self.caller.session

    # ── defences ────────────────────────────────────────────────────────────────────────────────

    async def take_form(self) -> Problem | None:
        """Reads a POST that is ours: same site, and the form's token fits the cookie (A91)."""
        if edge.cross_site(self.request):
            return Problem(403, "csrf")
        form = await forms.read(self.request)
        if isinstance(form, Problem):
            return form
        token = form.get("form_token", "")
        if not self._csrf or not self.portvakt.keys.form_token_ok(self._csrf, token):
            return Problem(403, "csrf")
        self.form = form
        return None

    def renew_csrf(self) -> None:
        """At each change of who is signed in: what was known before is worth nothing after."""
        self._csrf, self._fresh_csrf = new_token("cs"), True

    def inputs(self) -> dict[str, str]:
        """What the form gives to the flow. A provider's script adds fields of its own to the form;
        its answer comes in `robot`."""
        widget = self.portvakt.kit.robot.widget
        left_out = OWN_NAMES if widget is None else OWN_NAMES.union(widget.answers)
        return {k: v for k, v in self.form.items() if k not in left_out}

    def form_token_input(self) -> Markup:
        """The hidden field that every form of ours carries."""
        if not self._csrf:
            self.renew_csrf()
        token = self.portvakt.keys.form_token(self._csrf)
        return Markup('<input type="hidden" name="form_token" value="{}">').format(token)

    # ── answers ─────────────────────────────────────────────────────────────────────────────────

    @property
    def voice(self) -> Voice:
        zone = self.caller.zone or str(self.portvakt.settings.operator.time_zone)
        return Voice(self.caller.language, zone, self.now)

    def frame(self) -> dict[str, Any]:
        """What `base.html` needs on every page."""
        settings = self.portvakt.settings
        session = self.caller.session
        names = session.identifiers if session is not None else ()
        return {
            "asset": assets.built().url,
            "nonce": self.nonce,
            "brand_style": Markup(brand.style(settings.operator.brand.colour)),  # noqa: S704
            "logo": settings.operator.brand.logo is not None,
            "operator": settings.operator.name,
            "support": settings.operator.support_address,
            "terms": settings.help.terms,
            "privacy": settings.help.privacy,
            "code_help": settings.help.code_trouble or "/help/codes",
            "authenticator_help": settings.help.authenticator or "/help/authenticator",
            "other_solution": settings.help.other_solution,
            "host": urlsplit(settings.operator.base_url).netloc,
            "languages": {code: NAMES[code] for code in settings.operator.languages},
            "sandbox": self.portvakt.sandbox is not None,
            "widget": self.widget,
            "session": session,
            "who": next((n["value"] for n in names if n.get("registered")), None),
            "back": self.request.url.path,
            "form_token_input": self.form_token_input,
        }

    def page(self, template: str, *, status: int = 200, **names: Any) -> Response:
        html = render.page(template, self.voice, **{**self.frame(), **names})
        return self.dressed(HTMLResponse(html, status_code=status))

    def go(self, path: str) -> Response:
        """303: the browser asks for the next page by GET, so that Back and Reload send nothing."""
        return self.dressed(RedirectResponse(path, status_code=303))

    def problem(self, problem: Problem) -> Response:
        """A problem as a page in the same dress."""
        own = f"page.error.{problem.id}"
        text = own if exists(own) else text_of(problem)
        title = next(
            t
            for t in (f"{own}.title", f"problem.{problem.id}.title", "page.error.title")
            if exists(t)
        )
        params = {**problem.params, "seconds": problem.retry_after}
        say = self.voice.say
        response = self.page(
            "message.html",
            status=problem.status,
            title=say(title),
            tone="warn",
            icon="alert",
            paragraphs=[say(text, **params)]
            + ([say("page.error.retry", **params)] if problem.retry_after else []),
            link="/",
            link_text=say("page.to_start"),
        )
        if problem.retry_after:
            response.headers["retry-after"] = str(problem.retry_after)
        return response

    def dressed(self, response: Response) -> Response:
        """The headers and the pre-session cookie that every answer of the pages carries."""
        policy = csp.policy(self.nonce, self.widget)
        https = str(self.portvakt.settings.operator.base_url).startswith("https:")
        response.headers.update(edge.security_headers(policy, https=https))
        if self._fresh_csrf and self._csrf:
            cookies.put(response, cookies.CSRF_COOKIE, self._csrf)
        return response


def visited(handler: Handler, *, signed_in: bool = False) -> Endpoint:
    """An endpoint for `handler`: GET as it comes, POST only with a form of ours. With `signed_in`,
    strangers are sent to the sign-in page, and a dead session cookie is taken away."""

    @wraps(handler)
    async def endpoint(request: Request) -> Response:
        visit = Visit(request, await edge.caller(request, client="web"))
        if request.method == "POST":
            problem = await visit.take_form()
            if problem is not None:
                return visit.problem(problem)
        if signed_in and visit.caller.session is None:
            return to_sign_in(visit)
        return await handler(visit)

    return endpoint


def to_sign_in(visit: Visit) -> Response:
    """To the sign-in page; who had a session is told that it is over."""
    over = edge.SESSION_COOKIE in visit.request.cookies
    response = visit.go("/sign-in?over=1" if over else "/sign-in")
    if over:
        cookies.signed_out(response)
    return response
