"""How a flow ends: applied with everything its row causes, waiting for its time, refused, or stopped.

Called by the door alone, under the locks of account and flow, in the deciding transaction (ADR 0003)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from portvakt import effects, rules, steps
from portvakt.actions.base import Action
from portvakt.factors.base import Kit, Scene
from portvakt.model import ENDED, Answer, Caller, Consequences, Flow, Refusal
from portvakt.ports.chance import new_id, new_token
from portvakt.scenes import Scenes
from portvakt.store import cases, flows, proposals
from portvakt.store.tx import Tx

_KEPT_WAITING: Final = timedelta(days=30)  # a flow that could not take effect in time is given up


class Endings:
    def __init__(self, kit: Kit, scenes: Scenes, apply: Mapping[str, Action]) -> None:
        self._kit, self._scenes, self._apply = kit, scenes, apply

    def settle(self, scene: Scene, token: str | None = None) -> Answer:
        """Nothing is missing: takes effect now, or when its wait is over."""
        cause = rules.consequences(scene.case)
        if cause.wait_until is None:
            return self._applied(scene, token)
        submitted = self._apply[scene.action].submit(scene)
        if isinstance(submitted, Refusal):
            return self.refused(scene, submitted, token)
        account, due = scene.flow.account, cause.wait_until
        if scene.row.unproven:  # whose case it is the case says, or that it is nobody's
            case = cases.sure(scene.tx, scene.flow.id)
            account, due = case["account"], due if case["account"] else case["due_at"]
        waiting = replace(scene.flow, status="waiting", account=account, decoy=account is None,
                          submitted_at=scene.now, due_at=due, expires_at=cause.wait_until + _KEPT_WAITING,
                          sealed={})  # fmt: skip
        scene = replace(scene, flow=waiting)
        effects.began(scene, cause)
        effects.note(scene, "waiting", {"until": cause.wait_until.isoformat()})
        return Answer(steps.view(self._scenes.save(scene), token), result=submitted or None)

    def _applied(self, scene: Scene, token: str | None) -> Answer:
        """Applies, and writes everything the row causes, in this transaction."""
        if scene.flow.submitted_at is None:
            scene = replace(scene, flow=replace(scene.flow, submitted_at=scene.now))
        cause = rules.consequences(scene.case)
        outcome = self._apply[scene.action].apply(scene)
        if isinstance(outcome, Refusal):
            return self.refused(scene, outcome, token)
        refused = effects.write(scene, cause, outcome)
        if refused is not None:
            return self.refused(scene, refused, token)
        for moved in outcome.advance:
            self._advance(scene, moved)
        result = outcome.result or self._result(scene, cause)
        proposal = outcome.proposal or scene.flow.given.get("proposal")
        if outcome.proposal is not None:
            result = self._proposed(scene, outcome.proposal)
        detail = {"hold_until": cause.hold_until.isoformat()} if cause.hold_until else {}
        effects.note(
            scene,
            outcome.called,
            detail | ({"proposal": proposal} if proposal else {}) or None,
            outcome.account,
        )
        ended = replace(scene.flow, status="done", account=outcome.account, decoy=False, sealed={})
        scene = self._scenes.save(replace(scene, flow=ended))
        return Answer(steps.view(scene, token), result=result)

    def _proposed(self, by: Scene, id: str) -> dict[str, Any]:
        """What one of ours proposed or decided about somebody else's account: done, as a flow of that
        account, once as many stand behind it as its row says (A105). All of them are locked already."""
        proposal = proposals.find(by.tx, id)
        if proposal is None:
            raise LookupError(f"proposal {id} is not there")
        row = self._kit.actions[proposal["action"]]
        behind = {proposal["by"], proposal["second"]} - {None}
        if proposal["state"] == "open" and len(behind) >= row.by_staff:
            given = {**proposal["given"], "proposal": id}
            answer = self.done_by_us(by.tx, proposal["action"], proposal["account"], given)
            if answer.flow.status != "done" or not proposals.done(
                by.tx, id, answer.flow.id, by.now
            ):
                raise LookupError(f"proposal {id} was looked at before, and cannot be done")
            return {"proposal": id, "state": "done"}
        effects.proposed(by, proposal)
        open_until = proposal["expires_at"] if proposal["state"] == "open" else None
        return {"proposal": id, "state": proposal["state"], "until": open_until}

    def done_by_us(self, tx: Tx, action: str, account: str, given: Mapping[str, Any]) -> Answer:
        """A flow of this account that our own people begin and end at once. Nobody has its token."""
        now, row = tx.now(), self._kit.actions[action]
        flow = Flow(id=new_id("flw"), action=action, status="open", created_at=now, expires_at=now + row.life,
                    account=account, client="staff", given=given)  # fmt: skip
        flows.add(tx, flow, self._kit.keys.token_hash(new_token("pvf")))
        scene = self._scenes.build(tx, flow, Caller(client="staff", ip=""))
        stopped = rules.refusal(scene.case)
        return self._applied(scene, None) if stopped is None else self.refused(scene, stopped)

    def _result(self, scene: Scene, cause: Consequences) -> dict[str, Any]:
        ends: list[datetime | None] = [cause.hold_until] if cause.hold_until else []
        ends += [None] if cause.hold_when else []
        return {
            "holds": [{"cause": scene.action, "actions": self._kit.stopped_by_hold, "until": until} for until in ends],
            "quarantine": [{"kind": kind, "until": until} for kind, _, until in cause.quarantine],
        }  # fmt: skip

    def _advance(self, by: Scene, flow: str) -> None:
        """A vote moves its case, in the same transaction; both accounts are locked already."""
        found = flows.find_locked(by.tx, flow)
        if found is None:
            raise LookupError(f"flow {flow} is not there")
        begun = self._scenes.unsealed(*found)
        scene = self._scenes.build(
            by.tx, begun, Caller(client=begun.client, language=begun.language)
        )
        effects.progressed(scene)
        self.due(scene)

    def due(self, scene: Scene) -> Answer | None:
        """The wait is over: what the row refuses is asked once more, then it takes effect. None where
        reviewers have not decided yet, or the owner still has time to object (A5). What could not for a
        month is given up: who proved it then may be somebody else by now."""
        if scene.flow.expires_at <= scene.now:
            return self._given_up(scene, "expired")
        if scene.row.review is not None:
            case = cases.find(scene.tx, scene.flow.id)
            if case is not None and case["account"] is None:  # nobody's: answered as late as any
                cases.set_state(scene.tx, scene.flow.id, "rejected", scene.now)
                effects.progressed(scene)
                return self.refused(scene, Refusal("case_rejected"))
            if case is None or case["state"] == "rejected":
                return self.refused(scene, Refusal("case_rejected"))
            if (
                case["state"] != "approved"
                or scene.flow.due_at is None
                or scene.flow.due_at > scene.now
            ):
                return None
        stopped = rules.refusal(scene.case)
        return self._applied(scene, None) if stopped is None else self.refused(scene, stopped)

    def refused(self, scene: Scene, refused: Refusal, token: str | None = None) -> Answer:
        """The row says no: the flow ends, and that is written down."""
        effects.note(scene, "refused", {"id": refused.id})
        effects.refused(scene, refused)
        scene = self._scenes.save(
            replace(scene, flow=replace(scene.flow, status="refused", sealed={}))
        )
        return Answer(steps.view(scene, token), refusal=refused)

    def cancelled(self, scene: Scene) -> Answer:
        return self._given_up(scene, "cancelled")

    def _given_up(self, scene: Scene, status: Literal["cancelled", "expired"]) -> Answer:
        if scene.flow.status == "waiting":
            effects.stopped(scene)
        scene = self._scenes.save(
            replace(scene, flow=replace(scene.flow, status=status, sealed={}))
        )
        effects.note(scene, "cancelled")
        return Answer(steps.view(scene))

    def still(self, scene: Scene, *, moved: bool = False) -> Answer | None:
        """The answer of a flow that asks nothing any more: it has ended, or it waits; else None."""
        flow = scene.flow
        if flow.status == "waiting" and flow.expires_at > scene.now:
            return Answer(steps.view(scene))
        if flow.status not in ENDED and flow.expires_at > scene.now:
            return None
        status = flow.status if flow.status in ENDED else "expired"
        refused = (
            Refusal("flow_expired" if status == "expired" else "flow_finished") if moved else None
        )
        return Answer(
            steps.view(replace(scene, flow=replace(flow, status=status))), refusal=refused
        )
