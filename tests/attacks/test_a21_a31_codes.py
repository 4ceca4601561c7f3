"""One-time codes and second factors over HTTP: once, for one thing, for one person, in time.

What holds for every factor alike is proven by the contract suite (tests/factors); here the same is
tried as an attacker would, through the door that everybody uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from portvakt.asking import inputs
from portvakt.factors.base import read_limit
from portvakt.policy import ACTIONS, LIMITS, PROVIDERS
from tests.attacks.conftest import Own
from tests.people import PASSWORD, Person


@pytest.fixture(scope="module")
def own_settings() -> Own:
    return {"limits": {"flow.network": "40/1m"}}


def refusal(flow: dict[str, Any]) -> str | None:
    return flow["refusal"]["id"] if flow["refusal"] else None


@pytest.mark.proves("A21", "S79")
def test_an_authenticator_code_is_taken_once_wherever_it_is_tried_again(
    stranger: Callable[..., Person],
) -> None:
    """Seen over a shoulder while its owner signs in, it opens neither another sign-in nor a change."""
    owner = stranger().sign_up().bind_totp()
    owner.wait_for_a_step()
    code = owner.totp_code()
    elsewhere = stranger(like=owner)
    entered = elsewhere.move(elsewhere.sign_in(), inputs={"totp": code})
    assert entered["flow"]["status"] == "done"
    again = stranger(like=owner)
    assert again.move(again.sign_in(), inputs={"totp": code})["result"] is None
    flow = owner.start("bind_phone", new_phone=owner.phone)
    assert refusal(owner.move(flow, inputs={"totp": code})) == "wrong_code"


@pytest.mark.proves("A24")
def test_a_fresh_flow_brings_no_fresh_guesses(stranger: Callable[..., Person]) -> None:
    """AuthQuake: every flow tries one code; after five the right one is not looked at either."""
    owner = stranger().sign_up().bind_totp()
    owner.wait_for_a_step()
    told = []
    for number in range(6):
        thief = stranger(like=owner)
        told.append(refusal(thief.move(thief.sign_in(), inputs={"totp": f"{number:06d}"})))
    assert told == ["sign_in_failed"] * 5 + ["too_many_tries"]
    thief = stranger(like=owner)
    assert thief.move(thief.sign_in(), inputs={"totp": owner.totp_code()})["result"] is None


@pytest.mark.proves("A25")
def test_one_network_opens_no_more_flows_than_its_limit(person: Person) -> None:
    """Nobody tries one code on two hundred thousand flows."""
    told = [person.ask("POST", "/v1/flows", json={"action": "sign_in"}) for _ in range(42)]
    assert [t.status_code for t in told] == [200] * 40 + [429] * 2
    assert int(told[-1].headers["retry-after"]) > 0


@pytest.mark.proves("A25", "A24")
def test_a_year_of_guessing_at_the_limits_expects_less_than_one_hit() -> None:
    """Per account and factor: tries a day × 365 × the share of codes that are right at one time."""
    right_at_once = {"totp": 3, "email_code": 1, "sms_code": 1}
    for factor, many in right_at_once.items():
        a_day = min(
            most * 86_400 / seconds for most, seconds in read_limit(LIMITS[f"{factor}.account"])
        )
        assert a_day * 365 * many / 1_000_000 < 0.1, factor


@pytest.mark.proves("A26")
def test_a_thousand_guesses_at_once_are_no_more_than_five(stranger: Callable[..., Person]) -> None:
    """From many networks, on one code: at most the allowed tries are looked at, then not even the
    right one is."""
    owner = stranger()
    flow = owner.start("sign_up", identifier=owner.email, robot="sandbox")
    right = owner.code()
    guessers = [stranger() for _ in range(40)]

    def guess(number: int) -> dict[str, Any]:
        wrong = f"{(int(right) + 1 + number) % 1_000_000:06d}"
        return guessers[number].move(flow, inputs={"email_code": wrong})

    with ThreadPoolExecutor(20) as pool:
        told = [refusal(answer) for answer in pool.map(guess, range(40))]
    assert set(told) <= {"wrong_code", "too_many_tries", "step_moved_on"}
    assert told.count("wrong_code") <= 5
    assert refusal(owner.move(flow, inputs={"email_code": right})) == "too_many_tries"


@pytest.mark.proves("A27", "S89")
def test_a_code_for_one_purpose_does_nothing_for_another(stranger: Callable[..., Person]) -> None:
    """A code that the owner was talked into reading out "to bind his app" binds no phone."""
    owner = stranger().sign_up()
    totp, phone = owner.start("bind_totp"), None
    code = owner.code()
    phone = owner.start("bind_phone", new_phone=stranger().phone)
    assert refusal(owner.move(phone, inputs={"email_code": code})) == "wrong_code"
    assert refusal(owner.move(totp, inputs={"email_code": code})) is None


@pytest.mark.proves("A28", "S89")
def test_a_code_of_another_account_or_flow_and_an_old_one_are_worth_nothing(
    stranger: Callable[..., Person],
) -> None:
    """Another's code, my other flow's, the one before the last, the one of ten minutes ago."""
    mine, other = stranger().sign_up(), stranger().sign_up()
    theirs = other.start("bind_totp")
    foreign = other.code()
    first = mine.start("bind_totp")
    first_code = mine.code()
    second = mine.start("bind_totp")
    assert refusal(mine.move(second, inputs={"email_code": foreign})) == "wrong_code"
    assert refusal(mine.move(second, inputs={"email_code": first_code})) == "wrong_code"
    mine.wait("61s")
    old = mine.code()
    assert refusal(mine.move(second, resend="email_code")) is None
    if mine.code() != old:
        assert refusal(mine.move(second, inputs={"email_code": old})) == "wrong_code"
    late = mine.code()
    mine.wait("10m")
    assert refusal(mine.move(second, inputs={"email_code": late})) == "wrong_code"
    assert first["flow"]["id"] != theirs["flow"]["id"]


@pytest.mark.proves("A28", "A66")
def test_a_code_dies_with_the_change_that_was_made_meanwhile(
    stranger: Callable[..., Person],
) -> None:
    """Half-done changes end when the owner binds his authenticator: their codes open nothing."""
    owner = stranger().sign_up()
    started = owner.start("bind_phone", new_phone=owner.phone)
    code = owner.code()
    owner.bind_totp()
    dead = owner.move(started, inputs={"email_code": code})
    assert dead["flow"]["status"] == "cancelled"
    assert refusal(dead) == "flow_finished"


# ── after the password only ─────────────────────────────────────────────────────────────────────

#: what is for everybody, signed in or not; it tells nothing about an account
PUBLIC = {
    "/", "/sign-in", "/sign-up", "/language", "/help/codes", "/healthz", "/readyz", "/metrics",
    "/v1/flows", "/v1/flows/{flow}", "/v1/openapi.json", "/problems/{id}", "/reset-password", "/freeze",
    "/unfreeze", "/notice/{token}", "/lost-authenticator", "/lost-email", "/lost-phone", "/case", "/case/add",
    "/recover",
}  # fmt: skip
PUBLIC_BELOW = (
    "/.well-known/",
    "/static/",
    "/v1/docs",
    "/v1/sandbox",
    "/sandbox",
    "/mailbox",
    "/help/",
    "/robot",
)


def every_path(routes: list[BaseRoute], above: str = "") -> Iterator[tuple[str, str]]:
    """Method and path of every route of the application, mounted ones too."""
    for route in routes:
        if isinstance(route, Mount):
            yield from every_path(list(route.routes), above + route.path)
        elif isinstance(route, Route):
            for method in sorted((route.methods or {"GET"}) - {"HEAD", "OPTIONS"}):
                yield method, above + route.path
        elif hasattr(route, "path"):  # FastAPI's own
            for method in sorted(set(getattr(route, "methods", ())) - {"HEAD"}):
                yield method, above + route.path


@pytest.mark.proves("A30", "A20", "S5", "S100")
def test_after_the_password_alone_every_route_says_no(
    app: Starlette, stranger: Callable[..., Person]
) -> None:
    """With the flow's token as session, as cookie, or with nothing: no path knows the account."""
    owner = stranger().sign_up().bind_totp()
    thief = stranger(like=owner)
    flow = thief.sign_in()
    assert flow["flow"]["account"] is None
    token = flow["flow"]["token"]
    tried = 0
    for method, path in every_path(list(app.routes)):
        if path in PUBLIC or path.startswith(PUBLIC_BELOW):
            continue
        where = path.replace("{flow}", flow["flow"]["id"]).replace("{action}", "bind_phone")
        for headers in ({"Authorization": f"Bearer {token}"}, {"Cookie": f"__Host-portvakt={token}"},
                        {"Flow-Token": token}, {}):  # fmt: skip
            answer = thief.ask(method, where, headers=headers)
            tried += 1
            assert answer.status_code in (303, 400, 401, 403, 404, 405, 415, 422), (method, path)
            if answer.status_code == 303:
                assert answer.headers["location"].startswith("/sign-in"), (method, path)
            assert owner.email not in answer.text
            assert str(owner.account) not in answer.text
    assert tried > 40
    for action, row in ACTIONS.items():
        if row.session and row.kind not in PROVIDERS:  # nobody vouches here
            body = {"action": action, "inputs": {}}
            told = thief.ask(
                "POST", "/v1/flows", json=body, headers={"Authorization": f"Bearer {token}"}
            )
            assert told.status_code == 401, action


