"""The settings as text: the file that `portvakt init` writes, and the page of the documentation.

Both are made from `sections.py`, so no setting can be forgotten in them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from portvakt.settings.loading import sections_by_name
from portvakt.settings.sections import Settings
from portvakt.settings.values import say_duration

_HEAD = """\
# Portvakt's settings. What stands behind a # is the default. Each key can also be set in the
# environment: PORTVAKT_SERVE__PORT=8701 is [serve] port. Check with `portvakt doctor`.
"""

# Sections whose keys the operator chooses: an example says more than a default.
_EXAMPLES = {
    "limits": ['password.account = "10/15m, 100/1d"'],
    "policy": ["[policy.bind_email]", 'hold = "48h"'],
}


def example_file(chosen: dict[str, dict[str, Any]] | None = None) -> str:
    """A commented `portvakt.toml`. `chosen` values, as `{section: {key: value}}`, are switched on."""
    chosen = chosen or {}
    lines = [_HEAD]
    for name, model in _sections():
        lines += [*_comment(_doc(model)), f"[{name}]" if name != "sandbox" else "# [sandbox]"]
        for key, field in _keys(model):
            lines += _comment(str(field.description))
            picked = chosen.get(name, {}).get(key)
            if picked is not None:
                lines.append(f"{key} = {_toml(picked)}")
            else:
                lines.append(f"# {key} = {_toml(field.default)}")
        lines.append("")
    for key, example in _EXAMPLES.items():
        lines += [f"# {Settings.model_fields[key].description}"]
        lines += [f"# {line}" for line in ([f"[{key}]"] if key == "limits" else []) + example]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def markdown() -> str:
    """`docs/settings.md`: every section with key, default and meaning."""
    lines = [
        "# Settings",
        "",
        (
            "Read from `portvakt.toml`, then from the environment: `PORTVAKT_SERVE__PORT=8701` is"
            " `[serve] port`. An unknown key is refused by name. Durations are written like `90s`,"
            " `10m`, `24h`, `7d`. This page is made from the code by `make docs`."
        ),
    ]
    for name, model in _sections():
        lines += ["", f"## `[{name}]`", "", _doc(model), "", "| key | default | meaning |"]
        lines.append("|---|---|---|")
        for key, field in _keys(model):
            default = "–" if field.default is None else f"`{_toml(field.default)}`"
            lines.append(f"| `{key}` | {default} | {field.description} |")
    for key in _EXAMPLES:
        lines += ["", f"## `[{key}]`", "", f"{Settings.model_fields[key].description}"]
    return "\n".join(lines) + "\n"


def _sections() -> Iterator[tuple[str, type[BaseModel]]]:
    """The sections with fixed keys."""
    yield from sections_by_name().items()


def _keys(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        if isinstance(field.default, BaseModel):
            continue  # a section of its own
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("internal"):
            continue  # not the operator's to set
        if not field.description:
            raise LookupError(f"{model.__name__}.{name} has no sentence")
        yield field.alias or name, field


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, 98, initial_indent="# ", subsequent_indent="# ")


def _doc(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split())


def _toml(value: object) -> str:
    match value:
        case timedelta():
            return f'"{say_duration(value)}"'
        case Path():
            return json.dumps(str(value))
        case tuple() | list():
            return "[" + ", ".join(_toml(item) for item in value) + "]"
        case None:
            return '""'
        case _:
            return json.dumps(value, ensure_ascii=False)
