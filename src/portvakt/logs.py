"""Structured logs in which no secret, code, token or full identifier ever stands (A107).

One JSON object per line, times in UTC. Everything that any library logs goes through `redact`, the
last step before rendering: keys that name a secret lose their value, and whatever looks like a
token, a code, a password hash, an e-mail address or a phone number is masked wherever it stands,
in tracebacks too. That is the second line: the first is not to log such things.
"""

from __future__ import annotations

import logging
import logging.config
import os
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

# Where rich is installed structlog draws it in, for tracebacks in colour that print the values of
# variables: secrets in a log (A107), and a tenth of a serving process's start. We want neither.
_RICH = "rich"
_hidden = _RICH not in sys.modules
if _hidden:
    sys.modules[_RICH] = None  # type: ignore[assignment]
import structlog  # noqa: E402
from structlog.typing import EventDict, WrappedLogger  # noqa: E402

if _hidden:
    del sys.modules[_RICH]

HUMAN = "PORTVAKT_HUMAN_LOGS"
MASK = "***"
_LONGEST = 16_000

# Names of fields whose value is never logged, as whole words between underscores.
_SECRET_WORDS = frozenset(
    {
        "password",
        "passwd",
        "pwd",
        "secret",
        "token",
        "tokens",
        "code",
        "codes",
        "totp",
        "passkey",
        "new_passkey",
        "otp",
        "key",
        "keys",
        "cookie",
        "authorization",
        "credential",
        "credentials",
        "challenge",
        "answer",
        "answers",
        "hash",
        "pepper",
        "body",
        "inputs",
        "identifier",
        "identifiers",
        "email",
        "phone",
        "address",
        "to",
        "target",
        "recipient",
        "subject",
        "text",
        "conninfo",
        "dsn",
        "url",
        "query",
    }
)
# Fields that have such a word in their name and say nothing secret.
_HARMLESS = frozenset({"status_code", "exit_code", "key_id", "error_code", "path"})

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # user and password in an address, then its query: both carry secrets
    (re.compile(r"(?<=://)[^/\s@\"']+@"), MASK + "@"),
    (re.compile(r"(?<=[\w/)])\?[^\s\"'<>]*=[^\s\"'<>]*"), "?" + MASK),
    # our tokens: prefix, 43 characters, checksum; ids (hex, 32) are no secrets and stay
    (re.compile(r"\b[a-z]{2,5}_[0-9A-Za-z]{40,}"), MASK),
    # JSON web tokens, Argon2 and other PHC strings, base32 keys of 16 and 32 characters
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.?[\w-]*"), MASK),
    (re.compile(r"\$[a-z0-9-]+\$[^\s\"']+"), MASK),
    (re.compile(r"\b(?:[A-Z2-7]{16}|[A-Z2-7]{32})\b"), MASK),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 " + MASK),
    (re.compile(r"(?<![^\s@<>\"'(),;:=])[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+"), MASK),
    (re.compile(r"\+\d[\d ().\-\u00a0]{6,}\d"), MASK),
    (re.compile(r"(?<![\w.:-])0\d{6,14}(?![\w:-])"), MASK),
    (re.compile(r"(?<![\w.+-])\d{3}[ -]?\d{3}(?![\w-])"), MASK),
)


def mask(text: str) -> str:
    """The text with everything masked that looks like a secret or an identifier, cut at 16,000
    characters: what a stranger sends must not make a log line dear."""
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def _is_secret(name: str) -> bool:
    lower = name.lower().replace("-", "_")
    return lower not in _HARMLESS and not _SECRET_WORDS.isdisjoint(lower.split("_"))


def _clean(value: Any, depth: int = 0) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return mask(value)
        case Mapping():
            if depth > 4:
                return MASK
            return {
                mask(str(k)): MASK if _is_secret(str(k)) else _clean(v, depth + 1)
                for k, v in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [_clean(item, depth + 1) for item in value] if depth <= 4 else MASK
        case bytes() | bytearray() | memoryview():
            return MASK
        case _:
            return mask(str(value))


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """structlog processor: masks every value of an event. `event` itself is the message."""
    for name in list(event):
        if name in {"timestamp", "level", "logger"}:
            continue
        event[name] = MASK if _is_secret(name) else _clean(event[name])
    return event


def configure(
    level: str = "info", *, human: bool | None = None, stream: TextIO | None = None
) -> None:
    """Sets up logging for this process, our own and that of every library, to `stream` (stderr).

    `human` prints lines for the eye instead of JSON (unset: when `$PORTVAKT_HUMAN_LOGS` is 1); the
    masking is the same."""
    if human is None:
        human = os.environ.get(HUMAN) == "1"
    render: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=False)
        if human
        else structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        # As text, so that the masking reaches what an exception says. No local variables.
        structlog.processors.format_exc_info,
    ]
    last: list[structlog.typing.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        redact,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        render,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "procrastinate"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
    # The access log would print addresses with their query; the queue prints arguments of jobs.
    logging.getLogger("uvicorn.access").disabled = True
    for name in ("procrastinate", "httpx", "httpcore", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger: `logs.get(__name__).warning("mail_refused", host=host, attempt=3)`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
