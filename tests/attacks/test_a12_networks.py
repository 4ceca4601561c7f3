"""Limits per network hold whatever a client writes about where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from portvakt.app import build
from tests.attacks.conftest import Own
from tests.database import Database
from tests.serving import sandbox_settings, serving

MOST = 6
Ask = Callable[[Mapping[str, str]], int]


@pytest.fixture(params=["no proxy", "behind a proxy"])
def asking(
    request: pytest.FixtureRequest, new_database: Callable[[], Database], tmp_path: Path
) -> Iterator[Ask]:
    """Starts a sign-in with these headers; gives the status."""
    proxies = [] if request.param == "no proxy" else ["127.0.0.1/32"]
    more: Own = {"serve": {"trusted_proxies": proxies},
            "limits": {"flow.network": f"{MOST}/1m"}}  # fmt: skip
    settings = sandbox_settings(new_database(), tmp_path / "portvakt.keys", more)
    with serving(build(settings)) as origin, httpx.Client(base_url=origin) as client:

        def ask(headers: Mapping[str, str]) -> int:
            asked = client.post("/v1/flows", json={"action": "sign_in"}, headers=headers)
            return asked.status_code

        yield ask


@pytest.mark.proves("A12")
@pytest.mark.parametrize("asking", ["no proxy"], indirect=True)
@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP"])
def test_an_address_that_a_client_writes_itself_is_not_believed(asking: Ask, name: str) -> None:
    """Without a trusted proxy every header is the client's own invention."""
    value = "for={}" if name == "Forwarded" else "{}"
    told = [asking({name: value.format(f"203.0.113.{n}")}) for n in range(MOST + 2)]
    assert told == [200] * MOST + [429] * 2


@pytest.mark.proves("A12")
@pytest.mark.parametrize("asking", ["behind a proxy"], indirect=True)
def test_behind_a_proxy_only_what_the_proxy_wrote_is_believed(asking: Ask) -> None:
    """What a client puts in front of it changes nothing; another client is another network."""
    told = [asking({"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.7"}) for n in range(MOST + 2)]
    assert told == [200] * MOST + [429] * 2
    assert asking({"X-Forwarded-For": "198.51.100.8"}) == 200


@pytest.mark.proves("A12", "A25")
@pytest.mark.parametrize("asking", ["behind a proxy"], indirect=True)
def test_all_addresses_of_one_ipv6_network_are_one(asking: Ask) -> None:
    """A visitor has 2^64 of them for nothing, in every spelling."""
    hosts = ["::1", "::2:3", "::abcd:1234:5678:9abc", "0:0:1:2:3:4", "0:0:ffff::1", "::",
             "0000:0000:0:0:0:9", "::FFFF:0:0:1"]  # fmt: skip
    told = [asking({"X-Forwarded-For": f"2001:db8{h if h.startswith('::') else ':' + h}"})
            for h in hosts]  # fmt: skip
    assert told == [200] * MOST + [429] * 2
    assert asking({"X-Forwarded-For": "2001:db8:0:1::1"}) == 200, "the next /64 is somebody else"
