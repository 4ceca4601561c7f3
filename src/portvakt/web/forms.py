"""Reading a posted form: small, once each, real UTF-8, in time (A98, A100)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

import anyio
from starlette.requests import ClientDisconnect, Request

from portvakt import multipart
from portvakt.model import Problem

LIMIT: Final = 64 * 1024  # bytes
SECONDS: Final = 10.0
FIELDS: Final = 32


def gathered(form: Mapping[str, str]) -> dict[str, str]:
    """`lost.totp` and `answers.reason` are what the flow takes as one input: a list, an object."""
    out = {name: text for name, text in form.items() if "." not in name}
    parts = [(*name.split(".", 1), text) for name, text in form.items() if "." in name]
    lists = {name for name, _, _ in parts} & {"lost"}
    for name in lists:
        out[name] = ",".join(key for n, key, _ in parts if n == name)
    if answers := {key: text for name, key, text in parts if name == "answers" and text.strip()}:
        out["answers"] = json.dumps(answers, ensure_ascii=False)
    return out


async def read_with_file(
    request: Request, most: int | None
) -> tuple[Mapping[str, str], bytes | None] | Problem:
    """A form of a page that takes pictures: its fields, and the picture if one was chosen."""
    if most is None or not request.headers.get("content-type", "").lower().startswith("multipart/"):
        form = await read(request)
        return form if isinstance(form, Problem) else (form, None)
    parts = await multipart.read(request, most)
    if isinstance(parts, Problem):
        return parts
    return parts.fields, parts.file or None


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
