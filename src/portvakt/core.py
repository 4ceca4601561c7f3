"""Puts the service together from settings, without any page: for serving processes and workers."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog

from portvakt.assessment import QUESTIONS, Question
from portvakt.business_days import BusinessDays, NoCalendar, weekend
from portvakt.counting import CountedDoor
from portvakt.decisions import Decider, Services
from portvakt.desk import Desk
from portvakt.factors.base import Kit, read_limit, widened
from portvakt.filing import Filing
from portvakt.flow import Door
from portvakt.jobs import Jobs
from portvakt.messages.compose import Operator
from portvakt.model import Session
from portvakt.policy import LIMITS, Lives
from portvakt.ports.captcha import Altcha, RobotCheck, SandboxRobotCheck
from portvakt.ports.captcha_hosted import HostedRobotCheck
from portvakt.ports.chance import token_looks_right
from portvakt.ports.crypto import Keys
from portvakt.ports.evidence import evidence_reader
from portvakt.ports.mail import Mailer, MemoryMailer, SmtpMailer
from portvakt.ports.passkeys import RelyingParty, app_origin, certificates
from portvakt.ports.passwords import PasswordHasher
from portvakt.ports.sms import HttpSms, MemorySms, SmsSender
from portvakt.reads import Reads
from portvakt.sandbox import Sandbox
from portvakt.settings import Settings, SettingsError, parse_duration
from portvakt.store import sessions
from portvakt.store.session_check import SessionReader
from portvakt.store.tx import Database
from portvakt.team import Team
from portvakt.tighten import PolicyError, protected, tightened

log = structlog.get_logger("portvakt.core")
SANDBOX_CLIENT = "platform"
_SANDBOX_WIDER = 50


class SessionCheck:
    """Token in, live session out; one statement, no writes. Notes what was used for `flush`."""

    def __init__(self, keys: Keys, reader: SessionReader) -> None:
        self._keys, self.reader = keys, reader

    async def check(self, token: str) -> Session | None:
        if not token_looks_right(token, "pvs"):
            return None
        return await self.reader.find(self._keys.token_hash(token))


class Portvakt:
    """The service. `open` before use, `close` after; both may be called from any thread."""

    def __init__(self, settings: Settings) -> None:
        if settings.database.url is None:
            raise SettingsError(
                [
                    "[database] url is missing; for a trial use `portvakt demo`, or serve with --embedded"
                ]
            )
        self.settings = settings
        self.keys = Keys.load(settings.keys.file)
        self.kit = _kit(settings, self.keys)
        self.operator = Operator(
            settings.operator.name, settings.operator.base_url, settings.operator.support_address
        )
        self.db = Database(settings.database.url, size=settings.database.pool)
        self.session_reader = SessionReader(settings.database.url, idle=settings.sessions.idle)
        self.session_check = SessionCheck(self.keys, self.session_reader)
        never = settings.sandbox is not None and settings.sandbox.step_up == "never"
        self.door: Door = CountedDoor(self.db, self.kit)
        self.reads = Reads(self.db, self.kit)
        self.filing = Filing(self.db, self.kit, evidence_reader(settings.evidence), self.door.found)
        self.team = Team(self.db, self.kit, self.door.by_command)
        self.desk = Desk(self.db, self.kit)
        self.services = Services(self.db, self.kit)
        self.decider = Decider(self.db, self.kit, step_up_never=never)
        self.jobs = Jobs(self.db, self.kit, _mailer(settings), _sms(settings), self.operator,
                         keep_sent=settings.sandbox is not None, resume=self._resume)  # fmt: skip
        self._sandbox_secret = self.keys.keyed_hash("sandbox", SANDBOX_CLIENT).hex()
        self.sandbox = self._made_sandbox()
        self._closing = threading.Event()
        self._flusher: threading.Thread | None = None

    def _resume(self) -> bool:
        """Lets what waited take effect; true while there was some. One that cannot is no obstacle to
        the others: it is tried again at the next sweep."""
        moved = False
        for flow in self.door.due():
            try:
                moved |= self.door.resume(flow)
            except Exception:
                log.exception("due_flow_failed", flow=flow)
        return moved

    def open(self) -> None:
        self.db.open()
        if self.sandbox is not None:
            self.services.add(SANDBOX_CLIENT, self._sandbox_secret, replace=True)
        self._flusher = threading.Thread(
            target=self._flush_now_and_then, name="session-use", daemon=True
        )
        self._flusher.start()

    def _made_sandbox(self) -> Sandbox | None:
        """The platform's secret is derived, so that every process of one sandbox tells the same."""
        owner_url = self.settings.database.owner_url
        if self.settings.sandbox is None or owner_url is None:
            return None
        return Sandbox(
            self.db,
            self.kit,
            self.jobs,
            self.operator,
            owner_url,
            (SANDBOX_CLIENT, self._sandbox_secret),
        )

    def close(self) -> None:
        self._closing.set()
        if self._flusher is not None:
            self._flusher.join(timeout=5)
        with contextlib.suppress(Exception):
            self.flush()
        self.kit.hasher.close()
        self.db.close()

    def flush(self) -> None:
        """Writes down which sessions were used: their idle time is judged to the minute."""
        used, self.session_reader.used = self.session_reader.used, set()
        if used:
            with self.db.tx() as tx:
                sessions.touch(tx, used, tx.now())

    def _flush_now_and_then(self) -> None:
        while not self._closing.wait(10):
            with contextlib.suppress(Exception):  # the database may be away: the next round tells
                self.flush()

    @contextlib.contextmanager
    def running(self) -> Iterator[Portvakt]:
        self.open()
        try:
            yield self
        finally:
            self.close()


