"""Puts a message together: a mail as text and HTML from one list of blocks, an SMS as one short line.

`template` is the name in the outbox: `code`, `sign_up_taken`, `identifier_blocked`, `bind_in_use`,
`notice`. Links come from the operator's settings alone, never from a request (A38); they lead to
ordinary pages, sign nobody in and carry nothing secret. Nothing is loaded from anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import jinja2

from portvakt.messages.base import forms
from portvakt.messages.catalogue import TEXTS, exists, say
from portvakt.messages.values import clean, say_value
from portvakt.model import Text


@dataclass(frozen=True, slots=True)
class Operator:
    """Who sends: name, origin such as `https://id.example.com`, and how support is reached."""

    name: str
    url: str
    support: str | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or "localhost"

    @property
    def site(self) -> str:
        """What somebody types into a browser to reach us."""
        return urlsplit(self.url).netloc

    @property
    def sign_in(self) -> str:
        return f"{self.url.rstrip('/')}/sign-in"

    def notice(self, token: str) -> str:
        """Where a notice's reader says *this was not me*; a page whose buttons act, never the link."""
        return f"{self.url.rstrip('/')}/notice/{token}"

    @property
    def security(self) -> str:
        return f"{self.url.rstrip('/')}/security"


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail ready to send. `text` and `html` say the same."""

    subject: str
    text: str
    html: str
    language: str


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a mail, drawn by both templates."""

    kind: Literal["paragraph", "heading", "code", "facts", "link"]
    text: str = ""
    url: str = ""
    facts: tuple[tuple[str, str], ...] = ()


Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Voice:
    """`say` with the language, the zone and what every message may name."""

    language: str
    zone: str | None
    params: Params
    operator: Operator

    def __call__(self, id: str, **more: Any) -> str:
        return say(id, self.language, self.zone, **{**self.params, **more})

    def value(self, name: str) -> str:
        """One parameter by itself; empty where it is not told."""
        value = self.params.get(name)
        return "" if value is None else say_value(value, self.language, self.zone)


def _paragraphs(s: Voice, *ids: str) -> list[Block]:
    return [Block("paragraph", s(id)) for id in ids]


def _code(s: Voice) -> list[Block]:
    action = s.params["action"]
    facts = [Block("facts", facts=details)] if (details := _details(s)) else []
    return [
        Block("paragraph", s(purpose(action, "line"), do=Text(f"do.{action}"))),
        *facts,
        Block("code", str(s.params["code"])),
        *_paragraphs(s, "mail.code.life", "mail.code.never", purpose(action, "not_you")),
    ]


def purpose(action: str, part: str) -> str:
    """The action's own words for its codes, else those that are put together from its name."""
    own = f"mail.code.{action}.{part}"
    return own if exists(own) else f"mail.code.any.{part}"


def _details(s: Voice) -> tuple[tuple[str, str], ...]:
    """What the code approves: amount and destination stand beside it (I6, PSD2's dynamic linking)."""
    details = s.params.get("details") or {}
    known = ((f"mail.detail.{name}", name, value) for name, value in details.items())
    return tuple(
        (s(id) if exists(id) else clean(name), say_value(str(v), s.language, s.zone))
        for id, name, v in known
    )


def _no_account(s: Voice) -> list[Block]:
    return _paragraphs(s, "mail.no_account.line", "mail.no_account.not_you")


def _sign_up_taken(s: Voice) -> list[Block]:
    return [
        *_paragraphs(s, "mail.sign_up_taken.line"),
        Block("link", s("mail.sign_in_link"), s.operator.sign_in),
        *_paragraphs(s, "mail.sign_up_taken.not_you"),
    ]


def _identifier_blocked(s: Voice) -> list[Block]:
    return _paragraphs(s, "mail.identifier_blocked.line", "mail.identifier_blocked.instead")


def _bind_in_use(s: Voice) -> list[Block]:
    return _paragraphs(s, "mail.bind_in_use.line", "mail.bind_in_use.not_you")


def topic(params: Params) -> str:
    """Whose words a notice has. What waited and was cancelled is told as what was stopped is; a login
    with a recovery code, or without a passkey that is bound, need not be one on a new device."""
    action = str(params["action"])
    if action.endswith("_stopped"):
        return "stop_case"
    if action == "sign_in" and params.get("codes_left") is not None:
        return "sign_in_recovery"
    if action == "sign_in" and params.get("weaker"):
        return "sign_in_weaker"
    return action


def _notice(s: Voice) -> list[Block]:
    """The one base of all notices: what, when, where from, device, what it causes, not you?"""
    p, words = s.params, f"notice.{topic(s.params)}"
    where = " · ".join(filter(None, map(s.value, ("place", "network"))))
    client = f"client.{p.get('client')}"
    facts = [
        (s("mail.notice.when"), s.value("at")),
        (s("mail.notice.where"), where),
        (s("mail.notice.device"), s.value("device")),
        (s("mail.notice.client"), s(client) if exists(client) else ""),
    ]
    caused = []
    if p.get("hold_until") is not None:
        caused.append("mail.notice.hold")
    if p.get("until") is not None:
        caused.append("mail.notice.until")
    if p.get("ends") in ("others", "all"):
        caused.append(f"mail.notice.ends_{p['ends']}")
    if p.get("codes_left") is not None:
        caused.append("notice.recovery_code")
    told = [
        *_paragraphs(s, f"{words}.line"),
        Block("facts", facts=tuple((label, value) for label, value in facts if value)),
        *_paragraphs(s, *caused),
    ]
    if "token" not in p:  # to an applicant who has proven no account
        return [*told, *_paragraphs(s, "mail.notice.application", "mail.notice.support")]
    if exists(f"{words}.unknown"):
        return [
            *told,
            *_paragraphs(s, f"{words}.unknown"),
            Block("link", s("mail.notice.security"), s.operator.security),
        ]
    return [
        *told,
        *_paragraphs(s, "mail.notice.you"),
        Block("heading", s("mail.notice.not_you")),
        *_paragraphs(s, "mail.notice.not_you_steps"),
        *_paragraphs(s, *(f"mail.notice.can_{id}" for id in p.get("offers", ()) if id != "freeze")),
        Block("link", s("mail.notice.not_you"), s.operator.notice(p["token"])),
        *_paragraphs(s, "mail.notice.support"),
    ]


