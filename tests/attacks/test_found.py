"""Holes that somebody found who tried to break this, each as it was found."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette

from portvakt.devices import describe
from portvakt.factors.base import read_limit
from portvakt.policy import LIMITS
from portvakt.settings import Settings
from portvakt.store import limits
from tests.attacks.conftest import Own, Sql
from tests.people import Person


@pytest.fixture(scope="module")
def own_settings() -> Own:
    return {"limits": {"try.network": "40/1m", "send.phone.prefix": "12/1h"}}


# ── idempotency keys ────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A111", "A53")
def test_nobody_takes_an_idempotency_key_in_the_name_of_a_service(
    stranger: Callable[..., Person], holder: Person
) -> None:
    """A stranger whose "session token" is a service's name stood where its kept answers stand: the
    platform's key for this withdrawal was used up before it came."""
    thief = stranger()
    thief.ask("POST", "/v1/flows", json={"action": "sign_in"},
              headers={"Authorization": "Bearer service|platform", "Idempotency-Key": "payout-1"})  # fmt: skip
    client = thief.ask("GET", "/v1/sandbox").json()["platform_client"]
    basic = base64.b64encode(f"{client['id']}:{client['secret']}".encode()).decode()
    asked = holder.ask(
        "POST",
        "/v1/decisions",
        json={"account": holder.account, "action": "trade"},
        headers={"Authorization": f"Basic {basic}", "Idempotency-Key": "payout-1"},
    )
    assert asked.status_code == 200, asked.text
    assert asked.json()["decision"] == "allow"


# ── filling the history ─────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A03", "A12")
@pytest.mark.parametrize(
    "body",
    [
        {"resend": "email_code"},
        {"offer": "sms_code"},
        {"inputs": {}},
        {"inputs": {"password": "not this one"}},
        {"inputs": {"password": " "}},
    ],
    ids=["resend", "offer", "nothing", "guess", "empty"],
)
def test_a_stranger_cannot_bury_what_happened_to_an_account(
    stranger: Callable[..., Person], sql: Sql, body: dict[str, Any]
) -> None:
    """Each POST of a sign-in that names the owner wrote a row into his history, as many as one
    liked: what a thief did is then on page 400, and the disk is full."""
    owner, noisy = stranger().sign_up(), stranger()
    flow = noisy.start("sign_in", identifier=owner.email)
    statuses = set()
    for _ in range(70):
        answer = noisy.ask("POST", f"/v1/flows/{flow['flow']['id']}", json=body,
                           headers={"Flow-Token": flow["flow"]["token"]})  # fmt: skip
        statuses.add(answer.status_code)
    assert statuses <= {200, 429}
    (rows,) = sql("select count(*) from audit where account = %s and flow = %s",
                  owner.account, flow["flow"]["id"])  # fmt: skip
    assert rows[0] <= 41


# ── limits ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A12", "A24")
@pytest.mark.parametrize("text", ["10/0m", "10/15m, 100/0d", "10/99999d", "0/1m"])
def test_a_limit_that_would_count_nothing_or_cannot_be_kept_is_refused(text: str) -> None:
    """A window of no length begins anew at each try: the limit was off, and nobody was told. One
    longer than the database can count ended every sign-in with an error."""
    with pytest.raises(ValueError, match="limit"):
        read_limit(text)


@pytest.mark.proves("A24")
def test_the_sweep_forgets_no_counter_whose_window_goes_on(app: Starlette) -> None:
    """An operator's "300/30d" was forgotten after two days: 300 guesses every two days."""
    core = app.state.portvakt
    bucket = (b"w" * 32, 30 * 86_400, 2)
    with core.db.tx() as tx:
        now = tx.now()
        limits.take(tx, [bucket, (b"v" * 32, 60, 2)], now - timedelta(days=3))
        limits.purge(tx, now - timedelta(days=2))
        left = tx.all("select bucket from limits where bucket = any(%s)", [[b"w" * 32, b"v" * 32]])
        tx.run("delete from limits where bucket = %s", [b"w" * 32])
    assert [bytes(r["bucket"]) for r in left] == [b"w" * 32]


