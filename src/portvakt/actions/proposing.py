"""Who of ours may stand behind what, asked alike of who proposes it and of who approves it (A103, A105)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portvakt import rules
from portvakt.factors.base import Scene
from portvakt.model import Refusal
from portvakt.store import accounts, staff


def not_his(scene: Scene, action: str, account: str) -> Refusal | None:
    """Why this one of ours has no say in it: his role, or because it is about himself or somebody related."""
    row, me = scene.kit.actions[action], scene.owner
    if scene.facts.role not in row.staff:
        return Refusal("not_your_role")
    if me == account or (not row.related and staff.related(scene.tx, me, account)):
        return Refusal("own_account")
    return None


def not_now(scene: Scene, action: str, account: str, given: Mapping[str, Any]) -> Refusal | None:
    """Why it cannot be done to this account now, by the rule that its flow would meet."""
    facts, kit = accounts.facts(scene.tx, account), scene.kit
    case = rules.Case(
        kit.actions[action],
        facts,
        scene.now,
        lives=kit.lives,
        calendar=kit.calendar,
        support=kit.support,
    )
    now = staff.held(scene.tx, account)
    same = now is not None and given.get("role") == now["role"]
    return rules.refusal(case) or (Refusal("already_so") if same else None)
