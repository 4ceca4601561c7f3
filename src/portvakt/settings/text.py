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
    "protected": ["[protected.nft_transfer]", "payout_list = true"],
}
# Tables of which there may be several.
_SEVERAL = {
    "passkeys.android_apps": [
        'package = "com.example.exchange"',
        f'fingerprints = ["{":".join(["00"] * 32)}"]',
    ],
    "reviews.own_questions": [
        'id = "first_coin"',
        "optional = true",
        'texts = { en = "Which coin did you buy first?", sv = "Vilket mynt köpte du först?" }',
    ],
}
_WEAKER = "`true` lets this row be weaker than its default."
# Keys of a row, where the rows are the operator's to name. `tighten.py` reads them.
ROW_KEYS: dict[str, dict[str, str]] = {
    "policy": {
        "hold": "How long ways out are held, in every case. Longer only.",
        "new_device_hold": "The same from a new device: every hold of the row that is shorter is raised to it.",
        "quarantine": "How long nobody can use what the action gives up. Longer only.",
        "wait": "How long it waits before it takes effect. Longer only, for actions that wait.",
        "usable_after": "How long until what it adds can be used. Longer only, for `add_payout_address`.",
        "minimum_level": "The security level that must remain, 0 to 4. Higher only, for `unbind_totp` and "
        "`remove_passkey`.",
        "robot": "`true` asks the robot check on the first page, always. For actions without a session.",
        "flow_life": "How long a flow lives. Shorter only.",
        "allow_weaker": _WEAKER,
    },
    "protected": {
        "stopped_by_hold": "Whether a hold shuts it: `true` (default) or `false`.",
        "stopped_by_freeze": "Whether a freeze shuts it: `true` (default) or `false`.",
        "step_up": 'Whether the holder approves each one: `"always"` (default) or `"never"`.',
        "second_factor": "Whether it takes an account with a second factor: `true` (default) or `false`.",
        "payout_list": "Whether it has a destination (`asset`, `to`) that the holder's payout list rules: "
        "`true` or `false` (default).",
        "allow_weaker": _WEAKER,
    },
}


def example_file(chosen: dict[str, dict[str, Any]] | None = None) -> str:
    """A commented `portvakt.toml`. `chosen` values, as `{section: {key: value}}`, are switched on."""
    chosen = chosen or {}
    lines = [_HEAD]
    for name, model in _sections():
        if name in _SEVERAL:
            continue
        lines += [*_comment(_doc(model)), f"[{name}]" if name != "sandbox" else "# [sandbox]"]
        for key, field in _keys(model):
            lines += _comment(str(field.description))
            several = _SEVERAL.get(f"{name}.{key}")
            if several is not None:
                lines += [f"# {line}" for line in (f"[[{name}.{key}]]", *several)]
                continue
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
        head = f"[[{name}]]" if name in _SEVERAL else f"[{name}]"
        lines += ["", f"## `{head}`", "", _doc(model), "", "| key | default | meaning |"]
        lines.append("|---|---|---|")
        for key, field in _keys(model):
            default = "–" if field.default is None else f"`{_toml(field.default)}`"
            lines.append(f"| `{key}` | {default} | {field.description} |")
    for key in _EXAMPLES:
        named = f"{key}.<{'action' if key == 'policy' else 'id'}>" if key in ROW_KEYS else key
        lines += ["", f"## `[{named}]`", "", f"{Settings.model_fields[key].description}"]
        if key in ROW_KEYS:
            lines += ["", "| key | meaning |", "|---|---|"]
            lines += [f"| `{name}` | {said} |" for name, said in ROW_KEYS[key].items()]
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
