"""What no row may do to any account, whatever is bound, held, locked, frozen, removed or waiting."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portvakt import rules
from portvakt.factors.base import Kit, Scene
from portvakt.model import Caller, Facts, Proof
from portvakt.policy import ACTIONS, PROTECTED, Ask
from portvakt.store.tx import Tx
from tests.rules.shapes import CALENDAR, LIVES, NOW, case_of, facts, flow_of, walked

DAY = timedelta(hours=24)
actions = st.sampled_from(sorted(ACTIONS))
taken = st.lists(st.integers(0, 2), min_size=1, max_size=4).map(tuple)
AGREES = {id for id, row in ACTIONS.items() if any(Ask.AGREE in p.asks for p in row.pages)}
SECONDS = {Ask.SECOND_IF_BOUND, Ask.SECOND_OR_CODE, Ask.SECOND_APPROVING}


@pytest.mark.proves("S74")
@given(actions, facts(), taken)
def test_the_pages_of_a_row_come_in_its_order_and_none_twice(
    action: str, shape: Facts, offers: tuple[int, ...]
) -> None:
    order = [p.id for p in ACTIONS[action].pages]
    flow = flow_of(action)
    met = [n.id for n in rules.needs(case_of(ACTIONS[action], shape, flow), flow)]
    assert met == sorted(met, key=order.index)
    assert len(set(met)) == len(met)
    assert len(walked(action, shape, offers=offers)) <= len(order)


@pytest.mark.proves("S74", "A46", "A36")
@given(actions, facts(), taken, st.booleans())
def test_nothing_proves_two_steps_of_one_flow(
    action: str, shape: Facts, offers: tuple[int, ...], signed_in: bool
) -> None:
    more = {"session": "ses_1"} if signed_in else {}
    asked = [f for fields in walked(action, shape, offers=offers, **more) for f in fields]
    proofs = [f for f in asked if f in rules.AUTHORITY_FIELDS]
    assert len(set(proofs)) == len(proofs), asked


@pytest.mark.proves("S4", "S102", "A31")
@given(actions, facts(), taken)
def test_a_second_factor_is_never_weaker_than_the_strongest_that_was_not_used(
    action: str, shape: Facts, offers: tuple[int, ...]
) -> None:
    """Whatever else is offered on such a page is a recovery code, or where a passkey is asked the authenticator
    app, and only where the row takes it."""
    row, strength = ACTIONS[action], rules.second_factors(shape)
    pages = {p.id for p in row.pages if SECONDS & set(p.asks)}
    flow = flow_of(action, session="ses_1", given={"identifier_kind": shape.channels[0].kind})
    used: set[str] = set()
    for need in rules.needs(case_of(row, shape, flow), flow):
        if need.id in pages:
            (asked,) = need.fields
            left = [s for s in strength if s not in used]
            codes = {rules.CODE_OF[c.kind] for c in shape.channels} - used
            assert asked == left[0] if left else asked in codes
            instead = {"recovery_code"} if row.recovery_code else set()
            instead |= {"totp"} if row.totp_for_passkey and asked == "passkey" else set()
            assert set(need.offers) <= instead
        used |= set(need.fields)


@pytest.mark.proves("S21", "S38", "S67")
@given(actions, facts())
def test_agreement_is_asked_exactly_where_there_is_a_hold_a_quarantine_or_a_wait(
    action: str, shape: Facts
) -> None:
    row, flow = ACTIONS[action], flow_of(action)
    case = case_of(row, shape, flow)
    cause = rules.consequences(case)
    costs = bool(cause.hold_until or cause.hold_when or cause.quarantine or cause.wait_until)
    asked = [n.fields for n in rules.needs(case, flow)]
    # first of all; in a report with the form, when what is lost is known
    at = 0 if row.pages and Ask.AGREE in row.pages[0].asks else len(asked) - 1
    if action in AGREES:
        assert ("agree" in asked[at] if asked else False) == costs
    assert not any("agree" in f for i, f in enumerate(asked) if i != at), "there, or not at all"


@pytest.mark.proves("S20", "S33", "S100", "A55")
@given(actions, facts())
def test_consequences_are_never_weaker_than_the_row(action: str, shape: Facts) -> None:
    row = ACTIONS[action]
    cause = rules.consequences(case_of(row, shape))
    reviewed = CALENDAR.end_of(row.review.earliest, NOW) - NOW if row.review else timedelta(0)
    waits: timedelta | None = max(reviewed, row.wait or timedelta(0))
    if row.wait_chosen:
        assert shape.account is not None
        waits = timedelta(days=shape.account.lock_days or 0)
    effect = NOW + (waits or timedelta(0))
    assert cause.wait_until == (effect if waits else None)
    if row.hold and not row.hold[-1].when:  # a last rule without conditions is for all the rest
        least = min(rule.lasts for rule in row.hold)
        assert (cause.hold_until or effect) >= effect + least
        if not any(rule.when for rule in row.hold):
            assert cause.hold_until == effect + row.hold[0].lasts
    if not row.ends_when and row.ends != "named":
        assert cause.ends_sessions == row.ends
    if not row.tells_when:
        assert cause.tells == row.tells
    assert cause.held_meanwhile == row.held_meanwhile


@pytest.mark.proves("S37", "S68")
@given(actions, facts())
def test_every_identifier_that_is_given_up_is_kept_from_everybody(
    action: str, shape: Facts
) -> None:
    row = ACTIONS[action]
    cause = rules.consequences(case_of(row, shape))
    effect = cause.wait_until or NOW
    given_up = {c.key for c in shape.channels if c.kind in (*row.releases, *row.loses)}
    assert {key for _, key, _ in cause.quarantine} == given_up
    assert all(until == effect + timedelta(days=30) for _, _, until in cause.quarantine)


@pytest.mark.proves("S27", "S104")
@given(facts())
def test_a_reset_inside_the_settings_lock_is_held_until_it_opens(shape: Facts) -> None:
    cause = rules.consequences(case_of(ACTIONS["reset_password"], shape))
    assert shape.account is not None
    locked = shape.account.lock_days is not None
    assert cause.hold_when == ("settings_unlocked" if locked else None)
    assert cause.hold_until == NOW + (DAY if shape.device_known else 2 * DAY)


@pytest.mark.proves("S91", "A31")
@given(facts(), st.sampled_from(sorted(PROTECTED)))
def test_what_was_bound_within_a_day_approves_nothing_unless_by_the_founder(
    shape: Facts, action: str
) -> None:
    second = rules.second_factors(shape)
    kind, ripe = rules.approver(shape, NOW, LIVES)
    reasons = {r.id for r in rules.judge(PROTECTED[action], shape, NOW, LIVES, approved=False)}
    if not second:
        assert (kind, ripe) == (None, None)
        assert ("bind_second_factor_first" in reasons) == PROTECTED[action].second_factor
        return
    ages = {rules.CODE_OF[c.kind]: (c.bound_at, c.founding) for c in shape.channels}
    ages |= {f.kind: (f.bound_at, f.founding) for f in shape.factors}
    bound_at, founding = ages[second[0]]
    young = not founding and bound_at + DAY > NOW
    assert kind == second[0], "an older and weaker one does not stand in"
    assert (ripe is not None) == young
    assert ("factor_too_new" in reasons) == (young and PROTECTED[action].step_up == "always")


@pytest.mark.proves("S94", "A19")
@given(facts(), st.integers(0, 4))
def test_the_authenticator_goes_only_where_the_minimum_remains(shape: Facts, minimum: int) -> None:
    assume(shape.account is not None and shape.account.state == "active")
    assert shape.account is not None
    shape = replace(shape, account=replace(shape.account, lock_days=None))
    row = replace(ACTIONS["unbind_totp"], minimum_level=minimum)
    refused = rules.refusal(case_of(row, shape))
    if shape.factor("totp") is None:
        assert refused is not None
        assert refused.id == "not_bound"
        return
    left = replace(shape, factors=tuple(f for f in shape.factors if f.kind != "totp"))
    below = rules.level(left) < minimum
    assert (refused.id if refused else None) == ("below_minimum" if below else None)


@pytest.mark.proves("S76")
@given(facts(), st.sampled_from(["email", "phone"]))
def test_a_channel_goes_only_where_another_and_an_authenticator_remain(
    shape: Facts, kind: str
) -> None:
    refused = rules.refusal(case_of(ACTIONS[f"unbind_{kind}"], shape))
    if refused is None:
        assert len(shape.channels) == 2
        assert shape.factor("totp") is not None or shape.factor("passkey") is not None


@given(actions, facts())
@pytest.mark.proves("S91")
def test_a_closed_account_may_nothing_and_a_frozen_or_locked_one_what_its_row_writes(
    action: str, shape: Facts
) -> None:
    row, account = ACTIONS[action], shape.account
    assert account is not None
    refused = rules.refusal(case_of(row, shape))
    if account.state == "closed" and not row.when_closed:
        assert refused is not None
        assert refused.id == "account_closed"
    elif account.state == "frozen" and not row.when_frozen:
        assert refused is not None
        assert refused.id == ("frozen_by_staff" if account.frozen_by_staff else "account_frozen")
    elif account.lock_days is not None and not row.when_locked:
        assert refused is not None
        assert refused.id == "settings_locked"


def _told(action: str, shape: Facts) -> rules.Case:
    kit = cast(
        Kit,
        SimpleNamespace(
            lives=LIVES,
            calendar=CALENDAR,
            support=None,
            ways=rules.SELF_NAMING,
            staff_by_passkey=True,
        ),
    )
    flow = flow_of(action, account=None)
    return Scene(cast(Tx, None), kit, action, ACTIONS[action], flow, shape, Caller(), NOW).told


@pytest.mark.proves("A01", "A03")
@given(actions, facts(), facts(), st.booleans())
def test_what_is_told_before_a_proof_says_nothing_of_the_account(
    action: str, one: Facts, other: Facts, device_seen: bool
) -> None:
    nobody = Facts(device_seen=device_seen)
    told = [_told(action, replace(f, device_seen=device_seen)) for f in (one, other, nobody)]
    assert told[0] == told[1] == told[2]


@pytest.mark.proves("A01", "A03")
@given(actions, facts(), st.sampled_from(["email", "phone"]), st.booleans())
def test_a_stranger_is_asked_the_same_for_a_known_and_an_unknown_identifier(
    action: str, shape: Facts, kind: str, attacked: bool
) -> None:
    """Until something is proven about the account: page after page, field for field."""
    row = ACTIONS[action]
    assume(not row.session)
    strange = replace(shape, device_known=False, device_seen=False, under_attack=attacked)
    nobody = Facts(under_attack=attacked)
    given_: dict[str, Any] = {"identifier": "x", "identifier_kind": kind, "agree": "yes"}
    for flow in (flow_of(action, account=None),
                 flow_of(action, account=None, given=given_, proofs=(Proof("robot", NOW),))):  # fmt: skip
        known, unknown = (rules.needs(case_of(row, f, flow), flow) for f in (strange, nobody))
        assert rules.current(known) == rules.current(unknown)
