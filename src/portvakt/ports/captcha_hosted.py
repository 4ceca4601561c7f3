"""Robot checks that others host (S24, S99): reCAPTCHA v2 (checkbox), hCaptcha, Cloudflare Turnstile.

All three speak one language: their script puts an answer into the form, and a POST of the secret and
that answer to the provider says whether it is right. What differs is a row of `PROVIDERS`, taken from
their own pages: developers.google.com/recaptcha/docs/verify, docs.hcaptcha.com,
developers.cloudflare.com/turnstile (server-side validation, content security policy).

An answer counts only for this host, this action where the provider tells it, for as long as the
provider says, and once: the caller spends `Solved.key` (A52). Whatever cannot be told is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from portvakt.ports.captcha import CheckUnavailable, Solved, Widget
from portvakt.ports.crypto import sha256
from portvakt.ports.http_calls import Calls, is_safe

_log = structlog.get_logger("portvakt.robot")

_LONGEST: Final = 16_384  # bytes of the provider's answer
_SKEW: Final = timedelta(seconds=10)  # how far the provider's clock may be ahead of ours
_ANSWER: Final = re.compile(r"[!-~]{1,8192}")
#: error codes that the operator must mend, not the visitor
_OURS: Final = frozenset(
    {
        "missing-input-secret",
        "invalid-input-secret",
        "sitekey-secret-mismatch",
        "bad-request",
        "internal-error",
    }
)


@dataclass(frozen=True, slots=True)
class Provider:
    """What is particular to one provider."""

    verify_url: str
    life: timedelta  # of an answer, from `challenge_ts` on
    widget: Widget
    tells_action: bool = False  # does its answer name the action that the widget was shown for?
    asks_site_key: bool = False  # its secret is the whole account's: the site is told beside it


PROVIDERS: Final[Mapping[str, Provider]] = {
    "recaptcha": Provider(
        "https://www.google.com/recaptcha/api/siteverify",
        timedelta(seconds=120),
        Widget(
            "https://www.google.com/recaptcha/api.js",
            "grecaptcha",
            ("g-recaptcha-response",),
            # One file and one folder, not all of /recaptcha/: pages of that folder bring libraries by
            # which injected markup would run script in spite of the policy (A93).
            (
                "https://www.google.com/recaptcha/api.js",
                "https://www.gstatic.com/recaptcha/releases/",
            ),
            ("https://www.google.com/recaptcha/", "https://recaptcha.google.com/recaptcha/"),
            connect_src=("https://www.google.com/recaptcha/",),
            style_attributes=True,
        ),
    ),
    "hcaptcha": Provider(
        "https://api.hcaptcha.com/siteverify",
        timedelta(seconds=120),
        Widget(
            "https://js.hcaptcha.com/1/api.js?recaptchacompat=off",
            "hcaptcha",
            ("h-captcha-response", "g-recaptcha-response"),
            ("https://hcaptcha.com", "https://*.hcaptcha.com"),
            ("https://hcaptcha.com", "https://*.hcaptcha.com"),
            connect_src=("https://hcaptcha.com", "https://*.hcaptcha.com"),
            style_src=("https://hcaptcha.com", "https://*.hcaptcha.com"),
        ),
        asks_site_key=True,
    ),
    "turnstile": Provider(
        "https://challenges.cloudflare.com/turnstile/v0/siteverify",
        timedelta(seconds=300),
        Widget(
            "https://challenges.cloudflare.com/turnstile/v0/api.js",
            "turnstile",
            ("cf-turnstile-response",),
            ("https://challenges.cloudflare.com",),
            ("https://challenges.cloudflare.com",),
            options={"response-field": False},
            language_option="language",
        ),
        tells_action=True,
    ),
}


class HostedRobotCheck:
    """One provider's check for one host. The visitor's address is told to nobody.

    `verify_url` replaces the provider's own; TLS is required and verified unless it is on this machine
    (ValueError). No redirect is followed, the machine's proxy and password files are not read.
    `silence` is how long the provider may say nothing, `patience` how long all of it may take (s)."""

    def __init__(
        self,
        provider: str,
        site_key: str,
        secret: str,
        host: str,
        verify_url: str | None = None,
        *,
        silence: float = 3.0,
        patience: float = 6.0,
    ) -> None:
        self._facts = PROVIDERS[provider]
        self._url = verify_url or self._facts.verify_url
        if not is_safe(self._url):
            raise ValueError("the robot check's verify_url begins with https://")
        self.provider, self.widget = provider, self._facts.widget
        self._site_key, self._secret, self._host = site_key, secret, host.lower()
        self._calls = Calls(_LONGEST, silence=silence, patience=patience)

    def challenge(self, action: str, now: datetime) -> Mapping[str, Any]:
        """`{site_key}`, and `{action}` where the widget must be told it."""
        named = {"action": action} if self._facts.tells_action else {}
        return {"site_key": self._site_key, **named}

    def verify(self, answer: str, action: str, now: datetime) -> Solved | None:
        if not _ANSWER.fullmatch(answer):
            return None
        try:
            said = self._asked(answer)
        except CheckUnavailable as failure:
            _log.warning("robot_check_unavailable", provider=self.provider, reason=failure.reason)
            raise
        if said["success"] is not True:
            return None
        at = _moment(said.get("challenge_ts"))
        foreign = self._foreign(said, action, at, now)
        if at is None or foreign:
            # An operator who forgot to enter the host at the provider finds the reason here.
            _log.info("robot_check_foreign", provider=self.provider, reason=foreign)
            return None
        return Solved(sha256(answer.encode()), at + self._facts.life)

    def check(self) -> None:
        """For `doctor`: asks about an answer that cannot be right. CheckUnavailable says why the check
        would not work; `test_keys` where anything at all is taken for right."""
        if self._asked("portvakt-doctor")["success"] is True:
            raise CheckUnavailable("test_keys")

    def close(self) -> None:
        self._calls.close()

    def _foreign(
        self, said: Mapping[str, Any], action: str, at: datetime | None, now: datetime
    ) -> str:
        """Why a right answer was not given here and now; empty where it was."""
        name = said.get("hostname")
        if not isinstance(name, str) or name.lower() != self._host:
            return "hostname"
        if self._facts.tells_action and said.get("action") != action:
            return "action"
        if at is None or not -_SKEW <= now - at < self._facts.life:
            return "challenge_ts"
        return ""

    def _asked(self, answer: str) -> dict[str, Any]:
        """What the provider says, `success` true or false. CheckUnavailable where it says neither."""
        form = {"secret": self._secret, "response": answer}
        if self._facts.asks_site_key:
            form["sitekey"] = self._site_key
        came = self._calls.ask("POST", self._url, form)
        if came.trouble:
            raise CheckUnavailable(came.trouble)
        if came.status not in (200, 400):  # 400: some say so that the answer is malformed
            raise CheckUnavailable(f"status {came.status}")
        said = _read(came.body)
        codes = said.get("error-codes") or []
        if not isinstance(codes, list):
            raise CheckUnavailable("unreadable")
        if not _OURS.isdisjoint(c for c in codes if isinstance(c, str)):
            raise CheckUnavailable("keys")
        if said.get("success") is False:
            return said
        # Strictly true, with 200 and without complaints: "true" is an answer of something else.
        if said.get("success") is not True or came.status != 200 or codes:
            raise CheckUnavailable("unreadable")
        return said


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise CheckUnavailable("unreadable")
    return said


def _moment(text: object) -> datetime | None:
    """An instant as ISO 8601 with its offset; None for anything else."""
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None
