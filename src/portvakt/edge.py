"""What both faces share at the edge: who is calling, from where, and with which headers we answer.

Nothing here decides anything about an account: a request becomes a `Caller` (model.py), everything
else is the door's. Every function is cheap enough for the event loop, apart from `run`, which hands
synchronous work to a bounded set of worker threads.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import zoneinfo
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final, TypeVar, cast
from urllib.parse import unquote, urlsplit

import anyio
import anyio.lowlevel
import anyio.to_thread
from starlette.requests import Request

from portvakt.core import Portvakt
from portvakt.messages import languages
from portvakt.model import Caller, Client, Problem, Session
from portvakt.sandbox import Sandbox
from portvakt.store.tx import DatabaseBusy

T = TypeVar("T")
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

SESSION_COOKIE: Final = "__Host-portvakt"
DEVICE_COOKIE: Final = "__Host-portvakt-device"
OVERLOADED_RETRY: Final = 2  # seconds

_TOKEN = re.compile(r"[\x21-\x7e]{8,256}")
_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")
_CLIENTS: Final = {"web": "web", "android": "android", "ios": "ios", "other": "other"}
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


# ── the service behind the edge ─────────────────────────────────────────────────────────────────


def portvakt(request: Request) -> Portvakt:
    found: Portvakt = request.app.state.portvakt
    return found


def sandbox(request: Request) -> Sandbox:
    """For routes that exist only where the sandbox does."""
    found = portvakt(request).sandbox
    if found is None:
        raise LookupError("a sandbox route without a sandbox")
    return found


# ── who is calling ──────────────────────────────────────────────────────────────────────────────


def presented_token(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The session token a request presents: `Authorization: Bearer`, else the session cookie.

    `headers` are the raw ones of the ASGI scope, read in one pass, because the session check is the
    hottest path there is. A header given twice is ambiguous between us and a proxy: no token.
    """
    authorization: bytes | None = None
    cookies: list[bytes] = []
    for name, value in headers:
        if name == b"authorization":
            if authorization is not None:
                return None
            authorization = value
        elif name == b"cookie":
            cookies.append(value)
    if authorization is not None:
        scheme, _, rest = authorization.decode("latin-1").partition(" ")
        return _token(rest.strip()) if scheme.lower() == "bearer" else None
    for line in cookies:
        for part in line.decode("latin-1").split(";"):
            name_, _, value_ = part.strip().partition("=")
            if name_ == SESSION_COOKIE:
                return _token(value_)
    return None


def _token(text: str | None) -> str | None:
    return text if text is not None and _TOKEN.fullmatch(text) else None


async def session(request: Request) -> Session | None:
    """The live session of this request, by one statement; a dead or malformed token is none."""
    token = presented_token(request.scope["headers"])
    if token is None:
        return None
    return await portvakt(request).session_check.check(token)


async def caller(request: Request, *, client: Client | None = None, body: bytes = b"") -> Caller:
    """Who is at the door. `client` is set by the pages ("web"); the API reads `Portvakt-Client`.

    `body` is hashed into `request_hash` with method and path, so that an idempotency key that comes
    back with another request is seen (contract: 409).
    """
    headers = request.headers
    live = await session(request)
    return Caller(
        client=client or client_kind(headers.get("portvakt-client")),
        ip=client_ip(request),
        user_agent=printable(headers.get("user-agent", ""), 256),
        language=language(request, live),
        zone=zone(headers.get("portvakt-zone"), request.cookies.get("zone"))
        or (live.zone if live is not None else None),
        session=live,
        session_token=presented_token(request.scope["headers"]),
        device_token=_token(headers.get("portvakt-device") or request.cookies.get(DEVICE_COOKIE)),
        idempotency_key=headers.get("idempotency-key"),
        request_hash=request_hash(request.method, request.scope["path"], body),
    )


def language(request: Request, live: Session | None = None) -> str:
    """The remembered choice, else what the client asks for, else the holder's own, else English."""
    header, cookie = request.headers.get("accept-language"), request.cookies.get("lang")
    if live is not None and live.language and header is None and cookie is None:
        return live.language
    return languages.pick(header, cookie)


def client_kind(header: str | None) -> Client:
    """web | android | ios | other (S18); an unknown word is `other`, never an error."""
    return cast(Client, _CLIENTS.get((header or "").strip().lower(), "other"))


def zone(*candidates: str | None) -> str | None:
    """The first candidate that is an IANA time zone. Only names of the list: a name is later used
    to open a file of the zone database, so a free text would be a path (`../`)."""
    for text in candidates:
        name = unquote(text).strip() if text else ""
        if _ZONE.fullmatch(name) and name in _zones():
            return name
    return None


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def printable(text: str, limit: int) -> str:
    """Text from a header, kept for display: no control or direction characters (A93), cut."""
    return "".join(c for c in text[: limit * 2] if c.isprintable())[:limit]


def request_hash(method: str, path: str, body: bytes) -> bytes:
    """SHA-256 over method, path and body: what an idempotency key stands for."""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()


# ── from where ──────────────────────────────────────────────────────────────────────────────────


