"""What a thief comes to who has people: both reviewers believe his pictures, one of them is bribed, or the
operator's command is his. He applies for reviewed rows also."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from portvakt.asking import CAN_BE_LOST
from portvakt.policy import ACTIONS
from tests.rules.judging import Reviewers
from tests.rules.players import Begun, Player, owner_at
from tests.rules.threats import WAITS, Cell, Search, twin_of

#: What was stolen and who helps → words of it; `deceives`, `bribes` and `shell` are the people.
CONSPIRACIES: Final[dict[str, frozenset[str]]] = {
    "mailbox + SIM + password": frozenset({"mailbox", "sim", "password", "deceives"}),
    "password + one bribed reviewer": frozenset({"password", "bribes"}),
    "password + operator with a shell": frozenset({"password", "shell"}),
    "operator with a shell": frozenset({"shell"}),
}
REVIEWED: Final = tuple(
    id for id, row in ACTIONS.items() if (row.review and row.loses) or row.unproven
)
#: What opens something to him, and all that he tries; the rest of the table shuts, or takes what he lacks.
OPENS: Final = ("sign_in", "reset_password", "bind_totp", "payout_list_only_off", *REVIEWED)
FURTHER: Final = 6  # actions one after another; waiting comes on top of that
TOLD: Final = "reviewers"


class Conspiracy(Search):
    """Each action as soon as it brings him further; while a case of his is under way he waits for it."""

    horizon = timedelta(days=62)  # past a month's wait and a month's hold

    def gathers(self) -> None:
        self.reviewers = Reviewers(self.place)
        many = 2 if "shell" in self.powers else 0
        self.accomplices = [owner_at(self.place, "email", ("totp",)) for _ in range(many)]

    def knows_its_name(self, thief: Player) -> None:
        """And what of the account he cannot prove, he reports lost."""
        super().knows_its_name(thief)
        facts = self.facts()
        lacks: set[str] = {c.kind for c in facts.channels if c.address not in thief.reads}
        lacks |= {f.kind for f in facts.factors if f.kind == "totp" and thief.key is None}
        lacks |= set() if self.password_fits(thief) else {"password"}
        thief.lost = tuple(thing for thing in CAN_BE_LOST if thing in lacks)

    def run(self) -> Cell:
        self.goes_on(self.thief(), (), self.most)
        return self.cell

    def goes_on(self, thief: Player, path: tuple[str, ...], left: int) -> None:
        if self.hopeless():
            return
        self.cell.states += 1
        with self.place.rewinding.taken_back():
            self.takes_value_out(twin_of(thief), path)
        further = False
        for action, _, _ in self.moves(thief) if left else ():
            with self.place.rewinding.taken_back():
                twin = twin_of(thief)
                self.knows_its_name(twin)
                begun = twin.plays(action)
                if begun is not None and begun.status in ("done", "waiting"):
                    # a session may be opened later as well, and a case begun; the rest is better done now
                    further |= action not in ("sign_in", *REVIEWED)
                    self.decided(begun)
                    if action in REVIEWED and self.reviewers.is_rejected(begun.answer.flow.id):
                        continue  # he stands where he stood
                    self.goes_on(twin, (*path, action), left - 1)
        if further:
            return
        with self.place.rewinding.taken_back():
            twin = twin_of(thief)
            if self.waits(twin):
                self.goes_on(twin, (*path, WAITS), left)

    def moves(self, thief: Player) -> Iterator[tuple[str, str | None, str | None]]:
        facts, token = self.facts(), thief.caller.session_token
        self.knows_its_name(thief)
        if any(w.action in REVIEWED for w in facts.waiting):
            return
        inside = token is not None and self.place.session(token) is not None
        knows, waits = self.password_fits(thief), {w.action for w in facts.waiting}
        list_only = facts.account is not None and facts.account.payout_list_only
        opens = {
            "sign_in": not inside and knows,
            "reset_password": not knows,
            "bind_totp": inside and facts.factor("totp") is None,
            "payout_list_only_off": inside and list_only and "payout_list_only_off" not in waits,
        }
        for action in OPENS:
            row, lost = ACTIONS[action], set(thief.lost)  # nobody reports lost what he can prove
            if opens.get(action, bool(lost if row.unproven else lost & set(row.loses))):
                yield action, None, None

    def decided(self, begun: Begun) -> None:
        """Who is deceived approves; who is bribed too, but not who is honest and drawn as the second; and the
        operator has taken everybody's role away and given it to two of his own."""
        if begun.action not in REVIEWED:
            return
        flow, judges = begun.answer.flow.id, self.reviewers
        if "deceives" in self.powers:
            judges.approve(flow)
        elif "shell" in self.powers:
            self._replaces_everybody()
            judges.approve(flow, self.accomplices[0].account)
        else:
            judges.votes(judges.honest[0], flow, "approve")
            judges.votes(str(judges.case(flow)["second"]), flow, "reject")
            self.stopped("decide_case", "second_approval")

    def _replaces_everybody(self) -> None:
        team, own = self.place.team, {a.account for a in self.accomplices}
        there = {one["account"] for one in team.everybody() if one["removed_at"] is None}
        for account in there - own:
            where = self.place.rows(
                "select address from channels where account = %s and removed_at is null", account
            )
            team.remove(where[0]["address"])
        for accomplice in self.accomplices:
            if accomplice.account not in there:
                team.add(accomplice.own["email"], accomplice.name, "reviewer", break_glass=True)

    def heard(self, thief: Player) -> set[str]:
        """Beside the owner: any of those who were reviewers when he began."""
        ours = any(m["template"] == "notice" and m["created_at"] >= self.begin
                   for one in self.reviewers.honest for m in self.place.sent(account=one))  # fmt: skip
        return super().heard(thief) | ({TOLD} if ours else set())
