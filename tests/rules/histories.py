"""The machine of histories. Most moves answer an open need, because random ones alone never reach the
risky ends; the others cheat, wait, or are a thief's."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.rules import reaching
from tests.rules.cheating import CHEATS, MORE_CHEATS, Cheating
from tests.rules.players import ALONE, DETAILS, Player
from tests.rules.stage import BY_LINK, cheated, completed, steps

MINUTE, HOUR, DAY = 60, 3600, 86_400
TIMES: Final = (31, 2 * MINUTE, 6 * MINUTE, 31 * MINUTE, 25 * HOUR, 49 * HOUR, 8 * DAY, 40 * DAY)
#: What a thief wants; everything else he tries, too.
WANTED: Final = ("reset_password", "sign_in", "bind_totp", "bind_phone", "bind_email", "unbind_totp",
                 "approve_protected_action", "new_recovery_codes")  # fmt: skip
OTHERS: Final = tuple(sorted(set(ALONE) - {"sign_up"}))
#: These end an account, or make one that no action here can make.
NOT_MIDWAY: Final = frozenset({"set_password", "close_account"})


class Histories(Cheating):
    turn = 0

    @rule(luck=st.integers(0, 2**31))
    def somebody_moves(self, luck: int) -> None:
        """One number decides a whole move, so that all moves are as likely in every history."""
        self.turn += 1
        draw = Random(luck * 1000 + self.turn)
        moves: tuple[tuple[int, str, Callable[[Random], object]], ...] = (
            (28, "owner", self.the_owner_goes_for_something),
            (8, "owner", lambda r: self.begins(self.owner, r.choice(OTHERS))),
            (5, "owner", lambda r: self.follows(self.owner, r.choice(tuple(BY_LINK)))),
            (12, "thief", lambda r: self.thief.plays(r.choice(WANTED))),
            (8, "thief", lambda r: self.thief.plays(r.choice(OTHERS))),
            (4, "thief", lambda r: self.begins(self.thief, r.choice(OTHERS))),
            (4, "thief", lambda r: self.follows(self.thief, r.choice(tuple(BY_LINK)))),
            (10, "answer", self.somebody_answers),
            (12, "cheat", self.somebody_cheats),
            (4, "cheat", lambda r: self.uses_a_recovery_code_again(r.choice((self.owner, self.thief)))),
            (5, "cheat", lambda r: self.try_quarantined(r.choice(("sign_up", "bind", "sign_in", "reset_password")))),
            (5, "redeem", self.the_platform_redeems),
            (8, "wait", lambda r: self.passes(r.choice(TIMES))),
        )  # fmt: skip
        _, kind, move = draw.choices(moves, [weight for weight, _, _ in moves])[0]
        steps[kind] += 1
        move(draw)

    def the_owner_goes_for_something(self, draw: Random) -> None:
        action = draw.choice(OTHERS)
        if reaching.suits(action, self.by) and action not in NOT_MIDWAY:
            reaching.reaches(self.owner, action, self.passes, self.forgets_password)
            self.steals_the_session()

    def somebody_answers(self, draw: Random) -> None:
        if not self.open:
            return
        who, begun = draw.choice(self.open)
        if draw.random() < 0.15:
            who.submit(begun, cancel=True)
        for _ in range(draw.randint(1, 3)):
            who.answer(begun)

    def somebody_cheats(self, draw: Random) -> None:
        if not self.open:
            self.begins(self.owner, draw.choice(OTHERS))
        if self.open:
            self.cheat(*draw.choice(self.open), draw.choice(CHEATS))

    def the_platform_redeems(self, draw: Random) -> None:
        details = DETAILS if draw.random() < 0.7 else {**DETAILS, "to": "elsewhere"}
        for player in (self.owner, self.thief):
            for receipt in player.receipts[-1:]:
                self.redeem(receipt, details)

    def teardown(self) -> None:
        """Every history ends with some of what none has come to yet, by owners of their own."""
        if not self.signed_up:
            return
        completed.update(self.watch.completed)
        self.watch.completed.clear()
        wanted = [a for a in reaching.REACHABLE if not completed[a]][:3]
        for action in wanted:
            self.reach(action)
        for how in [c for c in (*CHEATS, *MORE_CHEATS) if not cheated[c]][:3]:
            finish(self, how)
        completed.update(self.watch.completed)

    def reach(self, action: str) -> Player:
        by = "phone" if action in ("bind_email", "unbind_email") else "email"
        self.owner, self.by = reaching.signed_up(self.place, by, self.watch.moved), by
        begun = reaching.reaches(self.owner, action, self.passes, self.forgets_password)
        assert begun is not None, f"the owner never came to the end of {action}"
        self.what_must_hold_holds()
        return self.owner


def finish(machine: Histories, how: str) -> None:
    """Leads up to one way to cheat, and cheats."""
    match how:
        case "recovery code again":
            owner = machine.reach("new_recovery_codes")
            owner.does("bind_totp")
            machine.passes(3600)
            _uses_again(owner)
        case "link again":
            owner = machine.reach("unbind_totp")
            machine.follows(owner, "undo")
        case "stopped twice":
            owner = machine.reach("payout_list_only_off")
            machine.follows(owner, "stop")
        case "other details" | "redeemed twice":
            owner = machine.reach("approve_protected_action")
            machine.redeem(owner.receipts[-1], DETAILS)
            machine.redeem(owner.receipts[-1], DETAILS)
            machine.passes(91)
            owner.does("approve_protected_action")
            machine.redeem(owner.receipts[-1], {**DETAILS, "to": "elsewhere"})
        case "quarantined":
            machine.reach("unbind_email")
            for by in ("sign_up", "bind", "sign_in", "reset_password"):
                machine.try_quarantined(by)
        case _:
            owner = reaching.signed_up(machine.place, "email", machine.owner.watch)
            begun = owner.begin("bind_totp")
            assert begun is not None
            if how == "stale":
                code = owner.code_in(begun, "email_code")
                begun.used["email_code"] = str(code)
                machine.passes(1200)
                owner.submit(begun, inputs={})
            machine.cheat(owner, begun, how)


def _uses_again(owner: Player) -> None:
    owner.key = None
    for wanted in ("done", "open"):
        owner.leaves()
        begun = owner.plays("sign_in")
        assert begun is not None
        assert begun.status == wanted, begun.answer
    cheated["recovery code again"] += 1
