"""What attackers and owners do with reviewed cases: apply page after page, send files, look at the status."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

import httpx

from tests.attacks.doing import secured
from tests.people import PASSWORD, Json, Person

ANSWERS: Final = {
    "created": "2026-11", "places": "Umeå", "devices": "Windows", "recent": "0.5 BTC", "reason": "Stolen.",
}  # fmt: skip


def settled(person: Person) -> Person:
    """With everything bound long enough to prove something in a case; signed out."""
    secured(person).wait("8d")
    person.session = None
    return person


def form(**more: str) -> str:
    return json.dumps({**ANSWERS, **more})


def to_the_form(person: Person, *, by: Person | None = None, lost: str = "totp") -> Json:
    """Everything is proven; the form is in view. `by` is another program at another place."""
    doer = by or person
    flow = doer.start("reset_second_factor", lost=lost)
    who = {"identifier": person.email, "password": PASSWORD, "robot": "sandbox"}
    asked = doer.move(flow, inputs=who)
    if asked["refusal"] is None:
        codes = {"email_code": person.code(), "sms_code": person.code(person.phone)}
        names = [f["name"] for f in asked["step"]["fields"]]
        doer.move(flow, inputs={n: codes[n] for n in names})
    return flow


def sends(person: Person, flow: Json, **more: Any) -> Json:
    return person.move(flow, inputs={"agree": True, "answers": form(), **more})


def applies(person: Person, *, by: Person | None = None, files: tuple[bytes, ...] = ()) -> Json:
    """The flow of an application that was sent; `flow["case"]` is its number."""
    doer = by or person
    flow = to_the_form(person, by=by)
    sent = [file(doer, flow, data)["file"] for data in files]
    done = sends(doer, flow, **({"files": ",".join(sent)} if sent else {}))
    assert done["flow"]["status"] == "waiting", done
    wait = done["flow"]["waits"][0]
    return {**flow, "case": done["result"]["case"], "files": sent,
            "earliest": datetime.fromisoformat(wait["until"])}  # fmt: skip


def upload(person: Person, flow: Json, data: bytes, name: str = "a.jpg", **more: Any) -> httpx.Response:  # fmt: skip
    return person.ask("POST", f"/v1/flows/{flow['flow']['id']}/files", data={"kind": more.pop("kind", "document")},
                      files={"file": (name, data, more.pop("type", "image/jpeg"))},
                      headers={"Flow-Token": flow["flow"]["token"], **more})  # fmt: skip


def file(person: Person, flow: Json, data: bytes) -> Json:
    answer = upload(person, flow, data)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def state(person: Person, case: str) -> str:
    looked = person.start("view_case", case_number=case, password=PASSWORD)
    assert looked["flow"]["status"] == "done", looked
    return str(looked["result"]["state"])


def until(person: Person, moment: datetime) -> None:
    person.wait(f"{int((moment - person.now()).total_seconds()) + 2}s")
