"""Every setting, once: its kind, its default, and the sentence that explains it to the operator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from portvakt.settings.values import (
    SECRET,
    Aaguid,
    ClamdAddress,
    Country,
    Duration,
    Fingerprint,
    IosApp,
    Line,
    Network,
    Proxy,
    SecureAddress,
    WebAddress,
    flat,
    is_loopback,
    number,
    origin,
    time_zone_name,
    weekdays,
    words,
)


class _Section(BaseModel):
    # What was given may be a secret: the error that leaves us says the place alone (A107).
    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unset(cls, data: object) -> object:
        """`url = ""`, as in the commented file, is the same as leaving it out."""
        if not isinstance(data, Mapping):
            return data
        unset = {f.alias or name for name, f in cls.model_fields.items() if f.default is None}
        return {key: value for key, value in data.items() if value != "" or key not in unset}


class Brand(_Section):
    """How the pages look."""

    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = Field(
        "#1d4ed8", description="Main colour of buttons and links."
    )
    logo: Path | None = Field(None, description="An SVG or PNG file shown on top of every page.")


class Operator(_Section):
    """Who runs this."""

    name: Annotated[Line, Field(max_length=64, pattern=r"^[^:<>\"]+$")] = Field(
        "Portvakt Demo", description="Your name: on pages, in messages, in authenticator apps."
    )
    support_address: Line = Field(
        "support@localhost", description="Where account holders reach you; in every message."
    )
    base_url: Annotated[str, AfterValidator(origin)] = Field(
        "http://localhost:8700", description="The one address that pages and links use."
    )
    languages: Annotated[tuple[str, ...], BeforeValidator(words), Field(min_length=1)] = Field(
        ("en", "sv"), description="Languages that are offered."
    )
    default_language: str = Field("en", description="The language where nothing is chosen.")
    time_zone: Annotated[str, AfterValidator(time_zone_name)] = Field(
        "UTC", description="Zone for times where the holder's own is not known."
    )
    country: Country = Field(
        "SE",
        description="Your country: how phone numbers without + are read, and whose holidays are no "
        "business days.",
    )
    brand: Brand = Brand()

    @model_validator(mode="after")
    def _default_is_offered(self) -> Self:
        if self.default_language not in self.languages:
            raise ValueError("default_language must be one of languages")
        return self


class Database(_Section):
    """PostgreSQL 15 or newer."""

    url: str | None = Field(
        None,
        repr=False,
        json_schema_extra=SECRET,
        description="postgresql:// address for the service's own role, which owns nothing.",
    )
    owner_url: str | None = Field(
        None,
        repr=False,
        json_schema_extra=SECRET,
        description="The same for the role that owns the schema; `portvakt migrate` alone uses it.",
    )
    embedded: bool = Field(  # set by `--embedded` and `demo`: url is the built-in trial database
        False, json_schema_extra={"internal": True}
    )
    pool: Annotated[int, Field(ge=2, le=200)] = Field(
        10, description="Connections that each serving process keeps at most."
    )

    @model_validator(mode="after")
    def _built_in_is_local(self) -> Self:
        if self.embedded:
            host = parse_qs(urlsplit(self.url or "").query).get("host", [""])[0]
            if not unquote(host).startswith("/"):
                raise ValueError("embedded is set by the commands and not by hand")
        return self


class Serve(_Section):
    """Where the service listens. TLS belongs to the proxy in front of it."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8700, description="Port to listen on.")
    workers: Annotated[int, Field(ge=1, le=64)] = Field(1, description="Serving processes.")
    trusted_proxies: Annotated[tuple[Proxy, ...], BeforeValidator(words)] = Field(
        (),
        description="Networks of your proxies: X-Forwarded-For is believed from these alone.",
    )
    metrics_from: Annotated[tuple[Network, ...], BeforeValidator(words)] = Field(
        ("127.0.0.0/8", "::1/128"),
        description="Networks that may read /metrics directly (never through a proxy).",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is logged."
    )


class KeyFile(_Section):
    """Keys outside the database."""

    file: Path = Field(
        Path("portvakt.keys"),
        description="The key file, readable by the service alone. Keep a copy in a safe place: "
        "without it nobody can sign in.",
    )


