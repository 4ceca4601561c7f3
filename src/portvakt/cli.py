"""The command `portvakt`: set up, serve, look after, try.

What a command needs is imported in it: `demo` must not wait for what only `doctor` needs."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from portvakt.ports.crypto import Keys
from portvakt.ports.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from portvakt.settings import (
    Settings,
    SettingsError,
    load,
    parse_duration,
    say_duration,
    with_environment,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # it prints local variables: secrets (A107)
    help="Account security for platforms that hold value.",
)
service_app = typer.Typer(no_args_is_help=True, help="Services that may ask for decisions.")
app.add_typer(service_app, name="service")
staff_app = typer.Typer(no_args_is_help=True, help="Your own people: reviewers of cases.")
app.add_typer(staff_app, name="staff")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="The settings file; else $PORTVAKT_CONFIG, portvakt.toml."),
]
EmbeddedOption = Annotated[
    bool, typer.Option("--embedded", help="Use the built-in trial database below --data.")
]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="Folder of the built-in database, keys and run files.")
]


def default_data() -> Path:
    """Where data goes when nothing is said: as root a folder that the database's own user can
    reach, else the user's own."""
    if os.geteuid() == 0:
        return Path("/var/lib/portvakt")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "portvakt"


def _fail(message: str, code: int = 1) -> NoReturn:
    err.print(message, style="red", markup=False)
    raise typer.Exit(code)


@contextmanager
def _said_plainly() -> Iterator[None]:
    """What the operator can mend is said in a sentence, without a traceback."""
    try:
        yield
    except (SettingsError, EmbeddedPostgresError) as error:
        _fail(str(error))


@contextmanager
def _prepared(config: Path | None, embedded: bool, data: Path | None) -> Iterator[Settings]:
    """The settings; with `--embedded` on the built-in database, started, migrated, and left (by
    the last one: ended) when the command is over."""
    with _said_plainly():
        settings = load(config)
        if not embedded:
            yield settings
            return
        if settings.database.url is not None:
            raise SettingsError(["--embedded and [database] url exclude each other"])
        folder = data or default_data()
        with EmbeddedPostgres(folder / "postgres") as server:
            _migrate(server.owner_url)
            there = settings.with_database(server.app_url, server.owner_url)
            yield _with_own_keys(there, folder)


