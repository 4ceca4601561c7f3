"""Enumeration and identifiers: whoever asks learns nothing, and one address is one account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.attacks.alike import same, seen
from tests.attacks.conftest import Sql
from tests.people import PASSWORD, Person

STANDINGS = ("known", "with_totp", "quarantined", "frozen", "closed")
WRONG = "inte det riktiga ordet alls"


@pytest.fixture
def somebody(stranger: Callable[..., Person], sql: Sql) -> Callable[[str], Person]:
    """Makes a person whose identifier stands like this."""

    def make(standing: str) -> Person:
        person = stranger()
        if standing == "unknown":
            return person
        person.sign_up()
        if standing == "with_totp":
            person.bind_totp()
        elif standing == "quarantined":
            sql(
                "update channels set removed_at = portvakt_now() where account = %s", person.account
            )
            sql("update identifiers set account = null, blocked_until = portvakt_now() + interval "
                "'30 days' where account = %s", person.account)  # fmt: skip
        elif standing in ("frozen", "closed"):
            sql("update accounts set state = %s where id = %s", standing, person.account)
        return person

    return make


def tries(
    who: Callable[..., Person],
    whom: Person,
    action: str,
    turns: list[dict[str, Any]],
    **first: object,
) -> list[dict[str, Any]]:
    """Everything that somebody else sees who starts this with `whom`'s address and goes on."""
    guesser = who()
    begun = guesser.ask("POST", "/v1/flows", json={"action": action, "inputs": first})
    out = [seen(begun, whom.email)]
    head = begun.json()["flow"]
    for body in turns:
        answer = guesser.ask("POST", f"/v1/flows/{head['id']}", json=body,
                             headers={"Flow-Token": head["token"]})  # fmt: skip
        out.append(seen(answer, whom.email))
    looked = guesser.ask("GET", f"/v1/flows/{head['id']}", headers={"Flow-Token": head["token"]})
    return [*out, seen(looked, whom.email)]


@pytest.mark.proves("A01", "S7")
@pytest.mark.parametrize("standing", STANDINGS)
def test_a_failed_sign_in_is_the_same_whoever_the_identifier_names(
    stranger: Callable[..., Person], somebody: Callable[[str], Person], standing: str
) -> None:
    """Up to the limit and beyond it: status, headers and body do not tell one from nobody."""

    def guess(whom: Person) -> list[dict[str, Any]]:
        again = {"inputs": {"identifier": whom.email, "password": WRONG}}
        return tries(stranger, whom, "sign_in", [again] * 11, identifier=whom.email, password=WRONG)

    same(guess(somebody(standing)), guess(somebody("unknown")))


@pytest.mark.proves("A01", "A03", "S88")
@pytest.mark.parametrize("standing", STANDINGS)
def test_a_sign_up_looks_alike_for_free_taken_and_quarantined_addresses(
    stranger: Callable[..., Person], somebody: Callable[[str], Person], standing: str
) -> None:
    """Also when codes are guessed and sent again; the truth goes to the address alone."""

    def begin(whom: Person) -> list[dict[str, Any]]:
        turns: list[dict[str, Any]] = [{"resend": "email_code"}]
        turns += [{"inputs": {"email_code": "000000"}}] * 6
        return tries(stranger, whom, "sign_up", turns, identifier=whom.email, robot="sandbox")

    whom = somebody(standing)
    same(begin(whom), begin(somebody("unknown")))
    newest = whom.ask("GET", "/v1/sandbox/messages", params={"to": whom.email}).json()["messages"][
        0
    ]
    assert newest["code"] is None, "no code on earth fits"
    assert newest["text"]


@pytest.mark.proves("A01", "S87")
@pytest.mark.parametrize("standing", ["known", "quarantined"])
def test_an_address_that_is_taken_or_blocked_is_bound_like_a_free_one_until_the_code(
    stranger: Callable[..., Person], somebody: Callable[[str], Person], standing: str
) -> None:
    """The binder never gets a code, and never learns why."""

    def bind(whom: Person) -> list[dict[str, Any]]:
        binder = _with_phone(stranger())
        flow = binder.start("bind_email", new_email=whom.email)
        head = flow["flow"]
        out: list[dict[str, Any]] = []
        guesses: list[dict[str, str]] = [{"new_email_code": f"{n:06d}"} for n in range(6)]
        for inputs in [{"sms_code": binder.code(binder.phone)}, *guesses]:
            answer = binder.ask("POST", f"/v1/flows/{head['id']}", json={"inputs": inputs},
                                headers={"Flow-Token": head["token"]})  # fmt: skip
            out.append(seen(answer, whom.email, str(binder.account)))
        return out

    same(bind(somebody(standing)), bind(somebody("unknown")))


def _with_phone(person: Person) -> Person:
    """Signed up by phone."""
    flow = person.start("sign_up", identifier=person.phone, robot="sandbox")
    person.move(flow, inputs={"sms_code": person.code(person.phone)})
    return person.enter(person.move(flow, inputs={"new_password": PASSWORD}))


@pytest.mark.proves("A03", "A35")
def test_the_cap_on_messages_comes_after_the_same_number_for_any_address(
    stranger: Callable[..., Person], somebody: Callable[[str], Person]
) -> None:
    """A victim is not bombed, and the count says nothing about whom it stopped at."""

    def until_refused(whom: Person) -> int:
        for number in range(1, 40):
            flow = stranger().start("sign_up", identifier=whom.email, robot="sandbox")
            if flow["refusal"] is not None:
                assert flow["refusal"]["id"] == "too_many_messages"
                assert flow["step"]["id"] == "confirm_identifier"
                return number
        raise AssertionError("no cap")

    free = until_refused(somebody("unknown"))
    assert free <= 11
    for standing in ("known", "quarantined"):  # one message was their own sign-up's
        assert until_refused(somebody(standing)) == free - 1