class Mail(_Section):
    """E-mail."""

    smtp_url: Annotated[str, Field(pattern=r"^smtps?://")] | None = Field(
        None,
        repr=False,
        json_schema_extra=SECRET,
        description="smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465.",
    )
    sender: str = Field(
        "",
        alias="from",
        max_length=254,
        pattern=r"^([^@\s<>]+@[^@\s<>]+\.[^@\s<>]+)?$",
        description="The sender's address, like no-reply@id.example.com; its name is yours.",
    )

    @model_validator(mode="after")
    def _has_a_sender(self) -> Self:
        if self.smtp_url is not None and not self.sender:
            raise ValueError("from is needed together with smtp_url")
        return self


class Sms(_Section):
    """SMS."""

    provider: Literal["http"] = Field("http", description="How SMS are handed over.")
    url: WebAddress | None = Field(None, description="The provider's address for sending.")
    token: str | None = Field(
        None, repr=False, json_schema_extra=SECRET, description="The provider's access token."
    )
    sender: Line = Field("Portvakt", alias="from", description="The sender of every SMS.")
    countries: Annotated[tuple[Country, ...], BeforeValidator(words)] = Field(
        (), description='Countries that are served, like ["SE", "NO"]; empty: all. Keep it short.'
    )


class Robot(_Section):
    """The robot check. `altcha` runs here and tells nobody; the others bring a script of theirs to the
    pages that ask it."""

    provider: Literal["altcha", "recaptcha", "hcaptcha", "turnstile"] = Field(
        "altcha", description="`altcha`, `recaptcha` (v2, checkbox), `hcaptcha` or `turnstile`."
    )
    site_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,128}$")] | None = Field(
        None, description="The provider's public key for your site. `altcha` needs none."
    )
    secret: Line | None = Field(
        None,
        repr=False,
        json_schema_extra=SECRET,
        description="The provider's secret key for your site. `altcha` needs none.",
    )
    verify_url: SecureAddress | None = Field(
        None, description="Where answers are verified; unset: the provider's own address."
    )

    @model_validator(mode="after")
    def _has_keys(self) -> Self:
        if self.provider != "altcha" and not (self.site_key and self.secret):
            raise ValueError(
                f'provider = "{self.provider}" needs site_key and secret: write both keys that the '
                'provider shows for your site, or provider = "altcha"'
            )
        return self


class Sessions(_Section):
    """How long somebody stays signed in."""

    lifetime: Duration = Field(timedelta(hours=24), description="At most, in all.")
    idle: Duration = Field(timedelta(hours=1), description="At most, without a request.")

    @model_validator(mode="after")
    def _positive(self) -> Self:
        if not timedelta(minutes=1) <= self.idle <= self.lifetime <= timedelta(days=30):
            raise ValueError("1m ≤ idle ≤ lifetime ≤ 30d is needed")
        return self


class Codes(_Section):
    """Codes by e-mail and SMS."""

    email_life: Duration = Field(timedelta(minutes=10), description="Life of a code by e-mail.")
    sms_life: Duration = Field(timedelta(minutes=5), description="Life of a code by SMS.")
    resend_after: Duration = Field(timedelta(seconds=60), description="Wait before another code.")
    tries: Annotated[int, Field(ge=1, le=5)] = Field(5, description="Wrong codes in one flow.")

    @model_validator(mode="after")
    def _short(self) -> Self:
        least, most = timedelta(minutes=1), timedelta(minutes=10)
        if not (least <= self.email_life <= most and least <= self.sms_life <= most):
            raise ValueError("email_life and sms_life must be between 1m and 10m")
        if not timedelta(seconds=30) <= self.resend_after <= timedelta(hours=1):
            raise ValueError("resend_after must be between 30s and 1h")
        return self


class Totp(_Section):
    """Authenticator apps."""

    key_characters: Annotated[Literal[32, 16], BeforeValidator(number)] = Field(
        32, description="Length of new keys: 32 (160 bits), or 16 (80 bits, under RFC 4226)."
    )
    drift_steps: Annotated[int, Field(ge=0, le=1)] = Field(
        1, description="Steps of 30 s that a phone's clock may be wrong either way."
    )


