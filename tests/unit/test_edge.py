"""Who is calling and from where, read from a request that lies as well as it can."""

import ipaddress

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvakt import edge
from portvakt.model import Problem
from portvakt.store.tx import DatabaseBusy
from tests import elsewhere

PROXIES = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8"))


@pytest.mark.proves("A12")
@pytest.mark.parametrize(
    ("peer", "forwarded", "told"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("fd00::1", ["[2001:db8::7]:4711"], "2001:0db8:0000:0000:0000:0000:0000:0007"),
        ("10.0.0.1", ["2001:db8::7"], "2001:0db8:0000:0000:0000:0000:0000:0007"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.7"], "10.0.0.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, <script>"], "10.0.0.1"),
        ("10.0.0.1", ["unknown, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [""], "10.0.0.1"),
        (None, ["198.51.100.1"], "0.0.0.0"),
    ],
)
def test_the_rightmost_address_that_no_trusted_proxy_has_is_the_caller(
    peer: str | None, forwarded: list[str], told: str
) -> None:
    assert edge.forwarded_ip(peer, forwarded, PROXIES) == told


@pytest.mark.proves("A12")
@given(st.lists(st.text(max_size=40), max_size=4))
def test_nothing_in_x_forwarded_for_moves_a_caller_who_comes_without_a_trusted_proxy(
    forwarded: list[str],
) -> None:
    assert edge.forwarded_ip("203.0.113.9", forwarded, PROXIES) == "203.0.113.9"
    assert edge.forwarded_ip("203.0.113.9", forwarded, ()) == "203.0.113.9"


@pytest.mark.proves("A12")
@given(st.lists(st.ip_addresses().map(str), max_size=4))
def test_what_a_caller_writes_left_of_the_proxys_own_entry_is_never_believed(
    invented: list[str],
) -> None:
    forwarded = ", ".join([*invented, "198.51.100.1"])
    assert edge.forwarded_ip("10.0.0.1", [forwarded], PROXIES) == "198.51.100.1"


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ([], None),
        ([(b"authorization", b"Bearer pvs_12345678")], "pvs_12345678"),
        ([(b"authorization", b"bearer pvs_12345678")], "pvs_12345678"),
        ([(b"authorization", b"Basic cHZzOjEyMzQ1Njc4")], None),
        ([(b"authorization", b"Bearer ")], None),
        ([(b"authorization", b"Bearer a\xc3\xa5b12345678")], None),
        ([(b"authorization", b"Bearer " + b"a" * 257)], None),
        ([(b"cookie", b"lang=sv; __Host-portvakt=pvs_12345678; a=b")], "pvs_12345678"),
        ([(b"cookie", b"portvakt=pvs_12345678")], None),
        (
            [(b"cookie", b"__Host-portvakt=pvs_cookie00"), (b"authorization", b"Bearer pvs_bearer00")],
            "pvs_bearer00",
        ),
        ([(b"authorization", b"Bearer pvs_12345678")] * 2, None),
    ],
)  # fmt: skip
def test_a_session_token_is_read_from_one_bearer_header_or_else_from_its_cookie(
    headers: list[tuple[bytes, bytes]], token: str | None
) -> None:
    assert edge.presented_token(headers) == token


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("Europe%2FStockholm", "Europe/Stockholm"),
        ("../../etc/passwd", None),
        ("Europe/Nowhere", None),
        ("", None),
        ("a" * 1_000_000, None),
        ("UTC\0", None),
    ],
)
def test_a_time_zone_is_one_of_the_list_or_none(text: str, known: str | None) -> None:
    assert edge.zone(text) == known


@pytest.mark.proves("S18")
@pytest.mark.parametrize(
    ("header", "kind"),
    [("web", "web"), ("Android", "android"), (" ios ", "ios"), ("toaster", "other"), (None, "other")],
)  # fmt: skip
def test_the_kind_of_client_is_one_of_four_words(header: str | None, kind: str) -> None:
    assert edge.client_kind(header) == kind


@pytest.mark.proves("A93")
@given(st.text(max_size=600))
def test_a_header_kept_for_display_is_short_and_has_no_control_or_direction_characters(
    text: str,
) -> None:
    kept = edge.printable(text, 256)
    assert len(kept) <= 256
    assert kept.isprintable()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("POST", "/a", b"{}"), ("POST", "/a", b"{}"), True),
        (("POST", "/a", b"{}"), ("POST", "/a", b"{ }"), False),
        (("POST", "/a", b"{}"), ("POST", "/b", b"{}"), False),
        (("POST", "/a", b"{}"), ("GET", "/a", b"{}"), False),
    ],
)
def test_a_request_is_the_same_only_with_the_same_method_path_and_body(
    one: tuple[str, str, bytes], other: tuple[str, str, bytes], same: bool
) -> None:
    assert (edge.request_hash(*one) == edge.request_hash(*other)) is same


@pytest.mark.proves("A18")
def test_more_work_than_may_wait_is_turned_away_at_once_and_the_rest_is_done() -> None:
    gate = anyio.Event()
    outcomes: list[object] = []

    async def one() -> None:
        outcomes.append(await edge.run(anyio.from_thread.run, gate.wait))

    async def crowd() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(edge.THREADS + edge.WAITING + 3):
                tasks.start_soon(one)
            await anyio.wait_all_tasks_blocked()
            assert outcomes == [Problem(503, "overloaded", retry_after=edge.OVERLOADED_RETRY)] * 3
            gate.set()

    elsewhere.run(crowd)
    assert len(outcomes) == edge.THREADS + edge.WAITING + 3
    assert outcomes.count(None) == edge.THREADS + edge.WAITING


def test_a_database_without_a_free_connection_is_overloaded_and_no_error() -> None:
    def busy() -> None:
        raise DatabaseBusy

    assert elsewhere.run(edge.run, busy) == Problem(503, "overloaded", retry_after=2)
