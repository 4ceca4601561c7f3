"""A mail server for tests: speaks enough SMTP on 127.0.0.1 to check the dialogue, with STARTTLS or
TLS from the start, and answers as a test tells it to."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(server's TLS, TLS of a client that trusts it) with a fresh certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))


@dataclass
class Mailbox:
    """What the server saw, and what it is told to answer (`{"RCPT": "550 no such user"}`)."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")
    user: tuple[str, str] | None = None
    offers_starttls: bool = True
    lines: list[str] = field(default_factory=list)
    in_clear: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)


class _Session(socketserver.StreamRequestHandler):
    timeout = 10
    rfile: Any
    wfile: Any

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        tls: ssl.SSLContext = self.server.tls  # type: ignore[attr-defined]
        if self.server.implicit:  # type: ignore[attr-defined]
            self.secure(tls)
        self.say(box.answers.get("CONNECT", "220 stand-in"))
        while line := self.rfile.readline().decode("utf-8", "replace").strip():
            verb = line.partition(" ")[0].upper()
            box.lines.append(line)
            if not isinstance(self.request, ssl.SSLSocket):
                box.in_clear.append(verb)
            if verb in box.answers:
                self.say(box.answers[verb])
            elif verb == "EHLO":
                known = [*box.extensions]
                if box.offers_starttls and not isinstance(self.request, ssl.SSLSocket):
                    known.append("STARTTLS")
                if box.user is not None:
                    known.append("AUTH PLAIN")
                for extension in ["stand-in", *known]:
                    self.say(f"250-{extension}")
                self.say("250 OK")
            elif verb == "STARTTLS":
                self.say("220 go ahead")
                self.secure(tls)
            elif verb == "AUTH":
                said = base64.b64decode(line.split(" ")[2]).decode().split("\0")[1:]
                self.say("235 welcome" if tuple(said) == box.user else "535 no")
            elif verb == "DATA":
                self.say("354 go on")
                self.data(box)
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 OK")

    def secure(self, tls: ssl.SSLContext) -> None:
        self.request: Any = tls.wrap_socket(self.request, server_side=True)
        self.rfile = self.request.makefile("rb")
        self.wfile = self.request.makefile("wb", buffering=0)

    def data(self, box: Mailbox) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        box.raw.append(b"".join(lines))
        box.mails.append(message_from_bytes(box.raw[-1], policy=default))
        self.say(box.answers.get("END", "250 taken"))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is what some tests are about."""


@contextmanager
def mail_server(tls: ssl.SSLContext, *, implicit: bool = False, **how: Any) -> Iterator[Mailbox]:
    """A running stand-in. Listens before it is handed out; stopped at the end."""
    box = Mailbox(**how)
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.box, server.tls, server.implicit = box, tls, implicit  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