def links_of(params: Params, operator: Operator) -> list[dict[str, str]]:
    """What a notice's reader can do by its link: `[{"id", "url", "token"}]`."""
    token = params.get("token")
    if token is None or exists(
        f"notice.{topic(params)}.unknown"
    ):  # nobody did it: no such link there
        return []
    return [{"id": id, "url": operator.notice(token), "token": token} for id in params["offers"]]


_BODIES: Final[Mapping[str, Callable[[Voice], list[Block]]]] = {
    "code": _code,
    "sign_up_taken": _sign_up_taken,
    "identifier_blocked": _identifier_blocked,
    "bind_in_use": _bind_in_use,
    "no_account": _no_account,
    "notice": _notice,
}
TEMPLATES: Final = tuple(_BODIES)
#: The others go to addresses that may not be the holder's: nobody but him reads his own words.
_PHRASED: Final = ("code", "notice")


@lru_cache(maxsize=2)
def _template(name: str) -> jinja2.Template:
    folder = resources.files("portvakt.messages") / "templates"
    # In HTML every value is escaped: a device may call itself <script> (A93).
    environment = jinja2.Environment(
        autoescape=name.endswith(".html"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.from_string((folder / name).read_text("utf-8"))


def _saying(params: Params, language: str, zone: str | None, operator: Operator) -> Voice:
    known = {
        **params,
        "operator": operator.name,
        "support": operator.support or None,
        "site": operator.site,
        "security": operator.security,
    }
    if "action" in params and exists(f"do.{params['action']}"):
        known["do"] = Text(f"do.{params['action']}")
    named = {"stopped": params.get("what"), **params}
    for name, family in (
        ("stopped", "do"),
        ("undone", "do"),
        ("what", "do"),
        ("asked", "protected"),
    ):
        id = f"{family}.{named.get(name)}"
        if exists(id):
            known[name] = Text(id)
    return Voice(language, zone, known, operator)


def _subject(template: str, params: Params) -> str:
    if template == "notice":
        return f"notice.{topic(params)}.subject"
    if template == "code":
        return purpose(params["action"], "subject")
    return f"mail.{template}.subject"


def compose(
    template: str, params: Params, language: str, zone: str | None, operator: Operator
) -> Composed:
    """A mail in the holder's language and time zone. KeyError for an unknown template.

    Parameters: `code` takes action, code, life; `identifier_blocked` until; `notice` takes action,
    at, device, network, client, hold_until, optionally place, ends (`others` or `all`) and what
    its line names. Any may carry `phrase`, the holder's own words that a forger does not know."""
    s = _saying(params, language, zone, operator)
    blocks = _BODIES[template](s)
    if params.get("phrase") and template in _PHRASED:
        blocks.insert(0, Block("paragraph", s("mail.phrase")))
    shown = {
        "subject": s(_subject(template, params)),
        "blocks": blocks,
        "footer": s("mail.footer"),
        "operator": operator.name,
        "language": language,
    }
    return Composed(
        subject=str(shown["subject"]),
        text=_template("mail.txt").render(shown),
        html=_template("mail.html").render(shown),
        language=language,
    )


def compose_sms(
    template: str, params: Params, language: str, zone: str | None, operator: Operator
) -> str:
    """The same message for a phone. A code stands first, after the holder's own phrase, and the last
    line binds it to our host, so that a phone fills it in on our pages only (the origin-bound one-time
    codes format)."""
    s = _saying(params, language, zone, operator)
    if template == "code":
        own = f"sms.code.{params['action']}"
        details = " ".join(str(v) for v in (params.get("details") or {}).values())
        id = own if exists(own) else "sms.code.details" if details else "sms.code.any"
        text = " ".join([_phrase(s) + s(id, details=details or None), s("sms.code.never")])
        return f"{text}\n\n@{operator.host} #{params['code']}"
    if template != "notice":
        if template not in _BODIES:
            raise KeyError(template)
        return s(f"sms.{template}")
    held = params.get("hold_until") is not None
    words = f"notice.{topic(params)}"
    # one SMS has room for one time: the end of a pause or a wait matters more than when it began
    later = held or any(":soon}" in form for form in forms(TEXTS[f"{words}.sms"]))
    what = s(f"{words}.sms")
    parts = [_phrase(s) + s("sms.notice", what=what, at=None if later else params["at"])]
    if held:
        parts.append(s("sms.notice_hold"))
    if exists(f"{words}.unknown") or "token" not in params:
        return " ".join(parts)
    parts.append(s("sms.notice_not_you", link=operator.notice(params["token"])))
    return " ".join(parts)


def _phrase(s: Voice) -> str:
    return s("sms.phrase") if s.params.get("phrase") else ""


_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE: Final = frozenset("^{}\\[~]|€\f")


def sms_parts(body: str) -> int:
    """How many SMS a body costs (3GPP TS 23.038): 160 characters of the GSM alphabet or 70 of any
    other in one, 153 or 67 in each of several."""
    if all(c in _GSM or c in _GSM_TWICE for c in body):
        length, one, each = len(body) + sum(c in _GSM_TWICE for c in body), 160, 153
    else:
        length, one, each = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= one else -(-length // each)
