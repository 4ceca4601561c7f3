"""What stands on the pages, read as data: the key, the price, the codes, the security centre."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from portvakt.messages import say
from portvakt.policy import PROTECTED
from tests.stories.page import Element
from tests.stories.seen import (
    DeviceSeen,
    HoldSeen,
    Key,
    PasskeySeen,
    PayoutSeen,
    Price,
    Security,
    WaitingSeen,
)

#: asks the same face for data that a page says in words only: instants to the second
Ask = Callable[[str], Any]

_WAYS: Final = {
    "email": "email_code",
    "phone": "sms_code",
    "totp": "totp",
    "password": "password",
    "codes": "recovery_code",
    "passkeys": "passkey",
}
_ROWS: Final = {say(f"page.security.{word}", "en"): kind for word, kind in _WAYS.items()}
_ZONES: Final = {"UTC": 0, "CET": 1, "CEST": 2}
_SAID_TIME: Final = re.compile(r"\w+day (\d+ \w+ \d{4} at \d\d:\d\d) \((\w+)\)")
_DETAILS: Final = {
    say(f"mail.detail.{name}", "en"): name for name in ("action", "amount", "asset", "to", "address", "label")
}  # fmt: skip
_PROTECTED: Final = {say(f"protected.{id}", "en"): id for id in PROTECTED}


def said_time(words: str) -> datetime | None:
    """The first time that is said in full in these words, to the minute."""
    found = _SAID_TIME.search(words)
    if found is None:
        return None
    zone = timezone(timedelta(hours=_ZONES[found[2]]))
    return datetime.strptime(found[1], "%d %B %Y at %H:%M").replace(tzinfo=zone)


# ── steps ───────────────────────────────────────────────────────────────────────────────────────


def key(main: Element) -> Key | None:
    shown = main.one("div", "authenticator")
    if shown is None:
        return None
    name, secret = [b.attributes for b in shown.all("button") if "data-copy" in b.attributes][:2]
    link = next(a for a in shown.all("a") if a.attributes["href"].startswith("otpauth:"))
    return Key(
        secret["data-copy"],
        name["data-copy"],
        link.attributes["href"],
        bool(shown.one("div", "qr")),
    )


def price(main: Element) -> Price | None:
    """The list of what it will cost, line by line; a line that nobody knows fails the story."""
    shown = main.one("ul", "price")
    if shown is None:
        return None
    holds: list[datetime | None] = []
    blocked: dict[str, datetime] = {}
    sessions, waits = "none", None
    for words in (li.text for li in shown.all("li")):
        until = said_time(words)
        if words.startswith("Withdrawals will be paused"):
            holds.append(until)
        elif words.startswith("It takes effect"):
            waits = until
        elif words.startswith("Two reviewers decide"):
            waits = said_time(words.partition("effect on")[2])
        elif " cannot be used by anyone " in words:
            assert until is not None
            blocked[words.partition(" cannot ")[0]] = until
        elif words == say("page.consequence.sessions.others", "en"):
            sessions = "others"
        elif words == say("page.consequence.sessions.all", "en"):
            sessions = "all"
        else:
            assert words.startswith("A notice goes to"), words
    return Price(tuple(holds), blocked, sessions, waits)


def codes(main: Element) -> tuple[str, ...]:
    shown = main.one("ol", "codes")
    return tuple(o.text for o in shown.all("output")) if shown else ()


def details(main: Element) -> dict[str, str]:
    shown = main.one("dl", "details")
    if shown is None:
        return {}
    names = [_DETAILS.get(dt.text, dt.text) for dt in shown.all("dt")]
    values = dict(zip(names, (dd.text for dd in shown.all("dd")), strict=True))
    if "action" in values:
        values["action"] = _PROTECTED[values["action"]]
    return values


def export(main: Element) -> Mapping[str, Any] | None:
    """What the link with the file holds."""
    links = (a.attributes["href"] for a in main.all("a") if "download" in a.attributes)
    file = next((h for h in links if h.startswith("data:application/json;base64,")), None)
    if file is None:
        return None
    return dict(json.loads(base64.b64decode(file.partition(",")[2])))


# ── the security centre ─────────────────────────────────────────────────────────────────────────


def security(main: Element, ask: Ask) -> Security:
    level = re.search(r"Level (\d) of 4", main.text)
    assert level is not None
    raises = main.one("ul", "raise")
    return Security(
        level=int(level.group(1)),
        raises=tuple(li.text for li in raises.all("li")) if raises else (),
        ways=dict(_ways(main)),
        holds=_holds(main, ask("holds")),
        devices=tuple(_device(li) for li in _rows(main, "sessions")),
        activity=tuple(_activity(main)),
        waiting=_waiting(main, ask("waiting")),
        payouts=_payouts(main, ask("protection")["payout_addresses"]),
        passkeys=tuple(_passkey(li) for li in _rows(main, "ways") if _within(li)),
        words=main.text,
    )


def _within(row: Element) -> bool:
    return "within" in row.attributes.get("class", "")


def _passkey(row: Element) -> PasskeySeen:
    heading, id = row.one("h3"), row.one("input", name="passkey_id")
    assert heading is not None
    synced = say("page.security.passkey.synced", "en") in row.text
    assert synced or say("page.security.passkey.bound", "en") in row.text
    return PasskeySeen(id.attributes["value"] if id else None, heading.text, synced)


def _rows(main: Element, id: str) -> list[Element]:
    section = main.one("section", aria_labelledby=id)
    rows = section.one("ul", "rows") if section else None
    return [c for c in rows.children if isinstance(c, Element)] if rows else []


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _ways(main: Element) -> list[tuple[str, str | None]]:
    out = []
    for row in _rows(main, "ways"):
        if _within(row):
            continue
        heading = row.one("h3")
        pill = heading.one("span", "pill") if heading else None
        assert heading is not None
        assert pill is not None
        if pill.text == say("page.security.not_set", "en"):
            continue
        kind = _ROWS[heading.text.removesuffix(pill.text).strip()]
        first = row.all("p")[0].text
        label = None
        if kind in ("email_code", "sms_code"):
            label = first.partition(" · ")[0]
        elif kind == "recovery_code":
            label = first.partition(" ")[0]
        out.append((kind, label))
    return out


def _holds(main: Element, known: Sequence[Mapping[str, Any]]) -> tuple[HoldSeen, ...]:
    """What the rows say; their instants, said there in words, are checked against the account's."""
    rows = _rows(main, "holds")
    assert len(known) == len(rows)
    out = []
    for hold, row in zip(known, rows, strict=True):
        starts = _instant(hold["starts"])
        ends = _instant(hold["ends"]) if hold["ends"] else None
        assert say("page.security.hold_started", "en", at=starts) in row.text
        open_end = say("page.security.hold_open", "en")
        assert (say("page.security.hold_ends", "en", until=ends) if ends else open_end) in row.text
        heading = row.one("h3")
        assert heading is not None
        ends = ends.replace(microsecond=0) if ends else None
        out.append(HoldSeen(heading.text, starts.replace(microsecond=0), ends))
    return tuple(out)


def _waiting(main: Element, known: Sequence[Mapping[str, Any]]) -> tuple[WaitingSeen, ...]:
    rows = _rows(main, "waiting")
    assert len(known) == len(rows)
    out = []
    for one, row in zip(known, rows, strict=True):
        until = _instant(one["until"])
        due = _instant(one["due"]) if one["due"] else None
        words = "page.security.waiting.review" if due else "page.security.waiting.until"
        assert say(words, "en", until=until, due=due) in row.text
        heading, case = row.one("h3"), row.one("input", name="case")
        assert heading is not None
        assert case is not None
        case_id = case.attributes["value"]
        out.append(WaitingSeen(case_id, heading.text, until.replace(microsecond=0)))
    return tuple(out)


def _payouts(main: Element, known: Sequence[Mapping[str, Any]]) -> tuple[PayoutSeen, ...]:
    rows = [r for r in _rows(main, "payouts") if r.one("p", "mono")]
    assert len(known) == len(rows)
    out = []
    for one, row in zip(known, rows, strict=True):
        address = row.one("p", "mono")
        assert address is not None
        usable = _instant(one["usable_from"]).replace(microsecond=0)
        out.append(PayoutSeen(one["id"], address.text, usable))
    return tuple(out)


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