# ── set up ────────────────────────────────────────────────────────────────────────────────────


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where to write them.")] = Path(),
    name: Annotated[str | None, typer.Option(help="Your name, shown to account holders.")] = None,
    base_url: Annotated[str | None, typer.Option(help="The https:// address of the pages.")] = None,
) -> None:
    """Write a commented portvakt.toml and a key file. Never overwrites anything."""
    from portvakt.settings.text import example_file

    folder.mkdir(parents=True, exist_ok=True)
    chosen = {"operator": {"name": name, "base_url": base_url}}
    written = False
    toml, keys = folder / "portvakt.toml", folder / "portvakt.keys"
    if toml.exists():
        err.print(f"{toml} is there already: left as it is", markup=False)
    else:
        # 0600: passwords of the database, mail and SMS will stand here
        handle = os.open(toml, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(example_file(chosen))
        written = True
        out.print(f"{toml} written: set [operator], [database] and [mail] in it", markup=False)
    if keys.exists():
        err.print(f"{keys} is there already: left as it is", markup=False)
    else:
        Keys.generate().save(keys)
        written = True
        out.print(
            f"{keys} written: keep a copy in a safe place, without it nobody can sign in",
            markup=False,
        )
    if not written:
        raise typer.Exit(1)
    with _said_plainly():
        load(toml, {})


@app.command()
def migrate(
    config: ConfigOption = None, embedded: EmbeddedOption = False, data: DataOption = None
) -> None:
    """Bring the database's schema up to date, as its owner."""
    from portvakt.store import migrate as migrations

    with _prepared(config, embedded, data) as settings:
        url = settings.database.owner_url
        if url is None:
            raise SettingsError(["[database] owner_url is missing: only the owner may migrate"])
        steps = migrations.pending(url)
        migrations.upgrade(url)
    out.print(f"{len(steps)} steps done, the schema is up to date")


@app.command()
def doctor(
    config: ConfigOption = None, embedded: EmbeddedOption = False, data: DataOption = None
) -> None:
    """Check everything, and say how to mend what is wrong. Exit code 1 on a failure."""
    from portvakt import logs
    from portvakt.doctor import examine

    logs.configure("error", human=True)
    marks = {"ok": "[green]ok  [/]", "warn": "[yellow]warn[/]", "fail": "[red]FAIL[/]"}
    failed = False
    with _prepared(config, embedded, data) as settings:
        for found in examine(settings):
            failed |= found.state == "fail"
            out.print(marks[found.state], end=" ")
            out.print(f"{found.about}: {found.says}", markup=False)
            if found.mend:
                out.print(f"     → {found.mend}", markup=False)
    if failed:
        raise typer.Exit(1)


@service_app.command("add")
def service_add(
    name: Annotated[str, typer.Argument(help="A name for it, like exchange.")],
    config: ConfigOption = None,
    embedded: EmbeddedOption = False,
    data: DataOption = None,
) -> None:
    """Let a service of the platform ask for decisions. Its secret is printed once."""
    if not re.fullmatch("[a-z][a-z0-9_-]{1,62}", name):
        _fail("a service's name has 2 to 63 small letters, digits, - and _, a letter first")
    from portvakt.core import Portvakt
    from portvakt.ports.chance import new_token

    secret = new_token("pvc")
    with _prepared(config, embedded, data) as settings, Portvakt(settings).running() as portvakt:
        if not portvakt.services.add(name, secret):
            _fail(f"there is a service {name} already")
    out.print(f"client id  {name}", markup=False)
    out.print(f"secret     {secret}", markup=False)
    err.print("Keep the secret now: it is not stored and will not be shown again.")


@staff_app.command("add")
def staff_add(
    address: Annotated[str, typer.Argument(help="E-mail address or phone of their account.")],
    name: Annotated[str, typer.Option(help="Their name, for their colleagues.")],
    role: Annotated[str, typer.Option(help="reviewer, lead, auditor or operator.")] = "reviewer",
    break_glass: Annotated[
        bool, typer.Option("--break-glass", help="Beyond the first two: all of yours are told.")
    ] = False,
    config: ConfigOption = None,
    embedded: EmbeddedOption = False,
    data: DataOption = None,
) -> None:
    """Give somebody with an account and an authenticator a role. The first two at once."""
    from portvakt.core import Portvakt
    from portvakt.team import TeamError

    with _prepared(config, embedded, data) as settings, Portvakt(settings).running() as portvakt:
        try:
            at_once = portvakt.team.add(address, name, role, break_glass=break_glass)
        except TeamError as error:
            _fail(str(error))
    out.print(f"{name} is {role}" + ("" if at_once else ", from a day from now"), markup=False)


@staff_app.command("remove")
def staff_remove(
    address: Annotated[str, typer.Argument(help="E-mail address or phone of their account.")],
    config: ConfigOption = None,
    embedded: EmbeddedOption = False,
    data: DataOption = None,
) -> None:
    """Take somebody's role away, at once."""
    from portvakt.core import Portvakt
    from portvakt.team import TeamError

    with _prepared(config, embedded, data) as settings, Portvakt(settings).running() as portvakt:
        try:
            portvakt.team.remove(address)
        except TeamError as error:
            _fail(str(error))


@staff_app.command("list")
def staff_list(
    config: ConfigOption = None, embedded: EmbeddedOption = False, data: DataOption = None
) -> None:
    """Who has which role."""
    from portvakt.core import Portvakt

    with _prepared(config, embedded, data) as settings, Portvakt(settings).running() as portvakt:
        for person in portvakt.team.everybody():
            gone = "  removed" if person["removed_at"] else ""
            out.print(
                f"{person['name']:24} {person['role']:9} {person['account']}{gone}", markup=False
            )


@app.command("policy")
def show_policy(config: ConfigOption = None) -> None:
    """Print the policy: what every action takes and causes, your settings applied."""
    from portvakt.tighten import PolicyError, protected, tightened

    with _said_plainly():
        settings = load(config)
        try:
            rows = tightened(settings.policy, parse_duration)
            ways_out = protected(settings.protected)
        except PolicyError as error:
            _fail(str(error))
    for action, row in rows.items():
        pages = [" + ".join(str(ask) for ask in page.asks) for page in row.pages]
        holds = [
            _if(f"hold {say_duration(rule.lasts)}" if rule.lasts else "no hold", rule.when)
            for rule in row.hold
            if rule.lasts or rule.when
        ]
        waits = row.wait or row.usable_after
        causes = [
            *([f"waits {say_duration(waits)}"] if waits else []),
            *(["waits the days that were chosen"] if row.wait_chosen else []),
            *(["ways out are shut meanwhile"] if row.held_meanwhile else []),
            *([", else ".join(holds)] if holds else []),
            *([f"quarantine {say_duration(row.quarantine)}"] if row.quarantine else []),
            *([f"ends sessions: {row.ends}"] if row.ends != "none" else []),
            *([_if(f"tells {row.tells}", row.tells_when, " or ")] if row.tells != "none" else []),
        ]
        causes += ["can be undone while the hold lasts"] if row.undo else []
        refused = [when.replace("_", " ") for when, _ in row.refuse_if]
        refused += [] if row.when_frozen else ["frozen"]
        refused += [] if row.when_locked else ["settings locked"]
        out.print(f"[bold]{action}[/]")
        for what, said in (
            ("takes", " → ".join((["session"] if row.session else []) + pages)),
            ("causes", "; ".join(causes)),
            ("refused if", ", ".join(refused)),
        ):
            if said:
                out.print(f"  {what:10} {said}", markup=False)
    out.print("\n[bold]Protected actions[/], which the platform asks about")
    for action, way in ways_out.items():
        stops = ["a hold"] * way.stopped_by_hold + ["a freeze"] * way.stopped_by_freeze
        out.print(
            f"  {action:18} stopped by {' and '.join(stops) or 'nothing'}; step-up {way.step_up}"
            f"{'; a second factor is needed' if way.second_factor else ''}"
            f"{'; the payout list applies' if way.payout_list else ''}",
            markup=False,
        )


def _if(what: str, conditions: Iterable[str], joint: str = " and ") -> str:
    said = joint.join(condition.replace("_", " ") for condition in conditions)
    return f"{what} if {said}" if said else what


# ── run ───────────────────────────────────────────────────────────────────────────────────────


@app.command()
def serve(
    config: ConfigOption = None,
    host: Annotated[str | None, typer.Option(help="Instead of [serve] host.")] = None,
    port: Annotated[int | None, typer.Option(help="Instead of [serve] port.")] = None,
    workers: Annotated[int | None, typer.Option(help="Instead of [serve] workers.")] = None,
    embedded: EmbeddedOption = False,
    data: DataOption = None,
) -> None:
    """Serve pages and API. With --embedded the worker runs too."""
    for key, value in (("HOST", host), ("PORT", port), ("WORKERS", workers)):
        if value is not None:
            os.environ[f"PORTVAKT_SERVE__{key}"] = str(value)
    if not embedded:
        _become("portvakt.serving", config)
    from portvakt import supervisor

    with _prepared(config, embedded, data) as settings:
        raise typer.Exit(supervisor.run(settings, data or default_data()))


@app.command()
def worker(config: ConfigOption = None) -> None:
    """Send messages and do what is due. Any number may run."""
    _become("portvakt.working", config)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the pages.")] = 8700,
    data: DataOption = None,
    workers: Annotated[int, typer.Option(help="Serving processes.")] = 1,
) -> None:
    """Try Portvakt: built-in database, sandbox mailbox, nothing to set up. Ctrl-C ends it.

    Settings come from the environment: PORTVAKT_SANDBOX__STEP_UP=never opens the ways out that
    wait for step-up.
    """
    from portvakt import supervisor

    folder = data or default_data() / "demo"
    with _said_plainly():
        out.print(f"Starting (data in {folder}) …", markup=False)
        with EmbeddedPostgres(folder / "postgres") as server:
            _migrate(server.owner_url)
            # the environment alone is asked: a portvakt.toml here belongs to a real service
            base = with_environment(
                {
                    "operator": {"base_url": f"http://localhost:{port}"},
                    "serve": {"port": port, "workers": workers, "log_level": "warning"},
                    "sandbox": {},
                    "providers": stand_ins(port + 1, folder),
                }
            )
            settings = _with_own_keys(base.with_database(server.app_url, server.owner_url), folder)
            code = supervisor.run(settings, folder, ready=lambda: _where_to_click(settings))
        out.print("Stopped.")
    raise typer.Exit(code)


