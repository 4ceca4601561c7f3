"""Google and Apple made up, on a port of this machine (ports/idp_stand_in.py), and the browser's way there."""

from __future__ import annotations

import html
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import Response

from portvakt.cli import stand_ins
from portvakt.core import client_of
from portvakt.ports.idp_stand_in import Person, StandIn, application
from portvakt.settings import Settings


class Bent(StandIn):
    """One that tests can switch off, or have say what an attacker would."""

    down = False
    bend: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    sign: Callable[[Any, dict[str, Any]], str] | None = None

    def leads_to(self, address: str) -> None:
        """As registered there."""
        self.client = replace(self.client, redirect_uri=address)

    def claims(self, person: Person, asked: Mapping[str, str]) -> dict[str, Any]:
        said = super().claims(person, asked)
        return self.bend(said) if self.bend else said

    def signed(self, claims: dict[str, Any]) -> str:
        return self.sign(self.key, claims) if self.sign else super().signed(claims)

    async def token(self, request: Request) -> Response:
        return Response(status_code=503) if self.down else await super().token(request)


@dataclass
class Idp:
    """The stand-ins, by name. `settings` is what the service is told of them."""

    settings: dict[str, dict[str, Any]]
    at: dict[str, Bent] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def clock(self) -> datetime:
        return self.now()

    def signed_in(self, provider: str, sub: str, email: str, *, verified: bool = True) -> None:
        """Who is signed in there from now on."""
        self.at[provider].next = Person(sub, email, verified)

    def visit(self, url: str) -> dict[str, str]:
        """What the browser brings back from there: of the query, or of the form that it posts."""
        answer = httpx.get(url)
        if answer.status_code == 302:
            return dict(parse_qsl(urlsplit(answer.headers["location"]).query))
        fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text)
        assert fields, answer.text
        return {name: html.unescape(value) for name, value in fields}


@contextmanager
def idp(folder: Path, more: dict[str, dict[str, Any]] | None = None) -> Iterator[Idp]:
    """Google and Apple; `more` are further providers, whose issuer is made here."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        port = listening.getsockname()[1]
        settings: dict[str, dict[str, Any]] = {**stand_ins(port, folder)}
        for id, given in (more or {}).items():
            settings[id] = {"issuer": f"http://127.0.0.1:{port}/{id}", **given}
        told = Settings.model_validate({"providers": settings, "sandbox": {}})
        one = Idp(settings)
        one.at = {id: Bent(client_of(told, id), one.clock) for id in settings}
        server = uvicorn.Server(uvicorn.Config(application(one.at), log_level="error"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        patience = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive(), "the stand-ins did not start"
            assert time.monotonic() < patience
            time.sleep(0.01)
        try:
            yield one
        finally:
            server.should_exit = True
            thread.join(20)