@pytest.mark.proves("A30", "A40")
def test_inputs_of_later_pages_skip_none(stranger: Callable[..., Person]) -> None:
    """Everything that a row ever asks, sent at once without the second factor, signs nobody in."""
    owner = stranger().sign_up().bind_totp()
    thief = stranger(like=owner)
    everything = dict.fromkeys(inputs(ACTIONS["sign_in"]), "000000")
    everything |= {"identifier": owner.email, "password": PASSWORD, "robot": "sandbox"}
    flow = thief.start("sign_in", **everything)
    assert flow["result"] is None
    bodies: list[dict[str, Any]] = [
        {"step": "done", "inputs": {}}, {"inputs": {}}, {"offer": "none"}, {"offer": "email_code"},
        {"resend": "totp"}, {"step": "second_factor", "inputs": {}},
    ]  # fmt: skip
    for body in bodies:
        moved = thief.move(flow, **body)
        assert moved["result"] is None
        assert moved["step"]["id"] == "second_factor"


@pytest.mark.proves("A31", "S87", "S107")
def test_a_session_alone_changes_no_factor(stranger: Callable[..., Person]) -> None:
    """A stolen session without the second factor binds nothing, whatever it sends first."""
    owner = stranger().sign_up().bind_totp()
    before = owner.ask("GET", "/v1/me/factors").json()
    for action, new in (("bind_phone", "new_phone"), ("bind_totp", "new_totp")):
        everything = dict.fromkeys(inputs(ACTIONS[action]), "000000")
        flow = owner.start(action, **{**everything, new: owner.phone})
        assert flow["flow"]["status"] in ("open", "refused")
        assert refusal(flow) in ("wrong_code", "already_bound")
    flow = owner.start("bind_phone", new_phone=owner.phone)
    assert [f["name"] for f in flow["step"]["fields"]] == ["totp"], "the strongest, and no other"
    assert flow["step"]["offers"] == []
    sent = owner.ask("GET", "/v1/sandbox/messages", params={"to": owner.phone}).json()
    assert sent["messages"] == [], "not even a code leaves for a number that a thief names"
    now = owner.ask("GET", "/v1/me/factors").json()
    assert [f["kind"] for f in now] == [f["kind"] for f in before]
