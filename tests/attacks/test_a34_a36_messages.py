"""Codes as a weapon: pumping text messages, bombing a mailbox, a stolen telephone number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.attacks.conftest import Sql
from tests.attacks.doing import (
    Platform,
    does,
    fields,
    messages,
    offers,
    refusal,
    secured,
)
from tests.people import PASSWORD, Json, Person

#: what a stranger can begin with nothing but somebody's address
BY_NAME = ("reset_password", "freeze_account", "stop_case")


def asks_for_a_code(who: Person, action: str, whom: str, code: str, **more: Any) -> dict[str, Any]:
    """The page that sends it; `code` by the other channel where the typed one is not that."""
    agree = {"agree": True} if action == "reset_password" else {}
    flow = who.start(action, identifier=whom, **agree, **more)
    if flow["step"] is not None and code not in fields(flow) and code in offers(flow):
        return {**who.move(flow, offer=code), "begun": flow}
    return {**flow, "begun": flow}


@pytest.mark.proves("A34", "S24")
@pytest.mark.parametrize("action", BY_NAME)
def test_no_message_leaves_before_the_robot_check(
    stranger: Callable[..., Person], action: str
) -> None:
    """Not by sending the check empty or wrong, nor by asking for the other channel or once more."""
    owner, thief = stranger().sign_up().bind_phone(), stranger()
    before = len(messages(owner)), len(messages(owner, owner.phone))
    for robot in ({}, {"robot": "no"}, {"robot": ""}):
        told = asks_for_a_code(thief, action, owner.phone, "sms_code", **robot)
        for body in ({"offer": "sms_code"}, {"offer": "other_channel"}, {"resend": "sms_code"}):
            thief.move(told["begun"], **body)
        assert "sms_code" not in fields(told)
    assert (len(messages(owner)), len(messages(owner, owner.phone))) == before
    sent = asks_for_a_code(thief, action, owner.phone, "sms_code", robot="sandbox")
    assert fields(sent) == ["sms_code"]
    assert len(messages(owner, owner.phone)) == before[1] + 1


@pytest.mark.proves("A34", "A35")
@pytest.mark.parametrize("action", BY_NAME)
def test_a_number_gets_no_more_codes_than_its_cap_whoever_asks(
    stranger: Callable[..., Person], action: str
) -> None:
    """From many networks, in flows of their own; a premium number and a foreign one get none."""
    owner = stranger().sign_up().bind_phone()
    owner.wait("24h")  # what binding sent is of another day
    before = len(messages(owner, owner.phone))
    told = [refusal(asks_for_a_code(stranger(), action, owner.phone, "sms_code", robot="sandbox"))
            for _ in range(8)]  # fmt: skip
    assert told == [None] * 6 + ["too_many_messages"] * 2
    assert len(messages(owner, owner.phone)) == before + 6
    for premium in ("+46 900 123 45 67", "+1 900 555 0123"):
        refused = asks_for_a_code(stranger(), action, premium, "sms_code", robot="sandbox")
        assert refusal(refused) == "phone_not_served"


@pytest.mark.proves("A35", "A05")
@pytest.mark.parametrize("known", [True, False])
def test_a_mailbox_is_not_bombed_by_resets_however_its_address_is_spelled(
    stranger: Callable[..., Person], known: bool
) -> None:
    """victim+1@, victim+2@ … reach one mailbox: "there is no account" came a hundred times."""
    whom = stranger()
    if known:
        whom.sign_up()
    name, _, host = whom.email.partition("@")
    told = [asks_for_a_code(stranger(), "reset_password", f"{name}+{n}@{host}", "email_code", robot="sandbox")
            for n in range(14)]  # fmt: skip
    assert [refusal(t) for t in told].count("too_many_messages") >= 4


@pytest.mark.proves("A16", "A35")
def test_strangers_resets_never_use_up_the_codes_of_a_device_that_the_owner_knows(
    stranger: Callable[..., Person],
) -> None:
    """What anybody can have sent is counted apart: mail and text messages alike."""
    owner = stranger().sign_up().bind_phone()
    for name, code, cap in ((owner.phone, "sms_code", 6), (owner.email, "email_code", 10)):
        for _ in range(cap + 1):
            last = asks_for_a_code(stranger(), "reset_password", name, code, robot="sandbox")
        assert refusal(last) == "too_many_messages"
        owner.session = None
        mine = asks_for_a_code(owner, "reset_password", name, code, robot="sandbox")
        assert refusal(mine) is None
        assert fields(mine) == [code]
    assert does(owner, "reset_password")["flow"]["status"] == "done"


@pytest.mark.proves("A03", "A01", "S29")
@pytest.mark.parametrize("action", BY_NAME)
@pytest.mark.parametrize(
    ("typed", "code"), [("phone", "sms_code"), ("email", "sms_code"), ("email", "email_code")]
)
def test_caps_and_guesses_are_counted_alike_for_known_and_unknown(
    stranger: Callable[..., Person], action: str, typed: str, code: str
) -> None:
    """By the typed address or the other channel: the same messages and tries, then the same refusal."""

    def course(whom: Person) -> list[Any]:
        name = whom.phone if typed == "phone" else whom.email
        out: list[Any] = []
        for turn in range(12):
            who = stranger()
            told = asks_for_a_code(who, action, name, code, robot="sandbox")
            out.append((refusal(told), fields(told)))
            if turn < 3:
                for _ in range(4):
                    guess = who.move(told["begun"], inputs={code: "000000"})
                    out.append((refusal(guess), guess["refusal"].get("left")))
        return out

    owner = stranger().sign_up().bind_phone()
    owner.wait("24h")  # what signing up and binding sent is of another day
    assert course(owner) == course(stranger())


@pytest.mark.proves("A36", "S29", "S104")
def test_a_stolen_number_resets_nothing_that_has_another_factor(
    stranger: Callable[..., Person],
) -> None:
    """With an authenticator it is asked for; with e-mail and phone alone the e-mail's code is."""
    for owner, other in (
        (secured(stranger()), "totp"),
        (stranger().sign_up().bind_phone(), "email_code"),
    ):
        thief = stranger(like=owner)
        flow = thief.start("reset_password", agree=True, identifier=owner.phone, robot="sandbox",
                           new_password="tjuvens egna fem ord har")  # fmt: skip
        code = owner.code(owner.phone)
        asked = thief.move(flow, inputs={"sms_code": code})
        assert fields(asked) == [other]
        assert offers(asked) == []
        bodies: list[Json] = [
            {"offer": "sms_code"}, {"offer": "other_channel"}, {"resend": "sms_code"},
            {"inputs": {"sms_code": code}}, {"inputs": {"new_password": PASSWORD}}, {"inputs": {}},
        ]  # fmt: skip
        for body in bodies:
            still = thief.move(flow, **body)
            assert (still["result"], fields(still)) == (None, [other]), body
        assert refusal(thief.move(flow, inputs={other: "000000"})) == "wrong_code"
        assert stranger(like=owner).sign_in()["refusal"] is None, "the password stands"


@pytest.mark.proves("A36", "S20", "S21", "S104")
def test_where_the_number_is_all_there_is_the_reset_holds_for_two_days(
    stranger: Callable[..., Person], sql: Sql
) -> None:
    """Nothing else is bound that could be asked: ways out stay shut, from an unknown device longer."""
    owner = stranger()
    flow = owner.start("sign_up", identifier=owner.phone, robot="sandbox")
    owner.move(flow, inputs={"sms_code": owner.code(owner.phone)})
    owner.enter(owner.move(flow, inputs={"new_password": PASSWORD}))
    thief = stranger(like=owner)
    does(thief, "reset_password", identifier=owner.phone)
    assert Platform(owner).asks(owner.account)["decision"] == "deny"
    (held,) = sql("select ends_at - starts_at from holds where account = %s", owner.account)
    assert held[0].total_seconds() == 48 * 3600
    assert any("password" in m["text"].lower() for m in messages(owner, owner.phone))
