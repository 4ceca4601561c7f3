"""`portvakt doctor`: is everything as it must be, and where not, how is it mended?

Each check is one function that gives findings; nothing is changed, nothing is sent. No finding
holds a password or a token.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg

from portvakt.core import Portvakt
from portvakt.doctor.cases import calendar, evidence, reviewers
from portvakt.doctor.finding import Finding
from portvakt.doctor.providers import providers
from portvakt.logs import mask
from portvakt.policy import ACTIONS, LIMITS
from portvakt.ports import clock, wall
from portvakt.ports.captcha import CheckUnavailable
from portvakt.ports.captcha_hosted import HostedRobotCheck
from portvakt.ports.crypto import Keys
from portvakt.ports.delivery import PermanentFailure, TemporaryFailure
from portvakt.ports.mail import SmtpMailer
from portvakt.ports.passwords import PasswordHasher
from portvakt.settings import Settings, SettingsError, is_loopback, parse_duration
from portvakt.store import health, migrate
from portvakt.tighten import PolicyError, tightened

OLDEST_POSTGRES = 15
_SKEW_WARN, _SKEW_FAIL = 1.0, 10.0  # seconds; a TOTP step is 30


def examine(settings: Settings) -> Iterator[Finding]:
    """All findings, one check after the other. A check that breaks is itself a finding."""
    checks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _keys,
        _database,
        _migrations,
        _policy,
        _passwords,
        _mail,
        _sms,
        _robot,
        providers,
        calendar,
        reviewers,
        evidence,
        _addresses,
        _sandbox,
        _service,
    )
    for check in checks:
        about = check.__name__.strip("_")
        try:
            yield from check(settings)
        except Exception as error:  # noqa: BLE001  the others must still be seen
            yield Finding("fail", about, f"could not be checked ({type(error).__name__})")


# ── keys, database ────────────────────────────────────────────────────────────────────────────


def _keys(settings: Settings) -> Iterator[Finding]:
    file = settings.keys.file
    try:
        found = file.stat()
    except OSError:
        yield Finding(
            "fail", "keys", f"{file} is missing or cannot be read",
            "make one with `portvakt init`, or restore your copy: accounts made with another key "
            "file cannot sign in",
        )  # fmt: skip
        return
    if stat.S_IMODE(found.st_mode) & 0o077:
        yield Finding("fail", "keys", f"others may read {file}", f"chmod 600 {file}")
    try:
        keys = Keys.load(file)
    except (ValueError, OSError) as error:
        yield Finding("fail", "keys", str(error), "restore your copy of the key file")
        return
    yield Finding("ok", "keys", f"{file.name} is whole; key {keys.current} seals")


def _database(settings: Settings) -> Iterator[Finding]:
    url = settings.database.url
    if url is None:
        yield Finding(
            "fail", "database", "[database] url is missing",
            "set it to postgresql://…, or try Portvakt with `portvakt demo`",
        )  # fmt: skip
        return
    try:
        found, skew = _timed(url)
    except psycopg.OperationalError as error:
        why = (str(error).splitlines() or ["no answer"])[0]
        yield Finding(
            "fail", "database", f"no connection as the service's role: {mask(why)}",
            "check [database] url, that the server runs, and its pg_hba.conf",
        )  # fmt: skip
        return
    if found.version < OLDEST_POSTGRES:
        yield Finding(
            "fail", "database", f"PostgreSQL {found.version} is too old",
            f"move to PostgreSQL {OLDEST_POSTGRES} or newer",
        )  # fmt: skip
    else:
        yield Finding("ok", "database", f"PostgreSQL {found.version} answers as {found.role}")
    if found.encoding != "UTF8":
        yield Finding(
            "fail", "database", f"the database's encoding is {found.encoding}",
            "make the database anew with ENCODING 'UTF8'",
        )  # fmt: skip
    if not found.durable:
        yield Finding(
            "fail", "database", "fsync is off: a power cut loses holds and audit rows",
            "set fsync = on",
        )  # fmt: skip
    wanted = settings.database.pool * settings.serve.workers + 8
    if wanted > found.connections:
        yield Finding(
            "warn", "database",
            f"up to {wanted} connections are wanted, the server takes {found.connections}",
            "lower [database] pool or [serve] workers, or raise max_connections",
        )  # fmt: skip
    yield from _role(found)
    yield from _encryption(url, found)
    yield from _clock(skew)


def _timed(url: str) -> tuple[health.Health, float]:
    """The database's health, and how far its clock is from ours (seconds, at least)."""
    before = wall.now()
    found = health.look(url)
    after = wall.now()
    late, early = (found.now - after).total_seconds(), (before - found.now).total_seconds()
    return found, max(0.0, late, early)


