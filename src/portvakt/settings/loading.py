"""Reads settings from file and environment, and says in one sentence each what is wrong."""

from __future__ import annotations

import difflib
import json
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from portvakt.settings.sections import Settings

PREFIX = "PORTVAKT_"
CONFIG = "PORTVAKT_CONFIG"
DEFAULT_FILE = Path("portvakt.toml")


class SettingsError(ValueError):
    """The settings cannot be used. `problems` has one sentence for each thing to mend."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def as_process(run: Callable[[Settings], None]) -> None:
    """The whole of a process beside the pages: its settings, its log, its work. What is wrong with the
    settings is its last word."""
    from portvakt import logs  # late: who only reads settings writes no log

    try:
        settings = load()
        logs.configure(settings.serve.log_level)
        run(settings)
    except SettingsError as error:
        sys.exit(str(error))


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from a file and the environment; SettingsError says everything that is wrong.

    Without `path`: `$PORTVAKT_CONFIG`, else `portvakt.toml` here, else the defaults alone.
    Relative paths in the file are relative to the file.
    """
    env = os.environ if environment is None else environment
    named = path or (Path(env[CONFIG]) if env.get(CONFIG) else None)
    file = named or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    data = _read(file) if file is not None else {}
    where = dict.fromkeys(data, file.name) if file is not None else {}
    folder = file.absolute().parent if file is not None else Path.cwd()
    return _anchored(_settled(data, where, env), folder)


def with_environment(
    data: dict[str, Any], environment: Mapping[str, str] | None = None
) -> Settings:
    """Settings from `data` and the environment, without any file: for the demo."""
    return _settled(data, {}, os.environ if environment is None else environment)


def _settled(data: dict[str, Any], where: dict[str, str], env: Mapping[str, str]) -> Settings:
    for keys, variable, value in _from_environment(env):
        inner = data
        for key in keys[:-1]:
            inner = inner.setdefault(key, {})
            if not isinstance(inner, dict):
                raise SettingsError([f"{variable}: {key} is not a section"])
        inner[keys[-1]] = value
        where[".".join(keys)] = variable
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        raise SettingsError(_say(e, where) for e in error.errors(include_url=False)) from None


def save_private(settings: Settings, path: Path) -> None:
    """Writes settings as JSON that `load` reads back, secrets included, in a new 0600 file: for the
    serving processes that a command starts."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(settings.as_data(), file)


def _read(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        loaded = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except FileNotFoundError:
        raise SettingsError([f"{file} is missing; make one with `portvakt init`"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{file} cannot be read: {error}"]) from None
    except (tomllib.TOMLDecodeError, json.JSONDecodeError) as error:
        raise SettingsError([f"{file.name}: {error}"]) from None
    if not isinstance(loaded, dict):
        raise SettingsError([f"{file.name}: not a table of settings"])
    return loaded


def _from_environment(env: Mapping[str, str]) -> Iterator[tuple[list[str], str, str]]:
    for variable in sorted(env):
        if variable.startswith(PREFIX) and "__" in variable:
            keys = variable.removeprefix(PREFIX).lower().split("__")
            if all(keys):
                yield keys, variable, env[variable]


def _anchored(settings: Settings, folder: Path) -> Settings:
    keys = settings.keys.model_copy(update={"file": folder / settings.keys.file.expanduser()})
    brand = settings.operator.brand
    if brand.logo is not None:
        brand = brand.model_copy(update={"logo": folder / brand.logo.expanduser()})
    operator = settings.operator.model_copy(update={"brand": brand})
    roots = tuple(folder / path.expanduser() for path in settings.passkeys.attestation_roots)
    passkeys = settings.passkeys.model_copy(update={"attestation_roots": roots})
    providers = {id: one.model_copy(update={"key_file": folder / one.key_file.expanduser()}) if one.key_file else one
                 for id, one in settings.providers.items()}  # fmt: skip
    own = {"keys": keys, "operator": operator, "passkeys": passkeys, "providers": providers}
    return settings.model_copy(update=own)


# ── saying what is wrong ──────────────────────────────────────────────────────────────────────


def _say(error: ErrorDetails, where: Mapping[str, str]) -> str:
    path = [str(part) for part in error["loc"]]
    source = next(
        (where[".".join(path[:n])] for n in range(len(path), 0, -1) if ".".join(path[:n]) in where),
        "settings",
    )
    place = f"[{'.'.join(path[:-1])}] {path[-1]}" if len(path) > 1 else "".join(path)
    if error["type"] == "extra_forbidden":
        said = f"{source}: {place} is not a setting"
        near = _nearest(path)
        return f"{said}; did you mean {near}?" if near else said
    message = error["msg"].removeprefix("Value error, ")
    shown = ""
    if isinstance(error["input"], (str, int, float, bool)) and not _is_secret(path):
        shown = f" (it is {error['input']!r})"
    return f"{source}: {place}: {message}{shown}".replace(": :", ":")


def sections_by_name() -> dict[str, type[BaseModel]]:
    """Every section by its dotted name: `operator`, `operator.brand` …"""
    found: dict[str, type[BaseModel]] = {}

    def walk(model: type[BaseModel], prefix: str) -> None:
        for name, field in model.model_fields.items():
            for kind in (field.annotation, *get_args(field.annotation)):
                if isinstance(kind, type) and issubclass(kind, BaseModel):
                    dotted = f"{prefix}{name}"
                    found[dotted] = kind
                    walk(kind, dotted + ".")

    walk(Settings, "")
    return found


def _section(path: list[str]) -> type[BaseModel] | None:
    """The section that a setting stands in; `providers.google` is one of `providers`."""
    sections = sections_by_name()
    return sections.get(".".join(path)) or sections.get(".".join(path[:-1]))


def _names(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _nearest(path: list[str]) -> str | None:
    """The setting that was meant: first in the same section, else anywhere."""
    sections = sections_by_name()
    own = Settings if len(path) == 1 else _section(path[:-1]) or Settings
    near = difflib.get_close_matches(path[-1], _names(own), 1)
    if near:
        return near[0]
    everywhere = {
        key: f"[{name}] {key}" for name, model in sections.items() for key in _names(model)
    }
    far = difflib.get_close_matches(path[-1], everywhere, 1, cutoff=0.8)
    return everywhere[far[0]] if far else None


def _is_secret(path: list[str]) -> bool:
    model = _section(path[:-1])
    field = _names(model).get(path[-1]) if model is not None else None
    extra = field.json_schema_extra if field is not None else None
    return isinstance(extra, dict) and bool(extra.get("secret"))