class Passwords(_Section):
    """Passwords and what guessing them costs (Argon2id)."""

    min_length: Annotated[int, Field(ge=8, le=64)] = Field(8, description="Shortest password.")
    min_length_alone: Annotated[int, Field(ge=8, le=64)] | None = Field(
        None, description="Shortest where a password alone signs in; 15 is NIST's advice."
    )
    memory_kib: Annotated[int, Field(ge=19_456)] = Field(19_456, description="Memory of a hash.")
    time_cost: Annotated[int, Field(ge=2)] = Field(2, description="Passes of a hash.")
    parallelism: Annotated[int, Field(ge=1, le=16)] = Field(1, description="Lanes of a hash.")
    threads: Annotated[int, Field(ge=1, le=256)] | None = Field(
        None, description="Hashes at the same time in each process; unset: one for each core."
    )
    queue: Annotated[int, Field(ge=1, le=10_000)] = Field(
        64, description="Hashes that may wait in each process before sign-ins get a 503."
    )


class Evidence(_Section):
    """Files that account holders send to reviewers: a photo, an identity document. JPEG, PNG, HEIC and
    PDF; each is drawn anew and sealed with a key of its own."""

    max_bytes: Annotated[int, Field(ge=65_536, le=50 * 1024 * 1024)] = Field(
        10 * 1024 * 1024, description="Largest file, in bytes. Your proxy must let it through."
    )
    max_pixels: Annotated[int, Field(ge=1_000_000, le=100_000_000)] = Field(
        40_000_000,
        description="Largest picture, in pixels; reading one takes up to 14 bytes of memory for each.",
    )
    max_files: Annotated[int, Field(ge=1, le=20)] = Field(6, description="Files of one case.")
    max_pages: Annotated[int, Field(ge=1, le=10)] = Field(
        5, description="Pages of a PDF that reviewers see; the rest is left out, and they are told."
    )
    kept: Duration = Field(
        timedelta(days=90), description="How long files are kept after the decision."
    )
    clamd: ClamdAddress | None = Field(
        None,
        description='ClamAV\'s clamd: "tcp://127.0.0.1:3310" or "unix:/run/clamav/clamd.ctl"; unset: '
        "files are not scanned. While it does not answer no file is accepted.",
    )

    @model_validator(mode="after")
    def _kept_for_a_time(self) -> Self:
        if not timedelta(days=1) <= self.kept <= timedelta(days=3650):
            raise ValueError("kept must be between 1d and 3650d")
        return self


