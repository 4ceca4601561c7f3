"""Makes a plain picture of what a stranger uploaded, in a process that can do nothing else (A102).

`evidence.py` runs this file: `python -I evidence_child.py KIND MAX_PIXELS MAX_PAGES`. The upload comes
on standard input, the answer goes to standard output: `HEAD`, the picture, the small picture.

The parsers of pictures and PDF are where strangers' bytes turn into code that runs, so they are shut in
before they are imported: memory, processor time, output, processes. Before the first byte of the upload
is read, opening anything at all is forbidden as well: no file, no socket, until the process ends.

Nothing of the package is imported here, and the parsers are imported nowhere else.
"""

from __future__ import annotations

import io
import math
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

#: outcome, pages shown, pages in the file, bytes of the picture, bytes of the small picture
HEAD: Final = struct.Struct(">BHIII")
DONE, UNREADABLE, TOO_MANY_PIXELS = range(3)
LONGEST_SIDE, PREVIEW_SIDE = 2400, 480
_PAGE_SIDE: Final = 1754  # of one page among several: A4 at 150 dpi
_GAP: Final = 16  # between pages
_QUALITY: Final = 85

CPU_SECONDS, WALL_SECONDS = 20, 30
LARGEST_OUTPUT: Final = 32 * 1024 * 1024
_MIB: Final = 1024 * 1024
_THREADED: Final = frozenset(
    {"heif", "check"}
)  # its decoder cannot do without one thread of its own
_NOBODY: Final = 65_533  # an id that no user has: not `nobody`, whose processes could be reached


class _TooManyPixels(Exception):
    pass


# ── the cell ──────────────────────────────────────────────────────────────────────────────────


def memory(max_pixels: int) -> int:
    """Address space in bytes: the libraries, and each pixel in the forms it takes on its way."""
    return 320 * _MIB + 14 * max_pixels


def limit(kind: str, max_pixels: int, cpu_seconds: int = CPU_SECONDS) -> None:
    """Before anything that parses is imported."""
    os.nice(10)
    signal.alarm(WALL_SECONDS)  # also where the parent is gone and cannot kill
    for what, most in (
        (resource.RLIMIT_CORE, 0),  # a crash leaves no identity document on the disk
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory(max_pixels)),
        (resource.RLIMIT_FSIZE, LARGEST_OUTPUT),
        (resource.RLIMIT_NPROC, _running() + 32 if kind in _THREADED else 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        _lower(what, most)


def _running() -> int:
    """Threads of the user that we are or become: the kernel counts all of a user's together."""
    user, count = os.getuid() or _NOBODY, 0
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            if process.name.isdigit() and process.stat().st_uid == user:
                count += sum(1 for _ in (process / "task").iterdir())
    return count


def shut() -> None:
    """After the imports, before the upload is read: nothing can be opened any more, and where the
    service runs as root, no right of root is left."""
    if os.geteuid() == 0:
        with suppress(OSError):  # a root that may not change its user is none
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
    _lower(resource.RLIMIT_NOFILE, 0)


def _lower(what: int, most: int) -> None:
    hard = resource.getrlimit(what)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


# ── parsers: each is imported for its own kind alone ──────────────────────────────────────────


def _jpeg() -> Callable[[bytes, int, int], list[Image]]:
    from PIL.JpegImagePlugin import JpegImageFile

    def read(upload: bytes, max_pixels: int, _max_pages: int) -> list[Image]:
        image = JpegImageFile(io.BytesIO(upload))
        _bounded(image.size, max_pixels)
        image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # larger is not even decoded
        return [_upright(image)]

    return read


def _png() -> Callable[[bytes, int, int], list[Image]]:
    from PIL.PngImagePlugin import PngImageFile

    def read(upload: bytes, max_pixels: int, _max_pages: int) -> list[Image]:
        image = PngImageFile(io.BytesIO(upload))
        _bounded(image.size, max_pixels)
        return [_upright(image)]

    return read


def _heif() -> Callable[[bytes, int, int], list[Image]]:
    import pillow_heif
    from pillow_heif import options

    options.DECODE_THREADS = 1
    options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False

    def read(upload: bytes, max_pixels: int, _max_pages: int) -> list[Image]:
        file = pillow_heif.open_heif(upload, convert_hdr_to_8bit=True)
        _bounded(file.size, max_pixels)
        # The decoder turns the picture itself; the orientation beside it would turn it twice.
        return [_plain(file.to_pillow())]

    return read


def _pdf() -> Callable[[bytes, int, int], list[Image]]:
    import pypdfium2

    def read(upload: bytes, _max_pixels: int, max_pages: int) -> list[Image]:
        """Pages are drawn, no script is run: the library is built without an interpreter."""
        document = pypdfium2.PdfDocument(upload)
        shown = min(len(document), max_pages)
        side = LONGEST_SIDE if shown == 1 else _PAGE_SIDE
        found: list[Image] = []
        for number in range(shown):
            page = document[number]
            longest = max(page.get_size())
            if not (math.isfinite(longest) and longest > 0):
                raise ValueError("a page without a size")
            drawn = page.render(scale=side / longest).to_pil()
            found.append(_small(drawn.convert("RGB"), side))
            page.close()
        read_pages.append(len(document))
        return found

    return read


def _check() -> Callable[[bytes, int, int], list[Image]]:
    """For `doctor`: all libraries, and as much memory as the largest picture takes."""
    from PIL.Image import new

    for parser in (_jpeg, _png, _heif, _pdf):
        parser()

    def read(_upload: bytes, max_pixels: int, _max_pages: int) -> list[Image]:
        side = math.isqrt(max_pixels)
        new("RGBA", (side, side)).convert("RGBa").close()
        return [new("RGB", (1, 1))]

    return read


PARSERS: Final = {"jpeg": _jpeg, "png": _png, "heif": _heif, "pdf": _pdf, "check": _check}
read_pages: list[int] = []  # how many the file has, where it has pages


def _bounded(size: tuple[int, int], max_pixels: int) -> None:
    """From the header, before anything is unpacked."""
    width, height = size
    if width < 1 or height < 1:
        raise ValueError("a picture without a size")
    if width * height > max_pixels:
        raise _TooManyPixels


# ── pictures ──────────────────────────────────────────────────────────────────────────────────


def _upright(image: Image) -> Image:
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    image.load()
    try:
        turn = turns.get(image.getexif().get(0x0112, 1))
    except Exception:  # noqa: BLE001  EXIF that cannot be read turns nothing
        turn = None
    plain = _plain(image)
    return plain if turn is None else plain.transpose(turn)


def _plain(image: Image) -> Image:
    """sRGB on white, at most LONGEST_SIDE, and nothing beside the pixels."""
    from PIL.Image import new

    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits of grey: converting cuts them off instead of scaling
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode not in ("L", "RGB", "CMYK"):
        image = image.convert("RGB")
    image = _small(image, LONGEST_SIDE)
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    image = _srgb(image.convert("RGB") if alpha else image, profile)
    sheet = new("RGB", image.size, "white")
    sheet.paste(image, mask=alpha)
    return sheet


def _srgb(image: Image, profile: bytes | None) -> Image:
    from PIL import ImageCms

    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, own, srgb, outputMode="RGB")
            if converted is not None:
                return converted
    return image.convert("RGB")


