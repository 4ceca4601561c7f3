"""From the current need to the step that both faces show."""

from __future__ import annotations

from dataclasses import replace

from portvakt import rules
from portvakt.factors import INPUTS
from portvakt.factors.base import Scene, details_of
from portvakt.identifiers import mask
from portvakt.messages.naming import step_text
from portvakt.model import Field, FlowView, Need, Offer, Refusal, Show, Step, Wait, Warning
from portvakt.policy import Ask
from portvakt.store import cases


def view(scene: Scene, token: str | None = None) -> FlowView:
    """The head of the answer; the account is named only once it is proven in full."""
    flow = scene.flow
    ended = flow.status in ("done", "waiting") and not scene.row.unproven
    proven = ended or (flow.session and flow.account is not None)
    waits: tuple[Wait, ...] = ()
    if flow.status == "waiting":
        case = cases.find(scene.tx, flow.id) if scene.row.review else None
        waits = (
            Wait("review", case["earliest_at"], case["due_at"])
            if case
            else Wait("time", flow.due_at),
        )
    return FlowView(id=flow.id, action=flow.action, status=flow.status, expires_at=flow.expires_at, token=token,
                    account=flow.account if proven else None, waits=waits)  # fmt: skip


def build(scene: Scene, need: Need) -> tuple[Step, Refusal | None]:
    """The step for this need: its missing fields, what it displays, its offers, and the price.

    A code that may not be sent now gives a Refusal beside the step, which still shows its field."""
    fields: list[Field] = []
    shows: list[Show] = []
    refused: Refusal | None = None
    for name in (*need.missing, *need.optional):
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
    about = details_of(scene.flow)
    if about:  # what is approved is shown with the factor that approves it (I6)
        asked_for = scene.flow.given.get("asked")
        shows.insert(0, Show("details", {"action": asked_for, **about} if asked_for else about))
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
    if scene.flow.account is None and not _told_to_anybody(scene):
        return ()
    cause = rules.consequences(scene.told)
    out = []
    if cause.wait_until is not None:
        out.append(Warning("waits", {"lasts": cause.wait_until - scene.now}, cause.wait_until))
    if cause.held_meanwhile:
        out.append(Warning("held_meanwhile", {}, cause.wait_until))
    if cause.hold_until is not None:
        lasts = cause.hold_until - (cause.wait_until or scene.now)
        out.append(Warning("hold", {"lasts": lasts}, cause.hold_until))
    if cause.hold_when is not None:
        out.append(Warning(f"hold_until_{cause.hold_when}"))
    addresses = {c.key: mask(c.kind, c.address) for c in scene.facts.channels}
    out += [
        Warning("quarantine", {"identifier": addresses[key]}, until)
        for _, key, until in cause.quarantine
    ]
    if cause.ends_sessions != "none":
        out.append(Warning(f"ends_{cause.ends_sessions}_sessions"))
    return tuple(out)


def _told_to_anybody(scene: Scene) -> bool:
    """Where the first page asks for agreement the price is told to everybody, known or not (S21)."""
    return bool(scene.row.pages) and Ask.AGREE in scene.row.pages[0].asks
