"""The built-in database: private, shared, and found again after a crash.

The folder `worn` goes through one mishap after the other; every test leaves it whole."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portvakt.ports import embedded_postgres
from portvakt.ports.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError

root = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the server's own user may walk through when we are root."""
    above = Path(tempfile.mkdtemp(prefix="pvk-", dir="/var/tmp"))
    above.chmod(0o711)
    yield above
    shutil.rmtree(above, ignore_errors=True)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(folder / "pg", durable=False) as running:
        yield running


def one(url: str, statement: str) -> object:
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute(statement).fetchone()
        return row[0] if row else None


def server_pid(data: Path) -> int:
    return int((data / "server/cluster/postmaster.pid").read_text().split("\n")[0])


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_it_listens_on_no_network_address(server: EmbeddedPostgres) -> None:
    assert one(server.admin_url, "SHOW listen_addresses") == ""


def test_nothing_in_the_data_folder_is_open_to_others(server: EmbeddedPostgres) -> None:
    for name in ("passwords.json", "lock", "in-use"):
        assert stat.S_IMODE((server.data / name).stat().st_mode) == 0o600
    for name in ("server", "server/cluster", "server/socket"):
        assert stat.S_IMODE((server.data / name).stat().st_mode) == 0o700


def test_without_the_password_nobody_gets_in(server: EmbeddedPostgres) -> None:
    wrong = server.app_url.replace(server.app_url.split(":")[2].split("@")[0], "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        one(wrong, "SELECT 1")


def test_every_way_in_asks_for_scram(server: EmbeddedPostgres) -> None:
    methods = "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules"
    assert one(server.admin_url, methods) == "scram-sha-256"


def test_the_log_holds_no_statement_and_no_value(server: EmbeddedPostgres) -> None:
    again = "INSERT INTO t VALUES (%s)"
    with psycopg.connect(server.owner_url) as owner:
        owner.execute("CREATE TEMP TABLE t (address text PRIMARY KEY)")
        owner.execute(again, ["anna.kanarie@example.com"])
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute(again, ["anna.kanarie@example.com"])
    assert "kanarie" not in (server.data / "server/postgres.log").read_text()


@root
def test_as_root_the_server_runs_as_nobody_and_its_programs_are_roots(
    server: EmbeddedPostgres,
) -> None:
    owner = Path(f"/proc/{server_pid(server.data)}").stat().st_uid
    assert owner != 0
    for program in (server.data / "programs").rglob("*"):
        found = program.lstat()
        assert found.st_uid == 0
        assert not found.st_mode & 0o022


def test_a_second_process_joins_and_the_last_one_to_leave_ends_it(folder: Path) -> None:
    first, second = (EmbeddedPostgres(folder / "worn", durable=False) for _ in range(2))
    first.start()
    second.start()
    pid = server_pid(folder / "worn")
    first.stop()
    assert one(second.app_url, "SELECT 1") == 1
    assert not gone(pid)
    second.stop()
    assert gone(pid)


def test_after_the_server_was_killed_the_next_start_works(folder: Path) -> None:
    data = folder / "worn"
    first = EmbeddedPostgres(data, durable=False)
    first.start()
    os.kill(server_pid(data), signal.SIGKILL)
    with EmbeddedPostgres(data, durable=False) as second:
        assert one(second.app_url, "SELECT 1") == 1
    first.stop()


def test_a_server_left_behind_by_a_killed_process_is_joined_and_ended(folder: Path) -> None:
    data = folder / "worn"
    program = (
        "import sys,time,pathlib\n"
        "from portvakt.ports.embedded_postgres import EmbeddedPostgres\n"
        "EmbeddedPostgres(pathlib.Path(sys.argv[1]), durable=False).start()\n"
        "print('up', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(data)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "up\n"
        other.kill()
    pid = server_pid(data)
    assert not gone(pid)
    with EmbeddedPostgres(data, durable=False) as joined:
        assert one(joined.app_url, "SELECT 1") == 1
    assert gone(pid)


def test_another_process_with_the_old_number_is_no_server(folder: Path) -> None:
    """After a restart of the machine the number in the lock file may be anybody's."""
    data = folder / "worn"
    with EmbeddedPostgres(data, durable=False):
        left = (data / "server/cluster/postmaster.pid").read_text()
    with subprocess.Popen(["/bin/sleep", "60"]) as sleeper:
        lines = left.split("\n")
        lines[0] = str(sleeper.pid)
        stale = data / "server/cluster/postmaster.pid"
        stale.write_text("\n".join(lines))
        with EmbeddedPostgres(data, durable=False) as server:
            assert one(server.app_url, "SELECT 1") == 1
        sleeper.kill()


def test_a_crash_in_the_middle_of_making_the_cluster_is_mended(folder: Path) -> None:
    data = folder / "worn"
    with EmbeddedPostgres(data, durable=False):
        pass
    (data / "server/cluster").rename(data / "server/cluster.new")
    (data / "server/cluster.new/PG_VERSION").unlink()
    with EmbeddedPostgres(data, durable=False) as server:
        assert one(server.app_url, "SELECT 1") == 1


def test_many_starting_at_the_same_time_share_one_server(folder: Path) -> None:
    data = folder / "many"
    program = (
        "import sys,pathlib,psycopg\n"
        "from portvakt.ports.embedded_postgres import EmbeddedPostgres\n"
        "with EmbeddedPostgres(pathlib.Path(sys.argv[1]), durable=False) as e:\n"
        "    psycopg.connect(e.app_url).execute('SELECT 1')\n"
    )
    started = [subprocess.Popen([sys.executable, "-c", program, str(data)]) for _ in range(4)]
    assert [process.wait(60) for process in started] == [0, 0, 0, 0]
    assert not (data / "server/cluster/postmaster.pid").exists()


def test_a_long_path_gets_a_short_private_socket_folder(folder: Path) -> None:
    data = folder / ("x" * 90)
    with EmbeddedPostgres(data, durable=False) as server:
        assert one(server.app_url, "SELECT 1") == 1
        socket = Path(str(one(server.admin_url, "SHOW unix_socket_directories")))
        assert len(str(socket)) < 90
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert not socket.exists()


def test_a_socket_folder_that_somebody_else_made_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = folder / ("y" * 90)
    with EmbeddedPostgres(data, durable=False) as server:
        socket = Path(str(one(server.admin_url, "SHOW unix_socket_directories")))
    socket.mkdir(mode=0o777)
    socket.chmod(0o777)
    try:
        with pytest.raises(EmbeddedPostgresError, match="not a private folder"):
            EmbeddedPostgres(data, durable=False).start()
    finally:
        socket.rmdir()


@root
def test_a_folder_that_the_servers_user_cannot_reach_is_named(folder: Path) -> None:
    shut = folder / "shut"
    shut.mkdir(mode=0o700)
    with pytest.raises(EmbeddedPostgresError, match=f"it may not enter {shut}"):
        EmbeddedPostgres(shut / "pg", durable=False).start()
    assert stat.S_IMODE(shut.stat().st_mode) == 0o700


@root
def test_without_the_unprivileged_user_it_says_so() -> None:
    with pytest.raises(EmbeddedPostgresError, match="there is no user"):
        EmbeddedPostgres(Path("/nowhere"), run_as="no-such-user")


def test_data_of_another_major_version_is_left_alone(folder: Path) -> None:
    data = folder / "worn"
    with EmbeddedPostgres(data, durable=False):
        pass
    version = data / "server/cluster/PG_VERSION"
    right = version.read_text()
    version.write_text("13\n")
    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 13"):
        EmbeddedPostgres(data, durable=False).start()
    assert version.read_text() == "13\n"
    version.write_text(right)


def test_lost_passwords_are_named_and_nothing_is_made_anew(folder: Path) -> None:
    data = folder / "worn"
    with EmbeddedPostgres(data, durable=False):
        pass
    (data / "passwords.json").rename(data / "kept.json")
    with pytest.raises(EmbeddedPostgresError, match=r"passwords\.json is gone"):
        EmbeddedPostgres(data, durable=False).start()
    (data / "kept.json").rename(data / "passwords.json")


def test_starting_an_existing_cluster_takes_well_under_two_seconds(folder: Path) -> None:
    data = folder / "worn"
    with EmbeddedPostgres(data, durable=False):
        pass
    began = time.monotonic()
    with EmbeddedPostgres(data, durable=False):
        took = time.monotonic() - began
    assert took < 2


def test_the_roles_are_the_two_that_the_migrations_name() -> None:
    assert (embedded_postgres.OWNER, embedded_postgres.APP) == ("portvakt_owner", "portvakt_app")
