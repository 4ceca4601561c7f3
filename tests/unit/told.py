"""Every message that can be sent, with what its sender tells: each purpose of a code, each notice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from portvakt import rules
from portvakt.messages.compose import Operator
from portvakt.model import Text
from portvakt.policy import ACTIONS, PROTECTED
from portvakt.ports.chance import new_token

NOW = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
OPERATOR = Operator("Norrbanken", "https://id.norrbanken.example", "help@norrbanken.example")
CODE: dict[str, Any] = {"action": "sign_in", "code": "482913", "life": timedelta(minutes=10)}
NOTICE: dict[str, Any] = {
    "action": "sign_in", "at": NOW, "device": "Firefox on Linux", "network": "203.0.x.x",
    "client": "web", "hold_until": NOW + timedelta(hours=24), "token": new_token("pvn"),
    "offers": ["freeze"],
}  # fmt: skip

Message = tuple[str, dict[str, Any]]

_CODES = {"email_code", "sms_code", "new_email_code", "new_phone_code"}
ASKED_BY_CODE = sorted(a for a, row in ACTIONS.items() if _CODES & set(rules.inputs(row)))
REVIEWED = sorted(a for a, row in ACTIONS.items() if row.review is not None)
WAITING = sorted(
    a for a, row in ACTIONS.items() if row.wait is not None or row.wait_chosen or a in REVIEWED
)
UNDONE = sorted(a for a, row in ACTIONS.items() if row.undo)
TOLD = sorted(a for a, row in ACTIONS.items() if row.tells != "none")
#: who tries these while settings are locked is told about, and who begins to unlock them
TRIED = sorted(a for a, row in ACTIONS.items() if row.tells_attempts or not row.when_locked)

_TO = "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh"
#: what a code approves, as `details_of` gives it
DETAILS: dict[str, dict[str, str]] = {
    "approve_protected_action": {"amount": "0.5", "asset": "BTC", "to": _TO},
    "add_payout_address": {"asset": "BTC", "address": _TO},
}
#: what the action itself tells, as its `Outcome.params` do
_OWN: dict[str, list[dict[str, Any]]] = {
    "add_payout_address": [
        {"asset": "BTC", "address": _TO, "usable_from": NOW + timedelta(hours=24)}
    ],
    "remove_payout_address": [{"asset": "BTC", "address": _TO}],
    "lock_settings": [{"days": 1}, {"days": 30}],
    "undo_change": [{"undone": action} for action in UNDONE],
    "stop_case": [{"stopped": action} for action in WAITING],
    "add_staff": [{"name": "Åsa Öberg", "role": Text("console.role.lead"), "from": NOW}],
    "change_staff_role": [{"role": Text("console.role.lead"), "from": NOW}],
}


def codes() -> Iterator[Message]:
    for action in ASKED_BY_CODE:
        yield "code", {**CODE, "action": action, "details": {}}
        if action in DETAILS:
            yield "code", {**CODE, "action": action, "details": DETAILS[action]}


def _done() -> Iterator[dict[str, Any]]:
    for action in TOLD:
        row = ACTIONS[action]
        offers = ["freeze", *(["undo"] if row.undo else [])]
        held = NOW + max((rule.lasts for rule in row.hold), default=timedelta(0))
        said = {"action": action, "offers": offers, "ends": row.ends,
                "hold_until": held if held > NOW else None}  # fmt: skip
        for own in _OWN.get(action, [{}]):
            yield {**said, **own}
        if row.recovery_code:
            yield {**said, "codes_left": 9}


#: what is told when a case begins, and at each step of it (`effects.began`, `effects.progressed`)
_CASE = {"case": "7K3M-9QX2", "due": NOW + timedelta(days=5)}
_APPLIED = {**_CASE, "lost": [Text("lost.totp"), Text("lost.email")]}
_QUESTIONS = "Which of your devices is the oldest?\nAnd where did you buy it?"
STEPS: dict[str, dict[str, Any]] = {
    "case_open": {},
    "stop_case_doubted": {},
    "case_asked": {"reason": "Too little to go on.", "questions": _QUESTIONS},
    "case_approved": {"offers": ["freeze", "stop"]},
    "case_rejected": {
        "reason": "The document is somebody else's.",
        "alternatives": "Restore the app with the key that you wrote down.",
        "again": NOW + timedelta(days=7),
    },
}
#: what our own people are told: nobody did it by their account, so there is nothing to freeze
TO_STAFF = (
    "case_overdue", "case_doubted", "staff_proposed", "staff_done", "staff_turned_down", "staff_commanded",
)  # fmt: skip
#: what our people did to an account, told to its holder: by no flow of his, so not to be taken back by him
BY_STAFF = ("freeze_by_staff", "add_staff", "change_staff_role", "remove_staff")
_ROLE = {"role": Text("console.role.auditor"), "from": NOW + timedelta(hours=24)}
_PROPOSED: dict[str, Any] = {
    "what": "change_staff_role", "whom": "Åsa Öberg", "by": "Bo Ek", "second": "Cia Alm",
    "before": NOW + timedelta(days=7), **_ROLE,
}  # fmt: skip


def _of_cases() -> Iterator[dict[str, Any]]:
    later = {"hold_until": None, "ends": "none"}
    for action, told in STEPS.items():
        said = {**_CASE, "earliest": NOW + timedelta(days=3), **later, **told}
        yield {**said, "action": action, "what": REVIEWED[0]}


def _to_staff() -> Iterator[dict[str, Any]]:
    for action in TO_STAFF:
        about = {"case": _CASE["case"]} if action.startswith("case_") else _PROPOSED
        yield {"action": action, "at": NOW, "token": NOTICE["token"], "offers": ["freeze"], **about}


def _to_applicants() -> Iterator[dict[str, Any]]:
    """To somebody who has proven no account: no link."""
    yield {
        **NOTICE,
        **_CASE,
        "action": "applied",
        "hold_until": None,
        "waits_until": NOW + timedelta(days=30),
    }
    yield from ({**NOTICE, **said} for said in _of_cases())


def _others() -> Iterator[dict[str, Any]]:
    later = {"hold_until": None, "ends": "none"}
    for action in WAITING:
        ends = {
            "what": action,
            "waits_until": NOW + timedelta(days=7),
            "offers": ["freeze", "stop"],
        }
        told = _APPLIED if action in REVIEWED else {}
        yield {**later, "action": f"{action}_waiting", **ends, **told}
        yield {**later, "action": f"{action}_stopped", "what": action}
    for action in TRIED:
        yield {**later, "action": "attempt", "what": action}


def notices() -> Iterator[Message]:
    for said in (*_done(), *_others(), *_of_cases()):
        yield "notice", {**NOTICE, "what": said["action"], **said}
    bare = {"at": NOW, "token": NOTICE["token"], "offers": ["freeze"]}
    for asked in PROTECTED:
        for until in (None, NOW + timedelta(hours=24)):
            yield "notice", {**bare, "action": "blocked", "asked": asked, "until": until}
    yield "notice", {**bare, "action": "hold_ended", "cause": "sign_in"}
    for said in _to_staff():
        yield "notice", said
    for said in _to_applicants():
        yield (
            "notice",
            {name: value for name, value in said.items() if name not in ("token", "offers")},
        )


def truths() -> list[Message]:
    """What is told to an address that is bound to nobody, or to somebody else."""
    return [
        ("sign_up_taken", {"action": "sign_up"}),
        ("identifier_blocked", {"action": "sign_up", "until": NOW + timedelta(days=30)}),
        ("bind_in_use", {"action": "bind_email"}),
        ("no_account", {"action": "reset_password"}),
    ]


def every_message() -> list[Message]:
    return [*codes(), *notices(), *truths()]


def named(message: Message) -> str:
    """How a test names it."""
    template, params = message
    more = [params.get(name) for name in ("what", "asked", "stopped", "undone", "days")]
    more += [name for name in ("details", "codes_left", "until") if params.get(name)]
    return "-".join(dict.fromkeys(str(p) for p in (template, params["action"], *more) if p))
