"""Attacks by way of Google, Apple and other providers (A63, A65, A67, A68, A70-A76).

`Bent` is a provider that says what an attacker would have it say; everything beside that is as it should be,
and the same without the bend signs in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from joserfc import jwk, jwt
from starlette.applications import Starlette

from portvakt.flow import Door
from portvakt.model import Answer, Caller
from tests.attacks.doing import does, fields, link, messages, refusal
from tests.idp import Idp
from tests.idp import idp as running
from tests.people import PASSWORD, Json, Person

Make = Callable[[], Person]
TENANT = {"label": "Tenant", "client_id": "tenant-app", "secret": "tenant-secret"}


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Idp]:
    with running(tmp_path_factory.mktemp("idp"), {"tenant": TENANT}) as one:
        one.settings["google"]["algorithms"] = ["RS256", "ES256"]
        yield one


@pytest.fixture(scope="module")
def own_settings(made_up: Idp) -> Mapping[str, Mapping[str, Any]]:
    return {"providers": made_up.settings}


@pytest.fixture
def idp(made_up: Idp, app: Starlette) -> Iterator[Idp]:
    made_up.now = app.state.portvakt.sandbox.now
    yield made_up
    for one in made_up.at.values():
        one.bend = one.sign = None


@pytest.fixture
def thief(stranger: Make) -> Person:
    return stranger()


def _begun(person: Person, provider: str, action: str = "sign_in") -> Json:
    """A flow at the step that leads to the provider."""
    offer = provider if action == "sign_in" else f"new_{provider}"
    answer = person.ask("POST", "/v1/flows", json={"action": action, "offer": offer})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _url(flow: Json) -> str:
    return str(next(f["url"] for f in flow["step"]["fields"] if f["kind"] == "redirect"))


def _state(flow: Json) -> str:
    return dict(parse_qsl(urlsplit(_url(flow)).query))["state"]


def _brought(person: Person, flow: Json, brought: Mapping[str, str]) -> Json:
    (name,) = (f["name"] for f in flow["step"]["fields"] if f["kind"] == "redirect")
    return person.move(flow, inputs={name: urlencode(brought)})


def _vouched(person: Person, provider: str, idp: Idp) -> Json:
    flow = _begun(person, provider)
    return _brought(person, flow, idp.visit(_url(flow)))


def _linked(person: Person, provider: str, idp: Idp, sub: str = "") -> Person:
    """An account with a password, linked with that provider."""
    person.sign_up()
    idp.signed_in(provider, sub or f"sub-{person.number}", person.email)
    flow = person.start(f"link_{provider}")
    step = person.move(flow, inputs={"email_code": person.code()})
    done = person.move(flow, inputs={f"new_{provider}": urlencode(idp.visit(_url(step)))})
    assert done["flow"]["status"] == "done", done
    return person


def _signs_up(person: Person, idp: Idp, provider: str = "google") -> Json:
    """With what was shown at a sign-in that found nobody, up to the code."""
    told = _vouched(person, provider, idp)["refusal"]
    ticket = told["params"]["ticket"]
    body = {"action": "sign_up", "offer": f"new_{provider}",
            "inputs": {f"new_{provider}": ticket, "identifier": person.email, "robot": "sandbox"}}  # fmt: skip
    return dict(person.ask("POST", "/v1/flows", json=body).json())


def _ways(person: Person) -> set[str]:
    return {f["kind"] for f in person.ask("GET", "/v1/me/factors").json()}


# ── whose account ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A01", "A63")
def test_an_identity_that_is_linked_with_nothing_tells_of_no_identifier(
    person: Person, thief: Person, idp: Idp
) -> None:
    """Typed first, then another way in: whom the identifier names does not count any more."""
    person.sign_up()
    idp.signed_in("google", f"nobody-{thief.number}", "nobody@example.net")
    told = []
    for identifier in (person.email, f"unknown.{person.email}"):
        flow = thief.start("sign_in", identifier=identifier)
        step = thief.move(flow, offer="google")["step"]
        told.append(
            refusal(_brought(thief, {**flow, "step": step}, idp.visit(_url({"step": step}))))
        )
    assert told == ["provider_not_linked", "provider_not_linked"]


@pytest.mark.proves("A63", "A67", "A68")
@pytest.mark.parametrize("verified", [True, False])
def test_an_account_with_the_same_address_is_neither_entered_nor_joined(
    person: Person, thief: Person, idp: Idp, verified: bool
) -> None:
    person.sign_up()
    idp.signed_in("google", f"thief-{person.number}", person.email, verified=verified)
    told = _vouched(thief, "google", idp)
    assert refusal(told) == "provider_not_linked"
    flow = thief.ask("POST", "/v1/flows", json={
        "action": "sign_up", "offer": "new_google",
        "inputs": {"new_google": told["refusal"]["params"]["ticket"], "identifier": person.email, "robot": "sandbox"},
    }).json()  # fmt: skip
    assert fields(flow) == ["email_code"], "as for a free address"
    assert messages(person)[0]["code"] is None, (
        "the owner is told, and no code is sent that would open it"
    )
    assert _ways(person) == {"password", "email_code"}


@pytest.mark.proves("A65", "A67")
def test_a_sign_up_by_a_provider_proves_its_address_by_a_code(thief: Person, idp: Idp) -> None:
    idp.signed_in("google", f"new-{thief.number}", thief.email)
    flow = _signs_up(thief, idp)
    assert (flow["flow"]["status"], fields(flow)) == ("open", ["email_code"])
    assert flow["flow"]["account"] is None
    wrong = thief.move(flow, inputs={"email_code": "000000"})
    assert refusal(wrong) == "wrong_code"
    done = thief.move(flow, inputs={"email_code": thief.code()})
    assert done["flow"]["status"] == "done", done


@pytest.mark.proves("A67")
def test_an_address_that_is_not_strictly_verified_is_not_even_written_into_the_form(
    thief: Person, idp: Idp
) -> None:
    idp.signed_in("google", f"form-{thief.number}", thief.email)
    assert _written(thief, idp) == thief.email, "the positive control"
    for said in (False, "true", "yes", 1, None):
        idp.at["google"].bend = lambda claims, said=said: {**claims, "email_verified": said}
        assert _written(thief, idp) is None, said


def _written(person: Person, idp: Idp) -> str | None:
    begun = _begun(person, "google", "sign_up")
    flow = _brought(person, begun, idp.visit(_url(begun)))
    value = next(f["value"] for f in flow["step"]["fields"] if f["name"] == "identifier")
    return None if value is None else str(value)


@pytest.mark.proves("A68", "A71")
def test_what_a_provider_says_beside_its_subject_moves_nothing(
    person: Person, thief: Person, idp: Idp
) -> None:
    """The owner's address there changes: he is still in. Somebody else gets the address: he is not."""
    _linked(person, "google", idp, sub=f"owner-{person.number}")
    idp.signed_in("google", f"owner-{person.number}", "married@example.net")
    assert _vouched(person, "google", idp)["flow"]["account"] == person.account
    idp.signed_in("google", f"heir-{person.number}", person.email)
    assert refusal(_vouched(thief, "google", idp)) == "provider_not_linked"


