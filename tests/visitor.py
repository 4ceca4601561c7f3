"""A browser without JavaScript, for tests of the pages: keeps cookies, fills in forms, clicks buttons.

httpx itself would not send Secure cookies over plain http; browsers do so to this machine's own
addresses, hence the little jar here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import httpx


@dataclass
class Form:
    """One form of a page: where it goes and what it would send."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.loose: list[dict[str, str]] = []
        self._open: Form | None = None
        self.words: list[str] = []
        self.title = ""
        self._skip = 0
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        if tag in ("script", "style", "svg"):
            self._skip += 1
        elif tag == "title":
            self._in_title = True
        elif tag == "form":
            self._open = Form(given.get("action", ""))
            self.forms.append(self._open)
            self.by_id[given.get("id", "")] = self._open
        elif tag == "input" and self._open is not None and "name" in given:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self._open.fields[given["name"]] = given.get("value", "")
        elif tag == "button" and given.get("type") != "button":
            if "form" in given:
                self.loose.append(given)
            elif self._open is not None:
                self._open.buttons.append(given)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "svg"):
            self._skip -= 1
        elif tag == "form":
            self._open = None
        elif tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._skip and data.strip():
            self.words.append(" ".join(data.split()))


class Page:
    """A page that came back, as somebody reads it."""

    def __init__(self, response: httpx.Response) -> None:
        self.response, self.html, self.status = response, response.text, response.status_code
        self.path = urlsplit(str(response.url)).path
        reader = _Reader()
        reader.feed(self.html)
        self.forms, self.title = reader.forms, reader.title
        self.words, self.texts = " ".join(reader.words), reader.words
        for button in reader.loose:
            reader.by_id[button["form"]].buttons.append(button)

    def form(self, action: str | None = None) -> Form:
        """The form that goes to `action`; the step's own where none is named."""
        wanted = self.path if action is None else action
        found = [f for f in self.forms if f.action == wanted]
        if not found and action is None:
            found = [f for f in self.forms if "step" in f.fields]
        assert found, f"no form to {wanted} on {self.path}: {[f.action for f in self.forms]}"
        return found[0]


class Visitor:
    """Somebody at a browser."""

    def __init__(self, address: str, *, network: str = "198.18.0.1", **headers: str) -> None:
        self.http = httpx.Client(
            base_url=address,
            timeout=20,
            headers={
                "accept-language": "en",
                "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
                "x-forwarded-for": network,
                **{k.replace("_", "-"): v for k, v in headers.items()},
            },
        )
        self.cookies: dict[str, str] = {}
        self.page: Page | None = None

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request with this browser's cookies, redirects not followed."""
        headers = dict(more.pop("headers", {}))
        if self.cookies:
            headers["cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        response = self.http.request(method, path, headers=headers, **more)
        for line in response.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return response

    def _follow(self, response: httpx.Response) -> Page:
        while response.status_code == 303:
            response = self.ask("GET", response.headers["location"])
        self.page = Page(response)
        return self.page

    def see(self, path: str) -> Page:
        return self._follow(self.ask("GET", path))

    def send(self, form: Form, **typed: str) -> Page:
        """Fills in the form and sends it by its main button."""
        return self._follow(self.ask("POST", form.action, data={**form.fields, **typed}))

    def fill(self, **typed: str) -> Page:
        """Fills in the step that is shown."""
        assert self.page is not None
        return self.send(self.page.form(), **typed)

    def press(self, action: str, **more: str) -> Page:
        """Presses the button of the form that goes to `action`."""
        assert self.page is not None
        return self.send(self.page.form(action), **more)

    def press_aside(self, name: str) -> Page:
        """Presses *Send a new code* (`resend`), *another way* (`offer`) or `cancel`."""
        assert self.page is not None
        for form in self.page.forms:
            for button in form.buttons:
                if button.get("name") == name:
                    return self.send(form, **{name: button.get("value", "")})
        raise AssertionError(f"no button {name} on {self.page.path}")

    # ── what everybody does ─────────────────────────────────────────────────────────────────────

    def messages(self, to: str) -> list[Mapping[str, Any]]:
        found = self.http.get("/v1/sandbox/messages", params={"to": to}).json()["messages"]
        return list(found)

    def code(self, to: str) -> str:
        """The newest code sent to this address."""
        return str(next(m["code"] for m in self.messages(to) if m["code"]))

    def sign_up(self, identifier: str, password: str) -> Page:
        self.see("/sign-up")
        self.fill(identifier=identifier, robot="sandbox")
        assert self.page is not None
        name = next(n for n in self.page.form().fields if n.endswith("_code"))
        self.fill(**{name: self.code(identifier)})
        return self.fill(new_password=password)

    def sign_in(self, identifier: str, password: str) -> Page:
        self.see("/sign-in")
        return self.fill(identifier=identifier, password=password)
