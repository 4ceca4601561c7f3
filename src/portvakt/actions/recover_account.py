"""Gives an account back whose holder has nothing left that proves anything (S41, S58, A8): reviewers decide
whose it is, a month passes, and everything that was ever bound hears of it.

Whoever applies has proven nothing. So an application for an account that is not there, or that cannot be
applied for, goes the same way and is rejected when it is due; and one of a stranger keeps nobody else out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portvakt import conditions
from portvakt.actions.report_lost import ReportLost
from portvakt.factors.base import Scene
from portvakt.model import Refusal
from portvakt.store import cases


class RecoverAccount(ReportLost):
    def submit(self, scene: Scene) -> Mapping[str, Any] | Refusal:
        account = scene.subject if self._may(scene) else None
        return self.file(scene, account) or Refusal("already_waiting")

    def _may(self, scene: Scene) -> bool:
        """Whether reviewers hear of it: not where the row refuses, and not soon after the same applicant was
        rejected."""
        if scene.subject is None or conditions.refusal(scene.case) is not None:
            return False
        address = scene.flow.given[f"new_{conditions.new_channel(scene.flow)}_hash"]
        return not cases.rejected_lately(
            scene.tx, address, scene.now - scene.kit.lives.reapply_after
        )