SPELLINGS: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "fullwidth": lambda a: a.replace("person", "ｐｅｒｓｏｎ"),
    "zero width": lambda a: a.replace("@", "\u200b@"),
    "soft hyphen": lambda a: "per\u00adson" + a[6:],
    "outer spaces": lambda a: f"  {a}\u00a0",
}


@pytest.mark.proves("A04")
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_of_a_taken_address_is_that_address(
    stranger: Callable[..., Person], holder: Person, spelling: str
) -> None:
    """It signs in, it makes no second account, and mail goes to the address as its owner wrote it."""
    typed = SPELLINGS[spelling](holder.email)
    assert stranger(like=holder).sign_in(identifier=typed)["flow"]["status"] == "done"
    stranger().start("sign_up", identifier=typed, robot="sandbox")
    sent = holder.ask("GET", "/v1/sandbox/messages").json()["messages"]
    assert sent[0]["to"] == holder.email
    assert sent[0]["code"] is None


@pytest.mark.proves("A04")
@pytest.mark.parametrize("look_alike", ["реrson{}@example.com", "person{}@examp\u0131e.com"])
def test_a_look_alike_from_another_alphabet_is_somebody_else(
    stranger: Callable[..., Person], holder: Person, look_alike: str
) -> None:
    """It neither signs in to the account nor reaches its mailbox."""
    typed = look_alike.format(holder.number)
    assert stranger(like=holder).sign_in(identifier=typed)["result"] is None
    before = len(_mails(holder))
    stranger().start("sign_up", identifier=typed, robot="sandbox")
    assert len(_mails(holder)) == before


def _mails(person: Person) -> list[Any]:
    found = person.ask("GET", "/v1/sandbox/messages", params={"to": person.email}).json()
    return list(found["messages"])


@pytest.mark.proves("A05")
def test_plus_addresses_and_dots_are_other_accounts_and_one_mailbox(
    stranger: Callable[..., Person],
) -> None:
    """No two are ever merged; the cap on messages counts them together."""
    number = stranger().number
    names = [f"an.na{number}+{tag}@gmail.com" for tag in range(6)]
    names += [f"a.n.n.a{number}+{tag}@googlemail.com" for tag in range(6)]
    answers = [stranger().start("sign_up", identifier=n, robot="sandbox") for n in names]
    refused = [a["refusal"]["id"] for a in answers if a["refusal"]]
    assert refused == ["too_many_messages"] * 2, "twelve spellings of one mailbox, ten a day"
    one, other = stranger(), stranger()
    accounts = []
    for who, name in ((one, f"u{number}+a@example.com"), (other, f"u{number}+b@example.com")):
        flow = who.start("sign_up", identifier=name, robot="sandbox")
        who.move(flow, inputs={"email_code": who.code(name)})
        accounts.append(who.move(flow, inputs={"new_password": PASSWORD})["result"]["account"])
    assert accounts[0] != accounts[1]


@pytest.mark.proves("A06", "S2")
@pytest.mark.parametrize("spell", [
    pytest.param(lambda p: "0" + p[3:], id="national"),
    pytest.param(lambda p: "00" + p[1:], id="00"),
    pytest.param(lambda p: f"{p[:3]} (0){p[3:5]}-{p[5:]}", id="brackets"),
    pytest.param(lambda p: "+" + "".join(chr(0xFF10 + int(d)) for d in p[1:]), id="fullwidth"),
    pytest.param(lambda p: "+" + "".join(chr(0x0660 + int(d)) for d in p[1:]), id="arabic"),
])  # fmt: skip
def test_every_spelling_of_a_number_is_one_account(
    stranger: Callable[..., Person], spell: Callable[[str], str]
) -> None:
    """It signs in, and a sign-up with it is told the truth by SMS instead of getting a code."""
    owner = _with_phone(stranger())
    typed = spell(owner.phone)
    elsewhere = stranger(like=owner)
    assert elsewhere.sign_in(identifier=typed)["flow"]["status"] == "done"
    stranger().start("sign_up", identifier=typed, robot="sandbox")
    newest = owner.ask("GET", "/v1/sandbox/messages").json()["messages"][0]
    assert (newest["to"], newest["code"]) == (owner.phone, None)


@pytest.mark.proves("A08")
@pytest.mark.parametrize("typed", [
    "a@b@example.com", '"a b"@example.com', '"a@evil.example"@example.com', "a(b)@example.com",
    "a@[127.0.0.1]", "a@example.com\r\nBcc: b@example.com", "a@example.com,b@example.com",
    "<a@example.com>", "Anna <a@example.com>", "a@example.com\u202e", "a@\u2028example.com",
    "a%b@example.com@evil.example", "a@-example.com", "@example.com", "a@", "a@localhost",
    "x" * 65 + "@example.com", "a@" + "x." * 140 + "com",
])  # fmt: skip
def test_what_two_parsers_could_read_apart_is_no_address(person: Person, typed: str) -> None:
    """Refused as input, nothing sent, no flow goes on with it."""
    before = len(person.ask("GET", "/v1/sandbox/messages").json()["messages"])
    answer: httpx.Response = person.ask(
        "POST", "/v1/flows",
        json={"action": "sign_up", "inputs": {"identifier": typed, "robot": "sandbox"}},
    )  # fmt: skip
    assert answer.status_code == 200
    told = answer.json()
    assert told["refusal"] is not None, "taken as an address"
    assert told["refusal"]["id"] in ("email_invalid", "identifier_invalid")
    assert told["step"]["id"] == "identifier"
    assert len(person.ask("GET", "/v1/sandbox/messages").json()["messages"]) == before
