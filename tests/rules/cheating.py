"""Every way to cheat: each must come to nothing, and each must have been tried."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from portvakt.model import Answer, Problem
from tests.rules import reaching
from tests.rules.players import DETAILS, SERVICE, Begun, Player, fresh
from tests.rules.stage import Stage, cheated

#: At a page that asks something.
CHEATS: Final = ("wrong", "stale", "theirs", "ahead", "nothing", "other flow's token")
#: Further ones, each in a place of its own.
MORE_CHEATS: Final = ("recovery code again", "link again", "stopped twice", "other details", "redeemed twice",
                      "quarantined")  # fmt: skip


class Cheating(Stage):
    def cheat(self, who: Player, begun: Begun, how: str) -> None:
        asked = [n for n in begun.asked if n.endswith(("_code", "totp"))]
        step = begun.answer.step
        assert step is not None
        token = begun.token
        match how:
            case "wrong":
                inputs = dict.fromkeys(asked, "000000")
            case "stale":
                inputs = {n: v for n, v in begun.used.items() if n in asked}
            case "theirs":
                inputs = dict.fromkeys(asked, self.their_code()) if asked else {}
            case "ahead":
                fields = [f for f in ("new_totp", "new_password", "totp") if f not in begun.asked]
                inputs = {fields[0]: "123456"} if fields else {}
            case "other flow's token":
                inputs, begun.token = {}, self.stranger_flow().token
            case _:
                inputs = {}
        if how in ("wrong", "stale", "theirs") and not inputs:
            return
        lacking = len(step.fields)
        after = who.submit(begun, inputs=inputs)
        begun.token = token
        cheated[how] += 1
        if how == "other flow's token":
            assert isinstance(after, Problem)
        if isinstance(after, Answer):
            assert after.flow.status != "done", how
            if after.step is not None and how in ("wrong", "stale", "theirs"):
                assert after.step.id == step.id or len(after.step.fields) >= lacking, how

    def their_code(self) -> str:
        """A code that was really sent, to somebody else and for something else."""
        begun = self.stranger_flow()
        return self.stranger.code_in(begun, begun.asked[0]) or "999999"

    def stranger_flow(self) -> Begun:
        own = fresh("stranger")
        twin = Player(self.place, "a stranger", own["email"], set(own.values()), own)
        begun = twin.begin("sign_up")
        assert begun is not None
        twin.answer(begun)
        self.stranger.reads |= twin.reads
        return begun

    def uses_a_recovery_code_again(self, player: Player) -> None:
        if not player.codes:
            return
        code, key = player.codes[-1], player.key
        player.key = None  # the authenticator is not at hand
        for _ in range(2):
            player.leaves()
            begun = player.plays("sign_in")
            if begun is None or "recovery_code" not in begun.used:
                break
        else:
            raise AssertionError(f"{code} was taken twice")
        if begun is not None and begun.answer.refusal is not None:
            cheated["recovery code again"] += 1
        player.key = key
        player.codes.pop()

    def redeem(self, receipt: str, details: dict[str, str]) -> None:
        spent = self.watch.receipts.get(receipt, False)
        theirs = self.place.rows("select account from receipts where id = %s", receipt)[0]
        held = self.watch.facts(theirs["account"]).holds
        redeemed = self.place.decider.redeem(receipt, details, SERVICE)
        took = not isinstance(redeemed, Problem)
        assert not (took and (spent or held or details != DETAILS))
        if spent:
            cheated["redeemed twice"] += 1
        if details != DETAILS:
            cheated["other details"] += 1
            again = self.place.decider.redeem(receipt, DETAILS, SERVICE)
            assert isinstance(again, Problem), "other details void it"
        self.watch.receipts[receipt] = spent or took

    def try_quarantined(self, by: str) -> None:
        for kind, address in self.watch.quarantined(self.owner.account):
            twin = Player(self.place, "a taker", address, {address}, {kind: address})
            twin.password = self.owner.password
            action = by
            if by == "bind":
                twin = replace(
                    self.stranger, own={kind: address}, reads=self.stranger.reads | {address}
                )
                action = f"bind_{kind}"
                if not reaching.enters(twin):
                    return
            begun = twin.plays(action)
            if begun is None:
                return
            cheated["quarantined"] += 1
            assert begun.status != "done", f"{action} with {address}, which is kept from everybody"
            codes = [
                m for m in self.place.sent(flow=begun.answer.flow.id) if m["template"] == "code"
            ]
            assert not [m for m in codes if m["to"] == address], (
                f"{action} sent a code to {address}"
            )
