"""Somebody else vouches for a person: the relying party of OpenID Connect Core 1.0, code flow.

PKCE S256 (RFC 7636), state and nonce of one try, the `iss` of the answer (RFC 9207), a redirect address of
its own for each provider (RFC 9700 §4.4.2, A75). What came back is exchanged over TLS, and the ID token is
checked for signature, algorithm, issuer, audience, time and nonce (A73, A74). A person is (issuer, subject)
and never an e-mail address (A68).

Google and Apple are as their own pages say: developers.google.com/identity/openid-connect,
developer.apple.com/documentation/signinwithapple. Anybody else who speaks the protocol is settings only.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlencode

import structlog

from portvakt.ports.clock import monotonic
from portvakt.ports.crypto import same
from portvakt.ports.http_calls import Calls, is_safe

_log = structlog.get_logger("portvakt.oidc")

Kind = Literal["google", "apple", "oidc"]
#: Never `none`, never HS*: whoever has the public key would sign as the provider (A74).
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
_LONGEST: Final = 128 * 1024  # bytes of metadata, keys or tokens
_LONGEST_ANSWER: Final = 8192  # characters that the browser brings back
_FRESH: Final = 3600.0  # seconds that metadata and keys are believed
_STALE: Final = 86_400.0  # … and are still used while the provider cannot be asked
_KEYS_AGAIN: Final = 30.0  # seconds between two looks for a key that was not there
_SKEW: Final = 60  # seconds that the provider's clock may differ
_OLDEST: Final = 600  # seconds since a token was made: it was made for this answer
_SECRET_LIFE: Final = 300  # seconds, of the client secret that Apple wants signed
#: error codes by which the person said no (OpenID Connect Core §3.1.2.6; Apple has one of its own)
_DECLINED: Final = frozenset({"access_denied", "user_cancelled_authorize"})


class ProviderUnavailable(Exception):
    """The provider cannot be asked now, or not by these settings: nobody's fault who stands here.
    `reason` is a word or two for the operator; no token, code or key stands in it (A107)."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class NotVouched(Exception):
    """The provider does not say who this is: `declined` by the person, or why its word is not taken."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Begun:
    """What one try is bound to. The browser sees state and nonce, nobody but us the verifier."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def of(cls, flow: str, seed: str) -> Begun:
        """All three from one secret of 256 bits; the state says which flow the answer is for."""
        parts = (_b64(hashlib.sha256(f"{what}/{seed}".encode()).digest()) for what in "snv")
        state, nonce, verifier = parts
        return cls(f"{flow}.{state}", nonce, verifier)

    @property
    def challenge(self) -> str:
        return _b64(hashlib.sha256(self.verifier.encode()).digest())


def flow_of(state: str) -> str:
    """Which flow an answer says it is for; whether that is so, `identity` finds out."""
    return state.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the provider knows him. `email` only where the provider says strictly that it is
    verified (A67): it may be written into a form, and means nothing more."""

    issuer: str
    subject: str
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What settings say about one provider. Google and apps have a `secret`; Apple wants one signed by
    `key` (PEM, P-256) with the ids of key and team."""

    id: str
    kind: Kind
    issuer: str
    client_id: str
    redirect_uri: str
    label: str
    secret: str | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)
    key_id: str = ""
    team_id: str = ""
    scopes: tuple[str, ...] = ("openid", "email")
    algorithms: tuple[str, ...] = ("RS256",)


