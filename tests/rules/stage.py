"""Where histories are played: an owner who has everything, a thief who has what was drawn for him, a
stranger, and time; and what holds after every move."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

import psycopg
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from portvakt.core import Portvakt
from tests.database import Database
from tests.rules import reaching
from tests.rules.players import THIEFS, Begun, Place, Player, fresh, passes
from tests.rules.watch import Watch

POWERS: Final = ("session", "password", "mailbox", "sim", "code")
BY_LINK: Final = {"undo": "undo_change", "freeze": "freeze_account", "stop": "stop_case"}
completed: Counter[str] = Counter()
cheated: Counter[str] = Counter()
steps: Counter[str] = Counter()


@dataclass
class World:
    """What the machine runs against."""

    portvakt: Portvakt
    database: Database


class Stage(RuleBasedStateMachine):
    world: World
    watch: Watch
    signed_up = False

    @initialize(
        by=st.sampled_from(["email", "phone"]),
        bound=st.sets(st.sampled_from(["email", "phone", "totp", "codes"])),
        powers=st.sets(st.sampled_from(POWERS), min_size=1, max_size=3),
    )
    def somebody_signs_up(self, by: str, bound: set[str], powers: set[str]) -> None:
        self.place = Place(self.world.portvakt)
        self.watch = Watch(self.place)
        self.flows: list[tuple[Player, Begun]] = []
        self.powers, self.by = powers, by
        self.owner = reaching.signed_up(self.place, by, self.watch.moved)
        for thing in sorted(bound - {by}):
            self.owner.does("new_recovery_codes" if thing == "codes" else f"bind_{thing}")
        other = "phone" if by == "email" else "email"
        self.stranger = reaching.signed_up(self.place, other, self.watch.moved)
        own, victim = fresh("thief"), self.owner.own
        self.thief = Player(self.place, "the thief", victim[by], set(own.values()), own, account=self.owner.account,
                            new_password=THIEFS, watch=self.watch.moved)  # fmt: skip
        self.thief.reads |= {victim["email"]} if "mailbox" in powers else set()
        self.thief.reads |= {victim["phone"]} if "sim" in powers else set()
        self.thief.password = self.owner.password if "password" in powers else None
        self.thief.codes = self.owner.codes[:1] if "code" in powers else []
        self.steals_the_session()

        self.signed_up = True

    def steals_the_session(self) -> None:
        if "session" in self.powers:
            has = self.owner.caller
            self.thief.caller = replace(self.thief.caller, session=has.session, device_token=has.device_token,
                                        session_token=has.session_token)  # fmt: skip

    def passes(self, seconds: float) -> None:
        passes(self.world.database.owner_url, seconds)
        self.world.portvakt.jobs.sweep()
        self.watch.swept()

    def forgets_password(self, owner: Player) -> None:
        """An account without one, as those are that only ever come by Google or Apple."""
        with psycopg.connect(self.world.database.admin_url, autocommit=True) as admin:
            admin.execute("update factors set removed_at = portvakt_now() where account = %s and kind = 'password' "
                          "and removed_at is null", [owner.account])  # fmt: skip
        self.watch.accounts[owner.account].state = self.watch.state(owner.account)

    # ── moves that both make ────────────────────────────────────────────────────────────────────

    def begins(self, who: Player, action: str) -> None:
        begun = who.begin(action)
        if begun is not None:
            self.flows.append((who, begun))

    def follows(self, who: Player, offer: str) -> None:
        links = who.links(offer)
        action = BY_LINK[offer]
        if links:
            begun = who.plays(action, notice=links[0])
            if begun is not None and begun.status == "done" and offer != "freeze":
                self.again(who, action, links[0])

    def again(self, who: Player, action: str, notice: str) -> None:
        """What was undone or stopped cannot be undone or stopped once more by the same link."""
        begun = who.plays(action, notice=notice)
        assert begun is None or begun.status != "done", begun.answer
        cheated["link again" if action == "undo_change" else "stopped twice"] += 1

    @property
    def open(self) -> list[tuple[Player, Begun]]:
        """Flows that ask something, the newest first."""
        return [(w, b) for w, b in self.flows if b.status == "open" and b.answer.step][::-1][:4]

    # ── what holds always ───────────────────────────────────────────────────────────────────────

    @invariant()
    def what_must_hold_holds(self) -> None:
        if self.signed_up:
            self.watch.check()
