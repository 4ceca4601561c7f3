"""The readable side of the JSON face: `/v1/docs`, made from the OpenAPI document, and
`/problems/<id>`, where the `type` of a problem leads. Self-hosted, strict CSP, no third party."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from portvakt import edge
from portvakt.api import openapi, schema, wire
from portvakt.messages import TEXTS, say

CSP: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
ASSETS: Final = {"docs.css": "text/css", "docs.js": "text/javascript"}

_pages = Environment(
    loader=PackageLoader("portvakt.api", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _html(request: Request, template: str, language: str, **values: Any) -> Response:
    settings = edge.portvakt(request).settings
    page = _pages.get_template(template).render(
        language=language, operator=settings.operator.name, **values
    )
    headers = {
        **edge.security_headers(CSP, https=wire.is_https(request)),
        "content-language": language,
    }
    return Response(page, 200, headers, "text/html")


async def docs(request: Request) -> Response:
    """Endpoints, fields, refusals and problems, with examples to copy. In English: the names are."""
    document = openapi.document_of(request.app)
    schemas = document["components"]["schemas"]

    def resolved(part: dict[str, Any]) -> dict[str, Any]:
        ref = part.get("$ref", "")
        return schemas[ref.rpartition("/")[2]] if ref else part

    return _html(
        request, "docs.html", "en",
        document=document, lists=document["x-portvakt"], resolved=resolved, kind_of=kind_of,
        starts=[s for name, s in schemas.items() if name.startswith("start_")],
        shapes={n: s for n, s in schemas.items() if not n.startswith("start_") and "properties" in s},
    )  # fmt: skip


def kind_of(shape: dict[str, Any]) -> str:
    """A short word for the type of a member: `string`, `list of Warn`, `time or null` …"""
    if "$ref" in shape:
        return str(shape["$ref"].rpartition("/")[2])
    if "anyOf" in shape:
        return " or ".join(kind_of(s) for s in shape["anyOf"])
    if "enum" in shape and len(shape["enum"]) <= 8:
        return " | ".join(str(word) for word in shape["enum"])
    if "const" in shape:
        return str(shape["const"]).lower() if isinstance(shape["const"], bool) else shape["const"]
    if shape.get("type") == "array":
        return f"list of {kind_of(shape.get('items', {}))}"
    if shape.get("format") == "date-time":
        return "time"
    return str(shape.get("type", "any"))


async def asset(request: Request) -> Response:
    """The page's own style and script, from the package: no name of a caller opens a file."""
    kind = ASSETS.get(request.path_params["file"])
    if kind is None:
        raise HTTPException(404)
    headers = edge.security_headers(CSP, https=wire.is_https(request))
    return Response(_asset(request.path_params["file"]), 200, headers, kind)


@cache
def _asset(name: str) -> bytes:
    return (resources.files("portvakt.api") / "pages" / name).read_bytes()


async def problem(request: Request) -> Response:
    """What a problem means and what to do, in the reader's language."""
    id = request.path_params["id"]
    status = schema.PROBLEMS.get(id)
    if status is None:
        raise HTTPException(404)
    language = edge.language(request)
    whys = [w for w in TEXTS if w.startswith("why.")] if id == "malformed" else []
    return _html(
        request, "problem.html", language,
        id=id, status=status,
        title=say(f"problem.{id}.title", language), text=say(f"problem.{id}", language),
        whys={w.removeprefix("why."): say(w, language, field="…") for w in whys},
    )  # fmt: skip
