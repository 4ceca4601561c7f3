"""Writes the consequences of a row: holds, quarantine, ended sessions, notices, events, audit.

Called by the door alone, in the transaction of the effect, so that no action can forget one (ADR 0001).
What to write is computed by `rules.consequences`; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from portvakt import asking, conditions, notify, strength
from portvakt.devices import coarse, describe
from portvakt.factors.base import Scene
from portvakt.model import Consequences, Outcome, Refusal, Text
from portvakt.notify import Address
from portvakt.plain import dump
from portvakt.policy import When
from portvakt.ports.chance import new_id
from portvakt.store import (
    accounts,
    audit,
    cases,
    changes,
    events,
    flows,
    holds,
    identifiers,
    limits,
    proposals,
    receipts,
    recovery,
    sessions,
    staff,
)
from portvakt.store.tx import Row

STOPPED: Final = "flow_stopped"  # until when a hold lasts that goes with a waiting flow


def write(scene: Scene, cause: Consequences, outcome: Outcome) -> Refusal | None:
    """Everything the row causes beside the change itself. A Refusal only from ending a session that
    is not there."""
    tx, flow, now, account = scene.tx, scene.flow, scene.now, outcome.account
    if account is None:
        return None
    if outcome.ends_session is not None and not sessions.end(
        tx, account, outcome.ends_session, scene.action, now
    ):
        return Refusal("no_such_session", field="session")
    if outcome.ends_session is not None and outcome.ends_session != flow.session:
        # Thrown out, not logged out: a thief's device that stayed known would come back with neither
        # hold nor notice (A44). Who logs out himself keeps his device.
        sessions.forget_device_of(tx, account, outcome.ends_session, flow.session, now)
    _hold(scene, cause, account)
    if scene.row.undo and cause.hold_until is not None:
        registered = next(c.id for c in scene.facts.channels if c.registered)
        changes.add(tx, flow.id, account, scene.action, now, cause.hold_until,
                    factors=[f.id for f in scene.facts.factors], channels=[c.id for c in scene.facts.channels],
                    registered=registered, codes_set=recovery.current_set(tx, account),
                    lock_days=scene.facts.account.lock_days if scene.facts.account else None)  # fmt: skip
    for _, key, until in cause.quarantine:
        identifiers.quarantine(tx, bytes.fromhex(key), until, flow.id)
    if cause.ends_sessions != "none":
        # "ends sessions" means half-done flows, what waits, and remembered devices too (A44)
        keep = flow.session if cause.ends_sessions == "others" else None
        sessions.end_all(tx, account, scene.action, now, keep)
        sessions.forget_devices(tx, account, now, keep)
        flows.end_codes(tx, [bytes.fromhex(c.key) for c in scene.facts.channels], flow.id, now)
        for ended in flows.end_others(tx, account, flow.id):
            _no_longer_waits(scene, account, ended)
    for stopped in outcome.stops:
        _stop(scene, account, stopped)
    for doubted in outcome.doubts:
        _doubt(scene, doubted)
    if scene.row.held_meanwhile:
        holds.end_when(tx, account, STOPPED, now, flow.id)
    if scene.row.unfreezes and scene.facts.account and scene.facts.account.state == "frozen":
        accounts.set_state(tx, account, "active", now)
    if scene.row.list_only_after:
        accounts.set_list_only(tx, account, on=True)
    _bound_again(scene, account)
    tell(scene, cause, outcome, outcome.called)
    if scene.row.tells_staff:
        proposal = proposals.find(tx, flow.given.get("proposal", ""))
        _tell_ours(scene, account, "done" if proposal else "commanded", proposal, outcome.params)
    happened(scene, account, outcome.called, {
        "hold_until": cause.hold_until, "hold_when": cause.hold_when,
        "quarantine": [{"kind": kind, "until": until} for kind, _, until in cause.quarantine],
        **outcome.event,
    })  # fmt: skip
    return None


def _hold(scene: Scene, cause: Consequences, account: str) -> None:
    """A hold's start voids what was approved and not yet used (A56)."""
    ends: list[tuple[Any, str | None]] = []
    if cause.hold_until is not None:
        ends.append((cause.hold_until, None))
    if cause.hold_when is not None:
        ends.append((None, cause.hold_when))
    if cause.held_meanwhile:
        ends.append((None, STOPPED))
    for until, condition in ends:
        holds.add(scene.tx, new_id("hld"), account, cause=scene.action, flow=scene.flow.id,
                  starts=scene.now, ends=until, ends_when=condition)  # fmt: skip
    if ends or scene.row.ends == "all":
        receipts.void(scene.tx, scene.now, account=account)


