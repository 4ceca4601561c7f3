"""Reviewers at a place that can be taken back: they open every file and vote, through the door."""

from __future__ import annotations

from typing import Final

from portvakt.desk import Desk
from portvakt.model import Answer, Caller
from portvakt.store import cases
from portvakt.store.tx import Row
from tests.holders import FIREFOX
from tests.rules.rewinding import RewindingPlace

_SAID: Final = {
    "approve": {},
    "reject": {"alternatives": "Log in with what you still have."},
}


class Reviewers:
    """Who decides at this place. `honest` are its own, made when they are first asked for."""

    def __init__(self, place: RewindingPlace) -> None:
        self.place, self._desk = place, Desk(place.db, place.kit)
        self.honest = [one["id"] for one in place.sandbox.reviewers()]

    def case(self, flow: str) -> Row:
        with self.place.db.tx() as tx:
            return cases.sure(tx, flow)

    def is_rejected(self, flow: str) -> bool:
        return str(self.case(flow)["state"]) == "rejected"

    def votes(self, reviewer: str, flow: str, vote: str) -> None:
        """He looks at everything, and his vote is counted."""
        me, case = self._desk.who(reviewer), self.case(flow)
        opened = self.place.sandbox.staff_session(reviewer)
        assert me is not None, "active"
        assert opened is not None, "active"
        for file in self.place.rows("select id from evidence where flow = %s", flow):
            assert isinstance(self._desk.file(me, file["id"], whole=True), tuple)
        token = opened["session_token"]
        caller = Caller(client="web", ip="192.0.2.1", user_agent=FIREFOX, session=self.place.session(token),
                        session_token=token)  # fmt: skip
        said = {"case": case["number"], "vote": vote, "reason": "I have seen it.", **_SAID[vote]}
        answer = self.place.door.start("decide_case", said, caller)
        assert isinstance(answer, Answer), answer
        assert answer.flow.status == "done", answer

    def approve(self, flow: str, first: str | None = None) -> None:
        """Two of them do: any first one, and the second who is drawn."""
        self.votes(first or self.honest[0], flow, "approve")
        self.votes(str(self.case(flow)["second"]), flow, "approve")
