"""Logs: whatever is logged by whomever, no secret, code, token or full identifier stands there."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from portvakt import logs
from portvakt.ports.chance import new_code, new_id, new_token, new_totp_key
from portvakt.ports.passwords import PasswordHasher

CANARIES = {
    "session token": new_token("pvs"),
    "flow token": new_token("pvf"),
    "service secret": new_token("pvc"),
    "code": "604213",
    "spaced code": "604 213",
    "e-mail": "anna.kanarie@example.com",
    "phone": "+46701740605",
    "spaced phone": "+46 70 174 06 05",
    "national phone": "0701740605",
    "short key": new_totp_key(16),
    "long key": new_totp_key(32),
    "otpauth": "otpauth://totp/P:anna@example.com?secret=JBSWY3DPEHPK3PXP",
    "database password": "postgresql://portvakt_app:c4n4ry@/portvakt",
    "query": "GET /undo?token=c4n4ryc4n4ry",
    "bearer": "Authorization: Bearer c4n4ryc4n4ry",
    "json web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjNG40cnkifQ.c4n4ry-c4n4ry",
}
SECRETS = [
    CANARIES["session token"], CANARIES["flow token"], CANARIES["service secret"], "604213",
    "604 213", "anna", "kanarie", "1740605", "174 06 05", CANARIES["short key"],
    CANARIES["long key"], "JBSWY3DPEHPK3PXP", "c4n4ry", "eyJzdWIi",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


def written(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def clean(text: str) -> bool:
    return not any(secret.lower() in text.lower() for secret in SECRETS)


@pytest.mark.proves("A107")
@pytest.mark.parametrize("what", CANARIES)
@pytest.mark.parametrize("way", ["event", "value", "nested", "exception", "library", "argument"])
def test_no_canary_reaches_the_log(what: str, way: str) -> None:
    stream, canary = io.StringIO(), CANARIES[what]
    logs.configure("debug", human=False, stream=stream)
    log = logs.get("test")
    match way:
        case "event":
            log.info(f"something about {canary} happened")  # noqa: G004
        case "value":
            log.info("it_happened", detail=canary)
        case "nested":
            log.info("it_happened", detail={"a": [{"b": f"x {canary}"}]})
        case "exception":
            try:
                raise RuntimeError(f"duplicate key (x)=({canary})")
            except RuntimeError:
                log.exception("it_broke")
        case "library":
            logging.getLogger("some.library").warning("sent to " + canary)  # noqa: G003
        case "argument":
            logging.getLogger("some.library").warning("sent %s to %s", 1, canary)
    assert written(stream)
    assert clean(stream.getvalue()), stream.getvalue()


@pytest.mark.parametrize(
    "key",
    ["password", "new_password", "session_token", "totp", "sms_code", "to", "Authorization",
     "set-cookie", "recipient", "secret_hash", "inputs"],
)  # fmt: skip
def test_a_field_that_names_a_secret_loses_its_value(key: str) -> None:
    stream = io.StringIO()
    logs.configure("info", human=False, stream=stream)
    logs.get("test").info("it_happened", **{key: "plain words"})
    assert written(stream)[0][key] == logs.MASK


def test_what_is_needed_to_understand_a_line_stays() -> None:
    stream, account = io.StringIO(), new_id("acc")
    logs.configure("info", human=False, stream=stream)
    logs.get("portvakt.jobs").warning(
        "message_failed", message=account, status_code=503, attempt=3, why="timeout", ip="192.0.2.7"
    )
    (line,) = written(stream)
    assert line["event"] == "message_failed"
    assert line["message"] == account
    assert line["status_code"] == 503
    assert line["ip"] == "192.0.2.7"
    assert line["logger"] == "portvakt.jobs"
    assert line["level"] == "warning"
    assert line["timestamp"].endswith("Z")


def test_a_line_break_in_a_value_makes_no_second_line() -> None:
    stream = io.StringIO()
    logs.configure("info", human=False, stream=stream)
    logs.get("test").info("it_happened", agent='x\n{"event":"forged"}\r\n\u2028')
    assert len(stream.getvalue().rstrip("\n").split("\n")) == 1


def test_the_access_log_is_off() -> None:
    stream = io.StringIO()
    logs.configure("debug", human=False, stream=stream)
    logging.getLogger("uvicorn.access").info('%s - "GET /x?token=1" 200', "192.0.2.7")
    assert stream.getvalue() == ""


@pytest.mark.proves("A107")
def test_a_password_hash_is_masked() -> None:
    hasher = PasswordHasher(threads=1)
    phc = hasher.hash("correct horse battery staple")
    hasher.close()
    assert phc.split("$")[-1] not in logs.mask(f"stored {phc} for it")


def test_every_code_and_key_that_we_make_is_masked() -> None:
    for _ in range(200):
        for made in (new_code(), new_totp_key(16), new_totp_key(32), new_token("pvd")):
            assert made not in logs.mask(f"it was {made}, then")
