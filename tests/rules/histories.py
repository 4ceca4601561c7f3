"""The machine of histories: an owner who has everything, a thief who has what was drawn for him, a
stranger, and time. Most moves answer an open need, because random ones alone never reach the risky
ends; the others cheat."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

import psycopg
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from portvakt.core import Portvakt
from portvakt.model import Answer, Problem
from portvakt.policy import ACTIONS
from tests.database import Database
from tests.rules import reaching
from tests.rules.players import DETAILS, SERVICE, THIEFS, Begun, Place, Player, fresh, passes
from tests.rules.watch import Watch

POWERS: Final = ("session", "password", "mailbox", "sim", "code")
CHEATS: Final = ("wrong", "stale", "theirs", "ahead", "nothing", "other flow's token")
#: Further ways to cheat, each a rule of its own.
MORE_CHEATS: Final = ("recovery code again", "link again", "stopped twice", "other details", "redeemed twice",
                      "quarantined")  # fmt: skip
TIMES: Final = {"31s": 31, "2m": 120, "6m": 360, "31m": 1860, "25h": 90_000, "49h": 176_400, "8d": 691_200,
                "31d": 2_678_400}  # fmt: skip
completed: Counter[str] = Counter()
cheated: Counter[str] = Counter()
steps: Counter[str] = Counter()


@dataclass
class World:
    """What the machine runs against."""

    portvakt: Portvakt
    database: Database


class Histories(RuleBasedStateMachine):
    world: World
    watch: Watch | None = None

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
        self.stranger = reaching.signed_up(self.place, "phone" if by == "email" else "email", self.watch.moved)  # fmt: skip
        own, victim = fresh("thief"), self.owner.own
        self.thief = Player(self.place, "the thief", victim[by], set(own.values()), own, account=self.owner.account,
                            new_password=THIEFS, watch=self.watch.moved)  # fmt: skip
        self.thief.reads |= {victim["email"]} if "mailbox" in powers else set()
        self.thief.reads |= {victim["phone"]} if "sim" in powers else set()
        self.thief.password = self.owner.password if "password" in powers else None
        self.thief.codes = self.owner.codes[:1] if "code" in powers else []
        self.steals_the_session()

    def steals_the_session(self) -> None:
        if "session" in self.powers:
            theirs = self.owner.caller
            self.thief.caller = replace(self.thief.caller, session=theirs.session,
                                        device_token=theirs.device_token, session_token=theirs.session_token)  # fmt: skip

    def passes(self, seconds: float) -> None:
        assert self.watch is not None
        passes(self.world.database.owner_url, seconds)
        self.world.portvakt.jobs.sweep()
        self.watch.swept()

    def forgets_password(self, owner: Player) -> None:
        """An account without one, as those are that only ever come by Google or Apple."""
        assert self.watch is not None
        with psycopg.connect(self.world.database.admin_url, autocommit=True) as admin:
            admin.execute("update factors set removed_at = portvakt_now() where account = %s and kind = 'password' "
                          "and removed_at is null", [owner.account])  # fmt: skip
        self.watch.accounts[owner.account].state = self.watch.state(owner.account)

    # ── the owner ───────────────────────────────────────────────────────────────────────────────

    @rule(action=st.sampled_from(reaching.REACHABLE))
    def the_owner_goes_for(self, action: str) -> None:
        steps["owner"] += 1
        if reaching.suits(action, self.by) and action not in ("set_password", "close_account"):
            reaching.reaches(self.owner, action, self.passes, self.forgets_password)
            self.steals_the_session()

    @rule(action=st.sampled_from(sorted(ACTIONS)))
    def the_owner_begins(self, action: str) -> None:
        steps["owner"] += 1
        self.begins(self.owner, action)

    @rule(offer=st.sampled_from(["undo", "freeze", "stop"]))
    def the_owner_follows_a_link(self, offer: str) -> None:
        steps["owner"] += 1
        self.follows(self.owner, offer)

    # ── the thief ───────────────────────────────────────────────────────────────────────────────

    @rule(action=st.sampled_from(sorted(set(ACTIONS) - {"sign_up"})))
    def the_thief_tries(self, action: str) -> None:
        steps["thief"] += 1
        self.thief.plays(action)

    @rule(action=st.sampled_from(["reset_password", "sign_in", "bind_totp", "bind_phone", "approve_protected_action"]))  # fmt: skip
    def the_thief_goes_on(self, action: str) -> None:
        steps["thief"] += 1
        self.thief.plays(action)

    @rule(action=st.sampled_from(sorted(set(ACTIONS) - {"sign_up"})))
    def the_thief_begins(self, action: str) -> None:
        steps["thief"] += 1
        self.begins(self.thief, action)

    @rule(offer=st.sampled_from(["undo", "freeze", "stop"]))
    def the_thief_follows_a_link(self, offer: str) -> None:
        steps["thief"] += 1
        self.follows(self.thief, offer)

    # ── both ────────────────────────────────────────────────────────────────────────────────────

    def begins(self, who: Player, action: str) -> None:
        begun = who.begin(action)
        if begun is not None:
            self.flows.append((who, begun))

    def follows(self, who: Player, offer: str) -> None:
        links = who.links(offer)
        action = {"undo": "undo_change", "freeze": "freeze_account", "stop": "stop_case"}[offer]
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

    @precondition(lambda self: self.watch and self.open)
    @rule(which=st.integers(0, 3), pages=st.integers(1, 3))
    def answers_what_is_asked(self, which: int, pages: int) -> None:
        steps["answers"] += 1
        who, begun = self.open[which % len(self.open)]
        for _ in range(pages):
            who.answer(begun)

    @precondition(lambda self: self.watch and self.open)
    @rule(which=st.integers(0, 3))
    def gives_up(self, which: int) -> None:
        steps["answers"] += 1
        who, begun = self.open[which % len(self.open)]
        who.submit(begun, cancel=True)

    @precondition(lambda self: self.watch and self.open)
    @rule(which=st.integers(0, 3), how=st.sampled_from(CHEATS))
    def cheats(self, which: int, how: str) -> None:
        steps["cheats"] += 1
        who, begun = self.open[which % len(self.open)]
        self.cheat(who, begun, how)

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

    # ── further ways to cheat ───────────────────────────────────────────────────────────────────

    @rule(who=st.sampled_from(["owner", "thief"]))
    def uses_a_recovery_code_again(self, who: str) -> None:
        steps["cheats"] += 1
        player: Player = getattr(self, who)
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

    @rule(who=st.sampled_from(["owner", "thief"]), other=st.booleans())
    def redeems(self, who: str, other: bool) -> None:
        """The platform redeems a receipt: for other details never, twice never."""
        steps["cheats"] += 1
        player: Player = getattr(self, who)
        assert self.watch is not None
        for receipt in player.receipts:
            self.redeem(receipt, {**DETAILS, "to": "elsewhere"} if other else DETAILS)

    def redeem(self, receipt: str, details: dict[str, str]) -> None:
        assert self.watch is not None
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

    @rule(by=st.sampled_from(["sign_up", "bind", "sign_in", "reset_password"]))
    def tries_what_is_quarantined(self, by: str) -> None:
        steps["cheats"] += 1
        self.try_quarantined(by)

    def try_quarantined(self, by: str) -> None:
        assert self.watch is not None
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

    # ── time, and what holds always ─────────────────────────────────────────────────────────────

    @rule(time=st.sampled_from(sorted(TIMES)))
    def waits(self, time: str) -> None:
        steps["waits"] += 1
        self.passes(TIMES[time])

    @invariant()
    def what_must_hold_holds(self) -> None:
        if self.watch is not None:
            self.watch.check()

    def teardown(self) -> None:
        """Every history ends with some of what none has come to yet, by owners of their own."""
        if self.watch is None:
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
        assert self.watch is not None
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
