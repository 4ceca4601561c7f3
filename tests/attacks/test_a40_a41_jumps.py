"""Every way to jump over a page of a reset, an undo or an approval; and that a reset opens no door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.attacks.doing import (
    NEW_PASSWORD,
    Platform,
    does,
    fields,
    link,
    offers,
    refusal,
    secured,
    through,
)
from tests.people import PASSWORD, Json, Person

MINE = "tjuvens egna fem ord har"


def signs_in(stranger: Callable[..., Person], owner: Person, password: str) -> bool:
    told = stranger(like=owner).sign_in(password=password)
    return refusal(told) is None


@pytest.mark.proves("A40", "S25", "S26")
def test_no_password_is_set_without_the_code(stranger: Callable[..., Person]) -> None:
    """The new password sent first, early, alone, with an empty or foreign code, to a named step; an
    empty POST; an offer that is not there; an earlier page once more."""
    owner, other, thief = stranger().sign_up(), stranger().sign_up(), stranger()
    flow = thief.start("reset_password", agree=True, identifier=owner.email, robot="sandbox",
                       new_password=MINE)  # fmt: skip
    assert fields(flow) == ["email_code"]
    foreign = thief.start("reset_password", agree=True, identifier=other.email, robot="sandbox")
    bodies: list[Json] = [
        {}, {"inputs": {}}, {"inputs": {"new_password": MINE}},
        {"step": "new_password", "inputs": {"new_password": MINE}},
        {"inputs": {"email_code": "", "new_password": MINE}}, {"inputs": {"sms_code": "000000", "new_password": MINE}},
        {"inputs": {"email_code": other.code(), "new_password": MINE}}, {"offer": "new_password"}, {"offer": "totp"},
        {"offer": "recovery_code"}, {"step": "done", "inputs": {}}, {"resend": "new_password"},
        {"inputs": {"agree": True, "identifier": owner.email, "robot": "sandbox", "new_password": MINE}},
        {"inputs": {"totp": "000000", "recovery_code": "0000", "new_password": MINE}},
    ]  # fmt: skip
    head = flow["flow"]
    for body in bodies:
        told = thief.ask(
            "POST", f"/v1/flows/{head['id']}", json=body, headers={"Flow-Token": head["token"]}
        )
        assert told.status_code in (200, 400, 422), body
        if told.status_code == 200:
            answer = told.json()
            assert answer["flow"]["status"] == "open", body
            assert answer["flow"]["account"] is None, body
            assert answer["step"]["id"] != "new_password", body
    assert foreign["flow"]["status"] == "open"
    assert signs_in(stranger, owner, PASSWORD)
    assert not signs_in(stranger, owner, MINE)


@pytest.mark.proves("A40", "A43", "S25")
def test_a_flow_begun_for_one_account_ends_for_no_other(stranger: Callable[..., Person]) -> None:
    """Begun with the own address, finished with the victim's: at the first page, after the robot check,
    after the own code, beside the new password; and the other way round."""
    victim, thief = stranger().sign_up(), stranger().sign_up()
    again = {"identifier": victim.email, "robot": "sandbox", "agree": True}
    for moment in ("start", "code", "password"):
        flow = thief.start("reset_password", agree=True, identifier=thief.email, robot="sandbox")
        if moment != "start":
            thief.move(flow, inputs={"email_code": thief.code()})
        if moment == "code":
            thief.move(flow, inputs=again)
        code = {"email_code": thief.code()} if moment == "start" else {}
        thief.move(flow, inputs={**again, **code, "new_password": MINE})
    assert signs_in(stranger, victim, PASSWORD)
    assert not signs_in(stranger, victim, MINE)
    assert signs_in(stranger, thief, MINE), "his own, which he proved"
    # the victim's flow and the thief's code
    flow = thief.start("reset_password", agree=True, identifier=victim.email, robot="sandbox")
    told = thief.move(
        flow,
        inputs={"identifier": thief.email, "email_code": thief.code(), "new_password": MINE + "!"},
    )
    assert told["result"] is None
    assert not signs_in(stranger, victim, MINE + "!")


@pytest.mark.proves("A40", "A95")
def test_the_token_of_another_flow_moves_nothing(stranger: Callable[..., Person]) -> None:
    """The victim's flow with the token of the own, finished, cancelled or of another action."""
    victim, thief = stranger().sign_up(), stranger()
    theirs = victim.start("reset_password", agree=True, identifier=victim.email, robot="sandbox")
    victim.move(theirs, inputs={"email_code": victim.code()})
    mine = thief.start("reset_password", agree=True, identifier=thief.email, robot="sandbox")
    for token in (
        mine["flow"]["token"],
        thief.start("sign_in")["flow"]["token"],
        "",
        theirs["flow"]["token"][:-1],
    ):
        told = thief.ask("POST", f"/v1/flows/{theirs['flow']['id']}", headers={"Flow-Token": token},
                         json={"inputs": {"new_password": MINE}})  # fmt: skip
        assert told.status_code == 404
    assert signs_in(stranger, victim, PASSWORD)
    assert victim.move(theirs, inputs={"new_password": NEW_PASSWORD})["flow"]["status"] == "done"