def _role(found: health.Health) -> Iterator[Finding]:
    wrong = [*found.mighty, *(f"may {right}" for right in found.rights)]
    if wrong:
        yield Finding(
            "fail", "roles", f"the service's role {found.role} {', '.join(wrong)}",
            "give the service a role of its own that owns nothing (docs/operations.md), and run "
            "`portvakt migrate` as the owner",
        )  # fmt: skip
    else:
        yield Finding("ok", "roles", f"{found.role} owns nothing and cannot change the audit")


def _encryption(url: str, found: health.Health) -> Iterator[Finding]:
    host = psycopg.conninfo.conninfo_to_dict(url).get("host")
    local = host is None or str(host).startswith("/") or is_loopback(str(host))
    if found.encrypted or local:
        return
    yield Finding(
        "fail", "database", "the connection is not encrypted",
        "add ?sslmode=verify-full to [database] url",
    )  # fmt: skip


def _clock(skew: float) -> Iterator[Finding]:
    if skew >= _SKEW_WARN:
        yield Finding(
            "fail" if skew >= _SKEW_FAIL else "warn", "clock",
            f"this machine's clock and the database's are {skew:.1f} s apart",
            "let NTP (chrony, systemd-timesyncd) set both: authenticator codes live 30 s",
        )  # fmt: skip
    else:
        yield Finding("ok", "clock", "this machine and the database agree on the time")


def _migrations(settings: Settings) -> Iterator[Finding]:
    url = settings.database.owner_url or settings.database.url
    if url is None:
        return
    try:
        pending = migrate.pending(url)
    except Exception as error:  # noqa: BLE001  SQLAlchemy wraps the driver's errors, addresses included
        yield Finding(
            "fail", "schema", f"cannot be read ({type(error).__name__})",
            "check [database] owner_url; then run `portvakt migrate`",
        )  # fmt: skip
        return
    if pending:
        yield Finding(
            "fail", "schema", f"{len(pending)} steps behind", "run `portvakt migrate` as the owner"
        )
    else:
        yield Finding("ok", "schema", "up to date")


# ── policy, passwords ─────────────────────────────────────────────────────────────────────────


def _policy(settings: Settings) -> Iterator[Finding]:
    try:
        table = tightened(settings.policy, parse_duration)
    except PolicyError as error:
        yield Finding("fail", "policy", str(error), "mend it in portvakt.toml")
        return
    weaker = sorted(a for a, row in settings.policy.items() if row.get("allow_weaker") is True)
    if weaker:
        yield Finding(
            "warn", "policy", f"made weaker than the default: {', '.join(weaker)}",
            "remove allow_weaker unless you mean it",
        )  # fmt: skip
    unknown = sorted(set(settings.limits) - set(LIMITS))
    if unknown:
        yield Finding(
            "fail", "limits", f"no such limit: {', '.join(unknown)}",
            f"there are {', '.join(sorted(LIMITS))}",
        )  # fmt: skip
    changed = sum(table[action] != ACTIONS[action] for action in ACTIONS)
    yield Finding("ok", "policy", f"{len(table)} actions, {changed} changed by your settings")


def _passwords(settings: Settings) -> Iterator[Finding]:
    p = settings.passwords
    hasher = PasswordHasher(
        memory_kib=p.memory_kib, time_cost=p.time_cost, parallelism=p.parallelism, threads=1
    )
    try:
        began = clock.monotonic()
        for _ in range(3):
            hasher.verify(None, "how long does this take")
        each = (clock.monotonic() - began) / 3
    finally:
        hasher.close()
    if each > 1:
        yield Finding(
            "warn", "passwords", f"one check takes {each:.1f} s: sign-ins will wait",
            "lower [passwords] memory_kib or time_cost, or give the service more processor",
        )  # fmt: skip
    else:
        yield Finding("ok", "passwords", f"one check takes {each * 1000:.0f} ms on one core")


# ── messages, addresses ───────────────────────────────────────────────────────────────────────


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.mail.smtp_url is None:
        if settings.sandbox is None:
            yield Finding(
                "fail", "mail", "[mail] smtp_url is missing: no code and no notice can be sent",
                "set smtp_url and from",
            )  # fmt: skip
        return
    host = urlsplit(settings.mail.smtp_url).hostname
    try:
        SmtpMailer(settings.mail.smtp_url, settings.mail.sender).check()
    except (TemporaryFailure, PermanentFailure) as failure:
        yield Finding(
            "fail", "mail", f"{host}: {failure}", _MAIL_MENDS.get(failure.reason, _MAIL_MEND)
        )
        return
    except ValueError as error:
        yield Finding("fail", "mail", str(error), "mend [mail] smtp_url")
        return
    yield Finding("ok", "mail", f"{host} answers, encrypts and lets us in")


