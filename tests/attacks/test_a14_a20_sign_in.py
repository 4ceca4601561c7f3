"""Passwords and sign-in: one counter, no lock-out by strangers, the whole password, one gate."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from portvakt.app import build
from tests.attacks.conftest import Sql
from tests.database import Database
from tests.people import PASSWORD, Person, people
from tests.serving import sandbox_settings, serving

WRONG = "inte det riktiga ordet alls"


def refusal(flow: dict[str, Any]) -> str | None:
    return flow["refusal"]["id"] if flow["refusal"] else None


@pytest.mark.proves("A14")
def test_one_account_has_one_counter_however_it_is_named(stranger: Callable[..., Person]) -> None:
    """By e-mail in three spellings and by phone: the eleventh guess is not looked at."""
    owner = stranger().sign_up().bind_phone()
    names = [
        owner.email,
        owner.email.upper(),
        f" {owner.email}",
        owner.phone,
        "0" + owner.phone[3:],
    ]
    answers = [stranger().sign_in(identifier=names[n % 5], password=WRONG) for n in range(12)]
    assert [refusal(a) for a in answers] == ["sign_in_failed"] * 10 + ["too_many_tries"] * 2


@pytest.mark.proves("A16")
def test_a_stranger_who_guesses_without_end_never_locks_the_owner_out(
    stranger: Callable[..., Person],
) -> None:
    """The owner's known device has a lane of its own; the lock of the rest ends by itself."""
    owner = stranger().sign_up()
    for _ in range(14):
        stranger().sign_in(identifier=owner.email, password=WRONG)
    assert refusal(stranger(like=owner).sign_in()) == "too_many_tries", "an unknown device waits"
    owner.session = None
    assert owner.sign_in()["flow"]["status"] == "done"
    owner.wait("15m")
    assert stranger(like=owner).sign_in()["flow"]["status"] == "done"


@pytest.mark.proves("A16", "A24")
def test_a_thief_with_the_password_cannot_use_up_the_owners_codes(
    stranger: Callable[..., Person],
) -> None:
    """His wrong authenticator codes stop him alone."""
    owner = stranger().sign_up().bind_totp()
    owner.wait_for_a_step()
    thief = stranger(like=owner)
    flow = thief.sign_in()
    for _ in range(5):
        assert refusal(thief.move(flow, inputs={"totp": "000000"})) == "sign_in_failed"
    another = thief.sign_in()
    right = thief.move(another, inputs={"totp": owner.totp_code()})
    assert refusal(right) == "too_many_tries", "even the right one is not looked at for him"
    owner.session = None
    mine = owner.sign_in()
    assert owner.move(mine, inputs={"totp": owner.totp_code()})["flow"]["status"] == "done"


@pytest.mark.proves("A16", "A35")
def test_a_stranger_who_uses_up_the_messages_to_an_address_does_not_keep_the_owners_code_away(
    stranger: Callable[..., Person],
) -> None:
    """What anybody can send is counted apart from what the signed-in owner asks for."""
    owner = stranger().sign_up()
    for _ in range(11):
        last = stranger().start("sign_up", identifier=owner.email, robot="sandbox")
    assert refusal(last) == "too_many_messages"
    flow = owner.start("bind_totp")
    assert refusal(flow) is None
    assert owner.move(flow, inputs={"email_code": owner.code()})["step"]["id"] == "new_totp"


@pytest.mark.proves("A17", "S26")
def test_the_whole_password_decides(stranger: Callable[..., Person]) -> None:
    """No tail is cut off, at 72 bytes or elsewhere, and no space, case or form is forgiven."""
    long = " " + PASSWORD + " ä" * 90 + "slut! "
    owner = stranger().sign_up(long)
    assert 200 < len(long) < 256
    others = [long[:-1], long[:72], long.strip(), long[:150] + "X" + long[151:], long + " ",
              long.upper(), long.replace("ä", "ａ"), long.replace("ä", "å")]  # fmt: skip
    for other in others[:9]:
        assert refusal(stranger(like=owner).sign_in(password=other)) == "sign_in_failed", other
    assert stranger(like=owner).sign_in(password=long)["flow"]["status"] == "done"
    with_nul = stranger(like=owner).ask("POST", "/v1/flows", json={
        "action": "sign_in", "inputs": {"identifier": owner.email, "password": long + "\0"}})  # fmt: skip
    assert with_nul.status_code == 400


