"""Records of the core as the JSON of the contract (docs: the JSON face). Every key is always there;
what does not apply is null. Texts are said here, times are RFC 3339 in UTC, durations like "24h"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from portvakt.messages import exists, say, text_of
from portvakt.messages.naming import field_text, step_text
from portvakt.model import Answer, Decision, Field, FlowView, Refusal, Step, Text
from portvakt.settings import say_duration


def time(moment: datetime | None) -> str | None:
    """`2026-11-24T13:05:00.123456Z`. Not rounded: a client that waits until `resend_at` to the
    second must not come a moment too early."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def plain(value: Any, language: str, zone: str | None = None) -> Any:
    """A value of the core as JSON has it, however deep: Text is said, times and durations written.

    TypeError for anything else: an object must be turned into data by the one who knows it."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Text):
        return say(value, language, zone)
    if isinstance(value, datetime):
        return time(value)
    if isinstance(value, timedelta):
        return say_duration(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v, language, zone) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v, language, zone) for v in value]
    raise TypeError(f"not a value of the contract: {type(value).__name__}")


def answer(given: Answer, language: str, zone: str | None = None) -> dict[str, Any]:
    """The one shape of every answer of a flow."""
    return {
        "flow": _flow(given.flow),
        "step": _step(given.flow.action, given.step, language, zone) if given.step else None,
        "refusal": refusal(given.refusal, language, zone) if given.refusal else None,
        "result": None if given.result is None else plain(given.result, language, zone),
    }


def _flow(view: FlowView) -> dict[str, Any]:
    head: dict[str, Any] = {"id": view.id}
    if view.token is not None:  # first answer only
        head["token"] = view.token
    return head | {
        "action": view.action,
        "status": view.status,
        "account": view.account,
        "expires_at": time(view.expires_at),
        "waits": [
            {"for": w.kind, "until": time(w.until), "due": time(w.due)} for w in view.waits
        ],
    }  # fmt: skip


def _worded(action: str, step: Step, part: str, given: Text | None) -> Text | None:
    """The step's own words for this action, else those that all actions share; text may be none."""
    if given is None or exists(given.id):
        return given
    shared = step_text(action, step.id, part)
    return Text(shared.id, given.params) if exists(shared.id) or part == "title" else None


def _step(action: str, step: Step, language: str, zone: str | None) -> dict[str, Any]:
    title = _worded(action, step, "title", step.title)
    text = _worded(action, step, "text", step.text)
    return {
        "id": step.id,
        "title": say(title, language, zone) if title else step.id,
        "text": say(text, language, zone) if text else None,
        "warnings": [
            {"id": w.id, "text": say(text_of(w), language, zone), "until": time(w.until)}
            for w in step.warnings
        ],
        "show": [{"kind": s.kind, **plain(s.data, language, zone)} for s in step.show],
        "fields": [_field(f, language, zone) for f in step.fields],
        "offers": [{"id": o.id, "title": say(text_of(o), language, zone)} for o in step.offers],
    }


def _field(field: Field, language: str, zone: str | None) -> dict[str, Any]:
    label, hint = (field_text(field, part) for part in ("label", "hint"))
    return {
        **plain(field.extra, language, zone),
        "name": field.name,
        "kind": field.kind,
        "label": say(label, language, zone) if label else field.name,
        "hint": say(hint, language, zone) if hint else None,
        "optional": field.optional,
        "sent_to": field.sent_to,
        "resend_at": time(field.resend_at),
        "value": field.value,
    }


def refusal(refusal: Refusal, language: str, zone: str | None) -> dict[str, Any]:
    return {
        "id": refusal.id,
        "text": say(text_of(refusal), language, zone),
        "field": refusal.field,
        "params": plain(refusal.params, language, zone),
        "retry_at": time(refusal.retry_at),
        "left": refusal.left,
    }


def decision(made: Decision, language: str, zone: str | None = None) -> dict[str, Any]:
    """*May this account do this now?* as the platform's service reads it (S91)."""
    return {
        "id": made.id,
        "decision": made.decision,
        "until": time(made.until),
        "reasons": [
            {"id": r.id, "text": say(text_of(r), language, zone), "until": time(r.until)}
            for r in made.reasons
        ],
        "flow": plain(made.flow, language, zone) if made.flow else None,
        "expires_at": time(made.expires_at),
    }
