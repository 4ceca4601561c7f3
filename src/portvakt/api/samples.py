"""Copyable examples of each operation: curl, Python and TypeScript, from the same description."""

from __future__ import annotations

import json
from typing import Any, Final

BASE: Final = "$PORTVAKT"  # the operator's own address, in the reader's environment
#: security scheme → header, as the three languages write it: shell, Python, TypeScript
CREDENTIALS: Final[dict[str, tuple[str, str, str]]] = {
    "session": ("Authorization: Bearer $SESSION", 'f"Bearer {session}"', "`Bearer ${session}`"),
    "flowToken": ("Flow-Token: $FLOW_TOKEN", "flow_token", "flowToken"),
}
FORMS: Final = ("/v1/flows/{flow}/files",)  # not JSON: a form with a file
NAMES: Final = {"session": "Authorization", "flowToken": "Flow-Token"}


def of(path: str, method: str, operation: dict[str, Any]) -> list[dict[str, str]]:
    """The extension `x-codeSamples` of an operation."""
    security = operation.get("security", [])
    schemes = list(security[0]) if security else []
    body = _example(operation)
    return [
        {"lang": "shell", "label": "curl", "source": _curl(path, method, schemes, body)},
        {"lang": "python", "label": "Python", "source": _python(path, method, schemes, body)},
        {
            "lang": "typescript",
            "label": "TypeScript",
            "source": _script(path, method, schemes, body),
        },
    ]


def _example(operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    found = content["schema"].get("examples")
    if found:
        return found[0]
    return {"action": "sign_in", "inputs": {"identifier": "name@example.com", "password": "…"}}


def _curl(path: str, method: str, schemes: list[str], body: Any) -> str:
    lines = [f'curl "{BASE}{path.replace("{flow}", "$FLOW")}"']
    if "service" in schemes:
        lines.append('--user "$CLIENT_ID:$CLIENT_SECRET"')
    lines += [f'--header "{CREDENTIALS[s][0]}"' for s in schemes if s in CREDENTIALS]
    if path in FORMS:
        lines += ["--form file=@passport.jpg", "--form kind=document"]
    elif method == "post":
        lines.append("--json " + "'" + json.dumps(body, ensure_ascii=False) + "'")
    return " \\\n  ".join(lines)


def _python(path: str, method: str, schemes: list[str], body: Any) -> str:
    address = f'f"{{portvakt}}{path}"'
    more = []
    if "service" in schemes:
        more.append("auth=(client_id, client_secret)")
    given = [f'"{NAMES[s]}": {CREDENTIALS[s][1]}' for s in schemes if s in CREDENTIALS]
    if given:
        more.append(f"headers={{{', '.join(given)}}}")
    if path in FORMS:
        more += ['files={"file": open("passport.jpg", "rb")}', 'data={"kind": "document"}']
    elif method == "post":
        more.append(f"json={body!r}")
    inner = "".join(f"\n    {part}," for part in [address, *more])
    return f"import httpx\n\nanswer = httpx.{method}({inner}\n).json()"


def _script(path: str, method: str, schemes: list[str], body: Any) -> str:
    address = "`${portvakt}" + path.replace("{flow}", "${flow}") + "`"
    given = [f'"{NAMES[s]}": {CREDENTIALS[s][2]}' for s in schemes if s in CREDENTIALS]
    if "service" in schemes:
        given.append("Authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`")
    if method == "post" and path not in FORMS:
        given.append('"Content-Type": "application/json"')
    options = [f'method: "{method.upper()}"'] if method == "post" else []
    if given:
        options.append(f"headers: {{ {', '.join(given)} }}")
    if path in FORMS:
        options.append("body: form  // FormData with file and kind")
    elif method == "post":
        options.append(f"body: JSON.stringify({json.dumps(body, ensure_ascii=False)})")
    inner = "".join(f"\n  {part}," for part in options)
    tail = f", {{{inner}\n}}" if options else ""
    return f"const response = await fetch({address}{tail});\nconst answer = await response.json();"
