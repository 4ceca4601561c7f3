"""What becomes of a file that an account holder sends to reviewers."""

from __future__ import annotations

import hashlib
import inspect
import io
import struct
from datetime import timedelta

import pytest
from PIL import Image

from portvakt.model import Refusal
from portvakt.ports.evidence import EvidenceReader, Picture, evidence_reader, plain_jpeg
from portvakt.settings import Settings
from tests.evidence_files import (
    KINDS,
    UPRIGHT,
    corners,
    encoded,
    honest,
    jpeg_of,
    pdf,
    png_of,
    profile,
    reader,
    scene,
    where_it_was_taken,
)  # fmt: skip


def picture(content: bytes, read: EvidenceReader | None = None) -> Picture:
    found = (read or reader()).read(content)
    assert isinstance(found, Picture), found
    return found


# ── accepted ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A102")
@pytest.mark.parametrize("kind", KINDS)
def test_a_photo_or_a_document_becomes_a_plain_jpeg_and_a_small_one(kind: str) -> None:
    original = honest(kind)
    found = picture(original)
    assert found.sha256_of_original == hashlib.sha256(original).digest()
    assert plain_jpeg(found.jpeg) == (found.width, found.height)
    shown = Image.open(io.BytesIO(found.jpeg))
    assert (shown.format, shown.size) == ("JPEG", (found.width, found.height))
    assert max(Image.open(io.BytesIO(found.preview)).size) <= 480
    assert (found.pages, found.pages_in_file) == (1, 1)
    assert corners(found.jpeg) == (UPRIGHT if kind != "pdf" else ["red", "red", "blue", "blue"])
    assert corners(found.preview) == corners(found.jpeg)


@pytest.mark.parametrize("kind", ["jpeg", "png", "heif"])
def test_a_large_picture_is_made_smaller_and_keeps_its_shape(kind: str) -> None:
    found = picture(encoded(scene(3000, 1000), kind))
    assert (found.width, found.height) == (2400, 800)
    assert Image.open(io.BytesIO(found.preview)).size == (480, 160)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_picture_stands_upright_however_the_camera_was_held(kind: str, orientation: int) -> None:
    turn = Image.Transpose
    back = [
        None, turn.FLIP_LEFT_RIGHT, turn.ROTATE_180, turn.FLIP_TOP_BOTTOM, turn.TRANSPOSE,
        turn.ROTATE_90, turn.TRANSVERSE, turn.ROTATE_270,
    ][orientation - 1]  # fmt: skip
    held = scene() if back is None else scene().transpose(back)
    found = picture(encoded(held, kind, exif=where_it_was_taken(orientation)))
    assert corners(found.jpeg) == UPRIGHT
    assert (found.width, found.height) == (60, 40)


def test_a_heic_is_not_turned_twice() -> None:
    """Its decoder turns it; the EXIF orientation beside it is for readers that do not."""
    found = picture(encoded(scene(), "heif", exif=where_it_was_taken(6).tobytes()))
    once = Image.open(io.BytesIO(found.jpeg)).size
    assert sorted(once) == [40, 60]
    assert set(corners(found.jpeg)) == set(UPRIGHT)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "I;16"])
def test_every_kind_of_png_is_shown_on_white(mode: str) -> None:
    image = Image.new("RGB", (60, 40), "white").convert("L" if mode == "I;16" else mode)
    if mode in ("RGBA", "LA"):
        image = Image.new(
            mode, (60, 40), (0,) * len(mode)
        )  # black, but nothing of it is to be seen
    if mode == "I;16":
        image = Image.frombytes("I;16", (60, 40), b"\xff\xff" * 2400)
    assert corners(picture(encoded(image, "png")).jpeg) == ["white"] * 4


def test_sixteen_bits_of_grey_keep_their_shades() -> None:
    image = Image.frombytes("I;16", (60, 40), struct.pack("<H", 0x8000) * 2400)
    grey = Image.open(io.BytesIO(picture(encoded(image, "png")).jpeg)).convert("L").getpixel((9, 9))
    assert isinstance(grey, int)
    assert 126 <= grey <= 130


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_kind_of_jpeg_is_shown_in_its_colours(mode: str) -> None:
    image = Image.new("RGB", (60, 40), "white").convert(mode)
    assert corners(picture(encoded(image, "jpeg")).jpeg) == ["white"] * 4


