"""What the operator chooses: `portvakt.toml`, then `PORTVAKT_SECTION__KEY` from the environment.

Every setting stands once in `sections.py`, with its default and one sentence; the file that
`portvakt init` writes and `docs/settings.md` are made from the same sentences (`text.py`). An
unknown key is refused by name, because a protection that was switched on with a typing mistake is
not on. Values that hold a secret never appear in an error or in a printed `Settings`.
"""

from portvakt.settings.loading import (
    CONFIG,
    SettingsError,
    as_process,
    load,
    save_private,
    with_environment,
)
from portvakt.settings.sections import Sandbox, Settings
from portvakt.settings.values import is_loopback, parse_duration, say_duration

__all__ = [
    "CONFIG",
    "Sandbox",
    "Settings",
    "SettingsError",
    "as_process",
    "is_loopback",
    "load",
    "parse_duration",
    "save_private",
    "say_duration",
    "with_environment",
]