class Provider:
    """One provider as we ask it. Synchronous: call it from a worker thread, with no transaction open."""

    def __init__(self, client: Client, *, silence: float = 3.0, patience: float = 6.0) -> None:
        if not is_safe(client.issuer):
            raise ValueError(f"the issuer of {client.id} begins with https://")
        if not client.algorithms or not set(client.algorithms) <= set(ALGORITHMS):
            raise ValueError(f"the algorithms of {client.id} are some of {', '.join(ALGORITHMS)}")
        self.client = client
        self._calls = Calls(_LONGEST, silence=silence, patience=patience)
        self._lock = Lock()
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}  # url → when, what it said
        self._key = _private(client) if client.key else None

    # ── there ───────────────────────────────────────────────────────────────────────────────────

    def url(self, state: str, nonce: str, challenge: str) -> str:
        """Where the browser goes with what one try is bound to (`Begun`). ProviderUnavailable."""
        c = self.client
        asked = {
            "response_type": "code",
            "client_id": c.client_id,
            "redirect_uri": c.redirect_uri,
            "scope": " ".join(c.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if c.kind == "apple":  # Apple answers nothing else where a scope is asked
            asked["response_mode"] = "form_post"
        if c.kind == "google":  # the person chooses, also where only one is signed in (S9)
            asked["prompt"] = "select_account"
        there = self._endpoint("authorization_endpoint")
        return f"{there}{'&' if '?' in there else '?'}{urlencode(asked)}"

    # ── and back ────────────────────────────────────────────────────────────────────────────────

    def identity(self, answer: str, begun: Begun, now: datetime) -> Identity:
        """Who the answer is about: `code=…&state=…`, as the browser brought it. NotVouched,
        ProviderUnavailable."""
        try:
            return self._identity(_parsed(answer), begun, now)
        except NotVouched as error:
            _log.info("provider_not_vouched", provider=self.client.id, reason=error.reason)
            raise
        except ProviderUnavailable as error:
            _log.warning("provider_unavailable", provider=self.client.id, reason=error.reason)
            raise

    def _identity(self, said: Mapping[str, str], begun: Begun, now: datetime) -> Identity:
        if not same(said.get("state", "").encode(), begun.state.encode()):
            raise NotVouched("state")
        about = self._metadata()
        told = said.get("iss")
        must = about.get("authorization_response_iss_parameter_supported") is True
        if told != self.client.issuer and (told is not None or must):  # mixed up (A75)
            raise NotVouched("iss of the answer")
        if "error" in said:
            raise NotVouched("declined" if said["error"] in _DECLINED else "error")
        if not said.get("code"):
            raise NotVouched("code")
        return self._checked(self._exchanged(said["code"], begun, now), begun, now)

    def _exchanged(self, code: str, begun: Begun, now: datetime) -> str:
        """The ID token for this code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect_uri,
            "code_verifier": begun.verifier,
        }
        login = None
        secret = self._secret(now)
        methods = self._metadata().get("token_endpoint_auth_methods_supported")
        if self.client.kind == "oidc" and (methods is None or "client_secret_basic" in methods):
            login = (self.client.client_id, secret)
        else:
            form |= {"client_id": self.client.client_id, "client_secret": secret}
        came = self._calls.ask("POST", self._endpoint("token_endpoint"), form, login)
        if came.trouble:
            raise ProviderUnavailable(came.trouble)
        said = _object(came.body)
        if came.status in (400, 401) and said is not None:
            # the operator's settings are wrong, or the code is: one spent already, or another client's
            ours = said.get("error") in ("invalid_client", "unauthorized_client")
            raise ProviderUnavailable("client") if ours else NotVouched("code")
        token = said.get("id_token") if said is not None and came.status == 200 else None
        if not isinstance(token, str):
            raise ProviderUnavailable(f"status {came.status}")
        return token

    def _secret(self, now: datetime) -> str:
        if self._key is None:
            return self.client.secret or ""
        from joserfc import jwt

        at = int(now.timestamp())
        claims = {"iss": self.client.team_id, "sub": self.client.client_id, "aud": self.client.issuer,
                  "iat": at, "exp": at + _SECRET_LIFE}  # fmt: skip
        return jwt.encode({"alg": "ES256", "kid": self.client.key_id}, claims, self._key)

    # ── the ID token ────────────────────────────────────────────────────────────────────────────

    def _checked(self, token: str, begun: Begun, now: datetime) -> Identity:
        """OpenID Connect Core §3.1.3.7."""
        from joserfc import errors, jwt

        c, trouble = self.client, ""
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_SKEW,
            iss={"essential": True, "values": [c.issuer, *_SPELLINGS.get(c.issuer, ())]},
            sub={"essential": True},
            aud={"essential": True, "value": c.client_id},
            exp={"essential": True},
            iat={"essential": True},
        )
        claims: dict[str, Any] = {}
        try:
            claims = jwt.decode(token, self._signer(token), algorithms=list(c.algorithms)).claims
            registry.validate(claims)
        except (errors.JoseError, ValueError, TypeError, KeyError) as error:
            trouble = getattr(error, "error", "") or type(error).__name__
        if trouble:  # raised out here: the library's error holds the token
            raise NotVouched(f"token: {trouble}")
        for_us = claims["aud"] in (c.client_id, [c.client_id])
        if not for_us or claims.get("azp", c.client_id) != c.client_id:
            raise NotVouched("token: aud")
        if claims["iat"] < int(now.timestamp()) - _OLDEST:
            raise NotVouched("token: iat")
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not same(nonce.encode(), begun.nonce.encode()):
            raise NotVouched("token: nonce")
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
            raise NotVouched("token: sub")
        return Identity(c.issuer, subject, _verified_email(claims, c.kind))

    def _signer(self, token: str) -> Any:
        """The provider's key that the token names. A key that stands in the token, or an address from
        which to fetch one, is not looked at (`jku`, `x5u`, `jwk`). An unknown name is looked for once
        more: keys change."""
        from joserfc import jwk

        head = _object(_unb64(token.partition(".")[0])) or {}
        for again in (False, True):
            keys = self._fetched(self._endpoint("jwks_uri"), again=again).get("keys")
            for key in keys if isinstance(keys, list) else ():
                named = isinstance(key, dict) and key.get("kid") == head.get("kid")
                if (
                    named
                    and key.get("kty") in ("RSA", "EC", "OKP")
                    and key.get("use", "sig") == "sig"
                ):
                    return jwk.import_key(key)
        raise ValueError("kid")

    # ── what the provider publishes ─────────────────────────────────────────────────────────────

    def check(self) -> None:
        """For `doctor`: metadata and keys are there. ProviderUnavailable says why not."""
        self._endpoint("authorization_endpoint")
        self._endpoint("token_endpoint")
        keys = self._fetched(self._endpoint("jwks_uri")).get("keys")
        if not isinstance(keys, list) or not keys:
            raise ProviderUnavailable("no keys")

    def _metadata(self) -> dict[str, Any]:
        """OpenID Connect Discovery 1.0 §4; it must say of itself that it is whom we asked."""
        issuer = self.client.issuer
        about = self._fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if about.get("issuer") != issuer:
            raise ProviderUnavailable("another issuer")
        return about

    def _endpoint(self, name: str) -> str:
        url = self._metadata().get(name)
        if not isinstance(url, str) or not is_safe(url):
            raise ProviderUnavailable(name)
        return url

    def _fetched(self, url: str, *, again: bool = False) -> dict[str, Any]:
        """What stands there, kept for an hour; for a day while it cannot be asked."""
        with self._lock:
            at, known = self._kept.get(url, (-_STALE, {}))
        age = monotonic() - at
        if known and age < (_KEYS_AGAIN if again else _FRESH):
            return known
        came = self._calls.ask("GET", url)
        said = _object(came.body) if came.status == 200 else None
        if said is None:
            if known and age < _STALE:
                return known
            raise ProviderUnavailable(came.trouble or f"status {came.status}")
        with self._lock:
            self._kept[url] = (monotonic(), said)
        return said

    def close(self) -> None:
        self._calls.close()


#: Google says in two ways who it is (developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken)
_SPELLINGS: Final = {"https://accounts.google.com": ("accounts.google.com",)}


def new_key(file: Path) -> None:
    """A private P-256 key in PEM, as Apple hands them out, in a new 0600 file: for stand-ins."""
    from joserfc import jwk

    pem = jwk.ECKey.generate_key("P-256").as_pem(private=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:  # noqa: PTH123
        out.write(pem)


def _private(client: Client) -> Any:
    from joserfc import jwk
    from joserfc.errors import JoseError

    try:
        key = jwk.ECKey.import_key(client.key or "")
        fine = key.is_private and key.curve_name == "P-256"
    except (JoseError, ValueError, TypeError, AttributeError):  # what they say may hold the key
        fine = False
    if not fine:
        raise ValueError(f"the key of {client.id} is no private P-256 key in PEM")
    return key


def _verified_email(claims: Mapping[str, Any], kind: Kind) -> str | None:
    verified = claims.get("email_verified")
    if kind == "apple":  # says it as a word
        verified = verified is True or verified == "true"
    email = claims.get("email")
    fits = isinstance(email, str) and len(email) <= 320 and email.isprintable()
    return str(email) if verified is True and fits else None


def _parsed(answer: str) -> dict[str, str]:
    """Names and values of a query or form; NotVouched for what two readers could read apart."""
    if len(answer) > _LONGEST_ANSWER:
        raise NotVouched("too long")
    try:
        pairs = parse_qsl(answer, keep_blank_values=True, errors="strict", max_num_fields=16)
    except ValueError:
        pairs = [("", ""), ("", "")]
    said = dict(pairs)
    if len(said) != len(pairs) or any("\0" in text for pair in pairs for text in pair):
        raise NotVouched("malformed")
    return said


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
