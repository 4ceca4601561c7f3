"""A102: what is hidden in, or behind, an evidence file does not get past its reading."""

from __future__ import annotations

import io
import subprocess
import zipfile
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from portvakt.model import Refusal
from portvakt.ports.evidence import CHILD, Picture
from portvakt.ports.scanner import ClamdScanner
from tests.clamd_stand_in import EICAR, clamd
from tests.evidence_files import (
    CANARY,
    CELL,
    UPRIGHT,
    archive,
    child_of,
    corners,
    encoded,
    heif_of,
    jpeg_of,
    pdf,
    pdf_with_script,
    png_chunk,
    png_of,
    profile,
    reader,
    scene,
    tells_where,
    where_it_was_taken,
)

HTML = f"<!doctype html><script>{CANARY}</script>".encode()
SVG = f'<svg xmlns="http://www.w3.org/2000/svg"><script>{CANARY}</script></svg>'.encode()


def drawn(content: bytes) -> Picture:
    found = reader().read(content)
    assert isinstance(found, Picture), found
    return found


# ── what is hidden ────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A102", "A107")
@pytest.mark.parametrize("kind", ["jpeg", "png", "heif"])
def test_where_and_with_what_a_photo_was_taken_is_gone(kind: str) -> None:
    exif = where_it_was_taken()
    photo = encoded(scene(), kind, exif=exif.tobytes() if kind == "heif" else exif)
    assert CANARY.encode() in photo, "the device stands in the original"
    if kind != "heif":  # Pillow alone does not read it there
        assert tells_where(photo), "and the position"
    found = drawn(photo)
    for content in (found.jpeg, found.preview):
        assert CANARY.encode() not in content, "the device is still told"
        assert not Image.open(io.BytesIO(content)).getexif(), "EXIF is still there"
    assert set(corners(found.jpeg)) == set(UPRIGHT)


def _text() -> PngInfo:
    info = PngInfo()
    info.add_text("Comment", HTML.decode())
    info.add_itxt("XML:com.adobe.xmp", SVG.decode(), zip=False)
    return info


HIDING = {
    "jpeg and zip": encoded(scene()) + archive(),
    "jpeg and page": encoded(scene()) + HTML,
    "jpeg with comment": encoded(scene(), comment=HTML),
    "jpeg with profile": encoded(scene(), icc_profile=profile() + HTML),
    "jpeg with xmp": encoded(scene(), xmp=SVG),
    "jpeg and jpeg": encoded(scene()) + encoded(scene(), comment=HTML),
    "png with text": encoded(scene(), "png", pnginfo=_text()),
    "png and zip": encoded(scene(), "png") + archive(),
    "heif and page": encoded(scene(), "heif") + HTML,
    "pdf with script and file": pdf_with_script(),
    "pdf and zip": pdf() + archive(),
}


@pytest.mark.proves("A102")
@pytest.mark.parametrize("what", HIDING)
def test_what_hides_beside_the_pixels_is_gone(what: str) -> None:
    original = HIDING[what]
    assert CANARY.encode() in original, "it is there before"
    found = drawn(original)
    for content in (found.jpeg, found.preview):
        assert CANARY.encode() not in content, "it is still there"
        assert not zipfile.is_zipfile(io.BytesIO(content))
        assert content.endswith(b"\xff\xd9")


# ── what is no evidence ───────────────────────────────────────────────────────────────────────


OTHERS = {
    "nothing": b"",
    "svg": SVG,
    "svg with a head": b'<?xml version="1.0"?>' + SVG,
    "html": HTML,
    "html before a pdf": HTML + pdf(),
    "page before a jpeg": HTML + encoded(scene()),
    "gif": encoded(scene(), "gif"),
    "gif that is a script": b"GIF89a/*" + bytes(9) + b"*/=1;" + HTML,
    "webp": encoded(scene(), "webp"),
    "avif": encoded(scene(), "avif"),
    "bmp": encoded(scene(), "bmp"),
    "tiff": encoded(scene(), "tiff"),
    "zip": archive(),
    "text": b"I am who I say that I am.",
    "space before a pdf": b" " + pdf(),
    "eicar": EICAR,
    "executable": b"\x7fELF" + bytes(100),
    "postscript": b"%!PS-Adobe-3.0\n(x) run\n",
}


@pytest.mark.proves("A102")
@pytest.mark.parametrize("what", OTHERS)
def test_what_is_neither_photo_nor_document_is_refused_unopened(what: str) -> None:
    """The command would fail: that it is not even called shows in the refusal."""
    found = reader(command=("/no/such/program",)).read(OTHERS[what])
    assert found == Refusal("file_type_not_accepted")


@pytest.mark.proves("A102")
@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff" + HTML,
        b"\x89PNG\r\n\x1a\n" + SVG,
        b"%PDF-1.7\n" + HTML,
        b"\0\0\0\x18ftypheic" + HTML,
    ],
    ids=["jpeg", "png", "pdf", "heif"],
)
def test_the_first_bytes_alone_make_no_picture(content: bytes) -> None:
    """They choose the decoder; whether it is a picture, the decoder says."""
    assert reader().read(content) == Refusal("file_unreadable")