class AndroidApp(_Section):
    """An Android app of yours that may use your passkeys and open your links."""

    package: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)+$")] = Field(
        "", description="Its package name."
    )
    fingerprints: Annotated[tuple[Fingerprint, ...], BeforeValidator(words)] = Field(
        (), description="SHA-256 of the certificates that it is signed with, as FA:C6:…"
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not (self.package and self.fingerprints):
            raise ValueError("needs package and fingerprints")
        return self


class Passkeys(_Section):
    """Passkeys, for the host of [operator] base_url and every page below it. Changing that host later makes
    every passkey worthless."""

    enabled: bool = Field(True, description="Whether passkeys are served at all.")
    attestation: Literal["none", "direct"] = Field(
        "none",
        description="`direct`: only authenticators that say what they are. Most synced passkeys do not.",
    )
    aaguids: Annotated[tuple[Aaguid, ...], BeforeValidator(words)] = Field(
        (), description="The only models that may be bound, by AAGUID; takes `direct`. Empty: all."
    )
    attestation_roots: Annotated[tuple[Path, ...], BeforeValidator(words)] = Field(
        (),
        description="PEM files with the makers' root certificates. Without them a model's own word counts.",
    )
    ios_apps: Annotated[tuple[IosApp, ...], BeforeValidator(words)] = Field(
        (), description="Your iOS apps, as TEAMID.bundle.id."
    )
    android_apps: tuple[AndroidApp, ...] = Field((), description="Your Android apps.")

    @model_validator(mode="after")
    def _models_are_attested(self) -> Self:
        if self.aaguids and self.attestation == "none":
            raise ValueError(
                'aaguids takes attestation = "direct": else a model is whatever it says'
            )
        return self


class Staff(_Section):
    """Your own people."""

    passkey_only: bool = Field(
        True, description="They see and decide cases only in a session that a passkey opened."
    )


class Help(_Section):
    """Addresses of your own help pages; unset: the built-in ones."""

    code_trouble: WebAddress | None = Field(None, description="When a code is not accepted.")
    authenticator: WebAddress | None = Field(
        None, description="When an authenticator app is gone: how to bring it back oneself."
    )
    other_solution: WebAddress | None = Field(None, description="When a code cannot be received.")
    terms: WebAddress | None = Field(None, description="Terms of use.")
    privacy: WebAddress | None = Field(None, description="How you treat personal data.")


class OwnQuestion(_Section):
    """A question of your own in the form of a reviewed case; a reviewer reads the answer."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,31}$")] = Field(
        "", description="A short name."
    )
    optional: bool = Field(False, description="Whether it may be left out.")
    texts: Mapping[str, str] = Field({}, description="The question by language: en, sv.")


class Reviews(_Section):
    """Reviewed cases: business days, the form, and how long evidence is kept."""

    weekend: Annotated[tuple[str, ...], BeforeValidator(words), AfterValidator(weekdays)] = Field(
        ("sat", "sun"), description="Days of the week on which nobody reviews."
    )
    closed_days: Annotated[tuple[date, ...], BeforeValidator(words)] = Field(
        (), description="Closing days of your own, beside the holidays of [operator] country."
    )
    holidays: Annotated[tuple[str, ...], BeforeValidator(words)] = Field(
        (),
        description="Kinds of holidays, such as public, bank; empty: what is usual in the country.",
    )
    questions: Annotated[tuple[str, ...], BeforeValidator(words)] = Field(
        ("created", "places", "devices", "recent", "balance", "reason", "statement"),
        description="What the form asks, in this order.",
    )
    own_questions: tuple[OwnQuestion, ...] = Field(
        (), description="Questions of your own, after those."
    )


class Sandbox(_Section):
    """Makes this a place to try things: a clock that can be moved, a mailbox page. Never for real
    accounts: refused together with a database of your own, SMTP, SMS or an outside address."""

    step_up: Literal["normal", "never"] = Field(
        "normal", description="`never`: ways out that wait for step-up are open."
    )


class Settings(_Section):
    """All settings. `load` makes one from file and environment."""

    operator: Operator = Operator()
    database: Database = Database()
    serve: Serve = Serve()
    keys: KeyFile = KeyFile()
    mail: Mail = Mail()
    sms: Sms = Sms()
    robot: Robot = Robot()
    sessions: Sessions = Sessions()
    codes: Codes = Codes()
    totp: Totp = Totp()
    passwords: Passwords = Passwords()
    evidence: Evidence = Evidence()
    passkeys: Passkeys = Passkeys()
    staff: Staff = Staff()
    help: Help = Help()
    reviews: Reviews = Reviews()
    limits: Annotated[Mapping[str, str], BeforeValidator(flat)] = Field(
        {}, description="Limits made yours: how many in which time, several separated by commas."
    )
    policy: Mapping[str, Mapping[str, Any]] = Field(
        {}, description="Rows of the policy made stricter; `portvakt policy` prints the table."
    )
    protected: Mapping[str, Mapping[str, Any]] = Field(
        {},
        description="Protected actions of your own, and built-in ones made stricter. One of your own is "
        "strict in all that you do not write.",
    )
    sandbox: Sandbox | None = None

    @model_validator(mode="after")
    def _sandbox_stands_alone(self) -> Self:
        """Attack or accident: a sandbox beside real accounts hands out codes and moves the clock,
        so that holds end early."""
        if self.sandbox is None:
            return self
        reasons = [
            (self.database.url is not None and not self.database.embedded, "database.url"),
            (self.database.owner_url is not None and not self.database.embedded, "owner_url"),
            (self.mail.smtp_url is not None, "mail.smtp_url"),
            (self.sms.url is not None, "sms.url"),
            (not is_loopback(self.serve.host), "a serve.host that others can reach"),
            # listening here alone is not enough: a proxy in front hands the mailbox to the world
            (
                not is_loopback(urlsplit(self.operator.base_url).hostname or ""),
                "an operator.base_url that others can reach",
            ),
        ]
        clashes = [what for wrong, what in reasons if wrong]
        if clashes:
            raise ValueError(f"sandbox cannot be used together with {', '.join(clashes)}")
        return self

    @model_validator(mode="after")
    def _staff_can_come_in(self) -> Self:
        if self.staff.passkey_only and not self.passkeys.enabled:
            raise ValueError("staff.passkey_only takes passkeys.enabled: else nobody decides cases")
        return self

    def with_database(self, url: str, owner_url: str | None = None) -> Settings:
        """These settings on the embedded database."""
        database = {
            "url": url,
            "owner_url": owner_url,
            "embedded": True,
            "pool": self.database.pool,
        }
        return Settings.model_validate({**self.as_data(), "database": database})

    def as_data(self) -> dict[str, Any]:
        """Everything as JSON values, secrets included: for a 0600 file, never for a log."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
