"""Pages of reviewed cases as a browser sends and shows them: ticks, a form of questions, pictures, and the
page that says where an application is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from portvakt.messages import say
from tests.stories.html_reads import said_time
from tests.stories.page import Element
from tests.stories.seen import CaseSeen, Seen

_TITLE: Final = say("action.view_case.title", "en")
_NUMBER: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
_STATES: Final = {
    state: say(f"page.case.{state}", "en", due=None, earliest=None).partition(".")[0]
    for state in ("open", "asked", "approved", "rejected", "stopped", "done")
}
_HEADINGS: Final = {
    name: say(f"page.case.{name}", "en") for name in ("questions", "reason", "alternatives")
}
_OURS: Final = ("picture", "files")


def sent(form: Element, typed: Mapping[str, str]) -> dict[str, str]:
    """What the form sends once somebody has ticked and typed this."""
    out = form.values()
    out.pop("picture", None)
    for name, text in typed.items():
        if name == "lost":
            ticked = {f"lost.{kind}": "yes" for kind in text.split(",")}
            # what the page is about is ticked for good
            fixed = [e.attributes["name"] for e in form.all("input", type="hidden", value="yes")]
            out = {k: v for k, v in out.items() if not k.startswith("lost.") or k in fixed} | ticked
        elif name == "answers":
            out |= {f"answers.{id}": answer for id, answer in json.loads(text).items()}
        else:
            out[name] = text
    return out


def asked(names: Iterable[str]) -> list[str]:
    """Names of the contract for names of the form, once each."""
    seen: dict[str, None] = {}
    for name in names:
        whole = "files" if name in _OURS else name.partition(".")[0]
        seen.setdefault(whole)
    return list(seen)


def waiting(main: Element) -> Seen:
    """The page of what waits: until when, and where reviewers decide, until when they do."""
    lead = main.one("p", "lead")
    assert lead is not None
    number = _NUMBER.search(lead.text)
    if number is None:
        return Seen("waiting", until=said_time(main.text), words=main.text)
    due, _, until = lead.text.partition(";")
    return Seen("waiting", until=said_time(until), due=said_time(due), number=number[0],
                words=main.text)  # fmt: skip


def case(main: Element) -> CaseSeen | None:
    """Where an application is, as its page says it."""
    heading = main.one("h1")
    if heading is None or not heading.text.startswith(_TITLE):
        return None
    number = _NUMBER.search(heading.text)
    lead = main.one("p", "lead")
    if number is None or lead is None:
        return None
    fitting = [s for s, words in _STATES.items() if lead.text.startswith(words)]
    state = max(fitting, key=lambda s: len(_STATES[s]))
    return CaseSeen(number[0], state, due=said_time(lead.text), said=_said(main))


def _said(main: Element) -> dict[str, str]:
    """Paragraphs that follow a heading of ours."""
    pieces = [e.text for e in main if e.tag in ("h2", "strong", "p")]
    found = {}
    for name, heading in _HEADINGS.items():
        at = [n for n, text in enumerate(pieces) if text == heading]
        if at:
            found[name] = pieces[at[-1] + 1]
    return found
