"""Whether reviewed cases can be decided here: business days are known, two people may vote, files can be
read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

import psycopg

from portvakt.business_days import NoCalendar
from portvakt.core import calendar_of
from portvakt.doctor.finding import Finding
from portvakt.ports import wall
from portvakt.ports.evidence import evidence_reader
from portvakt.ports.scanner import ClamdScanner, ScannerUnavailable
from portvakt.settings import Settings, SettingsError, is_loopback
from portvakt.store import health
from portvakt.team import ENOUGH


def calendar(settings: Settings) -> Iterator[Finding]:
    """This year's holidays and the next one's: a case of December is due in January (A58)."""
    country, year = settings.operator.country, wall.now().year
    try:
        days = calendar_of(settings)
        for each in (year, year + 1):
            days.is_open(date(each, 12, 31))
    except SettingsError as error:
        yield Finding("fail", "calendar", str(error), "set [operator] country and [reviews] anew")
    except NoCalendar as error:
        yield Finding(
            "fail", "calendar", f"{error}: no case could begin then",
            "install a newer release, whose calendar goes on",
        )  # fmt: skip
    else:
        yield Finding("ok", "calendar", f"business days of {country} in {year} and {year + 1}")


def reviewers(settings: Settings) -> Iterator[Finding]:
    """Two different people decide, so there must be two."""
    if settings.database.url is None:
        return
    try:
        people = health.people(settings.database.url)
    except psycopg.OperationalError:
        return  # said already
    if people is None:
        return  # the schema is behind: said already
    mend = "let them sign up and bind an authenticator, then `portvakt staff add`"
    if people.ever == 0:
        yield Finding(
            "warn", "reviewers", "nobody was ever added: reviewed cases cannot be decided", mend
        )
    elif people.reviewers < ENOUGH:
        yield Finding(
            "fail", "reviewers",
            f"{people.reviewers} may vote now, {ENOUGH} are needed: reviewed cases cannot be decided",
            f"{mend}; with --break-glass their votes count a day later",
        )  # fmt: skip
    else:
        yield Finding("ok", "reviewers", f"{people.reviewers} may vote about cases now")


def evidence(settings: Settings) -> Iterator[Finding]:
    try:
        evidence_reader(settings.evidence).check()
    except OSError as error:
        yield Finding(
            "fail", "evidence", f"no file could be read: {error}",
            "lower [evidence] max_pixels, or give the service more memory",
        )  # fmt: skip
    else:
        yield Finding("ok", "evidence", "files are read in a process of their own")
    address = settings.evidence.clamd
    if address is None:
        if settings.sandbox is None:
            yield Finding(
                "warn", "scanner", "files are not scanned", "set [evidence] clamd, if you have one"
            )
        return
    try:
        ClamdScanner(address).check()
    except ScannerUnavailable as failure:
        yield Finding(
            "fail", "scanner", f"clamd does not answer ({failure}): no file is accepted",
            "start clamd, and check [evidence] clamd and its TCPSocket or LocalSocket",
        )  # fmt: skip
        return
    yield Finding("ok", "scanner", "clamd answers")
    host = urlsplit(address).hostname
    if host is not None and not is_loopback(host):
        yield Finding(
            "warn", "scanner", f"identity documents travel unencrypted to {host}",
            "let clamd run on this machine, or make sure that the network is your own",
        )  # fmt: skip
