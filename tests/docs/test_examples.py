"""What the pages show can be typed: commands exist, settings load, SQL runs, and the walk of
docs/json.md gives the answers that are printed there."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import typer
from psycopg import sql

from portvakt.cli import app as commands
from portvakt.factors.base import read_limit
from portvakt.policy import LIMITS
from portvakt.settings import Settings, parse_duration
from portvakt.store import health, migrate
from portvakt.tighten import protected, tightened
from tests.database import Server
from tests.docs import markdown
from tests.docs.holder import DETAILS, Holder

PAGES = markdown.pages()
named = pytest.mark.parametrize("page", PAGES, ids=markdown.name)
Json = Any


# ── commands, settings, SQL ─────────────────────────────────────────────────────────────────────


@named
def test_every_make_target_that_a_page_shows_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):.*##", markdown.text("Makefile"), re.MULTILINE))
    typed = "\n".join(b.text for b in markdown.blocks(page, "sh"))
    typed += "\n".join(re.findall(r"`([^`\n]+)`", markdown.prose(page)))
    for target in re.findall(r"^make ([a-z0-9-]+)", typed, re.MULTILINE):
        assert target in targets, f"make {target}"


def _commands() -> dict[str, set[str]]:
    """Command → its options, like `service add` → {--config, …}."""
    found: dict[str, set[str]] = {}

    def walk(group: Any, above: str) -> None:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                walk(command, f"{above}{name} ")
            else:
                found[above + name] = {flag for p in command.params for flag in p.opts}

    walk(typer.main.get_command(commands), "")
    return found


@named
def test_every_command_that_a_page_shows_exists_with_its_options(page: Path) -> None:
    known = _commands()
    typed = [line for b in markdown.blocks(page, "sh") for line in b.text.splitlines()]
    typed += re.findall(r"`([^`\n]+)`", markdown.prose(page))
    for line in typed:
        if not line.startswith("portvakt "):
            continue
        words = line.split()[1:]
        command = next((c for c in (" ".join(words[:2]), words[0]) if c in known), None)
        assert command is not None, line
        for flag in re.findall(r"(?<= )--[a-z-]+", line):
            assert flag in known[command], line


@named
def test_every_settings_example_can_be_used(page: Path) -> None:
    for block in markdown.blocks(page, "toml"):
        settings = Settings.model_validate(tomllib.loads(block.text))
        tightened(settings.policy, parse_duration)
        protected(settings.protected)
        for name, text in settings.limits.items():
            assert name in LIMITS
            read_limit(text)


@named
def test_every_python_and_json_example_parses(page: Path) -> None:
    for block in markdown.blocks(page, "python"):
        ast.parse(block.text)
    for block in markdown.blocks(page, "json"):
        json.loads(block.text)


@pytest.mark.proves("A106")
def test_the_roles_of_the_operations_page_are_apart_once_the_owner_has_migrated(
    postgres: Server,
) -> None:
    name = "portvakt_as_documented"
    roles, restore = markdown.blocks("docs/operations.md", "sql")
    before, after = roles.text.split("\\connect portvakt\n")
    there = postgres.urls(name)
    with psycopg.connect(postgres.urls("postgres").admin_url, autocommit=True) as admin:
        for line in before.strip().splitlines():
            role = re.match(r"CREATE ROLE (\w+)", line)
            if role:  # the server of the tests has these two already
                assert role.group(1) in ("portvakt_owner", "portvakt_app")
            else:
                admin.execute(line.replace("DATABASE portvakt ", f"DATABASE {name} ").encode())
    try:
        with psycopg.connect(there.admin_url, autocommit=True) as admin:
            for line in after.strip().splitlines():
                admin.execute(line.replace("DATABASE portvakt ", f"DATABASE {name} ").encode())
        migrate.upgrade(there.owner_url)
        found = health.look(there.app_url)
        assert (list(found.rights), list(found.mighty)) == ([], [])
        with psycopg.connect(there.owner_url) as owner:
            for line in restore.text.strip().splitlines():
                owner.execute(line.encode())
    finally:
        with psycopg.connect(postgres.urls("postgres").admin_url, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


# ── the walk with curl ──────────────────────────────────────────────────────────────────────────

_JQ = """#!{python}
import json, re, sys
path, *files = [word for word in sys.argv[1:] if word != "-r"]
value = json.load(open(files[0]) if files else sys.stdin)
for key, index in re.findall(r"([a-z_]+)|\\[([0-9]+)\\]", path):
    value = value[key] if key else value[int(index)]