@pytest.mark.proves("A68")
def test_the_same_subject_at_another_provider_is_somebody_else(
    person: Person, thief: Person, idp: Idp
) -> None:
    _linked(person, "google", idp, sub=f"same-{person.number}")
    idp.signed_in("tenant", f"same-{person.number}", person.email)
    assert refusal(_vouched(thief, "tenant", idp)) == "provider_not_linked"


@pytest.mark.proves("S12", "A70")
def test_one_identity_is_linked_once_however_many_try_at_the_same_time(
    person: Person, thief: Person, idp: Idp
) -> None:
    _linked(person, "google", idp, sub=f"once-{person.number}")
    idp.signed_in("google", f"once-{person.number}", person.email)
    thief.sign_up()
    flow = thief.start("link_google")
    step = thief.move(flow, inputs={"email_code": thief.code()})
    refused = thief.move(flow, inputs={"new_google": urlencode(idp.visit(_url(step)))})
    assert refusal(refused) == "provider_linked_already"
    assert "google" not in _ways(thief)


@pytest.mark.proves("A70")
def test_a_confirmation_links_whom_it_was_given_for(person: Person, idp: Idp) -> None:
    """What was proven is kept with the flow: nobody who is signed in there later is linked by it."""
    ours, thief = f"mine-{person.number}", f"thief-{person.number}"
    idp.signed_in("google", ours, person.email)
    flow = _begun(person, "google", "sign_up")
    step = _brought(person, flow, idp.visit(_url(flow)))
    idp.signed_in("google", thief, "thief@example.net")
    person.move(flow, inputs={"identifier": person.email, "robot": "sandbox"})
    again = person.move(flow, inputs={"new_google": urlencode({"code": "x", "state": "y"})})
    assert again["refusal"] is None or refusal(again) == "step_moved_on", (step, again)
    person.enter(person.move(flow, inputs={"email_code": person.code()}))
    assert refusal(_vouched(person, "google", idp)) == "provider_not_linked"
    idp.signed_in("google", ours, person.email)
    assert _vouched(person, "google", idp)["flow"]["account"] == person.account


