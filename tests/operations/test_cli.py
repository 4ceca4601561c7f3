"""The commands, as an operator types them."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from portvakt.cli import app
from portvakt.ports.crypto import Keys
from portvakt.settings import load
from tests.clamd_stand_in import clamd
from tests.database import Database
from tests.robot_stand_in import PROVIDERS, SECRET, desk, settings_of


def portvakt(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def configured(folder: Path, database: Database, extra: str = "") -> Path:
    """A settings file for a real database, with a key file beside it."""
    file, keys = folder / "portvakt.toml", folder / "portvakt.keys"
    if not keys.exists():
        Keys.generate().save(keys)
    file.write_text(
        f'[database]\nurl = "{database.app_url}"\nowner_url = "{database.owner_url}"\n'
        '[operator]\nbase_url = "https://id.norrbank.example"\n'
        f'support_address = "help@norrbank.example"\n{extra}'
    )
    return file


# ── init ──────────────────────────────────────────────────────────────────────────────────────


def test_init_writes_private_files_that_load(tmp_path: Path) -> None:
    done = portvakt("init", tmp_path, "--name", "Norrbank")
    assert done.exit_code == 0
    settings = load(tmp_path / "portvakt.toml", {})
    assert settings.operator.name == "Norrbank"
    Keys.load(settings.keys.file)
    for name in ("portvakt.toml", "portvakt.keys"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_init_never_overwrites(tmp_path: Path) -> None:
    portvakt("init", tmp_path)
    before = [(tmp_path / name).read_bytes() for name in ("portvakt.toml", "portvakt.keys")]
    done = portvakt("init", tmp_path, "--name", "Other")
    assert done.exit_code == 1
    after = [(tmp_path / name).read_bytes() for name in ("portvakt.toml", "portvakt.keys")]
    assert after == before


def test_init_makes_the_missing_one_of_two_and_leaves_the_other(tmp_path: Path) -> None:
    portvakt("init", tmp_path)
    keys = (tmp_path / "portvakt.keys").read_bytes()
    (tmp_path / "portvakt.toml").unlink()
    assert portvakt("init", tmp_path).exit_code == 0
    assert (tmp_path / "portvakt.keys").read_bytes() == keys


# ── errors are sentences ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["serve", "worker", "doctor", "policy", "migrate"])
def test_a_mistyped_setting_is_said_plainly_by_every_command(tmp_path: Path, command: str) -> None:
    file = tmp_path / "portvakt.toml"
    file.write_text("[serve]\nprot = 1\n")
    done = portvakt(command, "--config", file)
    assert done.exit_code == 1
    assert "[serve] prot is not a setting; did you mean port?" in done.output
    assert "Traceback" not in done.output


def test_the_built_in_database_is_not_used_beside_another(
    tmp_path: Path, database: Database
) -> None:
    done = portvakt("serve", "--embedded", "--config", configured(tmp_path, database))
    assert done.exit_code == 1
    assert "exclude each other" in done.output


def test_policy_prints_every_action_and_every_protected_action(tmp_path: Path) -> None:
    file = tmp_path / "portvakt.toml"
    file.write_text('[policy.bind_totp]\nhold = "48h"\n')
    done = portvakt("policy", "--config", file)
    assert done.exit_code == 0
    for word in ("sign_in", "bind_totp", "hold 48h", "withdraw", "trade"):
        assert word in done.output


def test_policy_refuses_a_loosening_that_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "portvakt.toml"
    file.write_text('[policy.bind_totp]\nhold = "1h"\n')
    done = portvakt("policy", "--config", file)
    assert done.exit_code == 1
    assert "weaker than the default" in done.output


# ── database ──────────────────────────────────────────────────────────────────────────────────


def test_migrate_brings_an_empty_database_up_to_date_once(
    tmp_path: Path, new_empty_database: Database
) -> None:
    file = configured(tmp_path, new_empty_database)
    assert not portvakt("migrate", "--config", file).output.startswith("0 steps")
    assert portvakt("migrate", "--config", file).output.startswith("0 steps")


def test_a_services_secret_is_printed_once_and_not_kept(tmp_path: Path, database: Database) -> None:
    mail = '[mail]\nsmtp_url = "smtp://mail.norrbank.example"\nfrom = "id@norrbank.example"\n'
    file = configured(tmp_path, database, mail)
    done = portvakt("service", "add", "exchange", "--config", file)
    assert done.exit_code == 0, done.output
    secret = next(line.split()[1] for line in done.output.splitlines() if "secret" in line)
    assert secret.startswith("pvc_")
    again = portvakt("service", "add", "exchange", "--config", file)
    assert again.exit_code == 1
    assert "already" in again.output


# ── doctor ────────────────────────────────────────────────────────────────────────────────────


def line(done: Result, about: str) -> str:
    return next(
        text
        for text in done.output.splitlines()
        if text.split(" ", 1)[-1].strip().startswith(about)
    )


def test_the_doctor_finds_nothing_wrong_where_all_is_well(
    tmp_path: Path, database: Database
) -> None:
    done = portvakt("doctor", "--config", configured(tmp_path, database))
    for about in ("keys", "roles", "clock", "schema", "policy", "passwords", "robot", "evidence"):
        assert line(done, about).startswith("ok")


def test_the_doctor_fails_without_mail_and_says_how_to_mend_it(
    tmp_path: Path, database: Database
) -> None:
    done = portvakt("doctor", "--config", configured(tmp_path, database))
    assert done.exit_code == 1
    assert line(done, "mail").startswith("FAIL")
    assert "set smtp_url and from" in done.output


def test_the_doctor_sees_a_service_that_runs_as_the_owner(
    tmp_path: Path, database: Database
) -> None:
    file = configured(tmp_path, database)
    file.write_text(file.read_text().replace(database.app_url, database.owner_url))
    done = portvakt("doctor", "--config", file)
    assert line(done, "roles").startswith("FAIL")
    assert "UPDATE on audit" in line(done, "roles")


def test_the_doctor_sees_a_key_file_that_others_may_read(
    tmp_path: Path, database: Database
) -> None:
    file = configured(tmp_path, database)
    (tmp_path / "portvakt.keys").chmod(0o644)
    done = portvakt("doctor", "--config", file)
    assert line(done, "keys").startswith("FAIL")
    assert f"chmod 600 {tmp_path / 'portvakt.keys'}" in done.output


def test_the_doctor_sees_a_schema_that_is_behind(
    tmp_path: Path, new_empty_database: Database
) -> None:
    done = portvakt("doctor", "--config", configured(tmp_path, new_empty_database))
    assert line(done, "schema").startswith("FAIL")
    assert "portvakt migrate" in done.output


def test_the_doctor_names_an_unreachable_mail_server_and_shows_no_password(
    tmp_path: Path, database: Database
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused
        port = taken.getsockname()[1]
        mail = f'[mail]\nfrom = "a@b.example"\nsmtp_url = "smtp://u:hunter2@127.0.0.1:{port}"\n'
        done = portvakt("doctor", "--config", configured(tmp_path, database, mail))
    assert line(done, "mail").startswith("FAIL")
    assert "127.0.0.1" in line(done, "mail")
    assert "hunter2" not in done.output


@pytest.mark.proves("A107")
def test_the_doctor_shows_no_password_of_a_database_that_does_not_answer(tmp_path: Path) -> None:
    Keys.generate().save(tmp_path / "portvakt.keys")
    file = tmp_path / "portvakt.toml"
    file.write_text('[database]\nurl = "postgresql://u:hunter2@127.0.0.1:1/none"\n')
    done = portvakt("doctor", "--config", file)
    assert done.exit_code == 1
    assert line(done, "database").startswith("FAIL")
    assert "hunter2" not in done.output


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_doctor_asks_the_robot_checks_provider_whether_it_knows_our_keys(
    tmp_path: Path, database: Database, provider: str
) -> None:
    with desk(provider) as one:
        lines = [f'{key} = "{value}"' for key, value in settings_of(one).items()]
        extra = "\n".join(["[robot]", *lines, ""])
        done = portvakt("doctor", "--config", configured(tmp_path, database, extra))
        assert line(done, "robot").startswith("ok")
        wrong = extra.replace(SECRET, "hunter2")
        done = portvakt("doctor", "--config", configured(tmp_path, database, wrong))
        assert line(done, "robot").startswith("FAIL")
        assert "copy [robot] site_key and secret" in done.output
        one.status = 503
        done = portvakt("doctor", "--config", configured(tmp_path, database, extra))
        assert "does not answer (status 503)" in line(done, "robot")
        assert "hunter2" not in done.output
        assert SECRET not in done.output


def test_the_doctor_asks_the_scanner_whether_it_is_there(
    tmp_path: Path, database: Database
) -> None:
    with clamd() as one:
        extra = f'[evidence]\nclamd = "{one.address}"\n'
        file = configured(tmp_path, database, extra)
        assert line(portvakt("doctor", "--config", file), "scanner").startswith("ok")
    done = portvakt("doctor", "--config", file)
    assert line(done, "scanner").startswith("FAIL")
    assert "start clamd" in done.output


def test_the_doctor_warns_where_nobody_scans_what_strangers_send(
    tmp_path: Path, database: Database
) -> None:
    done = portvakt("doctor", "--config", configured(tmp_path, database))
    assert line(done, "scanner").startswith("warn")


def test_the_doctor_warns_of_a_provider_that_takes_anything_for_right(
    tmp_path: Path, database: Database
) -> None:
    with desk(raw=b'{"success": true}') as one:
        lines = [f'{key} = "{value}"' for key, value in settings_of(one).items()]
        extra = "\n".join(["[robot]", *lines, ""])
        done = portvakt("doctor", "--config", configured(tmp_path, database, extra))
    assert line(done, "robot").startswith("FAIL")
    assert "test keys" in done.output


# ── demo ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that the database's own user can reach."""
    with tempfile.TemporaryDirectory(prefix="pvk-", dir="/var/tmp") as name:
        Path(name).chmod(0o711)
        yield Path(name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_demo_starts_answers_sends_a_code_and_ends_without_leftovers(reachable: Path) -> None:
    port, data = free_port(), reachable / "demo"
    command = [
        sys.executable,
        "-m",
        "portvakt.cli",
        "demo",
        "--port",
        str(port),
        "--data",
        str(data),
    ]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PORTVAKT_")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as demo:
        try:
            assert demo.stdout is not None
            shown = ""
            while "Ctrl-C ends it." not in shown:
                more = demo.stdout.readline()
                assert more, f"the demo ended: {shown}"
                shown += more
            assert f"http://localhost:{port}/" in shown
            client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False)
            assert client.get("/v1/sandbox").status_code == 200
            asked = {"identifier": "anna@example.com", "robot": "sandbox"}
            started = client.post("/v1/flows", json={"action": "sign_up", "inputs": asked})
            assert started.json()["step"]["id"] == "confirm_identifier"
            until = time.monotonic() + 20
            messages: list[dict[str, str]] = []
            while not messages and time.monotonic() < until:
                messages = client.get("/v1/sandbox/messages").json()["messages"]
            assert messages[0]["to"] == "anna@example.com"
            figures = client.get("/metrics")
            assert figures.status_code == 200
            assert 'portvakt_messages{channel="email"' in figures.text
            assert client.get("/metrics", headers={"X-Forwarded-For": "::1"}).status_code == 404
            running = (data / "running.json").stat()
            assert stat.S_IMODE(running.st_mode) == 0o600
        finally:
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=60)
    assert demo.returncode == 0
    assert not (data / "running.json").exists()
    assert not (data / "postgres/server/cluster/postmaster.pid").exists()
