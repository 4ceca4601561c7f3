"""Reading the body of a JSON request: every way to send something two parsers would read apart,
or something that costs more to read than to send, ends here as a problem."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

import anyio
from starlette.requests import ClientDisconnect, Request

from portvakt.model import Problem

BODY_LIMIT: Final = 64 * 1024  # bytes; no JSON body of the contract comes near it
BODY_SECONDS: Final = 10.0  # a body that takes longer is a slow-body attack (A100)
DEPTH_LIMIT: Final = 8

# Possessive and with an optional end, so that it takes one pass over an unterminated string too.
_STRINGS = re.compile(r'"(?:[^"\\]+|\\.)*+"?', re.DOTALL)


async def body(request: Request, limit: int = BODY_LIMIT) -> bytes | Problem:
    """The body of a JSON request, streamed against the limit (413) and the clock (400, A100).

    Only `application/json` in UTF-8 is read (415): a browser sends a cross-site form or text/plain
    without asking, but not this (A91; FastAPI CVE-2021-32677). Compressed bodies are refused (A98).
    """
    if not _is_json(request):
        return Problem(415, "unsupported_media_type")
    length = request.headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        return Problem(400, "malformed", {"why": "content_length"})
    if len(length) > 15 or int(length) > limit:
        return Problem(413, "too_large", {"max_bytes": limit})
    chunks: list[bytes] = []
    size = 0
    try:
        with anyio.fail_after(BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    return Problem(413, "too_large", {"max_bytes": limit})
                chunks.append(chunk)
    except (TimeoutError, ClientDisconnect):
        return Problem(400, "malformed", {"why": "incomplete"})
    return b"".join(chunks)


def _is_json(request: Request) -> bool:
    types = request.headers.getlist("content-type")
    if len(types) != 1 or request.headers.get("content-encoding", "identity") != "identity":
        return False
    kind, *params = (part.strip().lower() for part in types[0].split(";"))
    return kind == "application/json" and all(
        p in ("", "charset=utf-8", 'charset="utf-8"') for p in params
    )


class _Bad(ValueError):
    """A JSON text that is well formed but not what two parsers would read alike."""


def parse_json(raw: bytes) -> dict[str, Any] | Problem:
    """The one object in a JSON text, or `malformed` with the reason in `why` (A98).

    Refused beside bad syntax: bad UTF-8, a member twice (two parsers would keep different ones),
    nesting over 8, NaN and infinities, integers beyond 64 bits, NUL and lone surrogates, and
    anything but an object at the top.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return Problem(400, "malformed", {"why": "not_utf8"})
    try:
        if _too_deep(text):
            raise _Bad("too_deep")
        value = json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )
        if not isinstance(value, dict):
            raise _Bad("not_object")
        if "\\u" in text:  # NUL and surrogates can only come in as escapes
            _check_strings(value)
    except _Bad as bad:
        return Problem(400, "malformed", {"why": str(bad)})
    except (ValueError, RecursionError):
        return Problem(400, "malformed", {"why": "not_json"})
    return value


def _too_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= DEPTH_LIMIT:
        return False
    depth = 0
    for char in _STRINGS.sub("", text):
        if char in "[{":
            depth += 1
            if depth > DEPTH_LIMIT:
                return True
        elif char in "]}":
            depth -= 1
    return False


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Bad("duplicate_key")
    return made


def _integer(text: str) -> int:
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise _Bad("number")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise _Bad("number")
    return value


def _constant(_: str) -> float:
    raise _Bad("number")


def _check_strings(value: object) -> None:
    if isinstance(value, str):
        if "\0" in value:
            raise _Bad("nul")
        if any("\ud800" <= c <= "\udfff" for c in value):
            raise _Bad("not_utf8")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _check_strings(key)
            _check_strings(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_strings(inner)
