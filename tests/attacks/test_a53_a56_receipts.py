"""An approval is for one thing, once, while no hold begins: receipts and the decisions before them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.attacks.conftest import Sql
from tests.attacks.doing import (
    DETAILS,
    NEW_PASSWORD,
    Platform,
    approved,
    does,
    proof,
    refusal,
    secured,
)
from tests.attacks.test_a15_a22_races import Call, moves, together
from tests.people import PASSWORD, Person

OTHERS = (
    {**DETAILS, "amount": "1.0"}, {**DETAILS, "to": "bc1qthief"}, {**DETAILS, "asset": "btc"}, {**DETAILS, "fee": ""},
    {k: v for k, v in DETAILS.items() if k != "amount"}, {**DETAILS, "amount": 1}, {**DETAILS, "to": " bc1qexample"},
)  # fmt: skip


@pytest.mark.proves("A42", "A22", "A53")
def test_a_receipt_redeemed_fifty_times_at_once_over_two_processes_is_redeemed_once(
    at_nodes: Callable[..., Person], sql: Sql
) -> None:
    """Two workers of the exchange pay out the same withdrawal: one is told yes."""
    owner = secured(at_nodes())
    receipt = approved(owner, Platform(owner))
    workers = [Platform(at_nodes(at=n % 2)) for n in range(50)]
    calls: list[Call] = [partial(w.redeems, receipt) for w in workers]
    told = [a.status_code for a in together(calls, allowed=(200, 409, 503))]
    assert told.count(200) == 1
    assert sql(
        "select count(*) from events where event = 'redeemed' and account = %s", owner.account
    ) == [(1,)]


@pytest.mark.proves("A42", "A22")
def test_one_decision_is_approved_once_however_many_try_at_once(
    at_nodes: Callable[..., Person], sql: Sql
) -> None:
    """Twenty copies of the approving POST, and five flows for one decision: one receipt."""
    owner = secured(at_nodes())
    decision = Platform(owner).asks(owner.account)["id"]
    flows = [owner.start("approve_protected_action", decision=decision) for _ in range(5)]
    code = {"totp": proof(owner, "totp")}
    nodes = [at_nodes(at=n % 2, like=owner) for n in range(4)]
    for node in nodes:
        node.session = owner.session
    calls = [call for flow in flows for call in moves(nodes, flow, code)]
    receipts = [
        a.json()["result"] for a in together(calls) if a.status_code == 200 and a.json()["result"]
    ]
    assert len(receipts) == 1
    assert sql("select count(*) from receipts where account = %s", owner.account) == [(1,)]
    late = owner.start("approve_protected_action", decision=decision)
    assert refusal(late) == "no_such_decision"


@pytest.mark.proves("A56", "S91")
def test_a_receipt_is_for_exactly_what_was_approved(
    at_nodes: Callable[..., Person], sql: Sql
) -> None:
    """Other details by a sign, another action, another account, another service, too late: refused; and
    with other details it is void, so that nobody tries until one fits."""
    owner, other = secured(at_nodes()), secured(at_nodes())
    platform = Platform(owner)
    for details in OTHERS:
        receipt = approved(owner, platform)
        asked = platform.asks(owner.account, details=details, receipt=receipt)
        # details that could not be shown as they are get no approval at all (A93)
        unfit = any(str(value) != str(value).strip() for value in details.values())
        assert asked["decision"] == ("deny" if unfit else "step_up"), details
        assert platform.redeems(receipt, details).status_code == 409, details
        assert platform.redeems(receipt).status_code == 409, "void from then on"
    receipt = approved(owner, platform)
    assert (
        platform.asks(owner.account, "internal_transfer", receipt=receipt)["decision"] == "step_up"
    )
    assert platform.asks(other.account, receipt=receipt)["decision"] == "step_up"
    sql("insert into services (client_id, secret_hash, created_at) "
        "select 'another', secret_hash, created_at from services")  # fmt: skip
    sql("update receipts set service = 'another' where id = %s", receipt)
    assert platform.redeems(receipt).status_code == 404
    assert platform.asks(owner.account, receipt=receipt)["decision"] == "step_up"
    sql("update receipts set service = 'platform' where id = %s", receipt)
    assert platform.asks(owner.account, receipt=receipt)["decision"] == "allow"
    owner.wait("5m")
    assert platform.redeems(receipt).status_code == 409
    assert platform.asks(owner.account, receipt=receipt)["decision"] == "step_up"
    fresh = approved(owner, platform)
    assert platform.redeems(fresh).status_code == 200
    assert platform.asks(owner.account, receipt=fresh)["decision"] == "step_up", "spent"


@pytest.mark.proves("A56")
def test_a_decision_asked_for_one_session_is_approved_by_no_other(
    at_nodes: Callable[..., Person], sql: Sql
) -> None:
    """A thief who has a session of his own does not approve what the owner began, nor a stale question."""
    owner = secured(at_nodes())
    platform = Platform(owner)
    mine = next(s["id"] for s in owner.ask("GET", "/v1/me/sessions").json() if s["this"])
    elsewhere = at_nodes(like=owner)
    elsewhere.enter(elsewhere.move(elsewhere.sign_in(), inputs={"totp": proof(owner, "totp")}))
    decision = platform.asks(owner.account, session=mine)["id"]
    assert (
        refusal(elsewhere.start("approve_protected_action", decision=decision))
        == "no_such_decision"
    )
    assert refusal(owner.start("approve_protected_action", decision=decision)) is None
    stale = platform.asks(owner.account)["id"]
    owner.wait("11m")
    assert refusal(owner.start("approve_protected_action", decision=stale)) == "no_such_decision"


@pytest.mark.proves("A53", "A56", "A113", "S91")
@pytest.mark.parametrize(
    "cause", ["reset_password", "change_password", "freeze_account", "close_account"]
)
def test_nothing_approved_before_a_hold_or_freeze_opens_anything_after_it(
    at_nodes: Callable[..., Person], cause: str
) -> None:
    """Receipt, decision and half-done approval of before, and an allowed answer that was kept; also
    when the hold is over."""
    owner = secured(at_nodes())
    platform = Platform(owner)
    receipt, decision = approved(owner, platform), platform.asks(owner.account)["id"]
    assert platform.asks(owner.account, receipt=receipt)["decision"] == "allow"
    flow = owner.start("approve_protected_action", decision=decision)
    changer = at_nodes(like=owner)
    changer.session, changer.device = owner.session, owner.device
    does(changer, cause)
    told = owner.ask("POST", f"/v1/flows/{flow['flow']['id']}", json={"inputs": {"totp": proof(owner, "totp")}},
                     headers={"Flow-Token": flow["flow"]["token"]})  # fmt: skip
    assert told.status_code == 401 or told.json()["result"] is None
    assert platform.asks(owner.account, receipt=receipt)["decision"] == "deny"
    assert platform.redeems(receipt).status_code == 409
    if cause in ("reset_password", "change_password"):
        owner.wait("48h")
        assert platform.asks(owner.account, receipt=receipt)["decision"] == "step_up"
        assert platform.redeems(receipt).status_code == 409
        owner.session = None
        owner.enter(
            owner.move(
                flow := owner.sign_in(password=NEW_PASSWORD), inputs={"totp": proof(owner, "totp")}
            )
        )
        assert (
            refusal(owner.start("approve_protected_action", decision=decision))
            == "no_such_decision"
        )
        assert flow


@pytest.mark.proves("A53", "S91")
def test_a_step_up_needs_the_strongest_factor_and_no_young_one(
    at_nodes: Callable[..., Person],
) -> None:
    """A thief in the session binds a phone to approve with: it is asked for by nobody, and too young."""
    owner = at_nodes().sign_up()
    owner.wait("2h")  # what is bound now is not the founder's
    owner.enter(owner.sign_in())
    platform = Platform(owner)
    assert [r["id"] for r in platform.asks(owner.account)["reasons"]][
        -1
    ] == "bind_second_factor_first"
    owner.bind_phone()
    denied = platform.asks(owner.account)
    assert denied["decision"] == "deny"
    assert "factor_too_new" in [r["id"] for r in denied["reasons"]]
    owner.wait("24h")
    assert platform.asks(owner.account)["decision"] == "step_up"
    assert PASSWORD