@pytest.mark.proves("A70")
def test_a_ticket_is_for_its_provider_for_five_minutes_and_for_no_account_that_exists(
    person: Person, thief: Person, idp: Idp
) -> None:
    idp.signed_in("google", f"ticket-{thief.number}", thief.email)
    ticket = _vouched(thief, "google", idp)["refusal"]["params"]["ticket"]
    person.sign_up()
    linking = person.start("link_apple")
    person.move(linking, inputs={"email_code": person.code()})
    assert refusal(person.move(linking, inputs={"new_apple": ticket})) == "provider_failed"
    sign_in = _begun(thief, "google")
    assert refusal(thief.move(sign_in, inputs={"google": ticket})) == "provider_failed"
    body = {"action": "sign_up", "offer": "new_google", "inputs": {"new_google": ticket}}
    fresh = thief.ask("POST", "/v1/flows", json=body).json()
    assert fields(fresh) == ["identifier", "robot"]
    changed = {
        **body,
        "inputs": {"new_google": ticket[:-2] + ("AA" if ticket[-2:] != "AA" else "BB")},
    }
    assert refusal(thief.ask("POST", "/v1/flows", json=changed).json()) == "provider_failed"
    thief.wait("301s")
    late = thief.ask("POST", "/v1/flows", json=body).json()
    assert refusal(late) == "provider_failed"


# ── whose browser, which try ────────────────────────────────────────────────────────────────────


def _cookies(address: str) -> httpx.Client:
    return httpx.Client(base_url=address, headers={"Sec-Fetch-Site": "cross-site"})


@pytest.mark.proves("A72", "A73")
@pytest.mark.parametrize("provider", ["google", "apple"])
def test_an_answer_that_is_sent_to_another_browser_signs_nobody_in_there(
    person: Person, address: str, idp: Idp, provider: str
) -> None:
    """Login CSRF: the attacker begins, shows who he is there, and has his victim open the way back."""
    _linked(person, provider, idp)
    flow = _begun(person, provider)
    brought = idp.visit(_url(flow))
    with _cookies(address) as victim:
        if provider == "apple":
            forged = json.dumps({"name": {"firstName": "A"}, "email": person.email})
            posted = victim.post("/return/apple", data={**brought, "user": forged})
            assert posted.status_code == 303
            back = posted.headers["location"]
            assert back.startswith("/return/apple?"), "an address of our own"
            assert "user" not in dict(parse_qsl(urlsplit(back).query))
        else:
            back = f"/return/google?{urlencode(brought)}"
        page = victim.get(back)
    assert page.status_code == 404
    assert not [c for c in page.headers.get_list("set-cookie") if "__Host-portvakt" in c]
    done = _brought(person, flow, brought)
    assert done["flow"]["account"] == person.account, "the same answer, in the flow that it is for"


@pytest.mark.proves("A72", "A73")
def test_an_answer_of_one_flow_moves_no_other(person: Person, thief: Person, idp: Idp) -> None:
    _linked(person, "google", idp)
    first, other = _begun(thief, "google"), _begun(thief, "google")
    brought = idp.visit(_url(first))
    assert refusal(_brought(thief, other, brought)) == "provider_failed"
    for state in ("", _state(other), "flw_0.x", None):
        flow = _begun(thief, "google")
        said = {k: v for k, v in idp.visit(_url(flow)).items() if k != "state"}
        said |= {} if state is None else {"state": state}
        assert refusal(_brought(thief, flow, said)) == "provider_failed", state
    assert _brought(thief, first, brought)["flow"]["account"] == person.account


