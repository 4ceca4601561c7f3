"""When something breaks behind the pages: a calm page, nothing told that is none of anybody's
business (A107)."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portvakt.settings import Settings
from portvakt.store.tx import DatabaseBusy
from tests.serving import serving

SECRET = "a detail that only the log may hold"


async def breaks(request: Request) -> Response:
    raise RuntimeError(SECRET)


async def is_busy(request: Request) -> Response:
    raise DatabaseBusy(SECRET)


@pytest.fixture(scope="module")
def broken(settings: Settings) -> Iterator[str]:
    from portvakt.app import build

    app: Starlette = build(settings)
    app.router.routes += [Route("/breaks", breaks), Route("/is-busy", is_busy)]
    with serving(app) as origin:
        yield origin


@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_fault_of_ours_tells_nothing_about_itself(broken: str, language: str) -> None:
    answer = httpx.get(f"{broken}/breaks", headers={"accept-language": language})
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert "RuntimeError" not in answer.text
    assert f'<html lang="{language}">' in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_a_busy_database_says_when_to_come_back(broken: str) -> None:
    answer = httpx.get(f"{broken}/is-busy")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert SECRET not in answer.text
    assert "2 seconds" in answer.text