@pytest.mark.parametrize("broken", [False, True], ids=["whole", "broken"])
def test_a_colour_profile_is_applied_and_gone(broken: bool) -> None:
    icc = profile()[:90] if broken else profile()
    original = encoded(scene(), "jpeg", icc_profile=icc)
    assert b"ICC_PROFILE" in original
    found = picture(original)
    assert b"ICC_PROFILE" not in found.jpeg
    assert corners(found.jpeg) == UPRIGHT


def test_exif_that_cannot_be_read_turns_nothing_and_hinders_nothing() -> None:
    found = picture(encoded(scene(), "jpeg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff"))
    assert corners(found.jpeg) == UPRIGHT


# ── documents ─────────────────────────────────────────────────────────────────────────────────


def test_the_pages_of_a_document_stand_below_one_another() -> None:
    one, two = picture(pdf(1)), picture(pdf(2))
    assert (one.height, two.pages, two.pages_in_file) == (2400, 2, 2)
    assert two.height == 2 * 1754 + 16
    assert Image.open(io.BytesIO(two.preview)).height == 480


def test_of_many_pages_the_first_are_shown_and_the_rest_is_counted() -> None:
    found = picture(pdf(400), reader(max_pages=3))
    assert (found.pages, found.pages_in_file) == (3, 400)
    assert found.height == 3 * 1754 + 2 * 16


@pytest.mark.parametrize("box", ["0 0 9999999 9999999", "0 0 0.01 0.01", "0 0 14400 1"])
def test_a_page_of_any_size_is_drawn_as_large_as_any_other(box: str) -> None:
    found = picture(pdf(box=box))
    assert max(found.width, found.height) <= 2400


def test_a_document_without_pages_is_unreadable() -> None:
    assert reader().read(pdf(0)) == Refusal("file_unreadable")


# ── refused ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("left", [0.1, 0.3, 0.6])
def test_a_file_that_was_cut_off_is_unreadable(kind: str, left: float) -> None:
    content = honest(kind)
    assert reader().read(content[: int(len(content) * left)]) == Refusal("file_unreadable")


def test_a_file_is_as_large_as_the_settings_allow_and_no_byte_larger() -> None:
    content = encoded(scene())
    limit = len(content)
    assert isinstance(reader(max_bytes=limit).read(content), Picture)
    assert reader(max_bytes=limit).read(content + b"\0") == Refusal(
        "file_too_large", {"max_bytes": limit}
    )
    assert reader().read(b"\xff\xd8\xff" + bytes(11 * 1024 * 1024)).id == "file_too_large"  # type: ignore[union-attr]


def test_a_picture_has_as_many_pixels_as_the_settings_allow_and_no_more() -> None:
    content = encoded(scene(60, 40))
    assert isinstance(reader(max_pixels=2400).read(content), Picture)
    refused = reader(max_pixels=2399).read(content)
    assert refused == Refusal("file_too_many_pixels", {"max_pixels": 2399})


@pytest.mark.parametrize("content", [jpeg_of(0, 40), png_of(0, 0)], ids=["jpeg", "png"])
def test_a_picture_without_a_size_is_unreadable(content: bytes) -> None:
    assert reader().read(content) == Refusal("file_unreadable")


# ── names, settings ───────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A102")
def test_a_files_name_and_declared_type_are_not_even_asked_for() -> None:
    """So no `../` of a stranger's can lead anywhere."""
    assert list(inspect.signature(EvidenceReader.read).parameters) == ["self", "original"]


def test_a_picture_shows_nothing_of_itself_in_a_log() -> None:
    assert repr(picture(encoded(scene()))) == "Picture(60x40, ***)"


def test_the_settings_are_the_operators() -> None:
    settings = Settings.model_validate({"evidence": {"max_pixels": 1_000_000, "kept": "30d"}})
    assert settings.evidence.kept == timedelta(days=30)
    refused = evidence_reader(settings.evidence).read(png_of(2000, 2000))
    assert refused == Refusal("file_too_many_pixels", {"max_pixels": 1_000_000})


@pytest.mark.parametrize(
    "wrong",
    [
        {"kept": "1h"},
        {"max_bytes": 1},
        {"max_pixels": 10**9},
        {"max_pages": 0},
        {"clamd": "127.0.0.1:3310"},
        {"clamd": "tcp://clamd"},
        {"clamd": "http://127.0.0.1:3310"},
    ],
)
def test_settings_that_would_not_hold_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="evidence"):
        Settings.model_validate({"evidence": wrong})
