"""Running a server program as an unprivileged user, in folders that are ours and private."""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class User:
    """Who runs the server. `switch` says whether we must change to that user to start it."""

    name: str
    uid: int
    gid: int
    switch: bool


def find_user(name: str) -> User:
    if os.geteuid() != 0:
        me = pwd.getpwuid(os.geteuid()).pw_name if _has_name(os.geteuid()) else str(os.geteuid())
        return User(me, os.geteuid(), os.getegid(), switch=False)
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        raise LookupError(
            f"started as root, the embedded database needs an unprivileged user, and there is no "
            f"user {name} here: start as an ordinary user instead"
        ) from None
    if found.pw_uid == 0:
        raise LookupError(f"the user {name} is root: PostgreSQL does not run as root")
    return User(name, found.pw_uid, found.pw_gid, switch=True)


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def make_folder(path: Path, mode: int, user: User | None = None) -> None:
    """Makes a folder with exactly this mode. One that exists is left as it is: not ours to change
    (a folder above that is missing is made for all to walk through)."""
    missing = [folder for folder in path.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        return
    if user is not None and user.switch:
        os.chown(path, user.uid, user.gid)
    path.chmod(mode)


def write_private(path: Path, text: str, reader: User | None = None) -> None:
    """Writes a new 0600 file, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(handle)
        if reader is not None and reader.switch:
            os.fchown(handle, reader.uid, reader.gid)
    Path(name).rename(path)


def walkable(folder: Path, user: User) -> bool:
    """Whether the mode bits let this user walk through the folder (for the error message)."""
    try:
        found = folder.stat()
    except OSError:
        return True
    if found.st_uid == user.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == user.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def read_small(path: Path, *, tail: bool = False) -> str | None:
    """At most 16 kB of a file in the server user's folder. As root no link is followed there:
    that user could point it at a file of ours."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        if tail:
            file.seek(max(0, os.fstat(handle).st_size - 16_384))
        return file.read(16_384).decode("utf-8", "replace")


def runs_in(pid: int, cluster: Path) -> bool:
    """Whether this process is the server of this cluster: PostgreSQL works in its own folder."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == cluster.resolve()
        except OSError:  # ended, a zombie, or another user's
            return False
    shown = subprocess.run(  # noqa: S603
        ["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return str(cluster) in shown.stdout


def anybody_in(cluster: Path) -> bool:
    return any(runs_in(int(p.name), cluster) for p in Path("/proc").iterdir() if p.name.isdigit())