def _small(image: Image, side: int) -> Image:
    from PIL.Image import Resampling

    if max(image.size) > side:
        image.thumbnail((side, side), Resampling.LANCZOS, reducing_gap=3.0)
    return image


def _below_one_another(pages: list[Image]) -> Image:
    from PIL.Image import new

    if len(pages) == 1:
        return pages[0]
    width = max(page.width for page in pages)
    height = sum(page.height for page in pages) + _GAP * (len(pages) - 1)
    sheet, top = new("RGB", (width, height), "grey"), 0
    for page in pages:
        sheet.paste("white", (0, top, width, top + page.height))
        sheet.paste(page, ((width - page.width) // 2, top))
        top += page.height + _GAP
    return sheet


def _encoded(image: Image) -> bytes:
    """JPEG. What was beside the pixels goes no further: a comment, say, would be written again."""
    image.info = {}
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


# ── the work ──────────────────────────────────────────────────────────────────────────────────


def work(kind: str, max_pixels: int, max_pages: int) -> bytes:
    """Reads standard input; the answer. Whatever is raised ends the process: `file_unreadable`."""
    # All that is imported late otherwise: after `shut` no file can be opened.
    from PIL import Image, ImageCms, ImageColor, ImagePalette, TiffImagePlugin  # noqa: F401

    Image.preinit()
    Image.MAX_IMAGE_PIXELS = None  # counted by ourselves, from the header
    parse = PARSERS[kind]()
    shut()
    upload = sys.stdin.buffer.read()
    try:
        pages = parse(upload, max_pixels, max_pages)
    except _TooManyPixels:
        return HEAD.pack(TOO_MANY_PIXELS, 0, 0, 0, 0)
    del upload
    preview = _encoded(_small(pages[0].copy(), PREVIEW_SIDE))
    picture = _encoded(_below_one_another(pages))
    of = read_pages[0] if read_pages else 1
    return HEAD.pack(DONE, len(pages), of, len(picture), len(preview)) + picture + preview


if __name__ == "__main__":
    limit(sys.argv[1], int(sys.argv[2]))
    sys.stdout.buffer.write(work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
    sys.stdout.buffer.flush()
