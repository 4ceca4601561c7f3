"""From the current need to the step that both faces show."""

from __future__ import annotations

from dataclasses import replace

from portvakt import rules
from portvakt.factors import INPUTS
from portvakt.factors.base import Scene
from portvakt.messages.naming import step_text
from portvakt.model import Field, FlowView, Need, Offer, Refusal, Show, Step, Warning


def view(scene: Scene, token: str | None = None) -> FlowView:
    """The head of the answer; the account is named only once it is proven in full."""
    flow = scene.flow
    proven = flow.status == "done" or (scene.row.session and flow.account is not None)
    return FlowView(id=flow.id, action=flow.action, status=flow.status, expires_at=flow.expires_at, token=token,
                    account=flow.account if proven else None)  # fmt: skip


def build(scene: Scene, need: Need) -> tuple[Step, Refusal | None]:
    """The step for this need: its missing fields, what it displays, its offers, and the price.

    A code that may not be sent now gives a Refusal beside the step, which still shows its field."""
    fields: list[Field] = []
    shows: list[Show] = []
    refused: Refusal | None = None
    for name in need.missing:
        asked = INPUTS[name].ask(scene)
        if isinstance(
            asked, Refusal
        ):  # a code that may not be sent now: its field stands all the same
            refused = asked
            asked = INPUTS[name].ask(replace(scene, send=False))
        if isinstance(asked, Refusal):
            continue
        fields.append(asked)
        shows += INPUTS[name].show(scene)
    step = Step(
        id=need.id,
        title=step_text(scene.action, need.id, "title"),
        text=step_text(scene.action, need.id, "text"),
        warnings=warnings(scene),
        show=tuple(shows),
        fields=tuple(fields),
        offers=tuple(Offer(o) for o in need.offers),
    )
    return step, refused


def warnings(scene: Scene) -> tuple[Warning, ...]:
    """What this will cost, computed by the same rule that later writes it, and told while it is still
    free to turn back (S38). Nothing before the account is known: it would tell about it."""
    if scene.flow.account is None:
        return ()
    cause = rules.consequences(scene.row, scene.facts, scene.now)
    out = []
    if cause.hold_until is not None:
        lasts = cause.hold_until - scene.now
        out.append(Warning("hold", {"lasts": lasts}, cause.hold_until))
    if cause.ends_sessions != "none":
        out.append(Warning(f"ends_{cause.ends_sessions}_sessions"))
    return tuple(out)
