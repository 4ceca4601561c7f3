"""What a stranger can begin with a name alone answers the same for anybody's name: reset, freezing,
stopping, unfreezing, closing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.attacks.alike import same
from tests.attacks.conftest import Sql
from tests.attacks.doing import does, secured
from tests.attacks.test_a01_a08_identifiers import WRONG, tries
from tests.people import Person

STANDINGS = ("known", "with_everything", "quarantined", "frozen", "closed")
CODES: list[dict[str, Any]] = [
    {"resend": "email_code"},
    *[{"inputs": {"email_code": f"{n:06d}"}} for n in range(6)],
]
OTHER: list[dict[str, Any]] = [{"offer": "other_channel"}, {"resend": "sms_code"}, {"offer": "sms_code"},
                               *[{"inputs": {"sms_code": f"{n:06d}"}} for n in range(6)],
                               {"offer": "email_code"}, {"inputs": {"new_password": WRONG}},
                               {"cancel": True}]  # fmt: skip
GUESSES: list[dict[str, Any]] = [{"inputs": {"password": f"{WRONG} {n}"}} for n in range(11)]
TURNS: dict[str, list[dict[str, Any]]] = {
    "reset_password": [*CODES, *OTHER],
    "freeze_account": [
        {"offer": "email_code"},
        *CODES,
        {"offer": "sms_code"},
        {"offer": "password"},
        *GUESSES[:3],
    ],
    "stop_case": [*GUESSES, {"offer": "email_code"}, *CODES[:3]],
    # the rest as for sign_in, whose pages they share
    "unfreeze_account": [
        {"inputs": {"password": WRONG}},
        {"offer": "totp"},
        {"resend": "email_code"},
    ],
    "close_account": [{"inputs": {"password": WRONG}}, {"inputs": {"email_code": "000000"}}],
}


@pytest.fixture
def somebody(stranger: Callable[..., Person], sql: Sql) -> Callable[[str], Person]:
    """A person whose identifier stands like this; what that sent is of another day."""

    def make(standing: str) -> Person:
        person = stranger()
        if standing == "unknown":
            return person
        secured(person) if standing in ("with_everything", "quarantined") else person.sign_up()
        if standing == "quarantined":
            does(person, "unbind_email")
        elif standing in ("frozen", "closed"):
            sql("update accounts set state = %s where id = %s", standing, person.account)
        person.wait("24h")
        return person

    return make


@pytest.mark.proves("A01", "A03", "S29")
@pytest.mark.parametrize(
    ("action", "standing"),
    [("reset_password", s) for s in STANDINGS]
    + [(a, s) for a in TURNS if a != "reset_password" for s in ("with_everything", "frozen")],
)
def test_what_a_name_alone_begins_answers_the_same_for_anybody(
    stranger: Callable[..., Person], somebody: Callable[[str], Person], action: str, standing: str
) -> None:
    """Also when codes are asked for once more or by the other channel and guessed to the end: status,
    headers and body, turn by turn."""

    def course(whom: Person) -> list[dict[str, Any]]:
        agree: dict[str, Any] = {} if action in ("freeze_account", "stop_case") else {"agree": True}
        robot: dict[str, Any] = (
            {} if action in ("unfreeze_account", "close_account") else {"robot": "sandbox"}
        )
        return tries(stranger, whom, action, TURNS[action], identifier=whom.email, **agree, **robot)

    whom = somebody(standing)
    same(course(whom), course(somebody("unknown")))