@pytest.mark.proves("A11", "A16")
def test_every_lane_of_guesses_has_a_cap_for_the_day() -> None:
    """A stolen device token bought 960 passwords a day for ever: NIST allows 100 in a row."""
    for name, text in LIMITS.items():
        if name.endswith((".account", ".device")):
            assert any(window == 86_400 and most <= 100 for most, window in read_limit(text)), name


@pytest.mark.proves("A16", "A34")
def test_sign_ups_by_strangers_do_not_use_up_the_text_messages_of_holders(
    stranger: Callable[..., Person],
) -> None:
    """The budget of a number's prefix was one for everybody: once pumped full, no holder with a
    number like it could sign in from a new device."""
    owner = stranger().sign_up().bind_phone()
    told: list[str | None] = []
    for number in range(16):
        pump = stranger().start(
            "sign_up", identifier=f"{owner.phone[:7]}{90000 + number}", robot="sandbox"
        )
        told.append(pump["refusal"]["id"] if pump["refusal"] else None)
    assert told[-1] == "too_many_messages", "the stranger is stopped"
    flow = stranger(like=owner).sign_in()
    assert flow["refusal"] is None
    done = stranger(like=owner).move(flow, inputs={"sms_code": owner.code(owner.phone)})
    assert done["flow"]["status"] == "done"


# ── devices and sessions ────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A44", "S92")
def test_a_device_whose_session_the_owner_ended_is_a_stranger_again(
    stranger: Callable[..., Person], sql: Sql
) -> None:
    """A thief with the password stayed "known" after the owner had thrown him out: the next sign-in
    brought no hold and no notice."""
    owner = stranger().sign_up()
    thief = stranger(like=owner)
    thief.enter(thief.sign_in())
    theirs = next(s for s in owner.ask("GET", "/v1/me/sessions").json() if not s["this"])
    owner.start("end_session", session=theirs["id"])
    before = sql("select count(*) from holds where account = %s", owner.account)
    thief.session = None
    assert thief.sign_in()["flow"]["status"] == "done"
    after = sql("select count(*) from holds where account = %s", owner.account)
    assert after[0][0] == before[0][0] + 1


@pytest.mark.proves("S100")
def test_signing_out_keeps_the_own_device_known(holder: Person, sql: Sql) -> None:
    holder.start("end_session")
    holder.session = None
    assert holder.sign_in()["flow"]["status"] == "done"
    assert sql("select count(*) from holds where account = %s", holder.account)[0] == (0,)


@pytest.mark.proves("A84")
def test_who_signs_in_again_leaves_no_session_behind(stranger: Callable[..., Person]) -> None:
    """The session a browser had before was alive at the server, though the browser had forgotten
    its cookie: a copy of it outlived the sign-in that was to end it (ASVS 7.2.4)."""
    owner = stranger().sign_up()
    old = owner.session
    owner.enter(owner.sign_in())
    assert owner.ask("GET", "/v1/me").status_code == 200
    owner.session = old
    assert owner.ask("GET", "/v1/me").status_code == 401


# ── words of strangers ──────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A93")
@pytest.mark.parametrize(
    "agent",
    ["https://evil.example/login", "evil.example/login", "evil.example", "//evil.example",
     "call+46701740605", "www.evil.example (x)"],
)  # fmt: skip
def test_a_device_does_not_call_itself_a_link(agent: str) -> None:
    """Mail programs turn an address into a link: a notice of ours would have carried a thief's."""
    said = describe(agent)
    assert "." not in said
    assert "/" not in said
    assert ":" not in said
    assert "+" not in said


# ── settings ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A106")
def test_a_sandbox_is_not_put_on_the_internet_by_a_proxy() -> None:
    """It listens here alone, says the rule; a base_url of the world says that a proxy hands it on,
    mailbox with everybody's codes and the clock that ends holds."""
    with pytest.raises(ValueError, match="base_url"):
        Settings.model_validate({"sandbox": {}, "operator": {"base_url": "https://id.example.com"}})


@pytest.mark.proves("A12")
@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0"])
def test_the_whole_internet_is_no_trusted_proxy(network: str) -> None:
    """Everybody would then write his own address, and no limit per network would hold."""
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings.model_validate({"serve": {"trusted_proxies": [network]}})
