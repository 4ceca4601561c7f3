"""The rules, over every shape of account that there can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvakt import rules
from portvakt.model import Facts, Flow, Proof
from portvakt.policy import ACTIONS, PROTECTED, Ask, When
from portvakt.settings import parse_duration
from portvakt.tighten import PolicyError, tightened
from tests.rules.shapes import (
    ACCOUNT,
    LIVES,
    NOW,
    case_of,
    channels_of,
    factors_of,
    facts,
    flow_of,
    with_password,
)

ON_THE_LIST = (True, None)


@pytest.mark.proves("S4", "S102", "A31")
@given(facts())
def test_the_strongest_bound_factor_is_asked_and_there_is_no_way_down(shape: Facts) -> None:
    second = rules.second_factors(shape)
    password = Flow("f", "sign_in", "open", NOW, NOW, account=ACCOUNT,
                    given={"identifier": "x"}, proofs=(Proof("password", NOW),))  # fmt: skip
    need = rules.current(rules.needs(case_of(ACTIONS["sign_in"], shape, password), password))
    if not second:
        assert need is None or need.id != "second_factor"
        return
    assert need is not None
    if need.id == "second_factor":
        assert need.missing == (second[0],)
        # a recovery code is kept apart, costs a hold and is told, and so does the app where a passkey
        # is bound: no way down is free (policy.md)
        weaker = ("totp",) if {"passkey", "totp"} <= set(second) else ()
        assert need.offers == (*weaker, *(("recovery_code",) if shape.codes_left else ()))
        order = rules.SECOND_FACTORS
        assert all(order.index(second[0]) <= order.index(other) for other in second)


@pytest.mark.proves("S6", "S101", "S30")
@given(facts())
def test_a_registered_identifier_alone_is_no_second_factor_and_anything_more_is(
    shape: Facts,
) -> None:
    kinds = {f.kind for f in shape.factors}
    more = len(shape.channels) > 1 or kinds & {"totp", "passkey"}
    assert bool(rules.second_factors(shape)) == bool(more)


@pytest.mark.proves("S94")
@given(facts())
def test_binding_something_more_never_lowers_the_security_level(shape: Facts) -> None:
    richer = replace(shape, factors=factors_of({f.kind for f in shape.factors} | {"totp"}))
    assert 0 <= rules.level(shape) <= rules.level(richer) <= 4
    both = replace(richer, channels=channels_of(("email", "phone")))
    assert rules.level(richer) <= rules.level(both)


@given(st.sampled_from(sorted(ACTIONS)), facts())
def test_every_row_can_be_evaluated_for_every_account(action: str, shape: Facts) -> None:
    row = ACTIONS[action]
    flow = flow_of(action)
    case = case_of(row, shape, flow)
    found = rules.needs(case, flow)
    order = [p.id for p in row.pages]
    assert [n.id for n in found] == [p for p in order if p in {n.id for n in found}], "fixed order"
    cause = rules.consequences(case)
    assert cause.hold_until is None or cause.hold_until > NOW
    rules.refusal(case)


@pytest.mark.proves("S34", "S87")
@given(st.sampled_from(["bind_totp", "bind_email", "bind_phone", "add_passkey"]), facts())
def test_nothing_is_ever_bound_by_a_session_alone(action: str, shape: Facts) -> None:
    flow = flow_of(action, session="ses_1")
    asked = rules.needs(case_of(ACTIONS[action], shape, flow), flow)
    proofs = {f for n in asked for f in n.fields} & {"totp", "sms_code", "email_code", "passkey"}
    assert proofs, "a session proves nothing by itself (policy.md)"


@pytest.mark.proves("S20", "A55")
@given(st.sampled_from(["bind_totp", "bind_email", "bind_phone", "add_passkey"]), facts())
def test_binding_is_free_the_first_time_only_and_holds_after_any_removal(
    action: str, shape: Facts
) -> None:
    row = ACTIONS[action]
    lately = any(when > NOW - timedelta(days=7) for _, when in shape.removed)
    before = row.kind in {kind for kind, _ in shape.removed} | {f.kind for f in shape.factors}
    cause = rules.consequences(case_of(row, shape))
    wanted = NOW + timedelta(hours=24) if lately or before else None
    assert cause.hold_until == wanted


@given(facts(), st.sampled_from(sorted(PROTECTED)))
@pytest.mark.proves("S91", "S92")
def test_no_way_out_is_open_inside_a_hold_and_trading_is(shape: Facts, action: str) -> None:
    reasons = rules.judge(PROTECTED[action], shape, NOW, LIVES, approved=True, listed=ON_THE_LIST)
    account = shape.account
    assert account is not None
    held = any(h.ends and h.ends > NOW for h in shape.holds)
    if action == "trade":
        assert not [r for r in reasons if r.id == "hold"]
    elif held or account.state != "active" or not rules.second_factors(shape):
        assert reasons
    else:
        assert not reasons


@pytest.mark.proves("S91")
@given(facts())
def test_an_unknown_protected_action_is_denied(shape: Facts) -> None:
    assert [r.id for r in rules.judge(None, shape, NOW, LIVES, approved=True)] == ["unknown_action"]


@given(facts(), st.integers(0, 600))
def test_a_proof_is_fresh_for_five_minutes(shape: Facts, seconds: int) -> None:
    proof = Proof("password", NOW - timedelta(seconds=seconds))
    flow = flow_of("sign_in", given={"identifier": "x"}, proofs=(proof,))
    first = rules.needs(case_of(ACTIONS["sign_in"], with_password(shape), flow), flow)[0]
    assert ("password" in first.met) == (seconds < 300)


@pytest.mark.proves("S97")
@given(st.sampled_from(sorted(ACTIONS)), st.sampled_from(["hold", "new_device_hold", "quarantine", "flow_life"]),
       st.sampled_from(["0s", "1m", "1h", "24h", "48h", "30d"]))  # fmt: skip
def test_settings_never_make_a_row_weaker_unless_it_says_so(
    action: str, key: str, value: str
) -> None:
    try:
        row = tightened({action: {key: value}}, parse_duration)[action]
    except PolicyError:
        return
    old = ACTIONS[action]
    assert row.life <= old.life
    assert (row.quarantine or timedelta(0)) >= (old.quarantine or timedelta(0))
    shapes = [
        Facts(None, factors_of({"password"}), channels_of(("email",)), device_known=known)
        for known in (True, False)
    ]
    for shape in shapes:
        before = rules.consequences(case_of(old, shape)).hold_until or NOW
        after = rules.consequences(case_of(row, shape)).hold_until or NOW
        assert after >= before


def test_every_condition_and_every_word_of_the_table_is_understood() -> None:
    assert set(rules.CONDITIONS) == set(When)
    assert set(rules.FIELDS_OF) == set(Ask)
