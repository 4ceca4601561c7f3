"""Canaries: secrets that went through every story are looked for where none may ever stand."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pyotp
import pytest

from tests.attacks.conftest import Nodes, Own, Sql
from tests.people import Person, people
from tests.visitor import Visitor

PASSWORD = "kanarie7qx9 granit fjärd vinter"
WRONG = "kanarie8wz4 nästan rätt ord här"
PHRASE = "kanarie7qx9 min egen mening"
WALLET = "bc1qkanarie7qx9"
EMAIL = "kanarie7qx9@example.com"


@pytest.fixture(scope="module")
def own_settings() -> Own:
    return {"serve": {"log_level": "debug"}}


@dataclass
class Canaries:
    """What was typed, sent and given out, and what was answered to mistakes."""

    secrets: set[str] = field(default_factory=set)  # nowhere, in no form
    addresses: set[str] = field(default_factory=set)  # only where the address must stand
    codes: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def found_in(self, text: str, *, addresses: bool = True) -> list[str]:
        words = self.secrets | (self.addresses if addresses else set())
        found = [w for w in words if w in text or w.casefold() in text.casefold()]
        found += [w for w in words if base64.b64encode(w.encode()).decode().rstrip("=") in text]
        # a fraction of a second may look like a code
        found += [c for c in self.codes if re.search(rf"(?<![\d.]){c}(?!\d)", text)]
        return found

    def found_in_bytes(self, raw: bytes) -> list[str]:
        words = self.secrets | self.addresses | self.codes
        return [w for w in words if w.encode() in raw or w.encode().hex().encode() in raw]


class Teller:
    """Goes through the stories and remembers everything secret on the way."""

    def __init__(self, person: Person, kept: Canaries) -> None:
        self.person, self.kept = person, kept

    def ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        answer = self.person.ask(method, path, **more)
        data = answer.json()
        if answer.status_code != 200 or data.get("refusal"):
            given = (data.get("flow") or {}).get("token") or "no token"
            self.kept.errors.append(answer.text.replace(given, ""))  # meant for this very client
        if answer.status_code == 200 and "flow" in data:
            self._remember(data)
        return dict(data)

    def _remember(self, data: dict[str, Any]) -> None:
        token, result = data["flow"].get("token"), data["result"] or {}
        self.kept.secrets |= {
            t for t in (token, result.get("session_token"), result.get("device_token")) if t
        }
        for shown in (data["step"] or {"show": []})["show"]:
            if shown["kind"] == "totp_key":
                self.kept.secrets.add(shown["key"])
            if shown["kind"] == "recovery_codes":
                self.kept.secrets |= set(shown["codes"])

    def start(self, action: str, **inputs: str) -> dict[str, Any]:
        return self.ask("POST", "/v1/flows", json={"action": action, "inputs": inputs})

    def move(self, flow: dict[str, Any], **inputs: str) -> dict[str, Any]:
        head = flow["flow"]
        return self.ask("POST", f"/v1/flows/{head['id']}", json={"inputs": inputs},
                        headers={"Flow-Token": head["token"],
                                 "Idempotency-Key": f"k{time.monotonic_ns()}"})  # fmt: skip

    def code(self, to: str) -> str:
        code = self.person.code(to)
        self.kept.codes.add(code)
        return code


@pytest.fixture(scope="module")
def canaries(nodes: Nodes, sql: Sql) -> Iterator[Canaries]:
    """After the stories: sign-up, mistakes of every kind, binding, sign-in on both faces, decisions."""
    kept = Canaries()
    with people(*nodes.origins) as make:
        person = make()
        kept.secrets |= {PASSWORD, WRONG}
        kept.addresses |= {EMAIL, person.phone}
        _stories(Teller(person, kept), make)
        _on_pages(nodes, kept)
        _mistakes(make(at=1), kept, sql)
        yield kept


def _stories(teller: Teller, make: Callable[..., Person]) -> None:
    person, kept = teller.person, teller.kept
    flow = teller.start("sign_up", identifier=EMAIL, robot="sandbox")
    teller.move(flow, email_code="000000")
    teller.move(flow, email_code=teller.code(EMAIL))
    teller.move(flow, new_password=EMAIL)  # refused: it is his own address
    person.enter(teller.move(flow, new_password=PASSWORD))
    for password in (WRONG, "", PASSWORD + "x" * 900):
        teller.start("sign_in", identifier=EMAIL, password=password)
    flow = teller.start("bind_phone", new_phone=person.phone)
    teller.move(flow, email_code=teller.code(EMAIL))
    teller.move(flow, new_phone_code=teller.code(person.phone))
    flow = teller.start("bind_totp")
    shown = teller.move(flow, **{flow["step"]["fields"][0]["name"]: teller.code(EMAIL)})
    key = next(s["key"] for s in shown["step"]["show"] if s["kind"] == "totp_key")
    person.totp = pyotp.TOTP(key)
    done = teller.move(flow, new_totp=person.totp_code())
    assert done["flow"]["status"] == "done"
    person.wait("60s")
    elsewhere = Teller(make(at=1, like=person), kept)
    flow = elsewhere.start("sign_in", identifier=person.phone, password=PASSWORD)
    elsewhere.move(flow, totp="999999")
    code = person.totp_code()
    kept.codes.add(code)
    assert elsewhere.move(flow, totp=code)["result"]
    client = person.ask("GET", "/v1/sandbox").json()["platform_client"]
    kept.secrets.add(client["secret"])
    person.http.post("/v1/decisions", auth=(client["id"], client["secret"]),
                     json={"account": person.account, "action": "withdraw", "details": {"to": EMAIL}})  # fmt: skip
    person.http.post("/v1/decisions", auth=(client["id"], PASSWORD), json={})
    _changes(teller, (client["id"], client["secret"]))


def _changes(teller: Teller, platform: tuple[str, str]) -> None:
    """Recovery codes, the holder's own phrase, an approval of details, a redeemed receipt, links."""
    person, kept = teller.person, teller.kept
    kept.secrets |= {PHRASE, WALLET}

    def totp() -> str:
        person.wait("30s")
        code = person.totp_code()
        kept.codes.add(code)
        return code

    flow = teller.start("set_phrase", phrase=PHRASE)
    assert teller.move(flow, totp=totp())["flow"]["status"] == "done"
    flow = teller.start("new_recovery_codes", agree="yes")
    teller.move(flow, totp=totp())
    assert teller.move(flow, kept="yes")["flow"]["status"] == "done"
    person.wait("25h")  # their hold is over, where there was one
    person.session = None
    flow = teller.start("sign_in", identifier=EMAIL, password=PASSWORD)
    person.enter(teller.move(flow, totp=totp()))
    asked = {
        "account": person.account,
        "action": "withdraw",
        "details": {"amount": "1", "to": WALLET},
    }
    decided = person.http.post("/v1/decisions", auth=platform, json=asked).json()
    flow = teller.start("approve_protected_action", decision=decided["id"])
    person.move(
        flow, inputs={"totp": "999999"}
    )  # the answer shows its holder the details once more
    receipt = teller.move(flow, totp=totp())["result"]["receipt"]
    for details in ({"amount": "1", "to": WALLET + "x"}, asked["details"]):
        kept.errors.append(person.http.post(f"/v1/receipts/{receipt}/redeem", auth=platform,
                                            json={"details": details}).text)  # fmt: skip
    found = person.ask("GET", "/v1/sandbox/messages", params={"to": EMAIL}).json()["messages"]
    tokens = {ln["token"] for message in found for ln in message["links"]}
    assert len(tokens) > 3
    kept.secrets |= tokens
    teller.start("undo_change", notice_token=sorted(tokens)[0])
    teller.start("freeze_account", notice_token=sorted(tokens)[0][:-2])