_MAIL_MEND = "check host, port, user and password in [mail] smtp_url"
_MAIL_MENDS = {
    "no_starttls": "the server offers no STARTTLS: use smtps://, or port 587",
    "tls": "the server's certificate is not valid for this name: use the name it is made for",
    "unreachable": "check host and port in [mail] smtp_url, and the firewall",
    "timeout": "check host and port in [mail] smtp_url, and the firewall",
}


def _sms(settings: Settings) -> Iterator[Finding]:
    sms = settings.sms
    if sms.url is None:
        if settings.sandbox is None:
            yield Finding(
                "warn", "sms", "[sms] url is missing: nobody can use a phone number",
                "set url and token of your provider",
            )  # fmt: skip
        return
    parts = urlsplit(sms.url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        yield Finding("fail", "sms", "codes would travel unencrypted", "use https:// in [sms] url")
    if sms.token is None:
        yield Finding("fail", "sms", "[sms] token is missing", "set your provider's access token")
    if not sms.countries:
        yield Finding(
            "warn", "sms", "every country in the world is served: SMS pumping costs you money",
            'set [sms] countries, like ["SE", "NO"]',
        )  # fmt: skip
    else:
        yield Finding("ok", "sms", f"{parts.hostname}, {len(sms.countries)} countries")


def _robot(settings: Settings) -> Iterator[Finding]:
    robot = settings.robot
    if robot.provider == "altcha":
        yield Finding("ok", "robot", "altcha, made and checked here")
        return
    host = urlsplit(settings.operator.base_url).hostname or ""
    check = HostedRobotCheck(
        robot.provider, robot.site_key or "", robot.secret or "", host, robot.verify_url
    )
    try:
        check.check()
    except CheckUnavailable as failure:
        says, mend = _ROBOT_MENDS.get(failure.reason, (f"does not answer ({failure})", _ROBOT_MEND))
        yield Finding("fail", "robot", f"{robot.provider} {says}", mend)
        return
    finally:
        check.close()
    yield Finding("ok", "robot", f"{robot.provider} answers and knows our keys")


_ROBOT_MEND = "let the firewall allow the provider's address, or set [robot] provider to altcha"
_ROBOT_MENDS = {
    "keys": ("does not know our keys", "copy [robot] site_key and secret from the provider"),
    "test_keys": ("takes anything for right", "these are its test keys: use your own"),
}


def _addresses(settings: Settings) -> Iterator[Finding]:
    base = urlsplit(settings.operator.base_url)
    if settings.sandbox is not None:
        yield Finding("ok", "addresses", f"pages at {settings.operator.base_url}")
        return
    if is_loopback(base.hostname or ""):
        yield Finding(
            "warn", "addresses", "base_url names this machine itself: nobody else can come here",
            "set [operator] base_url to your https:// address",
        )  # fmt: skip
    else:
        yield Finding("ok", "addresses", f"pages at {settings.operator.base_url}")
        if not settings.serve.trusted_proxies:
            yield Finding(
                "warn", "addresses", "no trusted_proxies: limits count the proxy, not the visitor",
                "set [serve] trusted_proxies to the addresses of the proxy that ends TLS",
            )  # fmt: skip
    if not is_loopback(settings.serve.host):
        yield Finding(
            "warn", "addresses", f"{settings.serve.host} can be reached without the proxy",
            "listen on 127.0.0.1, or let a firewall allow the proxy alone",
        )  # fmt: skip
    if "localhost" in settings.operator.support_address:
        yield Finding(
            "warn", "addresses", "support_address is not an address of yours",
            "set [operator] support_address: it stands in every message",
        )  # fmt: skip


def _sandbox(settings: Settings) -> Iterator[Finding]:
    if settings.sandbox is not None:
        yield Finding(
            "warn", "sandbox", "this is a sandbox: anybody here can read codes and move the clock",
            "remove [sandbox] before real accounts come",
        )  # fmt: skip
    elif settings.database.embedded:
        yield Finding(
            "warn", "database", "this is the built-in trial database",
            "set [database] url to a server that is backed up",
        )  # fmt: skip


def _service(settings: Settings) -> Iterator[Finding]:
    """Everything else that would stop the service from being put together."""
    without_mail = settings.mail.smtp_url is None and settings.sandbox is None
    if settings.database.url is None or without_mail or not settings.keys.file.exists():
        return  # said already
    try:
        Portvakt(settings).kit.hasher.close()
    except (SettingsError, ValueError, OSError) as error:
        yield Finding("fail", "service", str(error), "mend what is said, then ask me again")
