"""JSON that two parsers would read apart, or that costs more to read than to send."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvakt.api.body import parse_json
from portvakt.model import Problem

LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
)  # fmt: skip


@given(
    st.dictionaries(st.text("abc", max_size=3), LEAVES | st.lists(LEAVES, max_size=3), max_size=5)
)
def test_an_object_is_read_as_it_was_written(value: dict[str, object]) -> None:
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.proves("A98")
@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"{'a':1}", "not_json"),
        (b'{"a":1}{"a":1}', "not_json"),
        (b'{"a":"\x01"}', "not_json"),
        (b'\xef\xbb\xbf{"a":1}', "not_json"),
        (b"[]", "not_object"),
        (b'"text"', "not_object"),
        (b"null", "not_object"),
        (b"1", "not_object"),
        (b'{"a":1,"a":2}', "duplicate_key"),
        (b'{"a":{"b":1,"b":1}}', "duplicate_key"),
        (b'{"a":"\\u0000"}', "nul"),
        (b'{"\\u0000":1}', "nul"),
        (b'{"a":["\\ud800"]}', "not_utf8"),
        (b'{"a":"\xff\xfe"}', "not_utf8"),
        (b'{"a":"\xc0\x80"}', "not_utf8"),
        (b'{"a":NaN}', "number"),
        (b'{"a":-Infinity}', "number"),
        (b'{"a":1e999}', "number"),
        (b'{"a":9223372036854775808}', "number"),
        (b'{"a":' + b"9" * 60_000 + b"}", "number"),
        (b'{"a":' * 9 + b"1" + b"}" * 9, "too_deep"),
        (b'{"a":' + b"[" * 60_000, "too_deep"),
    ],
)
def test_what_is_not_one_plain_object_is_malformed_and_says_why(raw: bytes, why: str) -> None:
    assert parse_json(raw) == Problem(400, "malformed", {"why": why})


def test_brackets_inside_strings_are_no_nesting_and_eight_levels_are_allowed() -> None:
    assert parse_json(b'{"a":"[[[[[[[[[[[{{{{"}') == {"a": "[[[[[[[[[[[{{{{"}
    assert isinstance(parse_json(b'{"a":' * 8 + b'"\\"[[[[["' + b"}" * 8), dict)


@pytest.mark.proves("A98")
@pytest.mark.parametrize(
    "unit", [b'"', b'\\"', b'"\\', b"[", b"{}", b'{"a":', b"1e5,", b"\\u0000", b'",']
)
def test_the_largest_body_is_read_or_refused_quickly_whatever_it_repeats(unit: bytes) -> None:
    raw = (b'{"a":[' + unit * (65_536 // len(unit)))[:65_536]
    began = time.process_time()
    assert isinstance(parse_json(raw), Problem)
    assert time.process_time() - began < 0.5
