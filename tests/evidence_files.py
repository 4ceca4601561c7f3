"""Uploads made from code: honest ones, and those that only look so."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import Image, ImageCms

from portvakt.ports import evidence_child
from portvakt.ports.evidence import CHILD, EvidenceReader
from portvakt.ports.scanner import NoScanner, Scanner

CANARY = "kanarie-in-the-picture"
GPS = 0x8825
KINDS = ("jpeg", "png", "heif", "pdf")
#: before a child of a test does what it does: the real one's module, wherever it is
CELL = (
    f"import sys; sys.path.insert(0, {str(Path(evidence_child.__file__).parent)!r})\n"
    "import evidence_child as cell\n"
)


def reader(scanner: Scanner | None = None, **how: Any) -> EvidenceReader:
    return EvidenceReader(scanner or NoScanner(), **how)


def child_of(code: str, *, limited: bool = True) -> tuple[str, ...]:
    """A command that stands in the place of the child and runs `code`."""
    limit = "cell.limit('jpeg', 1_000_000, cpu_seconds=1)\n" if limited else ""
    return (*CHILD[:3], "-c", CELL + limit + code)


# ── pictures ──────────────────────────────────────────────────────────────────────────────────


def scene(width: int = 60, height: int = 40) -> Image.Image:
    """Four corners, each of a colour of its own."""
    image = Image.new("RGB", (width, height), "white")
    image.paste("red", (0, 0, width // 2, height // 2))
    image.paste("lime", (width // 2, 0, width, height // 2))
    image.paste("blue", (0, height // 2, width // 2, height))
    return image


def corners(content: bytes) -> list[str]:
    """The colours of the four corners, by name: upper row first."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    width, height = image.size
    names = {(1, 0, 0): "red", (0, 1, 0): "lime", (0, 0, 1): "blue", (1, 1, 1): "white"}
    found = []
    for x, y in ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)):
        pixel = image.getpixel((int(width * x), int(height * y)))
        assert isinstance(pixel, tuple)
        found.append(names.get(tuple(round(part / 255) for part in pixel), str(pixel)))  # type: ignore[arg-type]
    return found


UPRIGHT = ["red", "lime", "blue", "white"]


def encoded(image: Image.Image, kind: str = "jpeg", **how: Any) -> bytes:
    out = io.BytesIO()
    if kind == "heif":
        pillow_heif.from_pillow(image).save(out, quality=90, **how)
    else:
        image.save(out, kind.upper(), **how)
    return out.getvalue()


def where_it_was_taken(orientation: int = 1) -> Image.Exif:
    """EXIF as a telephone writes it: device, owner, orientation, position."""
    exif = Image.Exif()
    exif[0x010F], exif[0x9C9D], exif[0x0112] = CANARY, CANARY, orientation
    exif.get_ifd(GPS).update({1: "N", 2: (59.0, 19.0, 45.0), 3: "E", 4: (18.0, 4.0, 7.0)})
    return exif


def tells_where(content: bytes) -> bool:
    return bool(Image.open(io.BytesIO(content)).getexif().get_ifd(GPS))


def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def png_chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def png_of(width: int, height: int, *chunks: bytes, rows: bytes = b"\0") -> bytes:
    """A PNG of one bit per pixel that says it is so large."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + body


def jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG that says it is so large."""
    content = encoded(scene())
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


def heif_of(width: int, height: int) -> bytes:
    """A small HEIC that says it is so large."""
    content = encoded(scene(128, 128), "heif")
    at = content.index(b"ispe") + 8
    return content[:at] + struct.pack(">II", width, height) + content[at + 8 :]


# ── others ────────────────────────────────────────────────────────────────────────────────────


def pdf(pages: int = 1, *, more: str = "", catalog: str = "", box: str = "0 0 210 297") -> bytes:
    """Pages with a red square above and a blue one below; `more` objects begin with number 100."""
    kids = " ".join(f"{10 + n} 0 R" for n in range(pages))
    draw = "1 0 0 rg 0 150 210 147 re f 0 0 1 rg 0 0 210 150 re f"
    parts = [
        f"1 0 obj <</Type/Catalog/Pages 2 0 R {catalog}>> endobj",
        f"2 0 obj <</Type/Pages/Count {pages}/Kids[{kids}]>> endobj",
        f"3 0 obj <</Length {len(draw)}>> stream\n{draw}\nendstream endobj",
        *(
            f"{10 + n} 0 obj <</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 3 0 R>> endobj"
            for n in range(pages)
        ),
        more,
        "trailer <</Root 1 0 R>>",
    ]
    return ("%PDF-1.7\n" + "\n".join(parts) + "\n%%EOF\n").encode()


def pdf_with_script() -> bytes:
    """JavaScript that runs at opening, and a file inside."""
    return pdf(
        catalog="/OpenAction 100 0 R /Names<</EmbeddedFiles<</Names[(a.html) 101 0 R]>>>>",
        more=f"100 0 obj <</S/JavaScript/JS(app.alert\\('{CANARY}'\\))>> endobj\n"
        "101 0 obj <</Type/Filespec/F(a.html)/EF<</F 102 0 R>>>> endobj\n"
        f"102 0 obj <</Type/EmbeddedFile/Length {len(CANARY)}>> stream\n{CANARY}\nendstream endobj",
    )


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("../../" + CANARY + ".html", f"<script>{CANARY}</script>")
    return out.getvalue()


def honest(kind: str) -> bytes:
    return pdf() if kind == "pdf" else encoded(scene(), kind)
