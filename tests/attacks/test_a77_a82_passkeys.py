"""Passkeys forged, replayed, cloned, downgraded, planted: by an authenticator in software that lies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.attacks.alike import same, seen
from tests.attacks.conftest import Sql
from tests.attacks.doing import Platform, does, fields, messages, offers, refusal
from tests.authenticator import AT, HERE, UP, Device, b64
from tests.people import PASSWORD, Json, Person

Make = Callable[..., Person]


@pytest.fixture
def owner(stranger: Make) -> Person:
    """Somebody with e-mail, password and a passkey."""
    return stranger().sign_up().add_passkey()


def tried(thief: Person, flow: Json, answer: Any) -> Json:
    return thief.move(flow, inputs={"passkey": answer})


# ── A77: a challenge is for one flow, once ──────────────────────────────────────────────────────


@pytest.mark.proves("A77")
def test_an_answer_to_one_flow_opens_no_other(stranger: Make, owner: Person) -> None:
    """Caught on its way, or asked for by a page that stands between."""
    first, second = owner.by_passkey(), stranger().by_passkey()
    answer = owner.passkeys.get(owner.options(first))
    stolen = tried(stranger(), second, answer)
    assert (stolen["result"], refusal(stolen)) == (None, "sign_in_failed")
    done = tried(owner, first, answer)
    assert done["result"]["session_token"]
    again = tried(owner, first, answer)
    assert (again["result"], refusal(again)) == (None, "flow_finished")


@pytest.mark.proves("A77")
def test_within_its_flow_an_answer_proves_once(owner: Person) -> None:
    """Five minutes later the same answer is worth nothing, though the flow is the same."""
    flow = owner.start("add_passkey")
    answer = owner.passkeys.get(owner.options(flow))
    page = tried(owner, flow, answer)
    assert fields(page) == ["new_passkey", "passkey_name"]
    owner.wait("6m")
    made = Device().create(owner.options(page))
    late = owner.move(flow, inputs={"new_passkey": made})
    assert refusal(late) == "proof_too_old"
    assert refusal(tried(owner, flow, answer)) == "wrong_passkey"
    assert fields(tried(owner, flow, owner.passkeys.get(owner.options(late))))[0] == "new_passkey"


@pytest.mark.proves("A77")
def test_an_answer_that_comes_when_its_flow_is_over_opens_nothing(owner: Person) -> None:
    flow = owner.by_passkey()
    answer = owner.passkeys.get(owner.options(flow))
    owner.wait("31m")
    late = tried(owner, flow, answer)
    assert (late["result"], refusal(late)) == (None, "flow_expired")


# ── A78: for this origin, this host, with its user, by its own key ──────────────────────────────

LIES: dict[str, Json] = {
    "another origin": {"origin": "https://localhost.evil.example"},
    "another port": {"origin": "http://localhost:8701"},
    "a page below": {"origin": "http://login.localhost:8700"},
    "another host": {"rp": "localhost.evil.example"},
    "inside a frame": {"client": {"crossOrigin": True}},
    "below another page": {"client": {"topOrigin": "https://evil.example"}},
    "made instead of used": {"type": "webauthn.create"},
    "nobody there": {"flags": 0},
    "user not verified": {"flags": UP | 0x18},
    "another account's handle": {"handle": b"x" * 32},
    "no handle": {"handle": None},
    "another key": {"key": ec.generate_private_key(ec.SECP256R1())},
    "of another kind": {"flags": HERE},  # it was synced when it was bound
}


@pytest.mark.proves("A78")
@pytest.mark.parametrize("lie", LIES)
def test_a_forged_answer_opens_nothing(stranger: Make, owner: Person, lie: str) -> None:
    thief = stranger()
    flow = thief.by_passkey()
    forged = owner.passkeys.get(thief.options(flow), **LIES[lie])
    answer = tried(thief, flow, forged)
    assert (answer["result"], refusal(answer)) == (None, "sign_in_failed")
    right = owner.passkeys.get(thief.options(flow))
    assert tried(thief, flow, right)["result"]["session_token"], "only the lie was wrong"


@pytest.mark.proves("A78")
def test_another_accounts_passkey_is_no_second_factor(stranger: Make, owner: Person) -> None:
    """Who has the password and a passkey of his own has one factor of the victim."""
    thief = stranger().sign_up().add_passkey()
    flow = stranger().start("sign_in", identifier=owner.email, password=PASSWORD)
    assert fields(flow) == ["passkey"]
    asked = {**owner.options(flow), "allowCredentials": []}
    answer = tried(thief, flow, thief.passkeys.get(asked))
    assert (answer["result"], refusal(answer)) == (None, "sign_in_failed")


@pytest.mark.proves("A78")
def test_a_passkey_that_is_made_belongs_to_its_flow_and_its_page(stranger: Make) -> None:
    person = stranger().sign_up()
    first, second = person.adding_passkey(), person.adding_passkey()
    options, device = person.options(first), Device()
    elsewhere = device.create(person.options(second))
    lies = [elsewhere, device.create(options, origin="https://evil.example"), device.create(options, rp="evil"),
            device.create(options, type="webauthn.get"), device.create(options, flags=UP | AT),
            device.create(options, client={"crossOrigin": True})]  # fmt: skip
    for lie in lies:
        assert refusal(person.move(first, inputs={"new_passkey": lie})) == "passkey_unfit"
    done = person.move(first, inputs={"new_passkey": device.create(options)})
    assert done["flow"]["status"] == "done"


@pytest.mark.proves("A01", "A78")
def test_a_passkey_that_nobody_has_is_refused_like_one_that_somebody_has(
    stranger: Make, owner: Person
) -> None:
    def guess(**lie: Any) -> list[Json]:
        thief = stranger()
        out = []
        for _ in range(12):
            flow = thief.by_passkey()
            forged = owner.passkeys.get(thief.options(flow), **lie)
            at = f"/v1/flows/{flow['flow']['id']}"
            head = {"Flow-Token": flow["flow"]["token"]}
            moved = thief.ask("POST", at, json={"inputs": {"passkey": forged}}, headers=head)
            assert moved.json()["refusal"]["id"] == "sign_in_failed"
            out.append(seen(moved, owner.email))
        return out

    known = guess(key=ec.generate_private_key(ec.SECP256R1()))
    unknown = guess(id=b"\x07" * 32)
    for courses in (known, unknown):
        for turn in courses:  # a challenge is another each time
            for field in turn["body"]["step"]["fields"]:
                field["options"]["challenge"] = "<challenge>"
    same(known, unknown)


# ── A79: what may be bound, the server decides ──────────────────────────────────────────────────


@pytest.mark.proves("A79")
def test_a_key_of_another_algorithm_is_not_bound(stranger: Make) -> None:
    person = stranger().sign_up()
    flow = person.adding_passkey()
    odd = Device().create(person.options(flow), algorithm=-36)  # ES512 was not asked for
    assert refusal(person.move(flow, inputs={"new_passkey": odd})) == "passkey_unfit"


@pytest.mark.proves("A79")
def test_a_credential_is_bound_to_one_account_even_after_it_was_removed(
    stranger: Make, owner: Person
) -> None:
    """Or a thief who knows its id would keep its owner from taking the removal back."""
    known = owner.passkeys.held[0].id

    def binds_the_same() -> str | None:
        thief = stranger().sign_up()
        flow = thief.adding_passkey()
        copy = Device().create(thief.options(flow), id=known)
        return refusal(thief.move(flow, inputs={"new_passkey": copy}))

    assert binds_the_same() == "passkey_in_use"
    id = next(f["id"] for f in owner.ask("GET", "/v1/me/factors").json() if f["kind"] == "passkey")
    does(owner, "remove_passkey", passkey_id=id)
    assert binds_the_same() == "passkey_in_use"


@pytest.mark.proves("A79")
def test_a_copied_security_key_is_found_by_its_counter(stranger: Make) -> None:
    owner = stranger()
    owner.passkeys = Device(synced=False)
    owner.sign_up().add_passkey()
    thief = stranger(like=owner)
    thief.passkeys = owner.passkeys.cloned()
    owner.sign_in_by_passkey().sign_in_by_passkey()
    flow = thief.by_passkey()
    answer = tried(thief, flow, thief.passkeys.get(thief.options(flow)))
    assert (answer["result"], refusal(answer)) == (None, "sign_in_failed")


# ── A81: no way down ────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A81", "A31")
def test_a_client_that_says_it_has_no_passkeys_gets_nothing_weaker(stranger: Make) -> None:
    """A page that stands between hides the passkey and asks for the code of a message instead."""
    owner = stranger().sign_up().bind_phone().add_passkey()
    sent = len(messages(owner)) + len(messages(owner, owner.phone))
    thief = stranger()
    flow = thief.start("sign_in", identifier=owner.email, password=PASSWORD)
    assert (fields(flow), offers(flow)) == (["passkey"], [])
    for weaker in ("sms_code", "email_code", "totp", "recovery_code", "other_channel"):
        assert refusal(thief.move(flow, offer=weaker)) == "not_offered"
    for weaker in ("sms_code", "email_code", "totp"):
        assert thief.move(flow, inputs={weaker: "123456"})["result"] is None
    assert len(messages(owner)) + len(messages(owner, owner.phone)) == sent


# ── A82: a planted passkey ──────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A82", "A65")
def test_a_stolen_session_adds_no_passkey(stranger: Make) -> None:
    owner = stranger().sign_up()
    thief = stranger(like=owner)
    thief.session, thief.passkeys = owner.session, Device()
    flow = thief.start("add_passkey")
    assert "new_passkey" not in fields(flow)
    guessed = {
        "rp": {"id": "localhost"},
        "user": {"id": b64(b"x" * 32)},
        "challenge": b64(b"c" * 32),
    }
    thief.move(flow, inputs={"new_passkey": thief.passkeys.create(guessed)})
    listed = owner.ask("GET", "/v1/me/factors").json()
    assert [f for f in listed if f["kind"] == "passkey"] == []


@pytest.mark.proves("A82")
def test_a_planted_passkey_is_told_holds_a_day_and_lifts_no_hold_by_signing_in(
    stranger: Make, owner: Person
) -> None:
    platform = Platform(owner)
    owner.wait("25h")
    owner.sign_in_by_passkey()
    assert platform.asks(owner.account)["decision"] == "step_up"
    flow = owner.adding_passkey()
    planted = Device()
    owner.move(flow, inputs={"new_passkey": planted.create(owner.options(flow))})
    assert "passkey" in messages(owner)[0]["subject"]
    held = platform.asks(owner.account)
    assert held["decision"] == "deny"
    thief = stranger(like=owner)
    thief.passkeys = planted
    thief.sign_in_by_passkey()
    after = platform.asks(owner.account)
    assert (after["decision"], after["until"]) == ("deny", held["until"])


@pytest.mark.proves("A82")
def test_a_passkey_of_today_approves_nothing_beside_an_old_one(owner: Person) -> None:
    platform = Platform(owner)
    owner.wait("25h")
    owner.sign_in_by_passkey()
    decision = platform.asks(owner.account)
    approval = owner.start("approve_protected_action", decision=decision["id"])
    flow = owner.adding_passkey()
    planted = Device()
    owner.move(flow, inputs={"new_passkey": planted.create(owner.options(flow))})
    asked = {**owner.options(approval), "allowCredentials": []}
    assert refusal(tried(owner, approval, planted.get(asked))) == "wrong_passkey"


# ── our own people ──────────────────────────────────────────────────────────────────────────────


def hired(sql: Sql, person: Person) -> Person:
    sql("insert into staff (account, name, role, added_at, active_from) values (%s, 'R', 'reviewer', "
        "portvakt_now(), portvakt_now())", person.account)  # fmt: skip
    return person


@pytest.mark.proves("A103", "S95")
def test_without_a_passkey_our_own_people_see_and_decide_nothing(stranger: Make, sql: Sql) -> None:
    """A phished code of an authenticator opens no case. It opens what binds a passkey."""
    mine = hired(sql, stranger().sign_up().bind_totp())
    mine.wait("30s")
    flow = mine.sign_in()
    mine.enter(mine.move(flow, inputs={"totp": mine.totp_code()}))
    console = mine.ask("GET", "/console", headers={"cookie": f"__Host-portvakt={mine.session}"})
    assert console.status_code == 403
    vote = mine.start("decide_case", case="AAAA-BBBB", vote="approve", reason="fine")
    assert refusal(vote) == "passkey_session_needed"
    mine.add_passkey().sign_in_by_passkey()
    console = mine.ask("GET", "/console", headers={"cookie": f"__Host-portvakt={mine.session}"})
    assert console.status_code == 200


@pytest.mark.proves("A31", "A103")
def test_once_they_have_one_there_is_no_way_round_it(stranger: Make, sql: Sql) -> None:
    mine = hired(sql, stranger().sign_up().bind_totp().add_passkey())
    mine.wait("1m")
    flow = stranger(like=mine).sign_in()
    assert (fields(flow), offers(flow)) == (["passkey"], [])
    assert refusal(mine.move(flow, offer="totp")) == "not_offered"
