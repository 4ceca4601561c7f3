"""Every shape of account that there can be, for properties over the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from portvakt import rules
from portvakt.business_days import BusinessDays
from portvakt.model import Account, BoundFactor, Channel, Facts, Flow, Hold, Proof, Waiting
from portvakt.policy import ACTIONS, Lives, Row
from portvakt.rules import Case

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIVES = Lives()
CALENDAR = BusinessDays("SE", UTC)
ACCOUNT = "acc_" + "1" * 32
OLD = NOW - timedelta(days=9)


def factors_of(kinds: set[str], bound: datetime = OLD) -> tuple[BoundFactor, ...]:
    return tuple(BoundFactor(f"fac_{k}", k, bound) for k in sorted(kinds))


def channels_of(kinds: tuple[str, ...], bound: datetime = OLD) -> tuple[Channel, ...]:
    return tuple(Channel(f"chn_{k}", k, f"{k}@x", i == 0, bound, key=k.encode().hex())  # type: ignore[arg-type]
                 for i, k in enumerate(kinds))  # fmt: skip


ages = st.timedeltas(timedelta(seconds=1), timedelta(days=40))
removals = st.lists(
    st.tuples(st.sampled_from(["totp", "email", "phone"]), ages.map(lambda a: NOW - a)), max_size=4
)
holds = st.lists(
    ages.flatmap(lambda a: st.timedeltas(timedelta(seconds=1), timedelta(days=40)).map(
        lambda rest: Hold("hld_1", "sign_in", (), NOW - a, NOW - a + rest))), max_size=3)  # fmt: skip
waiting = st.lists(
    st.tuples(st.sampled_from([id for id, row in ACTIONS.items() if row.wait or row.wait_chosen or row.review]), ages),
    max_size=2,
).map(lambda drawn: tuple(Waiting(f"flw_{i + 7}", id, NOW - age, NOW + age)
                          for i, (id, age) in enumerate(drawn)))  # fmt: skip


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Any account: at least one way in and one channel, whatever else is bound, held or removed."""
    kinds = draw(st.sampled_from([("email",), ("phone",), ("email", "phone"), ("phone", "email")]))
    account = Account(
        ACCOUNT, draw(st.sampled_from(["active", "frozen", "closed"])), NOW - timedelta(days=100),
        "en", None, draw(st.none() | st.integers(1, 30)),
        draw(st.none() | ages.map(lambda a: NOW - a)), draw(st.booleans()),
    )  # fmt: skip
    by_us = account.state == "frozen" and draw(st.booleans())
    account = replace(account, frozen_by_staff=by_us)
    factors = factors_of(
        draw(st.sets(st.sampled_from(["password", "totp", "passkey"]))),
        draw(st.just(OLD) | ages.map(lambda a: NOW - a)),
    )
    channels = tuple(replace(c, bound_at=draw(st.just(OLD) | ages.map(lambda a: NOW - a)), founding=draw(st.booleans()))
                     for c in channels_of(kinds))  # fmt: skip
    codes = draw(st.integers(0, 10))
    return Facts(
        account, factors, channels, tuple(h for h in draw(holds) if h.ends is not None and h.ends > NOW),
        tuple(draw(removals)), draw(waiting), draw(st.booleans()), codes, OLD if codes else None, None,
        draw(st.booleans()), draw(st.booleans()), draw(st.booleans()), draw(st.booleans()),
    )  # fmt: skip


def with_password(shape: Facts) -> Facts:
    return replace(shape, factors=factors_of({f.kind for f in shape.factors} | {"password"}))


def flow_of(action: str, **more: Any) -> Flow:
    made: dict[str, Any] = {"account": ACCOUNT, **more}
    return Flow("flw_1", action, "open", NOW, NOW + timedelta(minutes=30), **made)


def case_of(row: Row, shape: Facts, flow: Flow | None = None, now: datetime = NOW) -> Case:
    return Case(row, shape, now, flow, LIVES, CALENDAR)


def walked(action: str, shape: Facts, *, offers: tuple[int, ...] = (), **more: Any) -> list[list[str]]:  # fmt: skip
    """The fields of each page as somebody meets them who answers page after page; `offers` says which
    of the alternatives is taken on each (0: what is asked first)."""
    row = ACTIONS[action]
    seen: list[list[str]] = []
    flow = flow_of(action, **more)
    for turn in range(len(row.pages) + 1):
        need = rules.current(rules.needs(case_of(row, shape, flow), flow))
        if need is None:
            return seen
        which = offers[turn % len(offers)] if offers else 0
        if which and need.offers:
            choice = {**flow.choice, need.id: need.offers[(which - 1) % len(need.offers)]}
            flow = replace(flow, choice=choice)
            need = rules.current(rules.needs(case_of(row, shape, flow), flow))
            assert need is not None
        seen.append(list(need.fields))
        given = {
            **flow.given,
            **dict.fromkeys(need.missing, "x"),
            "identifier_kind": shape.channels[0].kind,
        }
        proofs = (*flow.proofs, *(Proof(name, NOW) for name in need.missing))
        flow = replace(flow, given=given, proofs=proofs)
    raise AssertionError(f"{action} asks without end: {seen}")
