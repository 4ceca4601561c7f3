"""Evidence files over the API: a form with one file, in bounds, for who holds the flow's token."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pytest

from tests.api.conftest import Person
from tests.api.test_contract import problem
from tests.attacks.case_doing import settled, to_the_form
from tests.evidence_files import scene


def picture() -> bytes:
    out = io.BytesIO()
    scene().save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def begun(person: Person) -> tuple[str, dict[str, str]]:
    """A flow that takes files: its address for them, and its token."""
    flow = to_the_form(settled(person))["flow"]
    return f"/v1/flows/{flow['id']}/files", {"Flow-Token": flow["token"]}


def sent(person: Person, begun: tuple[str, dict[str, str]], data: bytes, **more: Any) -> Any:
    path, token = begun
    form = {"files": {"file": ("x.jpg", data)}, "data": {"kind": "photo"}, **more}
    headers = {**token, **form.pop("headers", {})}
    return person.ask("POST", path, headers=headers, **form)


@pytest.mark.proves("S95", "A102")
def test_a_picture_gets_an_id_and_the_flow_lists_nothing_of_it_but_id_and_kind(
    person: Person, begun: tuple[str, dict[str, str]]
) -> None:
    answer = sent(person, begun, picture()).json()
    assert answer["refusal"] is None
    assert answer["file"].startswith("fil_")
    assert set(answer) == {"file", "refusal"}


@pytest.mark.proves("A102")
@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"<html><script>alert(1)</script>", "file_type_not_accepted"),
        (b"GIF89a" + b"\0" * 40, "file_type_not_accepted"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "file_unreadable"),
        (b"", "file_type_not_accepted"),
    ],
    ids=["html", "gif", "broken", "empty"],
)
def test_a_file_that_is_no_picture_is_refused_in_words_with_status_200(
    person: Person, begun: tuple[str, dict[str, str]], data: bytes, refusal: str
) -> None:
    answer = sent(person, begun, data)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["file"], body["refusal"]["id"]) == (None, refusal)
    assert body["refusal"]["text"]


@pytest.mark.proves("A98", "A102")
def test_a_file_over_the_limit_is_turned_away_before_it_is_read(
    person: Person, begun: tuple[str, dict[str, str]]
) -> None:
    problem(sent(person, begun, b"\xff" * (10 * 1024 * 1024 + 1)), 413, "too_large")


@pytest.mark.proves("A91")
@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
def test_a_file_that_a_browser_sends_for_another_site_is_forbidden(
    person: Person, begun: tuple[str, dict[str, str]], headers: dict[str, str]
) -> None:
    problem(sent(person, begun, picture(), headers=headers), 403, "forbidden")


@pytest.mark.proves("A84")
def test_without_the_right_token_there_is_no_flow_to_send_files_to(
    person: Person, begun: tuple[str, dict[str, str]]
) -> None:
    path, token = begun
    other = person.ask("POST", "/v1/flows", json={"action": "reset_second_factor"}).json()["flow"][
        "token"
    ]
    for wrong in ({}, {"Flow-Token": "nonsense"}, {"Flow-Token": other}):
        problem(sent(person, (path, wrong), picture()), 404, "not_found")
    problem(sent(person, (path.replace("flw_", "flw_0"), token), picture()), 404, "not_found")


def test_a_flow_that_asks_for_no_files_takes_none(person: Person) -> None:
    flow = person.start("sign_in")["flow"]
    begun = f"/v1/flows/{flow['id']}/files", {"Flow-Token": flow["token"]}
    problem(sent(person, begun, picture()), 404, "not_found")


@pytest.mark.proves("A98")
def test_a_form_that_two_readers_could_read_apart_is_not_read(
    person: Person, begun: tuple[str, dict[str, str]]
) -> None:
    path, token = begun

    def ask(body: bytes, kind: str = "multipart/form-data; boundary=x") -> httpx.Response:
        return person.ask("POST", path, content=body, headers={**token, "content-type": kind})

    part = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nb\r\n'
    problem(ask(part + part + b"--x--\r\n"), 400, "malformed")
    problem(ask(part.replace(b'name="file"; ', b"") + b"--x--\r\n"), 400, "malformed")
    problem(ask(part.replace(b'"file"', b'"picture"') + b"--x--\r\n"), 400, "malformed")
    field = b'--x\r\ncontent-disposition: form-data; name="shoe"\r\n\r\n43\r\n'
    problem(ask(field + part + b"--x--\r\n"), 422, "unknown_field")
    problem(ask(b"{}", "application/json"), 415, "unsupported_media_type")
    problem(ask(part, "multipart/form-data"), 415, "unsupported_media_type")
