"""Unbinding takes all three codes, in one flow, in order and in time; nothing is granted by a member more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portvakt import asking
from portvakt.policy import ACTIONS, BEGUN, PROVIDERS
from tests.attacks.conftest import Sql
from tests.attacks.doing import fields, messages, offers, proof, refusal, secured
from tests.people import Json, Person

UNBINDING = ("unbind_email", "unbind_phone", "unbind_totp")


def at_the_codes(owner: Person, action: str) -> Json:
    """Agreed and past the authenticator: both codes have been sent."""
    flow = owner.start(action, agree=True)
    asked = owner.move(flow, inputs={"totp": proof(owner, "totp")})
    assert fields(asked) == ["email_code", "sms_code"]
    return flow


def bound(owner: Person) -> set[str]:
    return {f["kind"] for f in owner.ask("GET", "/v1/me/factors").json()}


EVERYTHING = {"password", "totp", "email_code", "sms_code"}


@pytest.mark.proves("A46", "S70", "S71", "S74")
@pytest.mark.parametrize("action", UNBINDING)
def test_two_of_three_codes_unbind_nothing(stranger: Callable[..., Person], action: str) -> None:
    """Each of them left out, empty, or another's in its place; no offer leads around one."""
    owner = secured(stranger())
    begun = owner.start(action, agree=True)
    assert (fields(begun), offers(begun)) == (["totp"], [])
    for body in (
        {"offer": "sms_code"},
        {"offer": "recovery_code"},
        {"inputs": {"email_code": "000000"}},
    ):
        assert fields(owner.move(begun, **body)) == ["totp"]
    flow = at_the_codes(owner, action)
    mail, sms = owner.code(), owner.code(owner.phone)
    if mail == sms:
        owner.wait("60s")
        owner.move(flow, resend="email_code")
        mail = owner.code()
    for inputs in (
        {"email_code": sms, "sms_code": mail},
        {"email_code": mail, "sms_code": mail},
        {"sms_code": ""},
    ):
        told = owner.move(flow, inputs=inputs)
        assert told["result"] is None, inputs
        assert told["flow"]["status"] == "open"
    assert bound(owner) == EVERYTHING
    left = owner.move(flow, inputs={"email_code": mail})
    assert (left["result"], fields(left)) == (None, ["sms_code"])
    assert owner.move(flow, inputs={"sms_code": sms})["flow"]["status"] == "done"


@pytest.mark.proves("A46", "A28", "A27", "S76")
def test_codes_of_different_flows_do_not_add_up(stranger: Callable[..., Person]) -> None:
    """One code from each of two flows of the same action; and of another action."""
    owner = secured(stranger())
    first = at_the_codes(owner, "unbind_email")
    mail = owner.code()
    second = at_the_codes(owner, "unbind_email")
    sms = owner.code(owner.phone)
    assert refusal(owner.move(second, inputs={"email_code": mail, "sms_code": sms})) == "wrong_code"
    assert refusal(owner.move(first, inputs={"email_code": mail, "sms_code": sms})) == "wrong_code"
    other = at_the_codes(owner, "unbind_phone")
    told = owner.move(second, inputs={"email_code": owner.code()})
    assert refusal(told) == "wrong_code"
    assert other["flow"]["status"] == "open"
    assert bound(owner) == EVERYTHING


@pytest.mark.proves("A46", "S69", "S74")
def test_no_code_is_sent_before_the_authenticator_and_none_counts_before_it(
    stranger: Callable[..., Person],
) -> None:
    """The order is the row's: codes that come first are neither sent nor looked at."""
    owner = secured(stranger())
    before = len(messages(owner)), len(messages(owner, owner.phone))
    flow = owner.start("unbind_email", agree=True, email_code="000000", sms_code="000000")
    for body in (
        {"resend": "email_code"},
        {"resend": "sms_code"},
        {"step": "codes", "inputs": {"sms_code": "000000"}},
    ):
        assert fields(owner.move(flow, **body)) == ["totp"]
    assert (len(messages(owner)), len(messages(owner, owner.phone))) == before
    assert fields(owner.start("unbind_email", totp=proof(owner, "totp"))) == ["agree"], (
        "nor without consent"
    )
    assert bound(owner) == EVERYTHING


@pytest.mark.proves("A46", "S75")
def test_an_authenticator_code_of_six_minutes_ago_is_asked_again(
    stranger: Callable[..., Person],
) -> None:
    """Who leaves the page open has proven nothing five minutes later; the codes alone unbind nothing."""
    owner = secured(stranger())
    flow = at_the_codes(owner, "unbind_email")
    owner.wait("301s")
    told = owner.move(
        flow, inputs={"email_code": owner.code(), "sms_code": owner.code(owner.phone)}
    )
    assert (told["result"], refusal(told), fields(told)) == (None, "proof_too_old", ["totp"])
    assert bound(owner) == EVERYTHING
    again = owner.move(flow, inputs={"totp": proof(owner, "totp")})
    assert set(fields(again)) <= {"email_code", "sms_code"}


@pytest.mark.proves("A49", "A96")
@pytest.mark.parametrize("extra", ["email_verified", "account", "state", "role", "hold_until", "blocked_until",
                                   "undo_until", "usable_from", "details", "asked", "notice_flow",
                                   "notice_channel", "identifier_hash"])  # fmt: skip
def test_no_action_takes_a_member_that_it_does_not_ask_for(
    stranger: Callable[..., Person], sql: Sql, extra: str
) -> None:
    """What is kept about a flow cannot be given to it: as an input, beside the inputs, in the first POST
    and in a later one."""
    owner = stranger().sign_up()
    value = f"given-{extra}"
    for action in BEGUN:
        row = ACTIONS[action]
        if extra in asking.inputs(row) or row.kind in PROVIDERS:  # nobody vouches here
            continue
        for body in (
            {"action": action, "inputs": {extra: value}},
            {"action": action, "inputs": {}, extra: value},
        ):
            told = owner.ask("POST", "/v1/flows", json=body)
            assert (told.status_code, told.json()["type"]) == (422, "/problems/unknown_field"), (
                action
            )
    flow = owner.start("bind_phone")
    body = {"inputs": {"new_phone": owner.phone, extra: value}}
    told = owner.ask("POST", f"/v1/flows/{flow['flow']['id']}", json=body,
                     headers={"Flow-Token": flow["flow"]["token"]})  # fmt: skip
    assert told.status_code == 422
    assert sql("select count(*) from flows where given::text like %s", f"%{value}%") == [(0,)]
