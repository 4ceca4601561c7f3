"""Reviewers of a sandbox at the console: they open what was sent, and vote by its form or as a program."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.stories.seen import refusal_said
from tests.visitor import Page, Visitor

Json = dict[str, Any]
REASON: Final = "The picture and the answers fit."
_FILE: Final = re.compile(r'href="(/console/files/[A-Za-z0-9_-]+)"')
_networks = itertools.count(1)


def reviewers(address: str) -> list[Reviewer]:
    """All of the sandbox's reviewers, each at a desk of his own."""
    found = httpx.get(f"{address}/v1/sandbox", timeout=30).json()["reviewers"]
    return [Reviewer(address, one["id"], one["name"]) for one in found]


def operators(address: str) -> list[Reviewer]:
    """Those of the sandbox who see to people."""
    found = httpx.get(f"{address}/v1/sandbox", timeout=30).json()["staff"]
    return [Reviewer(address, s["id"], s["name"]) for s in found if s["role"] == "operator"]


@dataclass
class Reviewer:
    address: str
    account: str
    name: str
    token_of: Callable[[], str] | None = None  # where he has a session of his own

    def __post_init__(self) -> None:
        number = next(_networks)
        self.network = f"198.19.{number // 250}.{number % 250 + 1}"

    def token(self) -> str:
        """A session of now: reviewers come to work each day."""
        if self.token_of is not None:
            return self.token_of()
        answer = httpx.post(
            f"{self.address}/v1/sandbox/staff-sessions", json={"reviewer": self.account}, timeout=30
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["session_token"])

    def browser(self, **headers: str) -> Visitor:
        found = Visitor(
            self.address, network=self.network, **{"sec_fetch_site": "same-origin", **headers}
        )
        found.cookies["__Host-portvakt"] = self.token()
        return found

    def sees(self, path: str = "/console", **headers: str) -> Page:
        visitor = self.browser(**headers)
        page = visitor.see(path)
        visitor.http.close()
        return page

    def case(self, number: str) -> Page:
        return self.sees(f"/console/cases/{number}")

    def files(self, number: str) -> list[str]:
        """Where the case's files lie."""
        return _FILE.findall(self.case(number).html)

    def opens(self, number: str) -> Reviewer:
        """Every file of the case, whole."""
        visitor = self.browser()
        page = visitor.see(f"/console/cases/{number}")
        for path in _FILE.findall(page.html):
            assert visitor.ask("GET", path).status_code == 200
        visitor.http.close()
        return self

    def is_drawn_for(self, number: str) -> bool:
        """Whether the queue says so."""
        page = self.sees("/console?show=mine")
        assert page.status == 200, page.words
        return number in page.html

    def asks_to_vote(self, number: str, vote: str, **said: str) -> Json:
        """As a program: the answer of the flow, whatever it is."""
        return self.asks("decide_case", case=number, vote=vote, **said)

    def asks(self, action: str, **inputs: str) -> Json:
        """As a program: what the flow of this action answers."""
        sent = {"action": action, "inputs": {"reason": REASON, **inputs}}
        answer = self.http("POST", "/v1/flows", json=sent)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def http(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token()}", "X-Forwarded-For": self.network}
        return httpx.request(method, f"{self.address}{path}", headers=headers, timeout=30, **more)

    # ── what is done to accounts ────────────────────────────────────────────────────────────────

    def reads(self, what: str) -> list[Json]:
        """People, proposals or frozen accounts, as a program reads them."""
        answer = self.http("GET", f"/v1/console/{what}")
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    def proposal(self, what: str, whom: str) -> Json:
        """The newest one of this about this account, as he sees it."""
        return next(p for p in self.reads("proposals") if (p["what"], p["account"]) == (what, whom))

    def proposes(self, what: str, whom: str, face: str = "json", **said: str) -> str:
        """What the page or the program says then: `done`, `open`, or why not."""
        given = {"what": what, "whom": whom, "reason": REASON, **said}
        if face == "json":
            return _outcome(self.asks("propose", **given))
        return self._sends(what, given)

    def decides(self, proposal: Json, vote: str, face: str = "json") -> str:
        """`done`, `turned_down`, or why not."""
        given = {"proposal": proposal["id"], "vote": vote, "reason": REASON}
        if face == "json":
            return _outcome(self.asks("decide_proposal", **given))
        return self._sends(proposal["what"], given)

    def _sends(self, what: str, given: dict[str, str]) -> str:
        """By whichever form of its page has this in it; `no form` where none has."""
        visitor = self.browser()
        path = "/console/frozen" if "freeze" in what else "/console/people"
        page = visitor.see(path)
        fixed = {n: given[n] for n in ("what", "proposal") if n in given}
        named = "whom" in given and what not in ("add_staff", "freeze_by_staff")
        wanted = fixed | ({"whom": given["whom"]} if named else {})
        form = next((f for f in page.forms if wanted.items() <= f.fields.items()), None)
        if form is None:
            return "no form"
        done = visitor.send(form, **given)
        visitor.http.close()
        now = parse_qs(urlsplit(str(done.response.url)).query).get("now")
        return now[0] if now else next(filter(None, map(refusal_said, done.texts)), done.words)

    # ── cases ───────────────────────────────────────────────────────────────────────────────────

    def votes(self, number: str, vote: str, face: str = "json", **said: str) -> Reviewer:
        """Opens everything and votes; it is counted."""
        self.opens(number)
        if face == "json":
            answer = self.asks_to_vote(number, vote, **said)
            assert answer["flow"]["status"] == "done", answer
            return self
        visitor = self.browser()
        page = visitor.see(f"/console/cases/{number}")
        form = page.form(f"/console/cases/{number}")
        done = visitor.send(form, vote=vote, **{"reason": REASON, **said})
        visitor.http.close()
        assert done.path == "/console", done.words
        assert number in done.words, done.words
        return self


def _outcome(answer: Json) -> str:
    return str(answer["refusal"]["id"] if answer["refusal"] else answer["result"]["state"])


def drawn(address: str, number: str) -> Reviewer:
    """The second reviewer of this case."""
    (found,) = [r for r in reviewers(address) if r.is_drawn_for(number)]
    return found


def approved_by_two(address: str, number: str, face: str = "json") -> tuple[Reviewer, Reviewer]:
    """The whole decision."""
    first = reviewers(address)[0].votes(number, "approve", face)
    second = drawn(address, number).votes(number, "approve", face)
    return first, second
