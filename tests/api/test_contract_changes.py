"""The contract of sensitive changes: agreement, waits, things shown, step-up, receipts, events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from portvakt.api import schema
from tests.api.conftest import Json, Person
from tests.api.test_contract import fits, problem
from tests.attacks.doing import DETAILS, Platform, does, fields, messages, proof, refusal, secured


def shown(answer: Json, kind: str) -> Json:
    return next(s for s in answer["step"]["show"] if s["kind"] == kind)


@pytest.mark.proves("S21", "S38")
def test_agreement_is_asked_first_with_what_it_will_cause_and_may_be_json_true(
    stranger: Callable[..., Person],
) -> None:
    owner = secured(stranger())
    asked = owner.start("unbind_email")
    fits(schema.FlowAnswer, asked)
    assert fields(asked) == ["agree"]
    caused = shown(asked, "consequences")
    assert {"holds", "quarantine", "sessions", "notices"} <= caused.keys()
    until = datetime.fromisoformat(caused["quarantine"][0]["until"])
    assert until - owner.now() > timedelta(days=29)
    for no in (False, "no", ""):
        assert refusal(owner.move(asked, inputs={"agree": no})) in ("must_agree", "missing")
    assert fields(owner.move(asked, inputs={"agree": True})) == ["totp"]
    assert fields(owner.start("unbind_phone", agree=True)) == ["totp"], "in the first POST too"


@pytest.mark.proves("S39")
def test_what_waits_says_until_when_and_can_be_cancelled(stranger: Callable[..., Person]) -> None:
    owner = secured(stranger())
    for days in (0, 31, 1.5, True, [3]):
        told = owner.ask(
            "POST", "/v1/flows", json={"action": "lock_settings", "inputs": {"days": days}}
        )
        assert told.status_code == 400 or refusal(told.json()) == "days_unfit", days
    assert does(owner, "lock_settings", days=3)["result"] == {"holds": [], "quarantine": []}
    assert refusal(owner.start("change_password")) == "settings_locked"
    flow = owner.start("unlock_settings", agree=True)
    waits = owner.move(flow, inputs={"totp": proof(owner, "totp")})
    fits(schema.FlowAnswer, waits)
    (wait,) = waits["flow"]["waits"]
    assert (waits["flow"]["status"], waits["step"], wait["for"]) == ("waiting", None, "time")
    left = datetime.fromisoformat(wait["until"]) - owner.now()
    assert timedelta(days=2, hours=23) < left <= timedelta(days=3)
    assert owner.move(flow, cancel=True)["flow"]["status"] == "cancelled"


@pytest.mark.proves("S91")
def test_a_step_up_leads_to_a_receipt_that_is_redeemed_once_and_told(
    stranger: Callable[..., Person],
) -> None:
    owner = secured(stranger())
    platform = Platform(owner)
    made = platform.asks(owner.account)
    fits(schema.DecisionBody, made)
    assert made["flow"] == {
        "action": "approve_protected_action",
        "inputs": {"decision": made["id"]},
    }
    flow = owner.start(made["flow"]["action"], **made["flow"]["inputs"])
    assert shown(flow, "details")["to"] == DETAILS["to"]
    done = owner.move(flow, inputs={"totp": proof(owner, "totp")})
    receipt = done["result"]["receipt"]
    assert platform.asks(owner.account, receipt=receipt)["decision"] == "allow"
    assert platform.redeems(receipt).json()["redeemed"] is True
    problem(platform.redeems(receipt), 409, "receipt_void")
    problem(platform.redeems("rcp_" + "0" * 32), 404, "not_found")
    events: list[dict[str, str]] = []
    seen: dict[str, str] = {}
    while page := owner.http.get("/v1/events", params=seen, auth=platform.auth).json()["events"]:
        events, seen = [*events, *page], {"after": page[-1]["id"]}
    mine = [e["event"] for e in events if e["account"] == owner.account]
    assert mine[-1] == "redeemed"
    later = owner.http.get(
        "/v1/events", params={"after": events[-1]["id"]}, auth=platform.auth
    ).json()
    assert later["events"] == []
    for bad in ("x", "1.evt_", "' or 1=1"):
        problem(
            owner.http.get("/v1/events", params={"after": bad}, auth=platform.auth),
            400,
            "malformed",
        )
    problem(owner.http.get("/v1/events"), 401, "service_unknown")


def test_recovery_codes_are_shown_once_and_links_stand_in_notices(
    stranger: Callable[..., Person],
) -> None:
    owner = secured(stranger())
    flow = owner.start("new_recovery_codes")
    asked = owner.move(flow, inputs={"totp": proof(owner, "totp")})
    fits(schema.FlowAnswer, asked)
    assert len(set(shown(asked, "recovery_codes")["codes"])) == 10
    done = owner.move(flow, inputs={"kept": True})
    assert done["result"] == {"holds": [], "quarantine": []}
    (link,) = messages(owner)[0]["links"]
    assert (link["id"], link["token"][:4]) == ("freeze", "pvn_")
    assert link["url"].startswith("http://localhost:8700/")
