"""Reading a posted form: small, once each, real UTF-8, in time (A98, A100)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

import anyio
from starlette.requests import ClientDisconnect, Request

from portvakt.model import Problem

LIMIT: Final = 64 * 1024  # bytes
SECONDS: Final = 10.0
FIELDS: Final = 32


async def read(request: Request) -> Mapping[str, str] | Problem:
    """The form's names and values. 413 too large, 415 not a form, 400 for everything that two
    readers could read apart: a name twice, bad UTF-8, NUL, too many names."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return Problem(415, "unsupported_media_type")
    chunks: list[bytes] = []
    size = 0
    try:
        with anyio.fail_after(SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > LIMIT:
                    return Problem(413, "too_large", {"max_bytes": LIMIT})
                chunks.append(chunk)
        pairs = parse_qsl(
            b"".join(chunks).decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=FIELDS,
        )
    except (TimeoutError, ClientDisconnect, ValueError):
        return Problem(400, "malformed")
    form = dict(pairs)
    if len(form) != len(pairs) or any("\0" in text for pair in pairs for text in pair):
        return Problem(400, "malformed")
    return form
