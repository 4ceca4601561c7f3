"""The table of holds, action by action by their effect; and nothing that anybody does ends one early."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from tests.attacks.conftest import Sql
from tests.attacks.doing import (
    NEW_PASSWORD,
    Platform,
    does,
    link,
    proof,
    secured,
    through,
)
from tests.people import PASSWORD, Json, Person
from tests.rules.players import ALONE


@dataclass(frozen=True)
class Case:
    """How somebody with everything bound comes to do it, and what it holds: hours, or None."""

    hours: float | None
    given: Json = field(default_factory=dict)
    before: tuple[str, ...] = ()  # actions done first
    stranger: bool = False  # from an unknown device, without a session
    waits: str | None = None  # until it takes effect


#: from policy.md, not from the table that is tested
CASES: dict[str, Case] = {
    "sign_up": Case(None),
    "sign_in": Case(None, stranger=True),
    "reset_password": Case(48, stranger=True),
    "change_password": Case(24),
    "set_password": Case(24, before=("-password",)),
    "bind_email": Case(24, before=("unbind_email",)),
    "bind_phone": Case(24, before=("unbind_phone",)),
    "bind_totp": Case(24, before=("unbind_totp",)),
    "unbind_email": Case(24),
    "unbind_phone": Case(24),
    "unbind_totp": Case(24),
    "add_passkey": Case(24, before=("add_passkey", "remove_passkey")),
    "remove_passkey": Case(24, before=("add_passkey",)),
    "new_recovery_codes": Case(24, before=("new_recovery_codes",)),
    "approve_protected_action": Case(None),
    "add_payout_address": Case(None, {"asset": "BTC", "address": "bc1qmine"}),
    "remove_payout_address": Case(None, before=("add_payout_address",)),
    "payout_list_only_on": Case(None),
    "payout_list_only_off": Case(None, before=("payout_list_only_on",), waits="24h"),
    "lock_settings": Case(None, {"days": 2}),
    "unlock_settings": Case(None, before=("lock_settings",), waits="48h"),
    "freeze_account": Case(None),
    "unfreeze_account": Case(24, before=("freeze_account",), stranger=True, waits="24h"),
    "undo_change": Case(24, before=("unbind_email",), stranger=True),
    "stop_case": Case(None, before=("payout_list_only_on", "payout_list_only_off")),
    "close_account": Case(None, waits="7d"),
    "export_data": Case(None),
    "set_phrase": Case(None, {"phrase": "min egen mening"}),
    "end_session": Case(None),
    "end_other_sessions": Case(None),
}


def given_for(owner: Person, action: str) -> Json:
    """What an action needs beside proofs."""
    match action:
        case "approve_protected_action":
            return {"decision": Platform(owner).asks(owner.account)["id"]}
        case "undo_change":
            return {"notice_token": link(owner, "undo")}
        case "remove_passkey":
            listed = owner.ask("GET", "/v1/me/factors").json()
            return {"passkey_id": next(f["id"] for f in listed if f["kind"] == "passkey")}
        case "remove_payout_address":
            listed = does(owner, "export_data")["result"]["export"]["payout_addresses"]
            return {"payout_address": listed[0]["id"]}
        case "bind_email" | "bind_phone":
            return {"new_email": f"new.{owner.email}", "new_phone": owner.other_phone}
    return CASES[action].given


def first_does(owner: Person, sql: Sql, what: str) -> None:
    if what == "-password":
        sql(
            "update factors set removed_at = portvakt_now() where account = %s and kind = 'password'",
            owner.account,
        )
    else:
        does(owner, what, **given_for(owner, what))


def test_every_action_has_a_case() -> None:
    """A new sensitive action says here what it holds; the reviewed ones in test_a50_a51_cases.py."""
    assert set(CASES) == set(ALONE)


@pytest.mark.proves("A55", "A54", "S20", "S33", "S39", "S105")
@pytest.mark.parametrize("action", CASES)
def test_every_action_holds_as_the_policy_says(
    stranger: Callable[..., Person], sql: Sql, action: str
) -> None:
    """By its effect: the rows of the ledger that it added, and what the platform is answered."""
    case = CASES[action]
    if action == "sign_up":
        owner = who = stranger().sign_up()
    else:
        owner = secured(stranger())
        for earlier in case.before:
            first_does(owner, sql, earlier)
        who = stranger(like=owner) if case.stranger else owner
        known = sql("select id from holds where account = %s", owner.account)
        given = given_for(owner, action)
        done = does(who, action, **given)
        assert done["flow"]["status"] == ("waiting" if case.waits else "done")
        if case.waits:
            owner.wait(case.waits)
        else:
            said = [h["until"] for h in (done["result"] or {}).get("holds", [])]
            assert len(said) == (case.hours is not None)
        added = sql("select extract(epoch from ends_at - starts_at) / 3600, cause, ends_when from holds "
                    "where account = %s and not id = any(%s)", owner.account, [k[0] for k in known])  # fmt: skip
        hours = [float(h) for h, cause, when in added if when is None and cause == action]
        assert hours == [case.hours][: case.hours is not None]
        assert [row for row in added if row[1] != action] == []
    reasons = [r["id"] for r in Platform(who).asks(owner.account)["reasons"]]
    assert ("hold" in reasons) == (
        case.hours is not None or bool({"unbind_email"} & set(case.before))
    )


def ends(sql: Sql, account: str | None) -> dict[str, datetime]:
    """End by hold, where it has one of its own."""
    return dict(
        sql("select id, ends_at from holds where account = %s and ends_when is null", account)
    )


@pytest.mark.proves("A54", "S20", "A16")
def test_no_second_change_undo_freeze_stop_or_replay_ends_a_hold_earlier(
    stranger: Callable[..., Person], sql: Sql
) -> None:
    """A reset from an unknown device holds two days; nothing that comes after it makes them less."""
    owner = secured(stranger())
    platform = Platform(owner)
    does(stranger(like=owner), "reset_password")
    seen, latest = ends(sql, owner.account), platform.asks(owner.account)["until"]
    assert latest is not None
    owner.session = None
    owner.enter(through(owner, owner.sign_in(password=NEW_PASSWORD), password=NEW_PASSWORD))

    def nothing_is_shorter(after: str) -> None:
        nonlocal seen, latest
        now, until = ends(sql, owner.account), platform.asks(owner.account)["until"]
        assert all(now[id] >= end for id, end in seen.items()), after
        assert until is not None and until >= latest, after  # noqa: PT018
        seen, latest = now, until

    does(owner, "change_password", password=NEW_PASSWORD, new_password=PASSWORD)
    nothing_is_shorter("a second change, which holds for less")
    does(owner, "unbind_email")
    nothing_is_shorter("unbinding")
    undoing = stranger(like=owner)
    does(undoing, "undo_change", notice_token=link(owner, "undo"))
    nothing_is_shorter("the undo")
    owner.enter(through(owner, owner.sign_in()))
    does(owner, "payout_list_only_on")
    does(owner, "payout_list_only_off")
    does(owner, "stop_case")
    nothing_is_shorter("stopping what waits")
    replay = {"Idempotency-Key": "one-and-the-same"}
    body = {"action": "new_recovery_codes", "inputs": {"agree": True, "totp": proof(owner, "totp")}}
    for _ in range(2):
        answer = owner.ask("POST", "/v1/flows", json=body, headers=replay)
        assert answer.status_code == 200
    nothing_is_shorter("the same POST again")
    does(owner, "freeze_account")
    nothing_is_shorter("freezing")
    does(stranger(like=owner), "unfreeze_account")
    does(stranger(like=owner), "stop_case")
    nothing_is_shorter("stopping the unfreezing")
    does(stranger(like=owner), "unfreeze_account")
    owner.wait("24h")
    now = ends(sql, owner.account)
    assert all(now[id] >= end for id, end in seen.items()), "unfreezing"
    assert platform.asks(owner.account)["decision"] == "deny", "that of the unfreezing goes on"