def _on_pages(nodes: Nodes, kept: Canaries) -> None:
    visitor = Visitor(nodes.origins[0])
    visitor.see(f"/sign-in?password={WRONG}&email={EMAIL}")
    visitor.sign_in(EMAIL, WRONG)
    visitor.sign_in(EMAIL, PASSWORD)
    kept.secrets |= {v for n, v in visitor.cookies.items() if n.startswith("__Host-")}


def _mistakes(person: Person, kept: Canaries, sql: Sql) -> None:
    """Secrets where they do not belong, and a fault of ours whose message quotes a row."""
    for body in (
        {"action": PASSWORD}, {"action": "sign_in", PASSWORD: 1}, {"action": "sign_in", "inputs": {WRONG: "x"}},
        {"action": "sign_in", "inputs": {"identifier": EMAIL, "password": [PASSWORD]}},
        {"action": "sign_in", "inputs": {"identifier": EMAIL, "password": "x" * 2000 + PASSWORD}},
    ):  # fmt: skip
        answer = person.ask("POST", "/v1/flows", json=body)
        assert answer.status_code in (400, 422)
        kept.errors.append(answer.text)
    person.ask("GET", f"/v1/me?token={PASSWORD}")
    person.ask("GET", f"/v1/{EMAIL}/{person.phone}")
    sql("alter table channels add constraint broken check (address not like '%kanarie%') not valid")
    address = "kanarie-2@example.com"
    kept.addresses.add(address)
    flow = person.start("sign_up", identifier=address, robot="sandbox")
    person.move(flow, inputs={"email_code": person.code(address)})
    head = flow["flow"]
    broken: httpx.Response = person.ask(
        "POST", f"/v1/flows/{head['id']}", json={"inputs": {"new_password": PASSWORD}},
        headers={"Flow-Token": head["token"]},
    )  # fmt: skip
    assert broken.status_code == 500
    kept.errors.append(broken.text)
    sql("alter table channels drop constraint broken")