@pytest.mark.proves("A40", "A61")
def test_a_link_acts_for_its_own_account_and_its_own_change_alone(
    stranger: Callable[..., Person],
) -> None:
    """The thief's own genuine link with the victim's name, proofs or session; a link that undoes nothing."""
    victim, thief = secured(stranger()), secured(stranger())
    does(victim, "unbind_email")
    does(thief, "unbind_phone")
    token = link(thief, "undo")
    other = stranger()
    told = other.start(
        "freeze_account", identifier=victim.email, robot="sandbox", notice_token=token
    )
    assert told["flow"]["account"] == thief.account, "frozen is whose link it is"
    assert victim.start("undo_change", notice_token=token)["flow"]["account"] is None
    flow = other.start("undo_change", notice_token=token)
    assert (
        refusal(other.move(flow, inputs={"password": PASSWORD, "totp": victim.totp_code()}))
        == "wrong_code"
    )
    moved = other.move(flow, inputs={"notice_token": link(victim, "undo")})
    assert moved["result"] is None
    # of the notice of something that cannot be undone
    harmless = link(victim, "freeze", victim.phone)
    does(victim, "set_phrase", phrase="min egen mening")
    undoing_nothing = stranger(like=victim)
    flow = undoing_nothing.start("undo_change", notice_token=link(victim, "freeze", victim.phone))
    assert refusal(through(undoing_nothing, flow)) == "undo_too_late"
    assert harmless
    assert Platform(victim).asks(victim.account, "trade")["decision"] == "allow"


@pytest.mark.proves("A40", "A56", "A95")
def test_a_decision_about_another_account_cannot_be_approved(
    stranger: Callable[..., Person],
) -> None:
    """Nor one that is allowed or denied, made up, or asked for another session."""
    victim, thief = secured(stranger()), secured(stranger())
    platform = Platform(victim)
    ids = [platform.asks(victim.account)["id"], platform.asks(thief.account, "trade")["id"], "dcn_" + "0" * 32,
           platform.asks(thief.account, session="ses_" + "0" * 32)["id"]]  # fmt: skip
    for id in ids:
        flow = thief.start("approve_protected_action", decision=id)
        assert refusal(flow) == "no_such_decision", id
        assert thief.move(flow, inputs={"totp": thief.totp_code()})["result"] is None
    own = thief.start("approve_protected_action", decision=platform.asks(thief.account)["id"])
    swapped = thief.move(own, inputs={"decision": ids[0]})
    shown = (
        [s for s in swapped["step"]["show"] if s["kind"] == "details"] if swapped["step"] else []
    )
    done = through(thief, swapped if swapped["step"] is None else {**swapped, "flow": own["flow"]})
    assert done["result"] is None or platform.redeems(done["result"]["receipt"]).json()["redeemed"]
    assert shown != [], "what is approved is shown where it is approved"


@pytest.mark.proves("A41", "S31", "S28")
def test_a_reset_signs_nobody_in_and_skips_no_second_step(stranger: Callable[..., Person]) -> None:
    """Afterwards an ordinary sign-in: password, then the second factor, whoever did the reset."""
    owner = secured(stranger())
    again = stranger(like=owner)
    flow = again.start("reset_password", agree=True, identifier=owner.email, robot="sandbox")
    done = through(again, flow)
    assert done["flow"]["status"] == "done"
    assert not {"session_token", "device_token"} & set(done["result"])
    for token in (flow["flow"]["token"], None):
        head = {"Authorization": f"Bearer {token}"} if token else {}
        assert again.ask("GET", "/v1/me", headers=head).status_code == 401
    asked = again.sign_in(password=NEW_PASSWORD)
    assert (asked["result"], fields(asked), offers(asked)) == (None, ["totp"], [])
    entered = again.move(asked, inputs={"totp": _fresh(owner)})
    assert entered["flow"]["status"] == "done"


def _fresh(owner: Person) -> Any:
    owner.wait("30s")
    return owner.totp_code()
