"""Histories: somebody does what the pages ask, or cheats, in any order and over any time; what must
never happen never does. Goal-directed, because random sequences alone never reach the risky ends:
most moves answer an open need. At the end every action was completed, or the run proved nothing."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime

import psycopg
import pyotp
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portvakt.core import Portvakt
from portvakt.model import Answer, FlowView, Problem
from portvakt.policy import ACTIONS
from portvakt.rules import second_factors
from portvakt.store import accounts
from tests.core.conftest import PASSWORD, Holder, key_file, portvakt  # noqa: F401  fixtures
from tests.database import Database

AT_HOME = sorted(set(ACTIONS) - {"sign_up", "sign_in"})
_numbers = itertools.count()
completed: Counter[str] = Counter()
cheated: Counter[str] = Counter()


@dataclass
class Begun:
    """A flow as its client knows it."""

    answer: Answer
    token: str
    by: Holder
    account: str | None = None
    totp_key: str | None = None
    used: dict[str, str] = field(default_factory=dict)


class World:
    """What the machine runs against; set by the test."""

    portvakt: Portvakt
    database: Database


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.flows: list[Begun] = []
        self.ends: dict[str, datetime] = {}
        self.key: str | None = None

    @initialize(by=st.sampled_from(["email", "phone"]))
    def somebody_signs_up(self, by: str) -> None:
        self.owner, self.other = Holder(World.portvakt), Holder(World.portvakt)
        self.other.signs_up()
        number = f"+46701740{605 + next(_numbers) % 95:03d}"
        self.address = {"email": self.owner.email, "phone": number}
        self.identifier = self.address[by]
        begun = self.begin("sign_up", self.owner)
        for _ in range(4):
            self.answer_right(begun)
        assert self.owner.account

    @property
    def open(self) -> list[Begun]:
        """Flows that ask something, the newest first."""
        found = [b for b in self.flows if b.answer.flow.status == "open" and b.answer.step]
        return found[::-1][:4]

    # ── moves ───────────────────────────────────────────────────────────────────────────────────

    @rule(
        action=st.sampled_from([*AT_HOME, *["bind_totp", "bind_email", "bind_phone"] * 2]),
        far=st.booleans(),
    )
    def opens(self, action: str, far: bool) -> None:
        """Without a live session the owner signs in first; half of the time goes to the end."""
        if self.owner.caller.session is None:
            self.signs_in_to_the_end()
        if self.owner.caller.session is not None:
            begun = self.begin(action, self.owner)
            for _ in range(4 if far else 0):
                self.answer_right(begun)

    def signs_in_to_the_end(self) -> None:
        caller = replace(self.owner.caller, session=None, session_token=None)
        begun = self.begin("sign_in", replace_caller(self.owner, caller))
        for _ in range(3):
            self.answer_right(begun)

    @rule(known=st.booleans())
    def comes_to_sign_in(self, known: bool) -> None:
        caller = self.owner.caller if known else replace(self.owner.caller, device_token=None)
        self.begin(
            "sign_in", replace_caller(self.owner, replace(caller, session=None, session_token=None))
        )

    @precondition(lambda self: self.open)
    @rule(which=st.integers(0, 3), steps=st.integers(1, 4))
    def answers_what_is_asked(self, which: int, steps: int) -> None:
        begun = self.open[which % len(self.open)]
        for _ in range(steps):
            self.answer_right(begun)

    @precondition(lambda self: self.open)
    @rule(
        which=st.integers(0, 3),
        how=st.sampled_from(["wrong", "stale", "theirs", "ahead", "nothing"]),
    )
    def cheats(self, which: int, how: str) -> None:
        self.cheat(self.open[which % len(self.open)], how)

    def cheat(self, begun: Begun, how: str) -> None:
        step = begun.answer.step
        assert step is not None
        asked = [f.name for f in step.fields if f.kind == "code"]
        if how == "wrong":
            inputs = dict.fromkeys(asked, "000000")
        elif how == "stale":
            inputs = {name: begun.used[name] for name in asked if name in begun.used}
        elif how == "theirs":
            inputs = {name: self.their_code() for name in asked}
        elif how == "ahead":
            inputs = {"new_totp": "123456"} if begun.answer.flow.action == "bind_totp" else {}
        else:
            inputs = {}
        if how in ("wrong", "stale", "theirs") and not inputs:
            return
        before = len(begun.answer.step.fields) if begun.answer.step else 0
        after = self.submit(begun, inputs)
        cheated[how] += 1
        if isinstance(after, Answer):
            assert after.flow.status != "done" or after.result is None, how
            if after.step is not None and how != "nothing":
                assert after.step.id == step.id or len(after.step.fields) >= before, how

    @rule(time=st.sampled_from(["31s", "31s", "2m", "2m", "6m", "31m", "25h"]))
    def waits(self, time: str) -> None:
        with psycopg.connect(World.database.owner_url, autocommit=True) as owner:
            owner.execute(
                "update clock set shift = shift + %s::interval", [time.replace("m", " min")]
            )

    def teardown(self) -> None:
        """Every history ends with each kind of cheating at a binding that asks for a code."""
        if not getattr(self, "owner", None):
            return
        for how in ("wrong", "theirs", "ahead"):
            self.signs_in_to_the_end()
            if self.owner.caller.session is not None:
                self.begin("bind_totp", self.owner)
                if self.open:
                    self.cheat(self.open[0], how)
        self.holds_only_move_later_and_shut_every_way_out()
        self.what_is_bound_stays_bound()

    # ── what must hold after every move ─────────────────────────────────────────────────────────

    @invariant()
    def holds_only_move_later_and_shut_every_way_out(self) -> None:
        if not getattr(self, "owner", None) or not self.owner.account:
            return
        holds = World.portvakt.reads.holds(self.owner.account)
        for hold in holds:
            assert hold["ends"] >= self.ends.get(hold["id"], hold["ends"])
            self.ends[hold["id"]] = hold["ends"]
        if holds:
            made = World.portvakt.decider.may(self.owner.account, "withdraw", {}, service="machine")
            assert not isinstance(made, Problem)
            if made.decision == "allow":
                assert not World.portvakt.reads.holds(self.owner.account)
            trade = World.portvakt.decider.may(self.owner.account, "trade", {}, service="machine")
            assert not isinstance(trade, Problem)
            assert trade.decision == "allow"

    @invariant()
    def what_is_bound_stays_bound(self) -> None:
        if not getattr(self, "owner", None) or not self.owner.account:
            return
        with World.portvakt.db.tx() as tx:
            facts = accounts.facts(tx, self.owner.account)
        kinds = second_factors(facts)
        assert facts.factor("password") is not None
        assert ("totp" in kinds) == (self.key is not None)

    # ── how it is done ──────────────────────────────────────────────────────────────────────────

    def begin(self, action: str, by: Holder) -> Begun:
        answer = World.portvakt.door.start(action, {}, by.caller)
        if isinstance(answer, Problem):  # a session that has ended in the meantime
            self.owner.caller = replace(self.owner.caller, session=None, session_token=None)
            return Begun(Answer(_GONE), "", by)
        begun = Begun(answer, str(answer.flow.token), by)
        self.took(begun, answer)
        self.flows.append(begun)
        return begun

    def submit(self, begun: Begun, inputs: dict[str, str]) -> Answer | Problem:
        answer = World.portvakt.door.submit(
            begun.answer.flow.id, begun.token, begun.by.caller, inputs=inputs
        )
        if isinstance(answer, Answer):
            self.took(begun, answer)
        return answer

    def answer_right(self, begun: Begun) -> None:
        step = begun.answer.step
        if step is None or begun.answer.flow.status != "open":
            return
        inputs = {f.name: v for f in step.fields if (v := self.right(begun, f.name)) is not None}
        answer = self.submit(begun, inputs)
        if isinstance(answer, Answer) and answer.refusal is None:
            begun.used |= {n: v for n, v in inputs.items() if n != "password"}

    def right(self, begun: Begun, name: str) -> str | None:
        sandbox = World.portvakt.sandbox
        assert sandbox is not None
        match name:
            case "identifier":
                return self.identifier
            case "robot":
                return "sandbox"
            case "password" | "new_password":
                return PASSWORD
            case "new_email" | "new_phone":
                return self.address[name.removeprefix("new_")]
            case "totp" | "new_totp":
                key = begun.totp_key if name == "new_totp" else self.key
                return pyotp.TOTP(key).at(sandbox.now()) if key else None
            case "email_code" | "sms_code" | "new_email_code" | "new_phone_code":
                to = self.address["phone" if "sms" in name or "phone" in name else "email"]
                codes = [m["code"] for m in sandbox.messages(to) if m["code"]]
                return str(codes[0]) if codes else None
        return None

    def their_code(self) -> str:
        """A code that was really sent, to somebody else and for something else."""
        self.other.start("sign_up", identifier=f"x{self.other.email}", robot="sandbox")
        return self.other.code(f"x{self.other.email}")

    def took(self, begun: Begun, answer: Answer) -> None:
        """Looks at every answer: an account that is named once is named for good; secrets and
        sessions come with the end of a flow alone."""
        begun.answer = replace(answer, flow=replace(answer.flow, token=None))
        if answer.flow.account is not None:
            assert begun.account in (None, answer.flow.account)
            begun.account = answer.flow.account
        if answer.result and "session_token" in answer.result:
            assert answer.flow.status == "done"
        for show in answer.step.show if answer.step else ():
            if show.kind == "totp_key":
                begun.totp_key = show.data["key"]
        if answer.flow.status == "done" and answer.refusal is None:
            self.finished(begun, answer)

    def finished(self, begun: Begun, answer: Answer) -> None:
        action = answer.flow.action
        completed[action] += 1
        if action in ("sign_up", "sign_in"):
            self.owner.enters(answer)
        elif action == "bind_totp":
            self.key = begun.totp_key
        elif action == "end_session":
            self.owner.caller = replace(self.owner.caller, session=None, session_token=None)


def replace_caller(holder: Holder, caller: object) -> Holder:
    twin = Holder(holder.portvakt, email=holder.email, account=holder.account)
    twin.caller = caller  # type: ignore[assignment]
    return twin


_GONE = FlowView("flw_gone", "none", "expired", datetime.min)


@pytest.mark.proves("S5", "S20", "S74", "A40", "A46", "A54")
@pytest.mark.timeout(240)
def test_no_history_gets_past_a_proof_a_hold_or_an_account(
    portvakt: Portvakt, database: Database  # noqa: F811
) -> None:  # fmt: skip
    World.portvakt, World.database = portvakt, database
    completed.clear()
    run_state_machine_as_test(
        Histories,
        settings=settings(max_examples=12, stateful_step_count=22, deadline=None, derandomize=True,
                          suppress_health_check=list(HealthCheck), database=None),
    )  # fmt: skip
    assert set(completed) >= set(ACTIONS), completed
    assert set(cheated) >= {"wrong", "theirs", "ahead"}, cheated
