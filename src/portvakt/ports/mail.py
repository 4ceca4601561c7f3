"""Mail by SMTP (RFC 5321). Called by jobs only, never in a request (A02)."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Final, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from portvakt.identifiers import wire
from portvakt.messages.compose import Composed
from portvakt.ports.delivery import PermanentFailure, TemporaryFailure

__all__ = [
    "Mailer",
    "MemoryMailer",
    "PermanentFailure",
    "SentMail",
    "SmtpMailer",
    "TemporaryFailure",
]

_MESSAGE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS: Final = {"smtp": 587, "smtps": 465}


class Mailer(Protocol):
    """Hands one mail over. The same `message_id` twice is a retry of the same mail."""

    def send(self, to: str, composed: Composed, *, message_id: str) -> None:
        """Returns when the mail server has taken the mail.

        Raises TemporaryFailure (try again) or PermanentFailure (give up)."""
        ...


@dataclass(frozen=True, slots=True)
class SentMail:
    to: str
    composed: Composed
    message_id: str


class MemoryMailer:
    """The fake: keeps what was sent, newest last; a retry replaces nothing."""

    def __init__(self) -> None:
        self.sent: list[SentMail] = []

    def send(self, to: str, composed: Composed, *, message_id: str) -> None:
        self.sent.append(SentMail(to, composed, message_id))


class SmtpMailer:
    """`smtp://user:password@host:587?starttls=required` or `smtps://user:password@host:465`.

    TLS is always required and the certificate verified; `?starttls=never` is taken for a mail
    server on this machine alone. ValueError for any other address. `sender` is an e-mail address,
    `operator` the name shown with it. `timeout` in seconds, for each wait."""

    def __init__(
        self,
        smtp_url: str,
        sender: str,
        *,
        operator: str = "",
        timeout: float = 15.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        url = urlsplit(smtp_url)
        if url.scheme not in _PORTS or not url.hostname:
            raise ValueError("the address of the mail server begins with smtp:// or smtps://")
        self._implicit = url.scheme == "smtps"
        self._starttls = not self._implicit and _starttls(url)
        self._host, self._port = url.hostname, url.port or _PORTS[url.scheme]
        self._user = unquote(url.username) if url.username else None
        self._password = unquote(url.password) if url.password else ""
        self._timeout = timeout
        self._tls = tls or ssl.create_default_context()
        self._from = Address(display_name=operator, addr_spec=wire(sender))

    def message(self, to: str, composed: Composed, message_id: str) -> EmailMessage:
        """The mail as it is sent: one text and one HTML part that say the same, a Message-ID made
        from ours so that retries can be recognised, marked as automatic (RFC 3834).

        PermanentFailure for an address or subject that would break a header (A08)."""
        if not _MESSAGE_ID.fullmatch(message_id):
            raise PermanentFailure("bad_message_id")
        mail = EmailMessage(policy=SMTP)
        try:
            local, _, domain = wire(to).rpartition("@")
            mail["To"] = Address(username=local, domain=domain)
            mail["Subject"] = composed.subject
        except (MessageError, ValueError):
            raise PermanentFailure("bad_header") from None
        mail["From"] = self._from
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{message_id}@{self._from.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(composed.text, cte="quoted-printable")
        mail.add_alternative(composed.html, subtype="html", cte="quoted-printable")
        mail["Content-Language"] = composed.language  # last: setting content drops Content-*
        return mail

    def send(self, to: str, composed: Composed, *, message_id: str) -> None:
        mail = self.message(to, composed, message_id)
        server = self._open()
        try:
            self._hand_over(server, wire(to), mail)
        finally:
            server.close()

    def check(self) -> None:
        """Connects, encrypts and signs in as for a mail, and sends none. Raises TemporaryFailure."""
        server = self._open()
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()

    def _open(self) -> smtplib.SMTP:
        """A refusal here is about us, not about one mail: temporary, whatever its number."""
        try:
            return self._connect()
        except smtplib.SMTPNotSupportedError:
            # A server, or somebody between, that takes STARTTLS away gets neither mail nor password
            raise TemporaryFailure("no_starttls") from None
        except ssl.SSLError:
            raise TemporaryFailure("tls") from None
        except smtplib.SMTPResponseException as e:
            raise TemporaryFailure("server_refused", e.smtp_code) from None
        except (OSError, smtplib.SMTPException) as e:
            raise TemporaryFailure(_reason(e)) from None

    def _connect(self) -> smtplib.SMTP:
        name = self._from.domain  # not this machine's name, which is nobody's business
        server: smtplib.SMTP
        if self._implicit:
            server = smtplib.SMTP_SSL(
                self._host, self._port, name, timeout=self._timeout, context=self._tls
            )
        else:
            server = smtplib.SMTP(self._host, self._port, name, timeout=self._timeout)
        try:
            if self._starttls:
                server.starttls(context=self._tls)
            server.ehlo_or_helo_if_needed()
            if self._user is not None:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _hand_over(self, server: smtplib.SMTP, recipient: str, mail: EmailMessage) -> None:
        try:
            server.send_message(mail, self._from.addr_spec, [recipient])
        except smtplib.SMTPNotSupportedError:
            raise PermanentFailure("no_smtputf8") from None
        except smtplib.SMTPRecipientsRefused as e:
            code = next(iter(e.recipients.values()))[0]
            raise _by_code(code) from None
        except smtplib.SMTPResponseException as e:
            raise _by_code(e.smtp_code) from None
        except (OSError, smtplib.SMTPException) as e:
            # taken or not, nobody knows: the retry carries the same Message-ID
            raise TemporaryFailure(_reason(e)) from None
        with suppress(OSError, smtplib.SMTPException):
            server.quit()  # the mail is taken already


def _starttls(url: SplitResult) -> bool:
    asked = parse_qs(url.query).get("starttls", ["required"])[-1]
    if asked == "required":
        return True
    if asked == "never" and url.hostname in _LOOPBACK:
        return False
    raise ValueError("starttls is `required`; `never` is taken for a server on this machine alone")


def _by_code(code: int) -> TemporaryFailure | PermanentFailure:
    """RFC 5321 §4.2.1: 4yz come back later, 5yz never."""
    if 500 <= code < 600:
        return PermanentFailure("refused", code)
    return TemporaryFailure("refused", code)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    return "disconnected" if isinstance(error, smtplib.SMTPException) else "unreachable"