def _bound_again(scene: Scene, account: str) -> None:
    """Holds that last until something is bound end when it is (I11)."""
    open_ones = {h.ends_when for h in scene.facts.holds if h.ends_when} & {
        "second_factor_bound",
        "authenticator_bound",
    }
    if not open_ones:
        return
    second = strength.second_factors(accounts.facts(scene.tx, account))
    if second:
        holds.end_when(scene.tx, account, "second_factor_bound", scene.now)
    if {"totp", "passkey"} & set(second):
        holds.end_when(scene.tx, account, "authenticator_bound", scene.now)


def _no_longer_waits(scene: Scene, account: str | None, flow: str) -> None:
    cases.stopped(scene.tx, flow)
    identifiers.release(scene.tx, flow)
    if account is not None:
        holds.end_when(scene.tx, account, STOPPED, scene.now, flow)


def began(scene: Scene, cause: Consequences) -> None:
    """Everything is proven and the wait begins: who can stop it is told now."""
    account = scene.flow.account
    # what it holds afterwards begins with the effect, or not at all where it is stopped
    if account is not None:
        _hold(scene, replace(cause, hold_until=None, hold_when=None), account)
    said: dict[str, Any] = {"waits_until": cause.wait_until}
    case = cases.find(scene.tx, scene.flow.id) if scene.row.review else None
    if case is not None:
        said |= {
            "case": case["number"],
            "due": case["due_at"],
            "lost": [Text(f"lost.{id}") for id in asking.CAN_BE_LOST if id in case["lost"]],
        }
    told = account
    if scene.row.unproven and account is not None:  # strangers cannot fill somebody's mailbox (A35)
        counters = scene.kit.buckets("notice.applied", account)
        told = account if limits.spare(scene.tx, counters, scene.now) else None
    tell(scene, cause, Outcome(told, params=said), "waiting")
    happened(scene, account, "waiting", {"until": cause.wait_until})


def stopped(scene: Scene) -> None:
    """A waiting flow was cancelled by whoever began it, or given up."""
    account = scene.flow.account
    _no_longer_waits(scene, account, scene.flow.id)
    # a stranger who takes his application back says so to nobody but himself
    told = None if scene.row.unproven else account
    tell(scene, Consequences(tells=scene.row.tells), Outcome(told), "stopped")
    happened(scene, account, "stopped", {})


def refused(scene: Scene, why: Refusal) -> None:
    """A flow that the row refuses. One that waited no longer holds anything; whoever tries what is
    locked is told about (Kraken's settings lock sends a mail on each attempt)."""
    if scene.flow.account is not None or scene.row.unproven:
        _no_longer_waits(scene, scene.flow.account, scene.flow.id)
    if why.id == "settings_locked":
        attempted(scene)


def used(scene: Scene, proof: str) -> None:
    """What a case reports lost has just been used: it is not lost, or not its owner's case (S61)."""
    kind = next((k for k, code in asking.CODE_OF.items() if code == proof), proof)
    for waiting in scene.facts.waiting:
        if (
            kind in waiting.lost
            and waiting.flow != scene.flow.id
            and scene.flow.account is not None
        ):
            _stop(scene, scene.flow.account, waiting.flow)
            said = Outcome(scene.flow.account, params={"stopped": waiting.action})
            tell(scene, Consequences(tells="all"), said, "stopped")
            happened(scene, scene.flow.account, "stopped", {"stopped": [waiting.action]})


def _stop(scene: Scene, account: str, flow: str) -> None:
    if flows.stop(scene.tx, account, flow) is not None:
        _no_longer_waits(scene, account, flow)


def _doubt(scene: Scene, flow: str) -> None:
    """The case goes on, more slowly, and our reviewers hear of it."""
    until = scene.now + scene.kit.lives.doubted
    flows.doubt(scene.tx, flow, until)
    cases.doubt(scene.tx, flow, until)
    number = cases.sure(scene.tx, flow)["number"]
    notify.voters(scene.tx, scene.kit, {"action": "case_doubted", "case": number}, scene.now)


def progressed(scene: Scene) -> None:
    """A case has moved: its applicant hears of it, and so does everything that is bound (S57, S60)."""
    case = cases.find(scene.tx, scene.flow.id)
    if case is None:
        return
    state = case["state"]
    said: dict[str, Any] = {
        "case": case["number"],
        "due": case["due_at"],
        "earliest": case["earliest_at"],
    }
    if state in ("rejected", "asked"):
        said |= {name: Text(f"case.nobody.{name}") for name in ("reason", "alternatives")}
        said |= cases.last_words(scene.tx, scene.kit.keys, scene.flow.id)
    if state == "rejected":
        said["again"] = scene.now + scene.kit.lives.reapply_after
    account = scene.flow.account
    tell(scene, Consequences(tells="all"), Outcome(account, params=said), f"case_{state}")
    happened(scene, account, f"case_{state}", {"case": case["number"]})


