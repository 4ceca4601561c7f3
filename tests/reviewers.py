"""Reviewers of a sandbox at the console: they open what was sent, and vote by its form or as a program."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any, Final

import httpx

from tests.visitor import Page, Visitor

Json = dict[str, Any]
REASON: Final = "The picture and the answers fit."
_FILE: Final = re.compile(r'href="(/console/files/[A-Za-z0-9_-]+)"')
_networks = itertools.count(1)


def reviewers(address: str) -> list[Reviewer]:
    """All of the sandbox's reviewers, each at a desk of his own."""
    found = httpx.get(f"{address}/v1/sandbox", timeout=30).json()["reviewers"]
    return [Reviewer(address, one["id"], one["name"]) for one in found]


@dataclass
class Reviewer:
    address: str
    account: str
    name: str

    def __post_init__(self) -> None:
        number = next(_networks)
        self.network = f"198.19.{number // 250}.{number % 250 + 1}"

    def token(self) -> str:
        """A session of now: reviewers come to work each day."""
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
        inputs = {"case": number, "vote": vote, "reason": REASON, **said}
        answer = httpx.post(
            f"{self.address}/v1/flows",
            json={"action": "decide_case", "inputs": inputs},
            headers={"Authorization": f"Bearer {self.token()}", "X-Forwarded-For": self.network},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

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


def drawn(address: str, number: str) -> Reviewer:
    """The second reviewer of this case."""
    (found,) = [r for r in reviewers(address) if r.is_drawn_for(number)]
    return found


def approved_by_two(address: str, number: str, face: str = "json") -> tuple[Reviewer, Reviewer]:
    """The whole decision."""
    first = reviewers(address)[0].votes(number, "approve", face)
    second = drawn(address, number).votes(number, "approve", face)
    return first, second
