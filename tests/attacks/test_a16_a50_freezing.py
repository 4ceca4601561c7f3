"""Freezing, stopping, locking and their notices as weapons; and tickets that wait, told at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.attacks.conftest import Sql
from tests.attacks.doing import (
    Platform,
    does,
    link,
    messages,
    proof,
    refusal,
    secured,
    through,
)
from tests.people import Json, Person


def freezes(stranger: Callable[..., Person], owner: Person, by: str) -> Json:
    """A stranger who has one thing: a link, or the code of one address."""
    thief = stranger(like=owner)
    if by == "link":
        return thief.start("freeze_account", notice_token=link(owner, "freeze"))
    flow = thief.start("freeze_account", identifier=owner.email, robot="sandbox")
    if by == "password":
        return through(thief, flow)
    thief.move(flow, offer=by)
    return thief.move(flow, inputs={by: proof(owner, by)})


def unfrozen(stranger: Callable[..., Person], owner: Person) -> None:
    mine = stranger(like=owner)
    does(mine, "unfreeze_account")
    owner.wait("24h")


@pytest.mark.proves("A16", "A35")
def test_after_an_unfreezing_a_link_or_a_code_alone_freezes_nothing_for_a_week(
    stranger: Callable[..., Person], sql: Sql
) -> None:
    """Who reads the owner's mailbox freezes his account once, not for ever. A password still does."""
    owner = secured(stranger())
    assert freezes(stranger, owner, "link")["flow"]["status"] == "done"
    assert Platform(owner).asks(owner.account, "trade")["decision"] == "deny"
    unfrozen(stranger, owner)
    for by in ("link", "email_code", "sms_code"):
        told = freezes(stranger, owner, by)
        assert (told["flow"]["status"], refusal(told)) == ("refused", "proof_too_weak_now"), by
    assert sql("select state::text from accounts where id = %s", owner.account) == [("active",)]
    owner.wait("7d")
    assert freezes(stranger, owner, "email_code")["flow"]["status"] == "done"
    unfrozen(stranger, owner)
    assert freezes(stranger, owner, "password")["flow"]["status"] == "done"


@pytest.mark.proves("A50", "A16")
@pytest.mark.parametrize("by", ["link", "email_code"])
def test_one_mailbox_stops_what_waits_once_in_a_month_and_no_more(
    stranger: Callable[..., Person], by: str
) -> None:
    """By link or by a code alone: a thief there would keep the account frozen for ever. The owner's
    password always stops."""
    owner = secured(stranger())
    freezes(stranger, owner, "link")

    def stops() -> Json:
        thief = stranger(like=owner)
        if by == "link":
            return through(thief, thief.start("stop_case", notice_token=link(owner, "stop")))
        flow = thief.start("stop_case", identifier=owner.email, robot="sandbox")
        thief.move(flow, offer=by)
        return thief.move(flow, inputs={by: proof(owner, by)})

    does(stranger(like=owner), "unfreeze_account")
    assert stops()["flow"]["status"] == "done"
    again = does(stranger(like=owner), "unfreeze_account")
    assert refusal(stops()) == "proof_too_weak_now"
    assert again["flow"]["status"] == "waiting"
    mine = stranger(like=owner)
    assert does(mine, "stop_case")["flow"]["status"] == "done", "his password always does"
    does(stranger(like=owner), "unfreeze_account")
    assert refusal(stops()) == "proof_too_weak_now"
    owner.wait("24h")
    assert Platform(owner).asks(owner.account, "trade")["decision"] == "allow"


@pytest.mark.proves("A50", "S90")
@pytest.mark.parametrize(
    "action", ["unfreeze_account", "close_account", "unlock_settings", "payout_list_only_off"]
)
def test_what_waits_is_told_to_every_channel_at_once_and_each_message_can_stop_it(
    stranger: Callable[..., Person], action: str
) -> None:
    """A thief with everything begins it: both of the owner's channels hear of it before it happens."""
    owner = secured(stranger())
    before = {"unlock_settings": lambda: does(owner, "lock_settings", days=3),
              "payout_list_only_off": lambda: does(owner, "payout_list_only_on"),
              "unfreeze_account": lambda: freezes(stranger, owner, "link")}  # fmt: skip
    before.get(action, lambda: None)()
    waits = does(stranger(like=owner) if action == "unfreeze_account" else owner, action)
    assert waits["flow"]["status"] == "waiting"
    for to in (owner.email, owner.phone):
        newest = messages(owner, to)[0]
        assert "stop" in [ln["id"] for ln in newest["links"]], to
    reader = stranger(like=owner)
    token = link(owner, "stop", owner.phone)
    assert (
        through(reader, reader.start("stop_case", notice_token=token))["flow"]["status"] == "done"
    )
    owner.wait("10d")
    account = owner.ask("GET", "/v1/sandbox/messages", params={"to": owner.email}).json()[
        "messages"
    ]
    assert account
    if action == "close_account":
        assert refusal(stranger(like=owner).sign_in()) is None


@pytest.mark.proves("A50", "A35", "S90")
def test_an_attempt_at_locked_settings_is_told_and_not_without_end(
    stranger: Callable[..., Person],
) -> None:
    """Each try to change what is locked: refused, told at once, and no weapon against the mailbox."""
    owner = secured(stranger())
    does(owner, "lock_settings", days=7)
    before = len(messages(owner))
    tried = ("change_password", "unbind_email", "bind_totp", "add_payout_address", "set_phrase",
             "payout_list_only_on", "new_recovery_codes")  # fmt: skip
    told = [refusal(owner.start(action)) for action in tried]
    assert told == ["settings_locked"] * 7
    sent = len(messages(owner)) - before
    assert 1 <= sent <= 2
    for _ in range(6):
        owner.wait("1h")
        if owner.ask("GET", "/v1/me").status_code == 401:  # idle for an hour
            owner.enter(through(owner, owner.sign_in()))
        owner.start("change_password")
    assert len(messages(owner)) - before <= 12


@pytest.mark.proves("A35", "S90", "S91")
def test_notices_of_blocked_withdrawals_are_told_and_capped(
    stranger: Callable[..., Person],
) -> None:
    """A thief who withdraws a hundred times in a held account does not bury the owner's other mail."""
    owner = secured(stranger())
    does(owner, "change_password")
    platform, before = Platform(owner), len(messages(owner))
    for _ in range(12):
        assert platform.asks(owner.account)["decision"] == "deny"
    assert len(messages(owner)) - before == 1
    for _ in range(9):
        owner.wait("1h")
        platform.asks(owner.account)
    assert 2 <= len(messages(owner)) - before <= 6
