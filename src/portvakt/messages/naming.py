"""Which message id belongs to which record: the one place where ids are put together."""

from __future__ import annotations

from typing import Any

from portvakt.messages.catalogue import exists
from portvakt.model import Field, Offer, Problem, Reason, Refusal, Text, Warning

Spoken = Refusal | Problem | Warning | Offer | Reason


def text_of(thing: Spoken) -> Text:
    """The sentence of a refusal, problem, warning, offer or decision reason; its times and counts
    (`retry_at`, `left`, `until`, `retry_after`) are parameters of the sentence."""
    extra: dict[str, Any] = {}
    match thing:
        case Refusal():
            extra = {"retry_at": thing.retry_at, "left": thing.left}
        case Warning() | Reason():
            extra = {"until": thing.until}
        case Problem() | Offer():
            pass
    kind = type(thing).__name__.lower()
    params = dict(getattr(thing, "params", {}))
    return Text(
        f"{kind}.{thing.id}", {**params, **{k: v for k, v in extra.items() if v is not None}}
    )


def step_text(action: str, step: str, part: str) -> Text:
    """`part` is `title` or `text`. An action may word a step its own way: `step.bind_totp.…`."""
    own = f"step.{action}.{step}.{part}"
    return Text(own if exists(own) else f"step.{step}.{part}")


def activity_text(action: str, event: str) -> Text:
    """A row of the account's history as a sentence: its own, or one put together from its name."""
    own = f"activity.{action}.{event}"
    if event == "denied" and not exists(own):  # a protected action of the operator's own: by its id
        return Text("notice.blocked.line", {"asked": action})
    return Text(own) if exists(own) else Text(f"activity.any.{event}", {"do": Text(f"do.{action}")})


def field_text(field: Field, part: str) -> Text | None:
    """`part` is `label` or `hint`; a field without a hint has None. What the field itself tells
    (`sent_to`, numbers such as `min_length`) are parameters."""
    id = f"field.{field.name}.{part}"
    if not exists(id):
        return None
    told = {k: v for k, v in field.extra.items() if type(v) is int}
    return Text(id, told | ({"sent_to": field.sent_to} if field.sent_to else {}))
