"""An identifier that was given up is nobody's until its time, in every spelling; and no weapon against the
one who had it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.attacks.conftest import Own, Sql
from tests.attacks.doing import (
    NEW_PASSWORD,
    does,
    fields,
    link,
    messages,
    proof,
    refusal,
    secured,
    through,
)
from tests.attacks.test_a15_a22_races import Call, moves, results, together
from tests.people import PASSWORD, Person

MINE = "tjuvens egna fem ord har"


@pytest.fixture(scope="module")
def own_settings() -> Own:
    return {"limits": {"send.email": "1000/1d", "send.phone": "1000/1d"}}


def email_spellings(email: str) -> list[str]:
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in email)
    return [email, email.upper(), f" {email} ", email.replace("@", "\u200b@"), wide]


def phone_spellings(phone: str) -> list[str]:
    own = phone.removeprefix("+46")
    arabic = "".join(chr(0x0660 + int(c)) for c in own)
    return [
        phone,
        f"0{own}",
        f"0046{own}",
        f"+46 (0){own[:2]}-{own[2:]}",
        f"+46 {own[:2]} {own[2:]}",
        f"0{arabic}",
    ]


def told(person: Person, name: str) -> str:
    """What the newest message of all says, which went to this mailbox, however it was typed."""
    newest = person.ask("GET", "/v1/sandbox/messages").json()["messages"][0]
    assert str(newest["to"]).casefold() == name.casefold()
    return "a code" if newest["code"] else str(newest["subject"])


@pytest.mark.proves("A59", "A60", "A04", "A06", "S37", "S68", "S76")
@pytest.mark.parametrize("kind", ["email", "phone"])
def test_a_quarantined_identifier_is_nobodys_in_any_spelling_and_by_any_way(
    at_nodes: Callable[..., Person], sql: Sql, kind: str
) -> None:
    """Sign-up, binding by another account and by the one that had it, sign-in, reset: no code that fits
    ever leaves, and what is answered is what a free or unknown one gets."""
    owner = secured(at_nodes())
    does(owner, f"unbind_{kind}")
    name = owner.email if kind == "email" else owner.phone
    spellings = email_spellings(name) if kind == "email" else phone_spellings(name)
    code = "email_code" if kind == "email" else "sms_code"
    for typed in spellings:
        flow = at_nodes().start("sign_up", identifier=typed, robot="sandbox", new_password=MINE)
        assert (fields(flow), refusal(flow)) == ([code], None), typed
        assert told(owner, name) != "a code", typed
        failed = at_nodes().sign_in(identifier=typed)
        assert refusal(failed) == "sign_in_failed", typed
    other = at_nodes().sign_up() if kind == "phone" else _by_phone(at_nodes())
    for binder in (other, owner):
        flow = binder.start(f"bind_{kind}", **{f"new_{kind}": spellings[1]})
        asked = fields(flow)[0]
        moved = binder.move(flow, inputs={asked: proof(binder, asked)})
        assert (fields(moved), refusal(moved)) == ([f"new_{kind}_code"], None)
        assert told(owner, name) != "a code"
        assert refusal(binder.move(flow, inputs={f"new_{kind}_code": "000000"})) == "wrong_code"
    reset = at_nodes().start("reset_password", agree=True, identifier=spellings[1], robot="sandbox")
    assert (fields(reset), refusal(reset)) == ([code], None)
    assert messages(owner, name)[0]["code"] is None
    (row,) = sql("select account, blocked_until > portvakt_now() + interval '29 days' from identifiers i "
                 "where exists (select from channels c where c.hash = i.hash and c.account = %s and c.kind = %s)",
                 owner.account, kind)  # fmt: skip
    assert row == (None, True)


def _by_phone(person: Person) -> Person:
    flow = person.start("sign_up", identifier=person.phone, robot="sandbox")
    person.move(flow, inputs={"sms_code": person.code(person.phone)})
    return person.enter(person.move(flow, inputs={"new_password": PASSWORD}))


@pytest.mark.proves("A59", "S76", "S88")
def test_in_the_second_a_quarantine_ends_one_of_a_hundred_sign_ups_gets_the_address(
    at_nodes: Callable[..., Person], sql: Sql
) -> None:
    """A second before nobody does; then a hundred POSTs at once over two processes: one account."""
    owner = secured(at_nodes())
    done = does(owner, "unbind_email")
    flow = at_nodes().start("sign_up", identifier=owner.email, robot="sandbox")
    until = sql("select blocked_until from identifiers where blocked_by = %s", done["flow"]["id"])[
        0
    ][0]
    assert messages(owner)[0]["code"] is None
    owner.wait(f"{int((until - owner.now()).total_seconds()) - 1}s")
    early = at_nodes().start("sign_up", identifier=owner.email, robot="sandbox")
    assert messages(owner)[0]["code"] is None, "a second before"
    owner.wait("2s")
    ready: list[Call] = []
    for number in range(20):
        who = at_nodes(at=number % 2, like=owner)
        begun = who.start("sign_up", identifier=owner.email, robot="sandbox", new_password=MINE)
        ready += moves([who] * 5, begun, {"email_code": who.code()})
    before = sql("select count(*) from accounts")[0][0]
    assert len(results(together(ready))) == 1
    assert sql("select count(*) from accounts")[0][0] == before + 1
    assert flow["flow"]["status"] == early["flow"]["status"] == "open"


# ── the quarantine as a weapon ──────────────────────────────────────────────────────────────────


def robbed(at_nodes: Callable[..., Person], owner: Person) -> tuple[Person, str]:
    """A thief who had everything for an hour: the owner's address is gone, his own is bound, password and
    authenticator are his; his own later change has an undo link too. He locks, and freezes."""
    thief = at_nodes(like=owner)
    thief.session, thief.device = owner.session, owner.device
    does(thief, "unbind_email")
    own = f"thief.{owner.email}"
    does(thief, "bind_email", new_email=own)
    does(thief, "change_password", new_password=NEW_PASSWORD)
    flow = thief.start("unbind_totp", agree=True)
    thief.move(flow, inputs={"totp": proof(thief, "totp")})
    gone = thief.move(
        flow, inputs={"email_code": thief.code(own), "sms_code": thief.code(thief.phone)}
    )
    assert gone["flow"]["status"] == "done"
    later = link(thief, "undo", own)
    binding = thief.start("bind_totp")
    asked = fields(binding)[0]
    to = own if asked == "email_code" else owner.phone
    shown = thief.move(binding, inputs={asked: thief.code(to)})
    assert through(thief, {**shown, "flow": binding["flow"]})["flow"]["status"] == "done"
    thief.wait("60s")
    does(thief, "lock_settings", days=30)
    does(thief, "freeze_account")
    return thief, later


@pytest.mark.proves("A61", "A54", "S90")
def test_the_owners_undo_brings_back_what_a_thief_took_whatever_he_did_after(
    at_nodes: Callable[..., Person], sql: Sql
) -> None:
    """By the link in his old mailbox, with the old password and authenticator, while frozen, locked and
    guessed at; once; and no later link of the thief brings his state back."""
    owner = secured(at_nodes())
    thief, later = robbed(at_nodes, owner)
    token = link(owner, "undo")
    for _ in range(12):  # guesses that would keep the owner out
        at_nodes().sign_in(identifier=owner.phone, password="inte det riktiga ordet")
    mine = at_nodes(like=owner)
    flow = mine.start("undo_change", notice_token=token)
    assert refusal(mine.move(flow, inputs={"password": NEW_PASSWORD})) == "wrong_password", (
        "the thief's"
    )
    mine.move(flow, inputs={"password": PASSWORD})
    assert refusal(mine.move(flow, inputs={"totp": _code_of(thief)})) == "wrong_code", "the thief's"
    assert mine.move(flow, inputs={"totp": proof(owner, "totp")})["flow"]["status"] == "done"
    assert _bound(sql, owner) == [
        ("email", owner.email),
        ("phone", owner.phone),
        ("password", ""),
        ("totp", ""),
    ]
    assert sql("select count(*) from identifiers where account = %s", owner.account) == [(2,)]
    lock = "select settings_lock_days from accounts where id = %s"
    assert sql(lock, owner.account) == [(None,)], "the owner must change what the thief knows"
    again = at_nodes(like=owner)
    assert refusal(again.start("undo_change", notice_token=token)) == "undo_too_late", "once"
    back = thief.start("undo_change", notice_token=later)
    assert refusal(through(thief, back, password=NEW_PASSWORD)) == "undo_too_late"
    assert thief.ask("GET", "/v1/me").status_code == 401
    owner.wait("15m")  # a stranger's guesses wait, and with them an unknown device
    does(at_nodes(like=owner), "unfreeze_account")
    owner.wait("24h")
    assert refusal(at_nodes(like=owner).sign_in(password=NEW_PASSWORD)) == "sign_in_failed"
    entered = through(again, again.sign_in())
    assert entered["flow"]["status"] == "done"
    assert _bound(sql, owner)[0] == ("email", owner.email)


def _code_of(thief: Person) -> str:
    thief.wait("30s")
    return thief.totp_code()


def _bound(sql: Sql, owner: Person) -> list[tuple[str, str]]:
    channels = sql(
        "select kind::text, address from channels where account = %s and removed_at is null order by 1",
        owner.account,
    )
    factors = sql(
        "select kind, '' from factors where account = %s and removed_at is null order by 1",
        owner.account,
    )
    return [(str(k), str(a)) for k, a in [*channels, *factors]]


@pytest.mark.proves("A61", "A40")
def test_an_undo_takes_password_and_second_factor_and_the_time_of_the_hold(
    at_nodes: Callable[..., Person],
) -> None:
    """Who reads the old mailbox alone undoes nothing; nor does anybody when the hold is over."""
    owner = secured(at_nodes())
    does(owner, "unbind_email")
    token = link(owner, "undo")
    reader = at_nodes(like=owner)
    flow = reader.start("undo_change", notice_token=token)
    for inputs in (
        {},
        {"totp": proof(owner, "totp")},
        {"email_code": "000000"},
        {"password": MINE},
    ):
        moved = reader.move(flow, inputs=inputs)
        assert (moved["result"], fields(moved)) == (None, ["password"]), inputs
    moved = reader.move(flow, inputs={"password": PASSWORD})
    assert (moved["result"], fields(moved)) == (None, ["totp"])
    owner.wait("24h")
    late = reader.start("undo_change", notice_token=token)
    assert refusal(late) == "undo_too_late"
