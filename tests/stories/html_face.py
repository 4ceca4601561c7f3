"""A browser without scripts, as a face of the stories: reads pages and fills in their forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx

from portvakt.messages import say
from tests.stories.page import Element, read
from tests.stories.seen import DeviceSeen, HoldSeen, Key, Security, Seen, refusal_said
from tests.visitor import Visitor

_FIRST: Final = {"sign_in": "/sign-in", "sign_up": "/sign-up"}
_OVER: Final = {
    say(f"page.flow.{status}.title", "en"): status
    for status in ("expired", "done", "refused", "cancelled", "lost")
}
_WAYS: Final = {"email": "email_code", "phone": "sms_code", "totp": "totp", "password": "password"}
_ROWS: Final = {say(f"page.security.{word}", "en"): kind for word, kind in _WAYS.items()}


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

    def press(self, form: Element, extra: Mapping[str, str]) -> tuple[httpx.Response, str]:
        """Sends a form of the page in view; (the page it leads to, its address)."""
        sent = {**form.values(), **extra}
        url = form.attributes["action"]
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
        if action in _FIRST:
            self.open(_FIRST[action])
            if not inputs or self._form("step") is None:
                return self._seen(200)
            return self.answer(inputs)
        if urlsplit(self._url).path != "/security":
            self.open("/security")
        form = self._begins(action)
        return self._pressed(form, inputs)

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
            return Seen(_OVER[title], refusal=next(filter(None, said), None), words=main.text)
        if "over" in parse_qs(urlsplit(self._url).query):
            return Seen("not_signed_in", words=main.text)
        assert status == 200, f"{status} on {self._url}: {main.text}"
        form = self._form("step")
        if form is None:
            return self._arrived(main)
        step = form.values()["step"]
        robots = [e.attributes["data-name"] for e in form if "data-robot" in e.attributes]
        asked = [
            e.attributes["name"]
            for e in form.all("input")
            if e.attributes.get("type") != "hidden" and "name" in e.attributes
        ]
        alarms = [e for e in main if e.attributes.get("role") == "alert"]
        refusals = [refusal_said(p.text) for a in alarms for p in (a.all("p") or [a])]
        return Seen(
            status="open",
            step=step,
            asked=(*asked, *robots),
            refusal=next(filter(None, refusals), None),
            offers=tuple(b.attributes["value"] for b in main.all("button", name="offer")),
            key=_key(main),
            words=main.text,
        )

    def _arrived(self, main: Element) -> Seen:
        """A page that is no step: the flow is done or cancelled, or a stranger was sent away."""
        path, query = urlsplit(self._url).path, parse_qs(urlsplit(self._url).query)
        assert path in ("/security", "/sign-in") or path.startswith("/done/"), self._url
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
        level = re.search(r"Level (\d) of 4", main.text)
        assert level is not None
        raises = main.one("ul", "raise")
        return Security(
            level=int(level.group(1)),
            raises=tuple(li.text for li in raises.all("li")) if raises else (),
            ways=dict(_ways(main)),
            holds=self._holds(main),
            devices=tuple(_device(li) for li in _rows(main, "sessions")),
            activity=tuple(_activity(main)),
            words=main.text,
        )

    def _holds(self, main: Element) -> tuple[HoldSeen, ...]:
        """What the rows say; their instants, said there in words, are checked against the account's."""
        rows = _rows(main, "holds")
        known = self.request("GET", "/v1/me/holds").json()
        assert len(known) == len(rows)
        out = []
        for hold, row in zip(known, rows, strict=True):
            starts, ends = (datetime.fromisoformat(hold[k]) for k in ("starts", "ends"))
            assert say("page.security.hold_started", "en", at=starts) in row.text
            assert say("page.security.hold_ends", "en", until=ends) in row.text
            heading = row.one("h3")
            assert heading is not None
            out.append(
                HoldSeen(heading.text, starts.replace(microsecond=0), ends.replace(microsecond=0))
            )
        return tuple(out)

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


def _key(main: Element) -> Key | None:
    shown = main.one("div", "authenticator")
    if shown is None:
        return None
    name, key = [b.attributes for b in shown.all("button") if "data-copy" in b.attributes][:2]
    link = next(a for a in shown.all("a") if a.attributes["href"].startswith("otpauth:"))
    return Key(
        key["data-copy"], name["data-copy"], link.attributes["href"], bool(shown.one("div", "qr"))
    )


def _rows(main: Element, id: str) -> list[Element]:
    section = main.one("section", aria_labelledby=id)
    rows = section.one("ul", "rows") if section else None
    return [c for c in rows.children if isinstance(c, Element)] if rows else []


def _ways(main: Element) -> list[tuple[str, str | None]]:
    out = []
    for row in _rows(main, "ways"):
        heading = row.one("h3")
        pill = heading.one("span", "pill") if heading else None
        assert heading is not None
        assert pill is not None
        if pill.text == say("page.security.not_set", "en"):
            continue
        kind = _ROWS[heading.text.removesuffix(pill.text).strip()]
        channel = kind in ("email_code", "sms_code")
        out.append((kind, row.all("p")[0].text.partition(" · ")[0] if channel else None))
    return out


def _device(row: Element) -> DeviceSeen:
    heading, id = row.one("h3"), row.one("input", name="session")
    assert heading is not None
    assert id is not None
    pill = heading.one("span", "pill")
    name = heading.text.removesuffix(pill.text).strip() if pill else heading.text
    return DeviceSeen(id.attributes["value"], pill is not None, name)


def _activity(main: Element) -> list[str]:
    log = main.one("ol", "log")
    rows = log.all("li") if log else []
    return [p.text for row in rows for p in row.all("p")[:1]]
