"""Built style sheets and scripts: names with content hashes, cached for ever, sent compressed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

_NAME: Final = re.compile(r"[a-z0-9-]{1,64}\.[a-z]{2,4}")
_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
}
_CODINGS: Final = (("br", "br"), ("gzip", "gz"))
#: for files: nothing in them may run as a page of ours, should somebody open one (A93). No `sandbox`
#: here: a worker that is loaded with it has no WebCrypto, and the robot check would fail.
_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
}


class NotBuilt(RuntimeError):
    """The assets are missing: `make setup` (or `npm run build` in web-assets) makes them."""


@dataclass(frozen=True, slots=True)
class Built:
    """Where the built files lie and what each is called."""

    names: dict[str, str]
    files: dict[str, dict[str, bytes]]  # hashed name → coding ("" for plain) → bytes

    def url(self, name: str) -> str:
        return f"/static/built/{self.names[name]}"


@lru_cache(maxsize=1)
def built() -> Built:
    """Everything, read once: a dozen small files. NotBuilt says what to do."""
    folder = resources.files("portvakt") / "web" / "static" / "built"
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise NotBuilt("the pages' style sheets are not built: run `make setup`")
    names: dict[str, str] = json.loads(manifest.read_text("utf-8"))
    files: dict[str, dict[str, bytes]] = {}
    for hashed in names.values():
        forms = {"": (folder / hashed).read_bytes()}
        for coding, ending in _CODINGS:
            packed = folder / f"{hashed}.{ending}"
            if packed.is_file():
                forms[coding] = packed.read_bytes()
        files[hashed] = forms
    return Built(names, files)


async def asset(request: Request) -> Response:
    """GET /static/built/{name}: a file of the manifest, nothing else of the disk."""
    name = request.path_params["name"]
    forms = built().files.get(name) if _NAME.fullmatch(name) else None
    if forms is None:
        return Response(status_code=404, headers={**_HEADERS, "cache-control": "no-store"})
    accepted = _accepted(request.headers.get("accept-encoding", ""))
    coding = next((c for c, _ in _CODINGS if c in accepted and c in forms), "")
    headers = {
        **_HEADERS,
        "cache-control": "public, max-age=31536000, immutable",
        "vary": "accept-encoding",
    }
    if coding:
        headers["content-encoding"] = coding
    return Response(forms[coding], headers=headers, media_type=_TYPES[name.rpartition(".")[2]])


def _accepted(header: str) -> frozenset[str]:
    """Codings that the client takes (RFC 9110 §12.5.3), those with weight 0 left out."""
    taken = set()
    for part in header[:512].split(","):
        coding, _, weight = part.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            taken.add(coding.strip().lower())
    return frozenset(taken)


async def logo(request: Request) -> Response:
    """GET /static/logo: the operator's own mark (`operator.brand.logo`)."""
    path = request.app.state.portvakt.settings.operator.brand.logo
    found = _logo(str(path)) if path is not None else None
    if found is None:
        return Response(status_code=404, headers={**_HEADERS, "cache-control": "no-store"})
    content, kind = found
    headers = {
        **_HEADERS,
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "cache-control": "public, max-age=3600",
    }
    return Response(content, headers=headers, media_type=kind)


@lru_cache(maxsize=2)
def _logo(path: str) -> tuple[bytes, str] | None:
    kind = _TYPES.get(path.rpartition(".")[2].lower())
    try:
        with Path(path).open("rb") as file:
            return (file.read(512 * 1024), kind) if kind else None
    except OSError:
        return None
