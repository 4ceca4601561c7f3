"""Recovery codes: their owner's, once, from the newest set, and not to be guessed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portvakt.asking import inputs
from portvakt.policy import ACTIONS
from tests.attacks.conftest import Sql
from tests.attacks.doing import messages, offers, proof, refusal, secured
from tests.attacks.test_a15_a22_races import Call, moves, results, together
from tests.people import Json, Person


def with_codes(owner: Person) -> list[str]:
    """New codes, shown once and kept."""
    flow = owner.start("new_recovery_codes", agree=True)
    shown = owner.move(flow, inputs={"totp": proof(owner, "totp")})
    codes = next(s["codes"] for s in shown["step"]["show"] if s["kind"] == "recovery_codes")
    assert owner.move(flow, inputs={"kept": True})["flow"]["status"] == "done"
    return list(codes)


def at_the_second_step(
    stranger: Callable[..., Person], owner: Person, at: int = 0
) -> tuple[Person, Json]:
    who = stranger(at=at, like=owner)
    flow = who.sign_in()
    assert "recovery_code" in offers(flow)
    who.move(flow, offer="recovery_code")
    return who, flow


@pytest.mark.proves("A29")
def test_a_recovery_code_is_worth_something_to_its_owner_alone_and_once(
    at_nodes: Callable[..., Person],
) -> None:
    """Another's code, a used one, respelled, one of a set that was replaced, one shown but not kept."""
    owner, other = secured(at_nodes()), secured(at_nodes())
    codes, theirs = with_codes(owner), with_codes(other)
    who, flow = at_the_second_step(at_nodes, owner)
    assert refusal(who.move(flow, inputs={"recovery_code": theirs[0]})) == "sign_in_failed"
    respelled = f" {codes[0].lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "
    assert who.move(flow, inputs={"recovery_code": respelled})["flow"]["status"] == "done"
    for used in (codes[0], respelled, codes[0].replace("-", "")):
        who, flow = at_the_second_step(at_nodes, owner)
        assert refusal(who.move(flow, inputs={"recovery_code": used})) == "sign_in_failed", used
    # shown to a thief who did not say that he kept them: the owner's old ones still count, his do not
    begun = other.start("new_recovery_codes", agree=True)
    shown = other.move(begun, inputs={"totp": proof(other, "totp")})
    planted = next(s["codes"] for s in shown["step"]["show"] if s["kind"] == "recovery_codes")
    who, flow = at_the_second_step(at_nodes, other)
    assert refusal(who.move(flow, inputs={"recovery_code": planted[0]})) == "sign_in_failed"
    assert who.move(flow, inputs={"recovery_code": theirs[1]})["flow"]["status"] == "done"
    newer = with_codes(other)
    who, flow = at_the_second_step(at_nodes, other)
    assert refusal(who.move(flow, inputs={"recovery_code": theirs[2]})) == "sign_in_failed"
    assert who.move(flow, inputs={"recovery_code": newer[0]})["flow"]["status"] == "done"


@pytest.mark.proves("A29", "A22")
def test_one_recovery_code_at_once_in_many_flows_signs_in_once(
    at_nodes: Callable[..., Person], sql: Sql
) -> None:
    """In four flows, twenty POSTs over two processes: one session."""
    owner = secured(at_nodes())
    code = {"recovery_code": with_codes(owner)[0]}
    calls: list[Call] = []
    for number in range(4):
        who, flow = at_the_second_step(at_nodes, owner, number % 2)
        calls += moves([who] * 5, flow, code)
    assert len(results(together(calls))) == 1
    spent = sql(
        "select count(*) from recovery_codes where account = %s and used_at is not null",
        owner.account,
    )
    assert spent == [(1,)]


@pytest.mark.proves("A24", "A29")
def test_recovery_codes_are_guessed_over_all_flows_together(
    at_nodes: Callable[..., Person],
) -> None:
    """Each flow tries one; after five the right one is not looked at either, from an unknown device."""
    owner = secured(at_nodes())
    codes = with_codes(owner)
    told = []
    for number in range(7):
        who, flow = at_the_second_step(at_nodes, owner)
        told.append(
            refusal(who.move(flow, inputs={"recovery_code": f"AAAA-BBBB-CCCC-DDD{number}"}))
        )
    assert told == ["sign_in_failed"] * 5 + ["too_many_tries"] * 2
    who, flow = at_the_second_step(at_nodes, owner)
    assert who.move(flow, inputs={"recovery_code": codes[0]})["result"] is None


@pytest.mark.proves("A29", "A82", "S20")
def test_a_recovery_code_costs_a_hold_is_told_and_opens_nothing_that_moves_value(
    at_nodes: Callable[..., Person], sql: Sql
) -> None:
    """A found sheet of paper signs in and no more: no unbinding, approval, payout address or new codes."""
    takes = {id for id, row in ACTIONS.items() if "recovery_code" in inputs(row)}
    assert takes == {"sign_in", "reset_password", "unfreeze_account"}
    owner = secured(at_nodes())
    codes = with_codes(owner)
    who, flow = at_the_second_step(at_nodes, owner)
    who.enter(who.move(flow, inputs={"recovery_code": codes[0]}))
    holds = sql("select extract(epoch from ends_at - starts_at) from holds where account = %s and cause = 'sign_in'",
                owner.account)  # fmt: skip
    assert [int(h[0]) for h in holds] == [86_400]
    assert "ecovery code" in messages(owner)[0]["text"]
    for action in ("unbind_email", "unbind_totp", "new_recovery_codes", "add_payout_address"):
        given = (
            {"asset": "BTC", "address": "bc1q"}
            if action == "add_payout_address"
            else {"agree": True}
        )
        begun = who.start(action, **given)
        assert offers(begun) == []
        moved = who.ask("POST", f"/v1/flows/{begun['flow']['id']}", json={"inputs": {"recovery_code": codes[1]}},
                        headers={"Flow-Token": begun["flow"]["token"]})  # fmt: skip
        assert moved.status_code == 422, action
        assert who.move(begun, inputs={"totp": codes[1]})["result"] is None


@pytest.mark.proves("A29", "A40")
def test_codes_that_were_never_shown_are_not_kept(
    at_nodes: Callable[..., Person], sql: Sql
) -> None:
    """Everything sent at once: the codes are shown first, and only then count (it was an error of ours)."""
    owner = secured(at_nodes())
    code = proof(owner, "totp")
    flow = owner.start("new_recovery_codes", agree=True, totp=code, kept=True)
    assert flow["step"]["id"] == "recovery_codes"
    assert [s["kind"] for s in flow["step"]["show"]] == ["recovery_codes"]
    assert sql("select count(*) from recovery_codes where account = %s", owner.account) == [(0,)]
    assert owner.move(flow, inputs={"kept": True})["flow"]["status"] == "done"
