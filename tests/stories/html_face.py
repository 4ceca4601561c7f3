"""A browser without scripts, as a face of the stories: reads pages and fills in their forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx

from portvakt.messages import say
from tests.stories import html_cases as cases
from tests.stories import html_reads as reads
from tests.stories.page import Element, read
from tests.stories.seen import Security, Seen, refusal_said
from tests.visitor import Visitor

_FIRST: Final = {
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
_OVER: Final = {
    say(f"page.flow.{status}.title", "en"): status
    for status in ("expired", "done", "refused", "cancelled", "lost", "waiting")
} | {
    say("page.flow.review.title", "en"): "waiting",
    say("page.refused.frozen_by_staff.title", "en"): "refused",
    say("page.done.stop_case_doubted.title", "en"): "done",
}
_LINK_OVER: Final = say("page.notice.over.title", "en")


class HtmlFace:
    name = "html"

    def __init__(self, address: str, network: str) -> None:
        self._browser = Visitor(
            address,
            network=network,
            user_agent="Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0",
            sec_fetch_site="same-origin",
        )
        self._page: Element | None = None
        self._url = "/"

    def close(self) -> None:
        self._browser.http.close()

    # ── pages ───────────────────────────────────────────────────────────────────────────────────

    @property
    def cookies(self) -> dict[str, str]:
        return self._browser.cookies

    def request(self, method: str, url: str, **more: Any) -> httpx.Response:
        """One request with this browser's cookies; redirects are not followed."""
        return self._browser.ask(method, url, **more)

    def open(self, url: str) -> httpx.Response:
        """Goes to a page, following where it leads; remembers it as the one in view."""
        answer = self.request("GET", url)
        for _ in range(3):
            if answer.status_code != 303:
                break
            url = answer.headers["location"]
            answer = self.request("GET", url)
        self._url, self._page = url, read(answer.text)
        return answer

    def press(
        self, form: Element, extra: Mapping[str, str], picture: bytes | None = None
    ) -> tuple[httpx.Response, str]:
        """Sends a form of the page in view; (the page it leads to, its address)."""
        sent = cases.sent(form, extra)
        url = form.attributes["action"]
        if form.attributes.get("enctype") == "multipart/form-data":
            parts: dict[str, Any] = {name: (None, text) for name, text in sent.items()}
            if picture is not None:
                parts["picture"] = ("../IMG 1.jpg", picture, "image/jpeg")
            answer = self.request("POST", url, files=parts)
        else:
            answer = self.request("POST", url, data=sent)
        if answer.status_code == 303:
            answer = self.open(answer.headers["location"])
        else:
            self._url, self._page = url, read(answer.text)
        return answer, self._url

    @property
    def page(self) -> Element:
        assert self._page is not None, "no page is open"
        return self._page

    # ── flows ───────────────────────────────────────────────────────────────────────────────────

    def begin(self, action: str, inputs: Mapping[str, str]) -> Seen:
        if "notice_token" in inputs:
            return self._by_link(action, inputs["notice_token"])
        if action in _FIRST:
            self.open(_FIRST[action])
            if (
                action == "freeze_account" and self._form("step") is None
            ):  # signed in: one more press
                return self._pressed(self.page.one("form", action="/freeze"), inputs)
            if not inputs or self._form("step") is None:
                return self._seen(200)
            return self.answer(inputs)
        if action == "approve_protected_action" and "decision" in inputs:
            self.open(f"/approve/{inputs['decision']}")  # where the platform sends its customer
        elif not self._at_hand(action):
            self.open("/security")
        form = self._begins(action)
        return self._pressed(form, inputs)

    def _at_hand(self, action: str) -> bool:
        """Whether the page in view is the security centre, or a *done* page that offers this next."""
        path = urlsplit(self._url).path
        offered = path.startswith("/done/") and self.page.one("form", action=f"/start/{action}")
        return path == "/security" or bool(offered)

    def _by_link(self, action: str, token: str) -> Seen:
        """Opens the link of a message, and presses that button on its page."""
        self.open(f"/notice/{token}")
        heading = self.page.one("h1")
        assert heading is not None
        if heading.text == _LINK_OVER:
            return Seen("open", refusal="notice_token_invalid", words=self.page.text)
        form = self.page.one("form", action=f"/notice/{action}")
        if form is None:  # no such button: what an old tab would send
            some = self.page.one("input", name="form_token")
            assert some is not None
            form = Element("form", {"action": f"/notice/{action}"}, [some])
        return self._pressed(form, {})

    def _begins(self, action: str) -> Element:
        """The button's form; where a page shows no such button, what an old tab would send."""
        form = self.page.one("form", action=f"/start/{action}")
        if form is None:
            some = self.page.one("input", name="form_token")
            assert some is not None
            form = Element("form", {"action": f"/start/{action}"}, [some])
        return form

    def answer(self, inputs: Mapping[str, str]) -> Seen:
        return self._pressed(self._form("step"), inputs)

    def offer(self, offer: str) -> Seen:
        return self._pressed(self._form("aside"), {"offer": offer})

    def resend(self, field: str) -> Seen:
        return self._pressed(self._form("aside"), {"resend": field})

    def cancel(self) -> Seen:
        assert self.page.one("button", name="cancel"), "no such button on the page"
        return self._pressed(self._form("aside"), {"cancel": "1"})

    def picture(self, kind: str, data: bytes) -> Seen:
        form = self._form("step")
        assert form is not None
        pressed = {"add_picture": "1", "picture_kind": kind}
        answer, _ = self.press(form, pressed, data)
        return self._seen(answer.status_code)

    def look(self) -> Seen:
        answer = self.open(self._url)
        return self._seen(answer.status_code)

    def _form(self, id: str) -> Element | None:
        return self.page.one("form", id_=id)

    def _pressed(self, form: Element | None, inputs: Mapping[str, str]) -> Seen:
        assert form is not None, f"no such form on {self._url}: {self.page.text}"
        answer, _ = self.press(form, inputs)
        return self._seen(answer.status_code)

    def _seen(self, status: int) -> Seen:
        page = self.page
        main = page.one("main") or page
        heading = main.one("h1")
        title = heading.text if heading else ""
        if title in _OVER:
            said = [refusal_said(p.text) for p in main.all("p")]
            refusal = next(filter(None, said), None)
            if _OVER[title] != "waiting":
                return Seen(_OVER[title], refusal=refusal, words=main.text)
            return cases.waiting(main)
        if "over" in parse_qs(urlsplit(self._url).query):
            return Seen("not_signed_in", words=main.text)
        assert status == 200, f"{status} on {self._url}: {main.text}"
        form = self._form("step")
        if form is None:
            return self._arrived(main)
        step = form.values()["step"]
        passkeys = [e for e in form if "data-passkey" in e.attributes]
        robots = [e.attributes["data-name"] for e in form if "data-robot" in e.attributes]
        asked = [
            e.attributes.get("data-name") or e.attributes["name"]
            for e in form
            if e in passkeys
            or (
                (e.tag == "input" and "name" in e.attributes)
                and (e.attributes.get("type") != "hidden" or e.attributes["name"] == "agree")
            )
        ]
        alarms = [e for e in main if e.attributes.get("role") == "alert"]
        refusals = [refusal_said(p.text) for a in alarms for p in (a.all("p") or [a])]
        return Seen(
            status="open",
            step=step,
            asked=(*cases.asked(asked), *robots),
            refusal=next(filter(None, refusals), None),
            offers=tuple(b.attributes["value"] for b in main.all("button", name="offer")),
            key=reads.key(main),
            price=reads.price(main),
            codes=reads.codes(main),
            passkey=next((json.loads(e.attributes["data-options"]) for e in passkeys), None),
            details=reads.details(main),
            words=main.text,
        )

    def _arrived(self, main: Element) -> Seen:
        """A page that is no step: the flow is done or cancelled, or a stranger was sent away."""
        path, query = urlsplit(self._url).path, parse_qs(urlsplit(self._url).query)
        case = cases.case(main)
        if case is not None:
            return Seen("done", case=case, words=main.text)
        exported = reads.export(main)
        if exported is not None:
            return Seen("done", export=exported, words=main.text)
        signed_out = path == "/sign-in" and "out" in query
        assert path == "/security" or signed_out or path.startswith("/done/"), self._url
        if query.get("done") == ["cancelled"]:
            return Seen("cancelled", words=main.text)
        return Seen("done", words=main.text, signed_in="__Host-portvakt" in self.cookies)

    # ── reads ───────────────────────────────────────────────────────────────────────────────────

    def me(self) -> Mapping[str, Any] | None:
        answer = self.request("GET", "/v1/me")
        return dict(answer.json()) if answer.status_code == 200 else None

    def security(self) -> Security | None:
        self.open("/security")
        if urlsplit(self._url).path != "/security":
            return None
        main = self.page.one("main")
        assert main is not None
        return reads.security(main, lambda name: self.request("GET", f"/v1/me/{name}").json())

    # ── places ──────────────────────────────────────────────────────────────────────────────────

    def place(self) -> Any:
        return self._url, self._page

    def return_to(self, place: Any) -> None:
        self._url, self._page = place

    def forget_session(self) -> None:
        """Closing the browser: cookies without an age go."""
        keep = ("__Host-portvakt-device", "lang")
        for name in set(self.cookies) - set(keep):
            del self.cookies[name]
        self._url, self._page = "/", None

    def forget_everything(self) -> None:
        self.cookies.clear()
        self.forget_session()
