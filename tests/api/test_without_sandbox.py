"""Where there is no sandbox, nothing of it is there: no mailbox, no clock, no password to the rest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from portvakt.settings import Settings
from tests.api.test_contract import problem
from tests.database import Database
from tests.people import Person
from tests.serving import sandbox_settings


@pytest.fixture(scope="module")
def settings(
    database: Database,
    tmp_path_factory: pytest.TempPathFactory,
    own_settings: Mapping[str, Mapping[str, Any]],
) -> Settings:
    keys: Path = tmp_path_factory.mktemp("keys") / "portvakt.keys"
    there = sandbox_settings(database, keys, own_settings).as_data()
    del there["sandbox"]
    # nothing is sent in this module: an address that nobody listens on will do
    mail = {"smtp_url": "smtp://127.0.0.1:9", "from": "no-reply@example.com"}
    return Settings.model_validate({**there, "mail": mail})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/sandbox"),
        ("GET", "/v1/sandbox/messages"),
        ("GET", "/v1/sandbox/clock"),
        ("POST", "/v1/sandbox/clock"),
    ],
)
def test_the_sandboxs_paths_are_not_found(person: Person, method: str, path: str) -> None:
    problem(person.ask(method, path), 404, "not_found")


def test_the_document_does_not_speak_of_a_sandbox(person: Person) -> None:
    document = person.ask("GET", "/v1/openapi.json").json()
    assert "/v1/flows" in document["paths"]
    assert not [path for path in document["paths"] if "sandbox" in path]


@pytest.mark.proves("S24")
def test_a_robot_check_is_not_passed_by_the_sandboxs_word(person: Person) -> None:
    flow = person.start("sign_up", identifier=person.email, robot="sandbox")
    assert flow["refusal"]["id"] == "robot_failed"
    assert flow["step"]["id"] == "identifier"