def proposed(scene: Scene, proposal: Row) -> None:
    """One of ours proposed something about somebody's account, or turned that down; what is done is told
    with its other consequences."""
    row = scene.kit.actions[proposal["action"]]
    if row.tells_staff:
        event = "proposed" if proposal["state"] == "open" else proposal["state"]
        _tell_ours(scene, proposal["account"], event, proposal, proposal["given"])


def _tell_ours(scene: Scene, about: str, event: str, proposal: Row | None,
               said: Mapping[str, Any]) -> None:  # fmt: skip
    """Everybody of ours but the one whom it is about: he is told when it is done, as its holder."""
    who = proposal or {}
    role = said.get("role")
    params = {
        "action": f"staff_{event}", "what": who.get("action", scene.action), "at": scene.now,
        "whom": said.get("name") or who.get("whom_name") or about,
        "role": Text(f"console.role.{role}") if isinstance(role, str) else role, "from": said.get("from"),
        "by": who.get("by_name"), "second": who.get("second_name"), "before": who.get("expires_at"),
    }  # fmt: skip
    for account in staff.accounts(scene.tx):
        if account != about:
            notify.everywhere(scene.tx, scene.kit, account, params, now=scene.now)


def attempted(scene: Scene) -> None:
    """Somebody tries what is locked, or begins to unlock it: told at once, and not without end (A35)."""
    account = scene.flow.account
    if account is None:
        return
    counters = scene.kit.buckets("notice.attempt", account)
    if limits.spare(scene.tx, counters, scene.now):
        tell(scene, Consequences(tells="all"), Outcome(account), "attempt")


def tell(scene: Scene, cause: Consequences, outcome: Outcome, event: str = "done") -> None:
    """One notice to every address that the row tells: what, when, where from, which device, what it
    causes. The addresses bound before and after are both told, so a thief cannot mute the owner."""
    if cause.tells == "none":
        return
    to: dict[Address, None] = {}
    account = outcome.account
    if cause.tells in ("all", "ever") and account is not None:
        to.update(dict.fromkeys((c.kind, c.address) for c in scene.facts.channels))
        if scene.row.tells == "ever":
            to.update(dict.fromkeys(accounts.former(scene.tx, account)))
    to.update(dict.fromkeys(outcome.tell))
    by_us = scene.row.by_staff or (
        scene.flow.submitted_at is not None and scene.row.wait is not None and event == "done"
    )
    params: dict[str, Any] = {
        "action": notify.topic(scene.action, event), "what": scene.action, "at": scene.now,
        "device": "" if by_us else describe(scene.caller.user_agent),
        "network": "" if by_us else coarse(scene.caller.ip), "client": scene.flow.client,
        "hold_until": cause.hold_until if event == "done" else None,
        "ends": cause.ends_sessions if event == "done" else "none",
        **outcome.params,
    }  # fmt: skip
    if scene.flow.proof("recovery_code") is not None:
        params["codes_left"] = scene.facts.codes_left
    if conditions.CONDITIONS[When.TOTP_FOR_PASSKEY](scene.case):
        params["weaker"] = True
    stoppable = event == "waiting" or (
        scene.row.review is not None and event in ("case_open", "case_asked", "case_approved")
    )
    offers = {"undo": scene.row.undo and event == "done", "stop": stoppable}
    if account is not None:
        notify.post(scene.tx, scene.kit, scene.facts, account, scene.flow.id, to, params,
                    language=scene.flow.language, zone=scene.caller.zone, now=scene.now,
                    offers=[id for id, offered in offers.items() if offered])  # fmt: skip
    kind = conditions.new_channel(scene.flow)
    if scene.row.review is not None and kind is not None and event != "done":
        notify.applicant(
            scene.tx, scene.kit, scene.flow, kind, params, zone=scene.caller.zone, now=scene.now
        )


def happened(scene: Scene, account: str | None, event: str, data: Mapping[str, Any]) -> None:
    """What the platform may want to know, in the order of commits. Of nobody there is nothing to say."""
    if account is None:
        return
    events.add(scene.tx, new_id("evt"), account, scene.action, event, dump(data), scene.now)


def note(
    scene: Scene, event: str, detail: Mapping[str, Any] | None = None, account: str | None = None
) -> None:
    """The audit row of this step: who, what, when, where; never what was typed (A107)."""
    audit.add(scene.tx, new_id("aud"), at=scene.now, account=account or scene.flow.account or scene.subject,
              flow=scene.flow.id, session=scene.flow.session, action=scene.action, event=event,
              client=scene.flow.client, network=scene.caller.ip, device=describe(scene.caller.user_agent),
              detail=detail)  # fmt: skip
