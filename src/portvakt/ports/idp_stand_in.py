"""Stand-ins for Google and Apple in a sandbox: real OpenID Connect, people made up (contract.md).

They are as strict as the real ones about clients, addresses, codes and PKCE, and as peculiar: Google
answers in the query and says `true`; Apple answers by a form that the browser posts, takes a client secret
signed by the team's key, says "true" as a word, and a person's name the first time only. Nobody types a
password: who is signed in next is set from outside, or chosen on the page.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode

from joserfc import jwk, jwt
from joserfc.errors import JoseError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from portvakt.ports.chance import new_token
from portvakt.ports.crypto import same
from portvakt.ports.oidc import Client

_CODE_LIFE: Final = 300  # seconds
_TOKEN_LIFE: Final = 3600
_HALF_A_YEAR: Final = 15_777_000  # Apple takes no longer-lived client secret


@dataclass(frozen=True, slots=True)
class Person:
    sub: str
    email: str
    email_verified: bool = True


@dataclass(frozen=True, slots=True)
class _Granted:
    person: Person
    asked: Mapping[str, str]
    at: float


class StandIn:
    """One provider for the one client that settings know. `now`: the sandbox's clock."""

    def __init__(self, client: Client, now: Callable[[], datetime]) -> None:
        self.client, self._now = client, now
        self.apple = client.kind == "apple"
        self.next: Person | None = None
        self.key = jwk.RSAKey.generate_key(
            2048, {"kid": new_token("k"), "use": "sig", "alg": "RS256"}
        )
        self._codes: dict[str, _Granted] = {}
        self._known: set[str] = set()  # whose name was told already

    def routes(self) -> Sequence[Route]:
        return (
            Route("/.well-known/openid-configuration", self.metadata),
            Route("/keys", self.keys),
            Route("/authorize", self.authorize, methods=["GET", "POST"]),
            Route("/token", self.token, methods=["POST"]),
            Route("/next", self.set_next, methods=["POST"]),
        )

    # ── published ───────────────────────────────────────────────────────────────────────────────

    async def metadata(self, request: Request) -> Response:
        issuer = self.client.issuer
        said: dict[str, Any] = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise" if self.apple else "public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        if not self.apple:
            said |= {"code_challenge_methods_supported": ["S256"],
                     "authorization_response_iss_parameter_supported": True}  # fmt: skip
        return JSONResponse(said)

    async def keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    # ── the person ──────────────────────────────────────────────────────────────────────────────

    async def set_next(self, request: Request) -> Response:
        """`sub`, `email`, `email_verified` (true | false): who signs in from now on."""
        form = dict(parse_qsl((await request.body()).decode()))
        self.next = Person(form["sub"], form["email"], form["email_verified"] == "true")
        return JSONResponse({})

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        # told on this page, not there: an answer sent to an address that is not the client's own
        # would be an open redirect (RFC 9700 §4.11)
        ours = (self.client.client_id, self.client.redirect_uri)
        if (asked.get("client_id"), asked.get("redirect_uri")) != ours:
            return HTMLResponse("<h1>Error 400: redirect_uri_mismatch</h1>", status_code=400)
        wrong = self._wrong(asked)
        if wrong:
            return self._answer(asked, {"error": wrong})
        person = self.next
        if request.method == "POST":
            form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
            if "cancel" in form:
                declined = "user_cancelled_authorize" if self.apple else "access_denied"
                return self._answer(asked, {"error": declined})
            email = form.get("email", "").strip()
            person = (
                Person(hashlib.sha256(email.encode()).hexdigest()[:21], email) if email else None
            )
        return self._chooser() if person is None else self._granted(asked, person)

    def _wrong(self, asked: Mapping[str, str]) -> str:
        if asked.get("response_type") != "code":
            return "unsupported_response_type"
        if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
            return "invalid_request"
        scopes = set(asked.get("scope", "").split())
        if self.apple:
            return (
                "" if not scopes or asked.get("response_mode") == "form_post" else "invalid_request"
            )
        return "" if "openid" in scopes and asked.get("nonce") else "invalid_scope"

    def _granted(self, asked: Mapping[str, str], person: Person) -> Response:
        code = new_token("ac")
        self._codes[code] = _Granted(person, asked, self._now().timestamp())
        answer = {"code": code}
        scopes = set(asked.get("scope", "").split())
        if self.apple and scopes & {"name", "email"} and person.sub not in self._known:
            self._known.add(person.sub)
            user: dict[str, Any] = {"email": person.email} if "email" in scopes else {}
            if "name" in scopes:
                user["name"] = {"firstName": "Ada", "lastName": "Lovelace"}
            answer["user"] = json.dumps(user)
        return self._answer(asked, answer)

    def _answer(self, asked: Mapping[str, str], answer: dict[str, str]) -> Response:
        if "state" in asked:
            answer["state"] = asked["state"]
        there = self.client.redirect_uri
        if not self.apple:
            answer["iss"] = self.client.issuer
            return RedirectResponse(f"{there}?{urlencode(answer)}", status_code=302)
        fields = "".join(
            f'<input type="hidden" name="{escape(n)}" value="{escape(v)}">'
            for n, v in answer.items()
        )
        return HTMLResponse(
            f'<!doctype html><html lang="en"><title>Apple</title><form method="post" action="{escape(there)}">{fields}'
            "<noscript><button>Continue</button></noscript></form><script>document.forms[0].submit()</script></html>"
        )  # fmt: skip

    def _chooser(self) -> Response:
        name = escape(self.client.label)
        return HTMLResponse(
            f'<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">'
            f"<title>{name} (stand-in)</title><h1>{name}, made up</h1><p>Nobody real is here: any address is somebody."
            '<form method="post"><p><label>Account <input name="email" type="email" autofocus></label>'
            '<p><button>Continue</button> <button name="cancel" value="1" formnovalidate>Cancel</button></form></html>'
        )  # fmt: skip

    # ── the token ───────────────────────────────────────────────────────────────────────────────

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        basic = request.headers.get("authorization", "")
        if basic.startswith("Basic "):
            id, _, secret = base64.b64decode(basic[6:]).decode().partition(":")
            form |= {"client_id": unquote(id), "client_secret": unquote(secret)}
        if form.get("client_id") != self.client.client_id or not self._is_secret(
            form.get("client_secret", "")
        ):
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        granted = self._codes.pop(form.get("code", ""), None)  # once, right or wrong
        if granted is None or self._now().timestamp() - granted.at > _CODE_LIFE:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        challenge = granted.asked.get("code_challenge")
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proven = challenge is None or challenge == base64.urlsafe_b64encode(
            verifier
        ).decode().rstrip("=")
        if not proven or form.get("redirect_uri") != granted.asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        token = self.signed(self.claims(granted.person, granted.asked))
        access = {
            "access_token": new_token("at"),
            "token_type": "Bearer",
            "expires_in": _TOKEN_LIFE,
        }
        return JSONResponse({**access, "id_token": token})

    def _is_secret(self, secret: str) -> bool:
        """Google's is a text; Apple's is signed by the team: who, for whom, from when until when."""
        if not self.apple:
            return same(secret.encode(), (self.client.secret or "").encode())
        at = int(self._now().timestamp())
        registry = jwt.JWTClaimsRegistry(
            now=at,
            leeway=60,
            iss={"essential": True, "value": self.client.team_id},
            sub={"essential": True, "value": self.client.client_id},
            aud={"essential": True, "value": self.client.issuer},
            iat={"essential": True},
            exp={"essential": True},
        )
        try:
            team = jwk.ECKey.import_key(self.client.key or "")
            said = jwt.decode(secret, team, algorithms=["ES256"])
            registry.validate(said.claims)
        except (JoseError, ValueError):
            return False
        short = said.claims["exp"] - said.claims["iat"] <= _HALF_A_YEAR
        return bool(short and said.header.get("kid") == self.client.key_id)

    def claims(self, person: Person, asked: Mapping[str, str]) -> dict[str, Any]:
        at = int(self._now().timestamp())
        said: dict[str, Any] = {"iss": self.client.issuer, "aud": self.client.client_id, "sub": person.sub,
                                "iat": at, "exp": at + _TOKEN_LIFE}  # fmt: skip
        if "nonce" in asked:
            said["nonce"] = asked["nonce"]
        if "email" in asked.get("scope", "").split():
            said |= {"email": person.email, "email_verified": person.email_verified}
        if not self.apple:
            return {**said, "azp": self.client.client_id}
        said |= {"auth_time": at, "nonce_supported": True}
        if "email" in said:
            relayed = person.email.endswith("@privaterelay.appleid.com")
            said["email_verified"] = str(person.email_verified).lower()
            said["is_private_email"] = str(relayed).lower()
        return said

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


def application(stand_ins: Mapping[str, StandIn]) -> Starlette:
    """All of them on one port, each below its own name."""
    return Starlette(routes=[Mount(f"/{id}", routes=list(one.routes())) for id, one in stand_ins.items()])  # fmt: skip
