"""Reading `multipart/form-data`: small fields once each and at most one file, in memory, in bounds (A98, A102).

A file is never written to disk in the clear: Starlette's own reader would spool it into a temporary file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import anyio
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from portvakt.model import Problem

FIELD_LIMIT: Final = 32 * 1024  # bytes of one field
FIELDS: Final = 48
SECONDS: Final = 60.0  # a phone's upload over a slow line
_HEADERS: Final = 1024


@dataclass(slots=True)
class Parts:
    """Fields by name; the one file's name of field and bytes, if there was one."""

    fields: dict[str, str] = field(default_factory=dict)
    file_field: str | None = None
    file: bytes = b""


class _Unfit(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _Reader:
    def __init__(self, most: int) -> None:
        self.parts, self._most = Parts(), most
        self._header, self._value, self._headers = b"", b"", {}  # type: tuple[bytes, bytes, dict[bytes, bytes]]
        self._name, self._is_file, self._data = "", False, bytearray()

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin, "on_part_data": self._more, "on_part_end": self._end,
            "on_header_field": self._header_field, "on_header_value": self._header_value,
            "on_header_end": self._header_end, "on_headers_finished": self._headers_finished,
        }  # fmt: skip

    def _begin(self) -> None:
        self._headers, self._header, self._value, self._data = {}, b"", b"", bytearray()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]
        self._bounded(len(self._header))

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._bounded(len(self._value))

    def _bounded(self, length: int) -> None:
        if length > _HEADERS:
            raise _Unfit(Problem(400, "malformed"))

    def _header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header, self._value = b"", b""

    def _headers_finished(self) -> None:
        disposition, options = parse_options_header(self._headers.get(b"content-disposition"))
        name = options.get(b"name")
        if disposition != b"form-data" or name is None:
            raise _Unfit(Problem(400, "malformed"))
        self._name, self._is_file = name.decode("utf-8", "strict"), b"filename" in options
        taken = self._name in self.parts.fields or (
            self._is_file and self.parts.file_field is not None
        )
        if taken or len(self.parts.fields) >= FIELDS:
            raise _Unfit(Problem(400, "malformed"))

    def _more(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]
        most = self._most if self._is_file else FIELD_LIMIT
        if len(self._data) > most:
            raise _Unfit(Problem(413, "too_large", {"max_bytes": most}))

    def _end(self) -> None:
        if self._is_file:
            self.parts.file_field, self.parts.file = self._name, bytes(self._data)
            return
        text = self._data.decode("utf-8", "strict")
        if "\0" in text or "\0" in self._name:
            raise _Unfit(Problem(400, "malformed"))
        self.parts.fields[self._name] = text


async def read(request: Request, most: int) -> Parts | Problem:
    """`most` bytes of a file. 413 too large, 415 not multipart, 400 for what two readers could read apart."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        return Problem(415, "unsupported_media_type")
    reader = _Reader(most)
    size = 0
    try:
        parser = MultipartParser(boundary, reader.callbacks())
        with anyio.fail_after(SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most + FIELDS * FIELD_LIMIT:
                    return Problem(413, "too_large", {"max_bytes": most})
                parser.write(chunk)
        parser.finalize()
    except _Unfit as unfit:
        return unfit.problem
    except (
        TimeoutError,
        ClientDisconnect,
        ValueError,
    ):  # python-multipart's errors are ValueErrors
        return Problem(400, "malformed")
    return reader.parts
