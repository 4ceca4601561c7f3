"""What attackers and owners do in many tests: page after page, links of notices, the platform's questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pyotp

from tests.people import PASSWORD, Json, Person

NEW_PASSWORD = "sju nya ord som ingen annan har"
#: what a page takes from the one who has everything; the rest is asked of `through`
_SIMPLE: Json = {"agree": True, "kept": True, "robot": "sandbox", "password": PASSWORD,
                 "new_password": NEW_PASSWORD}  # fmt: skip
DETAILS = {"amount": "1", "asset": "BTC", "to": "bc1qexample"}


def refusal(answer: Json) -> str | None:
    return answer["refusal"]["id"] if answer["refusal"] else None


def fields(answer: Json) -> list[str]:
    """The names that the step asks for."""
    return [f["name"] for f in answer["step"]["fields"]] if answer["step"] else []


def offers(answer: Json) -> list[str]:
    return [o["id"] for o in answer["step"]["offers"]] if answer["step"] else []


def proof(person: Person, field: str) -> str:
    """What this field takes now from the one who has everything that is bound."""
    if field == "totp":
        person.wait("30s")  # a step that is not spent
        return person.totp_code()
    return person.code(person.phone if "sms" in field or "phone" in field else person.email)


def _answer(person: Person, name: str, step: Json, known: Json) -> Any:
    if name in known:
        return known[name]
    if name == "new_totp":
        key = next(s["key"] for s in step["show"] if s["kind"] == "totp_key")
        person.totp = pyotp.TOTP(key)
        return person.totp_code()
    if name in ("new_email_code", "new_phone_code"):
        return person.code(known[name.removesuffix("_code")])
    if name in ("passkey", "new_passkey"):
        uses = person.passkeys.get if name == "passkey" else person.passkeys.create
        return uses(person.options({"step": step}))
    return proof(person, name)


def through(person: Person, flow: Json, **given: Any) -> Json:
    """Answers page after page as the owner would, until the flow asks nothing more or refuses."""
    known = {"identifier": person.email, **_SIMPLE, **given}
    answer = flow
    for _ in range(9):
        step = answer["step"]
        if step is None or answer["refusal"] is not None:
            return answer
        names = [f["name"] for f in step["fields"] if not f["optional"] or f["name"] in given]
        answer = person.move(flow, inputs={n: _answer(person, n, step, known) for n in names})
    raise AssertionError(f"no end: {answer}")


def does(person: Person, action: str, /, **given: Any) -> Json:
    """The whole action, done."""
    done = through(person, person.start(action), **given)
    assert done["flow"]["status"] in ("done", "waiting"), done
    return done


def secured(person: Person) -> Person:
    """An account holder with everything: e-mail, phone and authenticator."""
    return person.sign_up().bind_phone().bind_totp()


def messages(person: Person, to: str | None = None) -> list[Json]:
    """Sent to this address, newest first."""
    found = person.ask("GET", "/v1/sandbox/messages", params={"to": to or person.email}).json()
    return list(found["messages"])


def link(person: Person, id: str, to: str | None = None) -> str:
    """The token of the newest message to this address whose link does this."""
    return next(
        str(ln["token"]) for m in messages(person, to) for ln in m["links"] if ln["id"] == id
    )


class Platform:
    """A service of the platform, asking about accounts."""

    def __init__(self, person: Person) -> None:
        client = person.ask("GET", "/v1/sandbox").json()["platform_client"]
        self.http, self.auth = person.http, (client["id"], client["secret"])

    def asks(
        self,
        account: str | None,
        action: str = "withdraw",
        details: Json | None = None,
        **more: Any,
    ) -> Json:
        body = {"account": account, "action": action, "details": details or DETAILS, **more}
        answer = self.http.post("/v1/decisions", json=body, auth=self.auth)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def redeems(self, receipt: str, details: Json | None = None) -> httpx.Response:
        return self.http.post(f"/v1/receipts/{receipt}/redeem", auth=self.auth,
                              json={"details": details or DETAILS})  # fmt: skip


def approved(person: Person, platform: Platform, **asked: Any) -> str:
    """The receipt of a withdrawal that its holder approves."""
    decision = platform.asks(person.account, **asked)
    assert decision["decision"] == "step_up", decision
    done = does(person, "approve_protected_action", decision=decision["id"])
    return str(done["result"]["receipt"])


Make = Callable[..., Person]
