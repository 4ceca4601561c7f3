"""Stops what waits: an unlocking, an unfreezing, a closing, the end of the payout list, a reviewed case."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.asking import CODE_OF
from portvakt.factors.base import Scene
from portvakt.factors.notice import mailbox
from portvakt.model import Outcome, Refusal, Waiting
from portvakt.store import cases, flows


class StopCase(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        flow, account = scene.flow, scene.owner
        wanted = flow.given.get("case") or flow.given.get("notice_flow")
        waiting = [w for w in scene.case.waiting if wanted in (None, w.flow)]
        if not waiting:
            return Refusal("nothing_waits", field="case" if "case" in flow.given else None)
        if flow.session is None and flow.proof("password") is None:
            link, channel = _one_mailbox(scene)
            since = scene.now - scene.kit.lives.stopped_again
            if flows.stopped_by(scene.tx, account, link, channel, since):
                return self._again(scene, [w for w in waiting if self._may_be_doubted(scene, w)])
        stopped = [w.action for w in waiting]
        return Outcome(account, stops=tuple(w.flow for w in waiting), params={"stopped": stopped[0]},
                       event={"stopped": stopped})  # fmt: skip

    def _again(self, scene: Scene, doubted: list[Waiting]) -> Outcome | Refusal:
        """Who has one mailbox alone may stop the owner once, not for ever. A second stop ends nothing: it
        makes a case show more and wait longer, once. There is one case at a time (A51)."""
        if not doubted:
            return Refusal("proof_too_weak_now")
        case = cases.sure(scene.tx, doubted[0].flow)
        earliest = max(case["earliest_at"], scene.now + scene.kit.lives.doubted)
        said = {"case": case["number"], "earliest": earliest}
        return Outcome(scene.owner, {"doubted": case["number"], "earliest": earliest}, said,
                       doubts=(doubted[0].flow,), called="doubted", event={"case": case["number"]})  # fmt: skip

    def _may_be_doubted(self, scene: Scene, waiting: Waiting) -> bool:
        return scene.kit.actions[waiting.action].review is not None and not waiting.doubted


def _one_mailbox(scene: Scene) -> tuple[str | None, str | None]:
    """The address whose reader is at the door, as links name it and as codes do."""
    flow, keys = scene.flow, scene.kit.keys
    named = {mailbox(keys, c.kind, c.address).hex(): c.id for c in scene.facts.channels}
    link = flow.given.get("notice_channel")
    code = next((p.target for p in flow.proofs if p.kind in CODE_OF.values()), named.get(str(link)))
    return link or next((name for name, id in named.items() if id == code), None), code