print(value if "-r" in sys.argv and isinstance(value, str) else json.dumps(value))
"""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def _like(shown: Json, got: Json, where: str = "answer") -> None:
    """`shown` is what the page prints: `…` stands for anything, times for any time."""
    if isinstance(shown, Mapping):
        assert isinstance(got, Mapping), where
        assert set(shown) == set(got), where
        for key, value in shown.items():
            _like(value, got[key], f"{where}.{key}")
    elif isinstance(shown, list):
        assert len(shown) == len(got), where
        for n, value in enumerate(shown):
            _like(value, got[n], f"{where}[{n}]")
    elif isinstance(shown, str) and _TIME.fullmatch(shown):
        assert _TIME.fullmatch(got), where
    elif isinstance(shown, str) and "…" in shown:
        pattern = ".*".join(re.escape(part) for part in shown.split("…"))
        assert re.fullmatch(pattern, got, re.DOTALL), where
    else:
        assert shown == got, where


@pytest.mark.skipif(shutil.which("curl") is None, reason="the walk is made with curl")
def test_the_walk_with_curl_gives_the_answers_that_the_page_prints(
    address: str, tmp_path: Path
) -> None:
    jq = tmp_path / "bin" / "jq"  # as much of it as the page uses, where there is none
    jq.parent.mkdir()
    jq.write_text(_JQ.format(python=sys.executable))
    jq.chmod(0o755)
    steps: list[tuple[str, str | None]] = []
    for block in markdown.blocks("docs/json.md"):
        if block.language == "sh":
            steps.append((block.text.replace("http://localhost:8700", address), None))
        elif block.language == "json":
            steps[-1] = (steps[-1][0], block.text)
    script = "set -euo pipefail\n" + "\n".join(
        f"{{\n{typed}\n}} > out{n}" for n, (typed, _) in enumerate(steps)
    )
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={"PATH": f"{jq.parent}:/usr/bin:/bin", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    compared = 0
    for n, (typed, printed) in enumerate(steps):
        if printed is not None:
            got = (tmp_path / f"out{n}").read_text("utf-8")
            _like(json.loads(printed), json.loads(got), typed.strip().splitlines()[-1])
            compared += 1
    assert compared >= 20


# ── the withdrawal in Python ────────────────────────────────────────────────────────────────────


@pytest.fixture
def withdraw() -> Callable[..., str]:
    """The example itself."""
    (block,) = markdown.blocks("docs/json.md", "python")
    names: dict[str, Any] = {}
    exec(block.text, names)
    found: Callable[..., str] = names["withdraw"]
    return found


@pytest.fixture
def platform(address: str) -> Iterator[httpx.Client]:
    known = httpx.get(f"{address}/v1/sandbox").json()["platform_client"]
    with httpx.Client(base_url=address, auth=(known["id"], known["secret"])) as client:
        yield client


@pytest.mark.proves("S91")
def test_the_withdrawal_in_python_pays_once_it_is_approved(
    address: str, platform: httpx.Client, withdraw: Callable[..., str]
) -> None:
    holder, paid = Holder(address, "withdrawal1@example.com"), list[Json]()
    holder.sign_up()
    holder.bind_totp()
    said = withdraw(platform, holder.account, DETAILS, after=None, pay=paid.append,
                    send_customer_to=holder.approves)  # fmt: skip
    assert (said, paid) == ("paid", [DETAILS])


@pytest.mark.proves("S91", "A53")
def test_the_withdrawal_in_python_pays_nothing_when_a_freeze_comes_between(
    address: str, platform: httpx.Client, withdraw: Callable[..., str]
) -> None:
    holder, paid = Holder(address, "withdrawal2@example.com"), list[Json]()
    holder.sign_up()
    holder.bind_totp()

    def approves_and_freezes(page: str) -> None:
        holder.approves(page)
        assert holder.start("freeze_account")["flow"]["status"] == "done"

    said = withdraw(platform, holder.account, DETAILS, after=None, pay=paid.append,
                    send_customer_to=approves_and_freezes)  # fmt: skip
    assert "ask for a new decision" in said
    again = withdraw(platform, holder.account, DETAILS, after=None, pay=paid.append,
                     send_customer_to=lambda page: None)  # fmt: skip
    assert "frozen" in again
    assert paid == []