@pytest.mark.proves("A18")
def test_a_password_longer_than_any_password_is_never_hashed(
    new_database: Callable[[], Database], tmp_path: Path
) -> None:
    """With the hash threads gone, a sign-in with 300 characters is refused as ever: none was asked."""
    app = build(sandbox_settings(new_database(), tmp_path / "portvakt.keys"))
    with serving(app) as origin, people(origin) as make:
        owner = make().sign_up()
        app.state.portvakt.kit.hasher.close()
        assert refusal(make(like=owner).sign_in(password="x" * 300)) == "sign_in_failed"
        nobody = make().sign_in(identifier="nobody@example.com", password="x" * 300)
        assert refusal(nobody) == "sign_in_failed"
        huge = owner.ask("POST", "/v1/flows", json={
            "action": "sign_in", "inputs": {"identifier": owner.email, "password": "x" * 1_000_000}})  # fmt: skip
        assert huge.status_code == 413


@pytest.mark.proves("A18", "A120")
def test_more_sign_ins_than_the_machine_can_hash_are_turned_away_at_once(
    new_database: Callable[[], Database], tmp_path: Path
) -> None:
    """A bounded line: the rest get 503 with Retry-After, signed-in people notice nothing, and
    afterwards everything is as before."""
    more = {"passwords": {"threads": 1, "queue": 2, "memory_kib": 65536, "time_cost": 4}}
    app = build(sandbox_settings(new_database(), tmp_path / "portvakt.keys", more))
    with serving(app) as origin, people(origin) as make:
        owner = make().sign_up()
        guessers = [make() for _ in range(16)]
        body = {"action": "sign_in", "inputs": {"identifier": "no@example.com", "password": WRONG}}
        with ThreadPoolExecutor(len(guessers)) as pool:
            flood = [pool.submit(g.ask, "POST", "/v1/flows", json=body) for g in guessers]
            assert owner.ask("GET", "/v1/me").status_code == 200
            answers: list[httpx.Response] = [f.result() for f in flood]
        turned_away = [a for a in answers if a.status_code == 503]
        assert turned_away
        assert all(int(a.headers["retry-after"]) > 0 for a in turned_away)
        assert {a.status_code for a in answers} == {200, 503}
        assert make(like=owner).sign_in()["flow"]["status"] == "done"


@pytest.mark.proves("A19")
@pytest.mark.parametrize(
    "password", ["", " ", "no account has this password", "None", "null", WRONG]
)
def test_an_account_without_a_password_has_none_that_works(
    stranger: Callable[..., Person], sql: Sql, password: str
) -> None:
    """Not the empty one, not a blank, not the one that the dummy hash is made of."""
    owner = stranger().sign_up()
    sql("update factors set removed_at = portvakt_now() where account = %s", owner.account)
    flow = stranger(like=owner).sign_in(password=password)
    assert flow["result"] is None
    assert refusal(flow) in ("missing", "sign_in_failed")


@pytest.mark.proves("A19")
def test_a_new_installation_has_no_account_session_or_service(
    new_database: Callable[[], Database],
) -> None:
    """Nothing to sign in to by default: no administrator, no trial user, no service secret."""
    with psycopg.connect(new_database().admin_url) as admin:
        for table in ("accounts", "sessions", "devices", "services", "identifiers", "factors"):
            assert admin.execute(f"select count(*) from {table}").fetchone() == (0,), table


@pytest.mark.proves("A20", "S14", "S18", "S102")
@pytest.mark.parametrize("client", ["web", "android", "ios", "other", "WEB", "tv"])
def test_every_kind_of_client_meets_the_same_gate(
    stranger: Callable[..., Person], client: str
) -> None:
    """What a client says it is opens no path around the second factor."""
    owner = stranger().sign_up().bind_totp()
    elsewhere = stranger(like=owner)
    elsewhere.headers["Portvakt-Client"] = client
    flow = elsewhere.sign_in()
    assert flow["result"] is None
    assert [f["name"] for f in flow["step"]["fields"]] == ["totp"]
    assert flow["step"]["offers"] == []
    for sent in ({"email_code": "000000"}, {"sms_code": "000000"}):
        still = elsewhere.move(flow, inputs=sent)
        assert [f["name"] for f in still["step"]["fields"]] == ["totp"]
        assert still["result"] is None