# ── bombs ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A102")
@pytest.mark.parametrize(
    "bomb",
    [jpeg_of(65_000, 65_000), png_of(100_000, 100_000), heif_of(30_000, 30_000)],
    ids=["jpeg", "png", "heif"],
)
def test_a_tiny_file_that_would_be_huge_is_refused_by_its_header(bomb: bytes) -> None:
    assert len(bomb) < 5000
    refused = reader().read(bomb)
    assert refused == Refusal("file_too_many_pixels", {"max_pixels": 40_000_000})


@pytest.mark.proves("A102")
def test_pixels_packed_a_thousandfold_are_counted_as_what_they_become() -> None:
    rows = bytes(20_000 * (20_000 // 8 + 1))
    bomb = png_of(20_000, 20_000, rows=rows)
    assert len(bomb) < len(rows) // 500
    refused = reader().read(bomb)
    assert refused == Refusal("file_too_many_pixels", {"max_pixels": 40_000_000})


@pytest.mark.proves("A102")
def test_a_text_that_unpacks_to_more_than_the_child_may_hold_hurts_nobody() -> None:
    text = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2**30)))
    assert len(text) < 2_000_000
    found = reader().read(png_of(8, 8, text))
    assert isinstance(found, Picture) or found == Refusal("file_unreadable")


# ── scanners ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A102")
def test_an_infected_photo_is_refused_before_it_is_decoded() -> None:
    infected = encoded(scene(), comment=EICAR)
    with clamd() as one:
        found = reader(ClamdScanner(one.address), command=("/no/such/program",)).read(infected)
        assert found == Refusal("file_infected"), "it went on to be decoded"
        assert isinstance(reader(ClamdScanner(one.address)).read(encoded(scene())), Picture)
    assert one.scanned[0] == infected, "the original is what is scanned"


@pytest.mark.proves("A102")
@pytest.mark.parametrize("says", [None, b"stream: fault ERROR\0", b"garbage", b"\0" * 5000])
def test_what_no_scanner_has_looked_at_is_not_accepted(says: bytes | None) -> None:
    with clamd(says=says) as one:
        found = reader(ClamdScanner(one.address, patience=0.5)).read(encoded(scene()))
    assert found == Refusal("scanner_unavailable")


# ── a decoder that was taken over ─────────────────────────────────────────────────────────────


ANSWERS = {
    "a page": f"p = {HTML!r}",
    "a photo with a page behind it": f"p = {encoded(scene()) + HTML!r}",
    "a photo with a comment": f"p = {encoded(scene(), comment=HTML)!r}",
    "a photo with position": f"p = {encoded(scene(), exif=where_it_was_taken())!r}",
    "half a photo": f"p = {encoded(scene())[:-2]!r}",
    "nothing": "p = b''",
}


@pytest.mark.proves("A102")
@pytest.mark.parametrize("what", ANSWERS)
def test_a_decoder_that_was_taken_over_is_not_believed(what: str) -> None:
    say = "\nsys.stdout.buffer.write(cell.HEAD.pack(0, 1, 1, len(p), len(q)) + p + q)"
    whole = f"p = {encoded(scene())!r}"
    found = reader(command=child_of(whole + "; q = p" + say)).read(encoded(scene()))
    assert isinstance(found, Picture), "an honest answer is believed"
    for answer in (
        ANSWERS[what] + "; q = " + whole[4:],
        ANSWERS[what] + "; q = p; p = " + whole[4:],
    ):
        found = reader(command=child_of(answer + say)).read(encoded(scene()))
        assert found == Refusal("file_unreadable")


OPENS = {
    "file": "open('/etc/passwd')",
    "new file": "open('/tmp/x', 'w')",
    "socket": "socket.socket()",
    "socket in the place of input": "(os.close(0), socket.socket())",
    "memory": "os.memfd_create('x')",
    "pipe": "os.pipe()",
}


@pytest.mark.proves("A102")
@pytest.mark.parametrize("what", OPENS)
def test_a_decoder_that_was_taken_over_can_open_nothing(what: str) -> None:
    code = CELL + (
        "import os, socket\n"
        "cell.limit('jpeg', 1_000_000)\n"
        "cell.shut()\n"
        f"try: {OPENS[what]}\n"
        "except OSError as error: print(error.errno)\n"
        "else: print('opened')\n"
    )
    done = subprocess.run([*CHILD[:3], "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["24"], "EMFILE"


@pytest.mark.proves("A102")
def test_a_decoder_cannot_take_the_machines_memory() -> None:
    code = CELL + (
        "cell.limit('jpeg', 1_000_000)\n"
        "try: bytearray(cell.memory(1_000_000))\n"
        "except MemoryError: print('refused')\n"
        "else: print('taken')\n"
    )
    done = subprocess.run([*CHILD[:3], "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["refused"]
