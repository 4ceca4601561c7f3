"""Files sealed each with a key of its own."""

from __future__ import annotations

import dataclasses

import pytest

from portvakt.ports.crypto import Keys, SealBroken
from portvakt.ports.sealed_file import Sealed, open_, seal

KEYS = Keys.generate()
ROW, PLAIN = "evidence.jpeg ev_1", b"an identity document" * 100


@pytest.mark.proves("A108")
def test_a_sealed_file_opens_in_its_row_and_shows_nothing_of_itself() -> None:
    sealed = seal(KEYS, ROW, PLAIN)
    assert open_(KEYS, ROW, sealed) == PLAIN
    assert b"identity" not in sealed.content + sealed.key
    assert "identity" not in repr(sealed)
    assert open_(KEYS, ROW, seal(KEYS, ROW, b"")) == b""


@pytest.mark.proves("A108")
def test_a_file_does_not_open_in_another_row() -> None:
    sealed = seal(KEYS, ROW, PLAIN)
    for row in ("evidence.jpeg ev_2", "evidence.preview ev_1", ""):
        with pytest.raises(SealBroken):
            open_(KEYS, row, sealed)


@pytest.mark.proves("A108")
def test_a_file_does_not_open_without_the_key_file_it_was_sealed_with() -> None:
    with pytest.raises(SealBroken):
        open_(Keys.generate(), ROW, seal(KEYS, ROW, PLAIN))


def test_each_file_has_a_key_of_its_own() -> None:
    """So forgetting one is forgetting one file: another's key, of the same row even, does not help."""
    one, two = seal(KEYS, ROW, PLAIN), seal(KEYS, ROW, PLAIN)
    assert one.content != two.content
    with pytest.raises(SealBroken):
        open_(KEYS, ROW, Sealed(two.key, one.content))


@pytest.mark.parametrize("part", ["key", "content"])
@pytest.mark.parametrize("at", [0, 1, 5, 20, -1])
def test_a_file_that_was_changed_anywhere_does_not_open(part: str, at: int) -> None:
    sealed = seal(KEYS, ROW, PLAIN)
    changed = bytearray(getattr(sealed, part))
    changed[at] ^= 1
    with pytest.raises(SealBroken):
        open_(KEYS, ROW, dataclasses.replace(sealed, **{part: bytes(changed)}))


@pytest.mark.parametrize("part", ["key", "content"])
@pytest.mark.parametrize("left", [0, 1, 4, 12, 20])
def test_a_file_that_was_cut_off_does_not_open(part: str, left: int) -> None:
    sealed = seal(KEYS, ROW, PLAIN)
    with pytest.raises(SealBroken):
        open_(KEYS, ROW, dataclasses.replace(sealed, **{part: getattr(sealed, part)[:left]}))


def test_a_sealed_value_that_is_no_key_opens_nothing() -> None:
    short = Sealed(KEYS.seal(b"not 32 bytes", ROW), seal(KEYS, ROW, PLAIN).content)
    with pytest.raises(SealBroken):
        open_(KEYS, ROW, short)