@pytest.mark.proves("A73")
def test_an_answer_counts_once_and_a_try_takes_one_answer(person: Person, idp: Idp) -> None:
    _linked(person, "google", idp)
    flow = _begun(person, "google")
    brought = idp.visit(_url(flow))
    wrong = {**brought, "code": "ac_wrong"}
    assert refusal(_brought(person, flow, wrong)) == "provider_failed"
    assert refusal(_brought(person, flow, brought)) == "provider_failed", "the try is used up"
    again = _begun(person, "google")
    brought = idp.visit(_url(again))
    assert _brought(person, again, brought)["flow"]["status"] == "done"
    third = _begun(person, "google")
    replayed = _brought(person, third, {**brought, "state": _state(third)})
    assert refusal(replayed) == "provider_failed", "a code that was spent"


# ── what a token says, and who signed it ────────────────────────────────────────────────────────

Claims = dict[str, Any]
OTHER_TIME = 3600


BENT: dict[str, Callable[[Claims], Claims]] = {
    "another client": lambda c: {**c, "aud": "another-client"},
    "another client beside ours": lambda c: {**c, "aud": [c["aud"], "another-client"]},
    "another tenant": lambda c: {**c, "iss": c["iss"] + "/other"},
    "no issuer": lambda c: {k: v for k, v in c.items() if k != "iss"},
    "made for another": lambda c: {**c, "azp": "another-client"},
    "expired": lambda c: {**c, "iat": c["iat"] - 400, "exp": c["iat"] - 120},
    "from yesterday": lambda c: {**c, "iat": c["iat"] - 86_400},
    "from tomorrow": lambda c: {**c, "iat": c["iat"] + OTHER_TIME},
    "not yet good": lambda c: {**c, "nbf": c["iat"] + OTHER_TIME},
    "another nonce": lambda c: {**c, "nonce": "n-0S6_WzA2Mj"},
    "no nonce": lambda c: {k: v for k, v in c.items() if k != "nonce"},
    "nobody": lambda c: {**c, "sub": ""},
}


@pytest.mark.proves("A73", "A74")
def test_a_token_that_was_not_made_for_us_here_and_now_says_nothing(
    person: Person, thief: Person, idp: Idp
) -> None:
    _linked(person, "google", idp)
    told = {}
    for name, idp.at["google"].bend in BENT.items():
        told[name] = refusal(_vouched(thief, "google", idp))
    assert told == dict.fromkeys(BENT, "provider_failed")
    idp.at["google"].bend = None
    assert _vouched(thief, "google", idp)["flow"]["account"] == person.account


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unsigned(key: jwk.RSAKey, claims: Claims) -> str:
    head = {"alg": "none", "kid": key.kid}
    return f"{_b64(json.dumps(head).encode())}.{_b64(json.dumps(claims).encode())}."


def _by_the_public_key(key: jwk.RSAKey, claims: Claims) -> str:
    """HS256, the published key taken for a shared secret (RS/HS confusion)."""
    head = {"alg": "HS256", "kid": key.kid}
    said = f"{_b64(json.dumps(head).encode())}.{_b64(json.dumps(claims).encode())}"
    mac = hmac.new(key.as_pem(private=False), said.encode(), hashlib.sha256).digest()
    return f"{said}.{_b64(mac)}"


def _by_another(key: jwk.RSAKey, claims: Claims) -> str:
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, jwk.RSAKey.generate_key(2048))


def _by_its_own(key: jwk.RSAKey, claims: Claims) -> str:
    """The key to check it by stands in it, and an address where that is said to be published."""
    own = jwk.ECKey.generate_key("P-256")
    published = {"jwk": own.as_dict(private=False), "jku": "http://127.0.0.1:9/"}
    return jwt.encode({"alg": "ES256", "kid": "own", **published}, claims, own)


SIGNED = {"none": _unsigned, "the public key": _by_the_public_key, "another key": _by_another,
          "a key of its own": _by_its_own}  # fmt: skip


@pytest.mark.proves("A74")
def test_a_token_counts_by_the_issuers_own_key_and_a_settled_algorithm_alone(
    person: Person, thief: Person, idp: Idp
) -> None:
    _linked(person, "google", idp)
    told = {}
    for name, idp.at["google"].sign in SIGNED.items():
        told[name] = refusal(_vouched(thief, "google", idp))
    assert told == dict.fromkeys(SIGNED, "provider_failed")
    idp.at["google"].sign = None
    assert _vouched(thief, "google", idp)["flow"]["account"] == person.account