@pytest.mark.proves("A107")
def test_no_secret_and_no_identifier_stands_in_any_log(canaries: Canaries, nodes: Nodes) -> None:
    """All that both nodes wrote at the level `debug`, faults and foreign libraries included."""
    written = "".join(log.read_text(errors="replace") for log in nodes.logs)
    assert '"error": "CheckViolation"' in written, "the fault is there"
    assert canaries.found_in(written) == []


@pytest.mark.proves("A107")
def test_no_error_repeats_a_secret(canaries: Canaries) -> None:
    """Neither refusals nor problem documents say what was typed."""
    assert len(canaries.errors) > 6
    said = "\n".join(canaries.errors)
    assert [s for s in canaries.secrets | canaries.codes if s in said] == []


#: where an address must stand to be written to or shown to its holder
ALLOWED = {("channels", "address"), ("flows", "given")}


@pytest.mark.proves("A107", "A108", "S86", "S89")
def test_no_table_holds_a_secret_that_can_be_read(canaries: Canaries, sql: Sql) -> None:
    """Every column of every table, jobs and their arguments too, as text and as bytes."""
    columns = sql("select table_name, column_name, data_type from information_schema.columns "
                  "where table_schema = 'public' order by 1, 2")  # fmt: skip
    looked = 0
    for table, column, kind in columns:
        if kind.startswith("timestamp") or kind in ("integer", "bigint", "boolean", "interval"):
            continue
        read = f'"{column}"' if kind == "bytea" else f'"{column}"::text'
        for (value,) in sql(f'select {read} from "{table}" where "{column}" is not null'):
            looked += 1
            if kind == "bytea":
                assert canaries.found_in_bytes(bytes(value)) == [], (table, column)
            else:
                addresses = (table, column) not in ALLOWED
                assert canaries.found_in(value, addresses=addresses) == [], (table, column)
    assert looked > 500
