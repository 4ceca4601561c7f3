"""Writes the consequences of a row: holds, quarantine, ended sessions, notices, audit.

Called by `flow.py` alone, in the transaction of the effect, so that no action can forget one
(ADR 0001). What to write is computed by `rules.consequences`; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portvakt.devices import coarse, describe
from portvakt.factors.base import Scene
from portvakt.model import ChannelKind, Consequences, Outcome, Refusal
from portvakt.ports.chance import new_id
from portvakt.store import audit, flows, holds, identifiers, outbox, sessions


def write(scene: Scene, cause: Consequences, outcome: Outcome) -> Refusal | None:
    """Everything the row causes beside the change itself. A Refusal only from ending a session that
    is not there."""
    tx, flow, now, account = scene.tx, scene.flow, scene.now, outcome.account
    if outcome.ends_session is not None and not sessions.end(
        tx, account, outcome.ends_session, scene.action, now
    ):
        return Refusal("no_such_session", field="session")
    if outcome.ends_session is not None and outcome.ends_session != flow.session:
        # Thrown out, not logged out: a thief's device that stayed known would come back with neither
        # hold nor notice (A44). Who logs out himself keeps his device.
        sessions.forget_device_of(tx, account, outcome.ends_session, flow.session, now)
    if cause.hold_until is not None:
        holds.add(
            tx,
            new_id("hld"),
            account,
            cause=scene.action,
            flow=flow.id,
            starts=now,
            ends=cause.hold_until,
        )
    for _, key, until in cause.quarantine:
        identifiers.quarantine(tx, bytes.fromhex(key), until)
    if cause.ends_sessions != "none":
        # "ends sessions" means half-done flows and remembered devices too (A44)
        keep = flow.session if cause.ends_sessions == "others" else None
        sessions.end_all(tx, account, scene.action, now, keep)
        sessions.forget_devices(tx, account, now, keep)
        flows.end_others(tx, account, flow.id)
    tell(scene, cause, outcome)
    return None


def tell(scene: Scene, cause: Consequences, outcome: Outcome) -> None:
    """One notice to every address that the row tells: what, when, where from, which device, what it
    causes. The addresses bound before and after are both told, so a thief cannot mute the owner."""
    if cause.tells == "none":
        return
    to: dict[tuple[ChannelKind, str], None] = {}
    if cause.tells == "all":
        to.update(dict.fromkeys((c.kind, c.address) for c in scene.facts.channels))
    to.update(dict.fromkeys(outcome.tell))
    account = scene.facts.account
    params: dict[str, Any] = {
        "action": scene.action, "at": scene.now, "device": describe(scene.caller.user_agent),
        "network": coarse(scene.caller.ip), "client": scene.flow.client, "hold_until": cause.hold_until,
        "ends": cause.ends_sessions,
        **outcome.params,
    }  # fmt: skip
    for kind, address in to:
        outbox.post(scene.tx, scene.kit.keys, account=outcome.account, flow=scene.flow.id, channel=kind, to=address,
                    template="notice", params=params,
                    language=account.language if account else scene.flow.language,
                    zone=(account.zone if account else scene.caller.zone) or scene.kit.zone,
                    now=scene.now, expires=scene.now + scene.kit.lives.message)  # fmt: skip


def note(
    scene: Scene, event: str, detail: Mapping[str, Any] | None = None, account: str | None = None
) -> None:
    """The audit row of this step: who, what, when, where; never what was typed (A107)."""
    audit.add(scene.tx, new_id("aud"), at=scene.now, account=account or scene.flow.account or scene.subject,
              flow=scene.flow.id, session=scene.flow.session, action=scene.action, event=event,
              client=scene.flow.client, network=scene.caller.ip, device=describe(scene.caller.user_agent),
              detail=detail)  # fmt: skip