@pytest.mark.proves("A75")
def test_an_answer_of_one_provider_is_not_taken_for_anothers(
    person: Person, thief: Person, idp: Idp
) -> None:
    """Mix-up: what the browser brings says by whom it was given (RFC 9207)."""
    _linked(person, "google", idp)
    flow = _begun(thief, "google")
    brought = idp.visit(_url(flow))
    assert brought["iss"] == idp.at["google"].client.issuer
    swapped = {**brought, "iss": idp.at["tenant"].client.issuer}
    assert refusal(_brought(thief, flow, swapped)) == "provider_failed"
    flow = _begun(thief, "google")
    left_out = {k: v for k, v in idp.visit(_url(flow)).items() if k != "iss"}
    assert refusal(_brought(thief, flow, left_out)) == "provider_failed"
    assert _vouched(thief, "google", idp)["flow"]["account"] == person.account


@pytest.mark.proves("A75")
def test_each_provider_has_an_address_of_its_own_to_come_back_to(
    person: Person, address: str, idp: Idp
) -> None:
    asked = {id: dict(parse_qsl(urlsplit(_url(_begun(person, id))).query)) for id in idp.at}
    assert {id: a["redirect_uri"] for id, a in asked.items()} == {
        id: f"http://localhost:8700/return/{id}" for id in idp.at
    }
    assert all(a["code_challenge_method"] == "S256" for a in asked.values())
    elsewhere = httpx.get(f"{address}/return/nobody", params={"code": "x", "state": "y"})
    assert elsewhere.status_code == 404


@pytest.mark.proves("A38", "A72")
@pytest.mark.parametrize(
    "sent", ["https://evil.example/", "//evil.example", "/\\evil.example", "a\r\nLocation: //e"]
)
def test_the_way_back_leads_to_ourselves_whatever_is_posted_there(address: str, sent: str) -> None:
    with _cookies(address) as browser:
        posted = browser.post("/return/apple", data={"code": sent, "state": sent, "redirect": sent})
        assert posted.status_code == 303
        assert posted.headers["location"].startswith("/return/apple?code=")
        assert browser.get(posted.headers["location"]).status_code == 404


# ── which accounts ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A76")
def test_a_frozen_account_stays_frozen_and_its_owner_is_told_so_alone(
    person: Person, thief: Person, idp: Idp
) -> None:
    _linked(person, "google", idp)
    does(person, "freeze_account")
    told = _vouched(thief, "google", idp)
    assert refusal(told) == "account_frozen"
    assert told["result"] is None


@pytest.mark.proves("A76")
def test_a_provider_that_was_unlinked_or_reported_is_no_way_in(
    person: Person, thief: Person, idp: Idp
) -> None:
    _linked(person, "google", idp)
    does(person, "unlink_google")
    assert refusal(_vouched(thief, "google", idp)) == "provider_not_linked"
    undone = thief.start("undo_change", notice_token=link(person, "undo"), password=PASSWORD)
    assert thief.move(undone, inputs={"email_code": person.code()})["flow"]["status"] == "done"
    assert _vouched(thief, "google", idp)["flow"]["account"] == person.account


@pytest.mark.proves("A76")
def test_a_provider_that_was_switched_off_signs_nobody_in(
    person: Person, app: Starlette, idp: Idp
) -> None:
    """The operator takes it out of the settings while a flow is under way."""
    _linked(person, "google", idp)
    portvakt = app.state.portvakt
    without = Door(portvakt.db, replace(portvakt.kit, providers={}, ways=()))
    flow = _begun(person, "google")
    brought = urlencode(idp.visit(_url(flow)))
    key = (flow["flow"]["id"], flow["flow"]["token"], Caller())
    told = without.submit(*key, inputs={"google": brought})
    assert isinstance(told, Answer)
    assert told.step is not None
    assert [f.name for f in told.step.fields] == ["identifier", "password"]
    there = portvakt.door.submit(*key, inputs={"google": brought})
    assert there.flow.account == person.account, "where it is served it would have signed in"