def stand_ins(port: int, folder: Path) -> dict[str, dict[str, str]]:
    """Settings of both stand-ins on this port, with a team's key of their own in the folder."""
    from portvakt.ports.oidc import new_key

    file = folder / "apple-stand-in.p8"
    if not file.exists():
        new_key(file)
    return {
        "google": {"issuer": f"http://127.0.0.1:{port}/google", "client_id": "demo.apps.example", "secret": "demo"},
        "apple": {"issuer": f"http://127.0.0.1:{port}/apple", "client_id": "example.demo.web", "key_file": str(file),
                  "key_id": "DEMO000000", "team_id": "TEAM000000"},
    }  # fmt: skip


def _where_to_click(settings: Settings) -> None:
    url = settings.operator.base_url
    lines = [
        ("Pages", f"{url}/"),
        ("Sign up", f"{url}/sign-up"),
        ("Mailbox", f"{url}/sandbox"),
        ("API", f"{url}/v1/docs"),
    ]
    out.print("\nPortvakt runs. This is a sandbox: nothing is sent, anybody here can read codes.")
    for what, where in lines:
        out.print(f"  {what:8} {where}", markup=False)
    out.print("Ctrl-C ends it.\n")


def _migrate(owner_url: str) -> None:
    from portvakt.store import schema

    if not schema.is_current(owner_url):
        from portvakt.store import migrate as migrations

        migrations.upgrade(owner_url)


def _with_own_keys(settings: Settings, folder: Path) -> Settings:
    """On the built-in database the keys stand beside it unless a key file is there already."""
    if settings.keys.file.exists():
        return settings
    file = folder / "portvakt.keys"
    if not file.exists():
        Keys.generate().save(file)
    return settings.model_copy(update={"keys": settings.keys.model_copy(update={"file": file})})


def _become(module: str, config: Path | None) -> NoReturn:
    """Goes on as the serving or working process, without the commands in its memory."""
    if config is not None:
        os.environ["PORTVAKT_CONFIG"] = str(config.absolute())
    with _said_plainly():
        load()  # say now what is wrong
    os.execv(sys.executable, [sys.executable, "-m", module])  # noqa: S606  ourselves


def main() -> None:
    app()


if __name__ == "__main__":
    main()