def client_ip(request: Request) -> str:
    """The caller's address. `X-Forwarded-For` is believed only when the connection comes from a
    trusted proxy, and then only as far as trusted proxies wrote it: the rightmost address that is
    not ours wins, what stands left of it is the caller's invention (A12). `Forwarded` and
    `X-Real-IP` are never read. IPv6 is kept whole here; limits count the /64.
    """
    peer = request.scope.get("client")
    trusted = _networks(tuple(portvakt(request).settings.serve.trusted_proxies))
    forwarded = request.headers.getlist("x-forwarded-for")
    return forwarded_ip(peer[0] if peer else None, forwarded, trusted)


def forwarded_ip(peer: str | None, forwarded: Sequence[str], trusted: Sequence[IPNetwork]) -> str:
    """See `client_ip`. A malformed entry ends the search at the proxy that handed it over.

    IPv6 is written out in full: `2001:db8::5` and `2001:db8::6` are one /64 to everybody who counts
    by the first four groups, which an abbreviated address does not have.
    """
    here = _address(peer or "")
    if here is None:  # a unix socket has no peer address: nobody to trust, nobody to name
        return "0.0.0.0"  # noqa: S104  no address to listen on
    if trusted:
        for entry in reversed(",".join(forwarded).split(",")):
            if not _inside(here, trusted):
                break
            before = _address(entry)
            if before is None:
                break
            here = before
    return here.exploded


@cache
def _networks(cidrs: tuple[str, ...]) -> tuple[IPNetwork, ...]:
    return tuple(ipaddress.ip_network(str(cidr), strict=False) for cidr in cidrs)


def _inside(address: IPAddress, networks: Sequence[IPNetwork]) -> bool:
    return any(address.version == n.version and address in n for n in networks)


def _address(text: str) -> IPAddress | None:
    """An address as proxies write it: bare, `[v6]`, `[v6]:port`, `v4:port`; mapped IPv4 as IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped if mapped is not None else found


def cross_site(request: Request) -> bool:
    """Whether a browser says that this changing request comes from another site's page (A91).

    `Sec-Fetch-Site` cannot be set by scripts and wins; older browsers send `Origin`, compared with
    the configured base URL, never with a Host header. Programs send neither.
    """
    if request.method in _SAFE_METHODS:
        return False
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return False
    own = urlsplit(portvakt(request).settings.operator.base_url)
    theirs = urlsplit(origin)
    return (theirs.scheme, theirs.netloc) != (own.scheme, own.netloc)


# ── what was sent, and how we answer ─────────────────────────────────────────────────────────────


def idempotency_problem(request: Request) -> Problem | None:
    """`Idempotency-Key` is 1 to 128 visible ASCII characters, once; anything else is a 400."""
    keys = request.headers.getlist("idempotency-key")
    if not keys or (len(keys) == 1 and _KEY.fullmatch(keys[0])):
        return None
    return Problem(400, "malformed", {"why": "idempotency_key"})


def is_token(text: str) -> bool:
    """Whether text can be a token at all; the door looks at prefix, checksum and hash."""
    return _TOKEN.fullmatch(text) is not None


def is_id(text: str) -> bool:
    """Whether text can be an id at all; what cannot is not looked up (NUL, 1 MB, bad UTF-8)."""
    return _ID.fullmatch(text) is not None


def security_headers(csp: str, *, https: bool) -> dict[str, str]:
    """Headers that every answer of both faces carries. `csp` is the face's own policy; HSTS only
    where the configured base URL is https, since it would lock a plain sandbox out."""
    headers = {
        "cache-control": "no-store",
        "content-security-policy": csp,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    if https:
        headers["strict-transport-security"] = "max-age=63072000; includeSubDomains"
    return headers


# ── work in threads ─────────────────────────────────────────────────────────────────────────────

_limiter: anyio.lowlevel.RunVar[anyio.CapacityLimiter] = anyio.lowlevel.RunVar("portvakt.workers")
_waiting: anyio.lowlevel.RunVar[int] = anyio.lowlevel.RunVar("portvakt.waiting", 0)
THREADS: Final = (
    96  # more than the line for password hashes is long, so that decisions and reads go on
)
WAITING: Final = 200  # beyond this a caller waits longer than he would by coming back


async def run(fn: Callable[..., T], *args: Any, **kwargs: Any) -> T | Problem:
    """Synchronous work (door, reads, decisions) in a worker thread of this process.

    Bounded twice: at most `THREADS` run, at most `WAITING` wait; who comes then is told at once
    (503 with Retry-After) rather than left to pile up (A18). A caller that goes away does not stop
    the thread: a COMMIT is never cancelled in the middle (ADR 0002).
    """
    limiter = _limiter.get(None)
    if limiter is None:
        limiter = anyio.CapacityLimiter(THREADS)
        _limiter.set(limiter)
    waiting = _waiting.get()
    if waiting >= THREADS + WAITING:
        return Problem(503, "overloaded", retry_after=OVERLOADED_RETRY)
    _waiting.set(waiting + 1)
    try:
        return await anyio.to_thread.run_sync(lambda: fn(*args, **kwargs), limiter=limiter)
    except DatabaseBusy:
        return Problem(503, "overloaded", retry_after=OVERLOADED_RETRY)
    finally:
        _waiting.set(_waiting.get() - 1)
