"""The whole table against the policy as it was agreed: nothing is looser than what is written here."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import Any, Final

import pytest

from portvakt.policy import (
    ACTIONS,
    DAY,
    HOUR,
    MINUTE,
    PROPOSED,
    PROTECTED,
    Ask,
    HoldRule,
    Lives,
    Review,
    Row,
    When,
)  # fmt: skip

#: What a row may write beside its pages; the rest (source, counters, words) decides nothing here.
DECIDES: Final = tuple(
    f.name for f in fields(Row)
    if f.name not in ("pages", "source", "counted_as", "kind", "life", "failure", "signs_in", "refuse_if")
)  # fmt: skip
NOTHING: Final[dict[str, Any]] = {"hold": (), "ends": "none"}
FIRST_IS_FREE: Final = (HoldRule(timedelta(0), (When.FIRST_OF_KIND, When.NONE_REMOVED_LATELY)),
                        HoldRule(24 * HOUR))  # fmt: skip
LOST: Final[dict[str, Any]] = {
    "session": False, "review": Review(reviewers=2, earliest=1, due=3), "quarantine": 30 * DAY,
    "hold": (HoldRule(7 * DAY, (When.LONG_TIER,)), HoldRule(72 * HOUR)), "ends": "all", "when_frozen": True,
}  # fmt: skip
#: Only for who has the number of the case and proves it to be his; it changes nothing.
OF_A_CASE: Final = {"session": False, "tells": "none", "when_frozen": True, "when_locked": True}
GUARDS: Final = ("reviewer", "lead", "operator")
#: What our own people do to an account: nobody begins it, so no session of the account does.
BY_STAFF: Final[dict[str, Any]] = {"session": False, "when_locked": True}
PEOPLE: Final = {
    **BY_STAFF, **NOTHING, "by_staff": 2, "staff": ("lead", "operator"), "related": True, "tells_staff": True,
}  # fmt: skip
LITTLE: Final = {"session": False, "names_session": True}

#: Everything that a row writes and that decides, action by action. What is not named has the default:
#: a session, 24 h of hold, the other sessions end, every channel is told, refused when frozen or locked.
WRITTEN: Final[dict[str, dict[str, Any]]] = {
    "sign_up": {"session": False, **NOTHING, "tells": "identifier"},
    "sign_in": {
        "session": False, "recovery_code": True, "totp_for_passkey": True, "ends": "none", "when_locked": True,
        "hold": (HoldRule(24 * HOUR, (When.RECOVERY_CODE_USED,)), HoldRule(24 * HOUR, (When.TOTP_FOR_PASSKEY,)),
                 HoldRule(24 * HOUR, (When.NEW_DEVICE, When.NO_SECOND_FACTOR)), HoldRule(0 * HOUR)),
        "tells_when": (When.NEW_DEVICE, When.RECOVERY_CODE_USED, When.TOTP_FOR_PASSKEY),
    },
    "reset_password": {
        "session": False, "recovery_code": True, "ends": "all", "when_locked": True, "hold_through_lock": True,
        "hold": (HoldRule(48 * HOUR, (When.NEW_DEVICE,)), HoldRule(24 * HOUR)),
    },
    "change_password": {},
    "set_password": {},
    "bind_email": {"hold": FIRST_IS_FREE, "ends": "none"},
    "bind_phone": {"hold": FIRST_IS_FREE, "ends": "none"},
    "bind_totp": {"hold": FIRST_IS_FREE},
    "unbind_email": {"releases": ("email",), "quarantine": 30 * DAY, "undo": True},
    "unbind_phone": {"releases": ("phone",), "quarantine": 30 * DAY, "undo": True},
    "unbind_totp": {"undo": True},
    "add_passkey": {"hold": FIRST_IS_FREE, "ends": "none"},
    "remove_passkey": {"undo": True},
    "new_recovery_codes": {"hold": (HoldRule(24 * HOUR, (When.CODES_BOUND,)),), "ends_when": (When.CODES_BOUND,)},
    # a lock of the settings shuts the settings: what is approved with an old factor goes on
    "approve_protected_action": {**NOTHING, "tells": "none", "when_locked": True},
    "add_payout_address": {**NOTHING, "usable_after": 24 * HOUR},
    "remove_payout_address": NOTHING,
    "payout_list_only_on": NOTHING,
    "payout_list_only_off": {**NOTHING, "wait": 24 * HOUR},
    "lock_settings": {**NOTHING, "tells_attempts": True},
    "unlock_settings": {**NOTHING, "wait_chosen": True, "tells_attempts": True, "when_locked": True},
    # the emergency brake and the ways back must not be shut by a thief who locks the settings first
    "freeze_account": {**LITTLE, "hold": (), "ends": "all", "when_locked": True},
    "unfreeze_account": {
        "session": False, "recovery_code": True, "wait": 24 * HOUR, "ends": "all",
        "when_frozen": True, "when_locked": True,
    },
    "undo_change": {"session": False, "as_before": True, "ends": "all", "when_frozen": True, "when_locked": True},
    "stop_case": {**LITTLE, **NOTHING, "when_frozen": True, "when_locked": True},
    "reset_second_factor": {**LOST, "loses": ("totp", "passkey"), "hold_until_bound": "authenticator_bound"},
    "unbind_lost_email": {**LOST, "loses": ("email",), "hold_until_bound": "second_factor_bound"},
    "unbind_lost_phone": {**LOST, "loses": ("phone",), "hold_until_bound": "second_factor_bound"},
    # nothing is left to prove with, so time and everybody who ever had to do with it stand for proofs
    "recover_account": {
        "session": False, "unproven": True, "review": Review(reviewers=2, earliest=1, due=3), "wait": 30 * DAY,
        "hold": (HoldRule(30 * DAY),), "ends": "all", "tells": "ever", "unfreezes": True, "list_only_after": True,
        "when_frozen": True, "when_locked": True,
    },
    "add_to_case": {**OF_A_CASE, **NOTHING},
    "view_case": {**OF_A_CASE, **NOTHING},
    "decide_case": {**NOTHING, "staff": ("reviewer", "lead"), "tells": "none"},
    # done to somebody else's account, where one of ours alone strengthens and two weaken
    "propose": {**NOTHING, "staff": GUARDS, "tells": "none"},
    "decide_proposal": {**NOTHING, "staff": GUARDS, "tells": "none"},
    "freeze_by_staff": {**BY_STAFF, "by_staff": 1, "staff": GUARDS, "hold": (), "ends": "all", "when_frozen": True},
    "lift_staff_freeze": {
        **BY_STAFF, "by_staff": 2, "staff": GUARDS, "ends": "none", "when_frozen": True, "tells_staff": True,
    },
    "add_staff": {**PEOPLE, "takes": ("name", "role"), "usable_after": 24 * HOUR},
    "change_staff_role": {**PEOPLE, "takes": ("role",), "usable_after": 24 * HOUR, "when_frozen": True},
    "remove_staff": {**PEOPLE, "when_frozen": True, "when_closed": True},
    "close_account": {
        **LITTLE, "wait": 7 * DAY, "held_meanwhile": True, "hold": (), "releases": ("email", "phone"),
        "quarantine": 30 * DAY, "ends": "all",
    },
    "export_data": NOTHING,
    "set_phrase": NOTHING,
    "end_session": {"hold": (), "ends": "named", "tells": "none", "when_frozen": True, "when_locked": True},
    "end_other_sessions": {"hold": (), "tells": "none", "when_frozen": True, "when_locked": True},
}  # fmt: skip

PW, SECOND, CODE = Ask.PASSWORD, Ask.SECOND_OR_CODE, Ask.MAIL_OR_SMS
IN, MAIL, SMS, TOTP = Ask.WAY_IN, Ask.MAIL, Ask.SMS, Ask.TOTP
KEPT: Final = [
    {Ask.PASSWORD_IF_KEPT, Ask.ROBOT},
    {Ask.PASSKEY_IF_KEPT, Ask.TOTP_IF_KEPT, Ask.MAIL_IF_KEPT, Ask.SMS_IF_KEPT},
    {Ask.NEW_CHANNEL_CODE},
]
#: The proofs of each row, page by page, without what is merely given. A row that asks none beside its
#: session ends sessions, or is what one of our own people says; what he does to an account asks nothing.
PROOFS: Final[dict[str, list[set[Ask]]]] = {
    "sign_up": [{Ask.ROBOT}, {Ask.NEW_IDENTIFIER_CODE}],
    "sign_in": [{IN, Ask.ROBOT_UNDER_ATTACK}, {Ask.SECOND_IF_BOUND}],
    "reset_password": [{Ask.ROBOT}, {CODE}, {Ask.SECOND_IF_BOUND}],
    "change_password": [{PW}, {SECOND}],
    "set_password": [{SECOND}],
    "bind_email": [{SECOND}, {Ask.NEW_EMAIL_CODE}],
    "bind_phone": [{SECOND}, {Ask.NEW_PHONE_CODE}],
    "bind_totp": [{Ask.SECOND_OR_ANY_CODE}, {Ask.NEW_TOTP}],
    "add_passkey": [{SECOND}, {Ask.NEW_PASSKEY}],
    "remove_passkey": [{SECOND}],
    "unbind_email": [{Ask.TOTP_OR_BETTER}, {MAIL, SMS}],
    "unbind_phone": [{Ask.TOTP_OR_BETTER}, {MAIL, SMS}],
    "unbind_totp": [{TOTP}, {Ask.MAIL_IF_BOUND, Ask.SMS_IF_BOUND}],
    "new_recovery_codes": [{SECOND}],
    "approve_protected_action": [{Ask.SECOND_APPROVING}],
    "add_payout_address": [{SECOND}],
    "remove_payout_address": [{SECOND}],
    "payout_list_only_on": [{SECOND}],
    "payout_list_only_off": [{SECOND}],
    "lock_settings": [{SECOND}],
    "unlock_settings": [{SECOND}],
    "freeze_account": [{Ask.ROBOT}, {Ask.ONE_PROOF}],
    "unfreeze_account": [{IN, Ask.ROBOT_UNDER_ATTACK}, {Ask.SECOND_IF_BOUND}, {CODE}],
    "undo_change": [{Ask.NOTICE_TOKEN}, {PW}, {SECOND}],
    "stop_case": [{Ask.ROBOT}, {Ask.ONE_PROOF}],
    "reset_second_factor": KEPT,
    "unbind_lost_email": KEPT,
    "unbind_lost_phone": KEPT,
    "recover_account": [{Ask.ROBOT}, {Ask.NEW_CHANNEL_CODE}],
    "add_to_case": [{Ask.CASE_PROOF}],
    "view_case": [{Ask.CASE_PROOF}],
    "decide_case": [],
    "propose": [],
    "decide_proposal": [],
    **{action: [] for action in PROPOSED},
    "close_account": [{IN, Ask.ROBOT_UNDER_ATTACK}, {Ask.SECOND_IF_BOUND}, {CODE}],
    "export_data": [{SECOND}],
    "set_phrase": [{SECOND}],
    "end_session": [],
    "end_other_sessions": [],
}
GIVEN: Final = {
    Ask.AGREE, Ask.KEPT, Ask.IDENTIFIER, Ask.NEW_PASSWORD, Ask.NEW_EMAIL, Ask.NEW_PHONE, Ask.SESSION, Ask.CASE,
    Ask.DECISION, Ask.ASSET, Ask.ADDRESS, Ask.LABEL, Ask.PAYOUT_ADDRESS, Ask.DAYS, Ask.PHRASE,
    Ask.LOST, Ask.ANSWERS, Ask.FILES, Ask.CASE_NUMBER, Ask.WHICH_CASE, Ask.VOTE, Ask.REASON, Ask.ALTERNATIVES,
    Ask.QUESTIONS, Ask.NEW_CHANNEL, Ask.WHAT, Ask.WHOM, Ask.NAME, Ask.ROLE, Ask.PROPOSAL,
    Ask.PASSKEY_NAME, Ask.PASSKEY_ID,
}  # fmt: skip
#: docs/contract.md lists their inputs without `agree`: what they cost is said when it is known, and a
#: way back must not ask for more than it needs.
WITHOUT_AGREE: Final = {
    # nobody is there to agree: whoever proposes it reads what it costs, and the holder is told
    "lift_staff_freeze",
    # the form of a report asks it: what it costs is known when what is lost is
    "reset_second_factor", "unbind_lost_email", "unbind_lost_phone",
    "sign_in", "bind_email", "bind_phone", "bind_totp", "undo_change", "add_passkey",
}  # fmt: skip


@pytest.mark.proves("S97")
@pytest.mark.parametrize("action", ACTIONS)
def test_a_row_writes_what_the_policy_says_and_no_loosening_more(action: str) -> None:
    row, default = ACTIONS[action], Row(pages=())
    written = {name: getattr(row, name) for name in DECIDES
               if getattr(row, name) != getattr(default, name)}  # fmt: skip
    assert written == WRITTEN[action]


@pytest.mark.proves("S33", "S34", "S74")
@pytest.mark.parametrize("action", ACTIONS)
def test_a_row_asks_the_proofs_that_the_policy_says_in_its_order(action: str) -> None:
    asked = [set(page.asks) - GIVEN for page in ACTIONS[action].pages]
    assert [proofs for proofs in asked if proofs] == PROOFS[action]


def test_the_table_and_the_agreed_policy_have_the_same_actions() -> None:
    assert set(WRITTEN) == set(PROOFS) == set(ACTIONS)


@pytest.mark.proves("S21", "S38", "S67")
@pytest.mark.parametrize("action", ACTIONS)
def test_what_costs_something_begins_with_agreement(action: str) -> None:
    row = ACTIONS[action]
    costs = any(r.lasts for r in row.hold) or row.quarantine or row.wait or row.wait_chosen
    first = row.pages[0].asks[0] if row.pages else None
    assert (first is Ask.AGREE) == (bool(costs) and action not in WITHOUT_AGREE)


def test_the_ways_out_are_those_of_the_policy() -> None:
    every = {name: (p.stopped_by_hold, p.stopped_by_freeze, p.step_up, p.second_factor, p.payout_list)
             for name, p in PROTECTED.items()}  # fmt: skip
    assert every == {
        "withdraw": (True, True, "always", True, True),
        "internal_transfer": (True, True, "always", True, True),
        "p2p_sell": (True, True, "always", True, True),
        "card_payment": (True, True, "always", True, True),
        "create_api_key": (True, True, "always", True, False),
        "trade": (False, True, "never", False, False),
    }


def test_nothing_lives_longer_than_the_policy_says() -> None:
    lives = Lives()
    assert (lives.proof, lives.decision, lives.receipt) == (5 * MINUTE, MINUTE / 2, 5 * MINUTE)  # fmt: skip
    assert (lives.approves_after, lives.founding) == (24 * HOUR, HOUR)
    assert (lives.freeze_again, lives.stopped_again, lives.removed_lately) == (7 * DAY, 30 * DAY, 7 * DAY)  # fmt: skip
