"""The OpenAPI document and its readable page say what runs, all of it and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from portvakt.api import schema
from portvakt.api.inputs import INPUTS
from portvakt.messages import LANGUAGES, TEXTS, say
from portvakt.policy import ACTIONS, BEGUN
from portvakt.rules import inputs
from tests.api.conftest import Json, Person

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@pytest.fixture
def document(person: Person) -> Json:
    answer = person.ask("GET", "/v1/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


def schemas(part: Any) -> Iterator[Json]:
    """Every schema below a part of the document that stands under the name `schema`."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if name == "schema":
                yield inner
            yield from schemas(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from schemas(inner)


def refs(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from refs(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from refs(inner)


def test_the_document_is_openapi_3_1_whose_schemas_are_schemas_and_whose_references_lead_somewhere(
    document: Json,
) -> None:
    assert document["openapi"].startswith("3.1")
    for found in [*schemas(document["paths"]), *document["components"]["schemas"].values()]:
        jsonschema_rs.meta.validate({"$schema": DIALECT, **found})
    for ref in refs(document):
        place: Any = document
        for word in ref.removeprefix("#/").split("/"):
            place = place[word]


def test_every_route_of_the_api_is_described_and_every_described_route_answers(
    app: Starlette, document: Json
) -> None:
    mount = next(r for r in app.routes if isinstance(r, Mount) and r.path == "/v1")
    unlisted = {"/v1/openapi.json", "/v1/docs", "/v1/docs/{file}"}
    served = {f"/v1{getattr(route, 'path', '')}" for route in mount.routes} - unlisted
    assert served | {"/v1/me"} == set(document["paths"])


def test_each_action_has_a_body_of_its_own_with_its_inputs_and_no_other(document: Json) -> None:
    body = document["paths"]["/v1/flows"]["post"]["requestBody"]["content"]["application/json"]
    mapping = body["schema"]["discriminator"]["mapping"]
    assert list(mapping) == list(BEGUN)
    for action in BEGUN:
        start = document["components"]["schemas"][f"start_{action}"]
        given = start["properties"]["inputs"]
        assert set(given["properties"]) == set(inputs(ACTIONS[action]))
        assert given["additionalProperties"] is False
        check = jsonschema_rs.Draft202012Validator(start)
        for example in start["examples"]:
            assert check.is_valid(example), example


@pytest.mark.parametrize("name", sorted({n for action in ACTIONS for n in inputs(ACTIONS[action])}))
def test_every_input_is_described_and_its_examples_fit(name: str) -> None:
    assert f"field.{name}.label" in TEXTS
    check = jsonschema_rs.Draft202012Validator(INPUTS[name])
    assert all(check.is_valid(example) for example in INPUTS[name].get("examples", []))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("id", sorted(schema.PROBLEMS))
def test_every_problem_has_a_page_at_its_type_in_each_language(
    person: Person, id: str, language: str
) -> None:
    page = person.ask("GET", f"/problems/{id}", headers={"Accept-Language": language})
    assert page.status_code == 200
    assert f'lang="{language}"' in page.text
    assert say(f"problem.{id}.title", language).replace("'", "&#39;") in page.text


def test_a_problem_that_is_none_has_no_page(person: Person) -> None:
    for id in ("nothing", "%2e%2e", "%00", "<script>"):
        assert person.ask("GET", f"/problems/{id}").status_code == 404


def test_the_readable_page_names_every_action_input_refusal_problem_and_reason(
    person: Person, document: Json
) -> None:
    page = person.ask("GET", "/v1/docs").text
    lists = document["x-portvakt"]
    names = {*BEGUN, *INPUTS, *lists["refusals"], *lists["problems"], *lists["reasons"]}
    named = set(re.findall(r"<code>([a-z_0-9]+)</code>", page))
    assert {n for n in names if n in INPUTS and not _used(n)} | named >= names
    for label in ("curl", "Python", "TypeScript"):
        assert f"<summary>{label}</summary>" in page


def _used(name: str) -> bool:
    return any(name in inputs(ACTIONS[action]) for action in ACTIONS)


@pytest.mark.proves("A92", "A93")
@pytest.mark.parametrize("path", ["/v1/docs", "/problems/malformed"])
def test_the_pages_load_nothing_from_elsewhere_and_run_nothing_inline(
    person: Person, path: str
) -> None:
    page = person.ask("GET", path)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"""(src|href)=["'](https?:)?//""", page.text)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page.text)
    for asset in re.findall(r'(?:src|href)="(/v1/docs/[^"]+)"', page.text):
        found = person.ask("GET", asset)
        assert found.status_code == 200
        assert found.headers["x-content-type-options"] == "nosniff"
