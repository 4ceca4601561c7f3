"""Gives an account back whose holder has nothing left that proves anything (S41, S58, A8): reviewers decide
whose it is, a month passes, and everything that was ever bound hears of it.

Whoever applies has proven nothing. So an application for an account that is not there, or that cannot be
applied for now, goes the same way and is rejected when it is due."""

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
        found = self.file(scene, scene.subject) if self._may(scene) else None
        return found or self.file(scene, None) or Refusal("already_waiting")

    def _may(self, scene: Scene) -> bool:
        """Not while another application waits, nor soon after one ended."""
        account = scene.subject
        if account is None or conditions.refusal(scene.case) is not None:
            return False
        ended = cases.last_ended(scene.tx, account, "rejected", "stopped")
        return ended is None or ended + scene.kit.lives.reapply_after <= scene.now