def _kit(settings: Settings, keys: Keys) -> Kit:
    s = settings
    lives = Lives(session=s.sessions.lifetime, session_idle=s.sessions.idle, email_code=s.codes.email_life,
                  sms_code=s.codes.sms_life, resend_after=s.codes.resend_after)  # fmt: skip
    limits = {**LIMITS, "code.flow": f"{s.codes.tries}/1h"}
    for name, text in s.limits.items():
        if name not in LIMITS:
            raise SettingsError(
                [f"[limits] {name} is not a limit; there are {', '.join(sorted(LIMITS))}"]
            )
        try:
            read_limit(text)
        except ValueError as error:
            raise SettingsError([f"[limits] {name}: {error}"]) from None
        limits[name] = text
    if s.sandbox is not None:
        # In a trial everybody has one address, so what is counted by network or altogether is wider.
        # What protects one account is not.
        wide = {
            n: widened(t, _SANDBOX_WIDER)
            for n, t in LIMITS.items()
            if n.endswith((".network", ".all", ".all.bound", ".prefix"))
        }
        limits |= {n: t for n, t in wide.items() if n not in s.limits}
    try:
        actions, ways = tightened(s.policy, parse_duration), protected(s.protected)
    except PolicyError as error:
        raise SettingsError([str(error)]) from None
    p = s.passwords
    hasher = PasswordHasher(memory_kib=p.memory_kib, time_cost=p.time_cost, parallelism=p.parallelism,
                            threads=p.threads, queue=p.queue)  # fmt: skip
    operator = Operator(s.operator.name, s.operator.base_url)
    party = relying_party(s)
    return Kit(keys=keys, hasher=hasher, robot=_robot(s, keys, operator.host),
               operator=s.operator.name, lives=lives, limits=limits, actions=actions, protected=ways,
               host=operator.host, country=s.operator.country, sms_countries=s.sms.countries,
               sms_served=s.sandbox is not None or s.sms.url is not None,
               totp_characters=s.totp.key_characters, totp_drift=s.totp.drift_steps,
               password_shortest=p.min_length, password_shortest_alone=p.min_length_alone or p.min_length,
               ways=("passkey",) if party else (), relying_party=party, staff_by_passkey=s.staff.passkey_only,
               support=s.operator.support_address or None, zone=s.operator.time_zone, languages=s.operator.languages,
               calendar=calendar_of(s), questions=_questions(s), evidence_bytes=s.evidence.max_bytes,
               evidence_files=s.evidence.max_files, evidence_kept=s.evidence.kept)  # fmt: skip


def relying_party(settings: Settings) -> RelyingParty | None:
    """Whose passkeys are served: the host of the pages. None where that is an address of numbers, which no
    browser binds a passkey to, or where the operator wants none."""
    p, base = settings.passkeys, urlsplit(settings.operator.base_url)
    host = base.hostname or ""
    numbers = ":" in host or host.rpartition(".")[2].isdecimal()
    if not p.enabled or numbers:
        return None
    apps = (app_origin(print) for app in p.android_apps for print in app.fingerprints)
    try:
        roots = certificates([path.read_bytes() for path in p.attestation_roots])
    except OSError as error:
        raise SettingsError(
            [f"[passkeys] attestation_roots: {error.strerror}: {error.filename}"]
        ) from None
    return RelyingParty(host, settings.operator.name, (f"{base.scheme}://{base.netloc}", *apps),
                        p.attestation == "direct", frozenset(p.aaguids), roots)  # fmt: skip


def calendar_of(settings: Settings) -> BusinessDays:
    """A country whose holidays nobody knows is no country to count business days in (A58)."""
    r = settings.reviews
    try:
        return BusinessDays(settings.operator.country, ZoneInfo(settings.operator.time_zone), weekend(r.weekend),
                            frozenset(r.closed_days), r.holidays or None)  # fmt: skip
    except NoCalendar as error:
        place = "[reviews] holidays" if r.holidays else "[operator] country"
        raise SettingsError([f"{place}: {error}"]) from None


def _questions(settings: Settings) -> tuple[Question, ...]:
    ours = {question.id: question for question in QUESTIONS}
    unknown = [id for id in settings.reviews.questions if id not in ours]
    if unknown:
        raise SettingsError([f"[reviews] questions: {unknown[0]} is not one of {', '.join(ours)}"])
    own = (
        Question(q.id, "long", optional=q.optional, texts=q.texts)
        for q in settings.reviews.own_questions
    )
    return (*(ours[id] for id in settings.reviews.questions), *own)


def _robot(settings: Settings, keys: Keys, host: str) -> RobotCheck:
    s = settings.robot
    robot: RobotCheck = Altcha(keys)
    if s.provider != "altcha":
        robot = HostedRobotCheck(s.provider, s.site_key or "", s.secret or "", host, s.verify_url)
    return robot if settings.sandbox is None else SandboxRobotCheck(robot)


def _mailer(settings: Settings) -> Mailer:
    if settings.sandbox is not None:
        return MemoryMailer()
    if settings.mail.smtp_url is None:  # codes that never arrive would look like a working service
        raise SettingsError(["[mail] smtp_url is missing: codes and notices have no way out"])
    name, address = parseaddr(settings.mail.sender)
    return SmtpMailer(settings.mail.smtp_url, address, operator=name or settings.operator.name)


def _sms(settings: Settings) -> SmsSender:
    if settings.sms.url is None:  # phones are then not served at all: see Kit.sms_served
        return MemorySms()
    return HttpSms(settings.sms.url, settings.sms.token or "", settings.sms.sender)
