"""Step → HTML. One template for each kind of field and of thing shown (`web/templates`).

The same `Answer` that the JSON face returns becomes a card here; what an action asks, in which order
and in which words comes with the step and the messages, so a new action needs no template. Nothing
here reads a clock or the database: `now` is an argument and serves countdowns only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from portvakt.messages import exists, say, text_of
from portvakt.messages.naming import field_text, step_text
from portvakt.messages.values import say_time, zone_of
from portvakt.model import Answer, Field, Refusal, Show, Step, Text

#: kinds whose content is typed again after a refusal: secrets never come back in a page
KEPT: Final = frozenset({"text", "identifier", "choice"})
#: kinds without a place for a cursor
NOT_TYPED: Final = frozenset({"robot", "agree", "choice", "passkey_get", "passkey_create"})
_UNITS: Final = ("d", "h", "min", "s")


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The one template environment: everything is escaped, a missing name is a bug (A93)."""
    return Environment(
        loader=PackageLoader("portvakt", "web/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose page it is: language, IANA zone or None (UTC), and the instant countdowns run from."""

    language: str
    zone: str | None = None
    now: datetime | None = None

    def say(self, text: Text | str, **params: Any) -> str:
        return say(text, self.language, self.zone, **params)

    def day(self, at: datetime) -> date:
        """The calendar day of an instant where the reader is."""
        return at.astimezone(zone_of(self.zone)).date()

    def time(self, at: datetime, style: str | None = None) -> Markup:
        """`<time>` with the exact instant for machines and the words for people."""
        words = say_time(at, self.language, self.zone, style)
        return Markup('<time datetime="{}">{}</time>').format(iso(at), words)

    def left(self, until: datetime | None) -> int:
        """Whole seconds until then, 0 when it is past or `now` is not known."""
        if until is None or self.now is None:
            return 0
        return max(0, int((until - self.now).total_seconds() + 0.999))

    def units(self) -> Markup:
        """Attributes with the words that a countdown needs: `data-h="h"` …"""
        return Markup("").join(
            Markup(' data-{}="{}"').format(unit, self.say(f"page.unit.{unit}")) for unit in _UNITS
        )

    def protected(self, actions: Iterable[str]) -> list[str]:
        """Protected actions in words, withdrawals first, the operator's own by their ids."""
        ids = ((a, f"protected.{a}") for a in sorted(actions, key=lambda a: a != "withdraw"))
        return [self.say(id) if exists(id) else action for action, id in ids]

    def names(self) -> dict[str, Any]:
        """What every template may call."""
        return {
            "language": self.language,
            "say": self.say,
            "time": self.time,
            "day": self.day,
            "left": self.left,
            "units": self.units,
            "protected": self.protected,
        }


def iso(at: datetime) -> str:
    """RFC 3339 in UTC with `Z`, whole seconds."""
    return at.astimezone(zone_of(None)).isoformat(timespec="seconds").replace("+00:00", "Z")


def page(template: str, voice: Voice, /, **names: Any) -> str:
    """A whole page. The caller (web) gives what the frame needs beside the template's own names."""
    return environment().get_template(template).render(**voice.names(), **names)


def step_html(
    answer: Answer,
    voice: Voice,
    *,
    url: str,
    typed: Mapping[str, str] | None = None,
    notice: str | None = None,
    frame: Mapping[str, Any],
) -> str:
    """The card of a step, refusal in place. `typed` is what was just sent: kept unless secret.

    `frame` holds `asset(name)` and `form_token_input()`. ValueError when the answer has no step.
    """
    step = answer.step
    if step is None:
        raise ValueError("an answer without a step has no card")
    refusal = answer.refusal
    names = {**voice.names(), **frame, "entrance": entrance(answer)}
    views = [_field(f, voice, typed or {}, refusal) for f in step.fields]
    if len(views) == 1:  # nothing to summarise: the sentence stands at the field alone
        views[0]["alone"] = True
    # the page's button is the agreement: there is no field to say at that it was not given
    to_see = [v for v in views if v["name"] != "agree"]
    here = next((v["name"] for v in to_see if refusal and v["name"] == refusal.field), None)
    focused = _focus(views, here)
    if focused is not None and refusal is not None and here is None:
        focused["summary"] = True  # a screen reader says the refusal with the field

    def field(view: Mapping[str, Any]) -> Markup:
        return _part(f"fields/{view['kind']}.html", {**names, "f": view})

    def show(shown: Show) -> Markup:
        names["detail"] = _detail_name(voice)
        data = {k: Markup(v) if k == "qr_svg" else v for k, v in shown.data.items()}  # noqa: S704
        return _part(f"shows/{shown.kind}.html", {**names, "d": data})

    return _part(
        "step_body.html",
        {
            **names,
            "step": step,
            "title": title(answer.flow.action, step, voice),
            "text": _step_words(answer.flow.action, step, "text", voice),
            # the steps beside the key say it in more detail, for desk and phone apart (S77, S84)
            "takes_files": any(f.kind == "file" for f in step.fields),
            "own_words": any(s.kind == "totp_key" for s in step.show),
            "fields": views,
            "field": field,
            "show": show,
            "offers": [{"id": o.id, "text": text_of(o)} for o in step.offers],
            "warnings": [text_of(w) for w in step.warnings],
            # the list of what it will cost says the same, and more
            "priced": any(s.kind == "consequences" for s in step.show),
            "lost_help": len([f for f in step.fields if f.sent_to]) > 1,  # S72
            "refusal": text_of(refusal) if refusal else None,
            "refusal_field": here,
            "focused": focused is not None,
            "retry_left": voice.left(refusal.retry_at) if refusal else 0,
            "notice": notice,
            "url": url,
            "action": answer.flow.action,
            "button": voice.say(button(answer.flow.action, step)),
            "aside_needed": bool(step.offers)
            or any(f.sent_to for f in step.fields)
            or bool(answer.flow.id),
            "can_cancel": bool(answer.flow.id),
        },
    )


def entrance(answer: Answer) -> str | None:
    """Where a script begins a login by passkey, on the page where all ways in are to be had."""
    step = answer.step
    here = (
        step is not None
        and any(o.id == "passkey" for o in step.offers)
        and answer.flow.action == "sign_in"
    )
    return (
        "/sign-in/passkey"
        if here and step and any(f.kind == "identifier" for f in step.fields)
        else None
    )


def _detail_name(voice: Voice) -> Callable[[str], str]:
    """What a detail of the platform is called: in words where we know it, else by its own name."""
    return lambda name: voice.say(f"mail.detail.{name}") if exists(f"mail.detail.{name}") else name


def title(action: str, step: Step, voice: Voice) -> str:
    """What the step is called, the action's own wording first: heading and title of the page."""
    return _step_words(action, step, "title", voice)


def _step_words(action: str, step: Step, part: str, voice: Voice) -> str:
    text = step_text(action, step.id, part)
    return voice.say(text) if exists(text.id) else ""


def button(action: str, step: Step) -> str:
    """The message id of the step's one main button, in the words of the requirements (S1, S23, S25, S69)."""
    own = f"page.button.{action}.{step.id}"
    kinds = {f.kind for f in step.fields}
    if exists(own):
        return own
    if "new_password" in kinds and action == "sign_up":
        return "page.button.create"
    if "passkey_create" in kinds:
        return "page.button.new_passkey"
    if kinds == {"passkey_get"}:
        return "page.button.passkey"
    if "code" in kinds:
        return "page.button.confirm"
    if "password" in kinds and action == "sign_in":
        return "page.button.sign_in"
    return "page.button.next"


def _part(template: str, names: Mapping[str, Any]) -> Markup:
    return Markup(environment().get_template(template).render(**names))  # noqa: S704  autoescaped


def _field(
    field: Field, voice: Voice, typed: Mapping[str, str], refusal: Refusal | None
) -> dict[str, Any]:
    label, hint = field_text(field, "label"), field_text(field, "hint")
    hit = refusal is not None and refusal.field == field.name
    kept = typed.get(field.name) if field.kind in KEPT else None
    return {
        "name": field.name,
        "kind": "answers" if "questions" in field.extra else field.kind,
        "answers": _answers(kept) if "questions" in field.extra else {},
        "optional": field.optional,
        "label": voice.say(label) if label else field.name,
        "hint": voice.say(_with(hint, field)) if hint else "",
        "error": voice.say(text_of(refusal)) if refusal and hit else "",
        "value": (kept if kept is not None else field.value) or "",
        "sends": field.resend_at is not None,
        "resend_left": voice.left(field.resend_at),
        "digits": field.extra.get("digits", 6),
        "extra": field.extra,
        "focus": False,
        "alone": False,
        "summary": False,
    }


def _answers(kept: str | None) -> dict[str, str]:
    """What was typed into a form of questions, by question."""
    try:
        found = json.loads(kept or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _with(text: Text, field: Field) -> Text:
    """A hint may name what the field carries besides, such as the shortest password."""
    said = {k: v for k, v in field.extra.items() if isinstance(v, (str, int))}
    return Text(text.id, {**said, **text.params})


def _focus(views: Iterable[dict[str, Any]], wrong: str | None) -> dict[str, Any] | None:
    """The cursor stands where the reader goes on: the refused field, else the first empty one."""
    typing = [v for v in views if v["kind"] not in NOT_TYPED]
    first = next((v for v in typing if v["name"] == wrong), None) or next(
        (v for v in typing if not v["value"]), None
    )
    if first is not None:
        first["focus"] = True
    return first
