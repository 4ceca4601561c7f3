"""A reset happens once, and what was half open before it is dead afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.attacks.conftest import Sql
from tests.attacks.doing import (
    NEW_PASSWORD,
    Platform,
    approved,
    does,
    fields,
    messages,
    proof,
    refusal,
    secured,
)
from tests.people import PASSWORD, Person

MINE = "tjuvens egna fem ord har"


@pytest.mark.proves("A42", "S89")
@pytest.mark.parametrize("change", ["reset_password", "change_password"])
def test_of_several_resets_under_way_one_succeeds_and_the_rest_are_dead(
    stranger: Callable[..., Person], change: str
) -> None:
    """A code sent before a reset, or before the owner changed his password, is worth nothing after it:
    also in a flow that has proven nothing yet, and in one that waits for the new password."""
    owner = stranger().sign_up()
    proven, unproven, mine = stranger(like=owner), stranger(like=owner), owner
    first = proven.start("reset_password", agree=True, identifier=owner.email, robot="sandbox")
    proven.move(first, inputs={"email_code": owner.code()})
    second = unproven.start("reset_password", agree=True, identifier=owner.email, robot="sandbox")
    code = owner.code()
    does(mine, change)
    assert refusal(proven.move(first, inputs={"new_password": MINE})) == "flow_finished"
    told = unproven.move(second, inputs={"email_code": code, "new_password": MINE})
    assert refusal(told) == "wrong_code"
    assert refusal(stranger(like=owner).sign_in(password=NEW_PASSWORD)) is None
    assert refusal(stranger(like=owner).sign_in(password=MINE)) == "sign_in_failed"


@pytest.mark.proves("A42", "A28")
def test_the_code_of_a_reset_works_once(stranger: Callable[..., Person]) -> None:
    """In its own flow again, in another, and after the reset."""
    owner = stranger().sign_up()
    flow = owner.start("reset_password", agree=True, identifier=owner.email, robot="sandbox")
    code = owner.code()
    other = stranger(like=owner)
    second = other.start("reset_password", agree=True, identifier=owner.email, robot="sandbox")
    assert fields(owner.move(flow, inputs={"email_code": code})) == ["new_password"]
    assert refusal(other.move(second, inputs={"email_code": code})) == "wrong_code"
    assert owner.move(flow, inputs={"new_password": NEW_PASSWORD})["flow"]["status"] == "done"
    for inputs in (
        {"email_code": code},
        {"new_password": MINE},
        {"email_code": code, "new_password": MINE},
    ):
        assert refusal(owner.move(flow, inputs=inputs)) == "flow_finished"
    assert refusal(stranger(like=owner).sign_in(password=MINE)) == "sign_in_failed"


@pytest.mark.proves("A43", "A04")
def test_a_reset_is_sent_to_the_bound_address_alone(stranger: Callable[..., Person]) -> None:
    """Never to what was typed, in whatever spelling, nor to an address that is only being bound."""
    owner = stranger().sign_up()
    wanted = stranger().email
    flow = owner.start("bind_phone", new_phone=owner.phone)  # begun, never proven
    owner.move(flow, inputs={"email_code": owner.code()})
    thief, loud = stranger(), owner.email.replace("person", "PERSON")
    before = len(messages(owner))
    for typed in (
        loud,
        owner.email.replace("e", "е", 1),
        f"{owner.email},{wanted}",
        owner.phone,
    ):
        begun = thief.start("reset_password", agree=True, identifier=typed, robot="sandbox")
        for body in ({"offer": "sms_code"}, {"offer": "email_code"}):
            thief.move(begun, **body)
    assert messages(owner, loud) == []
    assert messages(owner, wanted) == []
    phone = messages(owner, owner.phone)
    assert [m["code"] for m in phone[:-1]] == [], "the code that binds it is the only one"
    sent = messages(owner)[: len(messages(owner)) - before]
    assert sent
    assert {m["to"] for m in sent} == {owner.email}


@pytest.mark.proves("A44", "A66", "A64", "S32")
def test_after_a_reset_nothing_of_before_lives(stranger: Callable[..., Person], sql: Sql) -> None:
    """Sessions, remembered devices, half-done sign-ins and changes, what waits, open receipts."""
    owner = secured(stranger())
    platform = Platform(owner)
    receipt = approved(owner, platform)
    pending = platform.asks(owner.account)["id"]
    does(owner, "payout_list_only_on")
    waits = does(owner, "payout_list_only_off")
    half = stranger(like=owner).sign_in()
    binding = owner.start("add_payout_address", asset="BTC", address="bc1qthief")
    approving = owner.start("approve_protected_action", decision=pending)
    elsewhere = stranger(like=owner)
    does(elsewhere, "reset_password")
    assert owner.ask("GET", "/v1/me").status_code == 401
    for flow in (binding, approving):
        told = owner.ask("POST", f"/v1/flows/{flow['flow']['id']}", json={"inputs": {"totp": "000000"}},
                         headers={"Flow-Token": flow["flow"]["token"]})  # fmt: skip
        assert told.status_code == 401
    assert refusal(owner.move(half, inputs={"totp": proof(owner, "totp")})) == "flow_finished"
    assert platform.redeems(receipt).status_code == 409
    assert sql("select voided_at is not null from receipts where id = %s", receipt) == [(True,)]
    (row,) = sql("select status::text from flows where id = %s", waits["flow"]["id"])
    assert row == ("cancelled",)
    owner.wait("24h")
    assert sql("select payout_list_only from accounts where id = %s", owner.account) == [(True,)]
    (devices,) = sql(
        "select count(*) from devices where account = %s and revoked_at is null", owner.account
    )
    assert devices == (0,)
    owner.session = None
    assert fields(owner.sign_in(password=NEW_PASSWORD)) == ["totp"]
    assert refusal(owner.sign_in(password=PASSWORD)) == "sign_in_failed"


@pytest.mark.proves("A45", "S90")
def test_what_was_planted_before_a_recovery_was_told_and_is_listed(
    stranger: Callable[..., Person],
) -> None:
    """A thief with session and mailbox binds his authenticator, phone and recovery codes: each is told to
    the owner's own address, with a way to freeze, and stands in the list of what is bound."""
    owner = stranger().sign_up()
    owner.bind_totp().bind_phone()
    does(owner, "new_recovery_codes")
    told = [m for m in messages(owner) if m["code"] is None]
    for words in ("authenticator app was bound", "mobile number was bound", "recovery codes"):
        found = next(m for m in told if words in m["text"].lower() or words in m["subject"].lower())
        assert "freeze" in [ln["id"] for ln in found["links"]]
    listed = {f["kind"]: f["since"] for f in owner.ask("GET", "/v1/me/factors").json()}
    assert {"totp", "sms_code", "email_code", "password"} <= listed.keys()
    assert all(listed.values())
    done = {row["action"] for row in owner.ask("GET", "/v1/me/activity").json()}
    assert {"bind_totp", "bind_phone", "new_recovery_codes"} <= done
