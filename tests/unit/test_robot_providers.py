"""The robot checks that others host, against a stand-in of each provider's verify call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from portvakt.core import Portvakt
from portvakt.model import Answer
from portvakt.ports.captcha import CheckUnavailable
from portvakt.ports.captcha_hosted import PROVIDERS as FACTS
from portvakt.ports.captcha_hosted import HostedRobotCheck
from portvakt.ports.crypto import sha256
from portvakt.settings import Settings
from tests.database import Database
from tests.holders import Holder, key_file, settings_for
from tests.robot_stand_in import ANSWER, PROVIDERS, SECRET, SITE_KEY, Desk, desk, settings_of

__all__ = ["key_file"]

NOW = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
HOST = "id.example.com"
LIVES = {"recaptcha": 120, "hcaptcha": 120, "turnstile": 300}
each = pytest.mark.parametrize("provider", PROVIDERS)


@contextmanager
def asking(one: Desk, *, secret: str = SECRET, **how: Any) -> Iterator[HostedRobotCheck]:
    check = HostedRobotCheck(one.provider, SITE_KEY, secret, HOST, one.url, **how)
    yield check
    check.close()


@contextmanager
def pair(provider: str, **how: Any) -> Iterator[tuple[Desk, HostedRobotCheck]]:
    """A desk whose answer is 5 s old, and a check that asks there."""
    with desk(provider, **{"at": NOW - timedelta(seconds=5), **how}) as one, asking(one) as check:
        yield one, check


# ── right, and wrong ──────────────────────────────────────────────────────────────────────────


@pytest.mark.proves("S24", "S99")
@each
def test_a_right_answer_is_solved_until_the_provider_would_forget_it(provider: str) -> None:
    with pair(provider) as (one, check):
        solved = check.verify(ANSWER, "sign_up", NOW)
    assert solved is not None
    assert solved.key == sha256(ANSWER.encode())
    life = timedelta(seconds=LIVES[provider])
    assert abs(solved.until - (NOW - timedelta(seconds=5) + life)) < timedelta(seconds=1)
    assert len(one.requests) == 1


@each
def test_the_provider_is_asked_by_a_form_and_told_nothing_about_the_visitor(provider: str) -> None:
    with pair(provider) as (one, check):
        check.verify(ANSWER, "sign_up", NOW)
    (asked,) = one.requests
    assert (asked["method"], asked["secret"], asked["response"]) == ("POST", SECRET, ANSWER)
    assert asked["headers"]["content-type"] == "application/x-www-form-urlencoded"
    assert "cookie" not in asked["headers"]
    assert "remoteip" not in asked


@each
def test_the_client_is_told_the_site_key_and_nothing_secret(provider: str) -> None:
    with pair(provider) as (one, check):
        told = check.challenge("sign_up", NOW)
    assert told["site_key"] == SITE_KEY
    assert told.get("action") == ("sign_up" if provider == "turnstile" else None)
    assert SECRET not in json.dumps(dict(told))
    assert one.requests == []


@pytest.mark.proves("A52")
@each
@pytest.mark.parametrize("answer", ["wrong", "", " ", "två", "a\nb", "x" * 9000])
def test_a_wrong_answer_is_not_solved(provider: str, answer: str) -> None:
    with pair(provider) as (_, check):
        assert check.verify(answer, "sign_up", NOW) is None


@pytest.mark.proves("A52")
@each
@pytest.mark.parametrize("host", ["evil.example", "www.id.example.com", f"{HOST}.evil.example", ""])
def test_an_answer_given_at_another_host_is_not_solved(provider: str, host: str) -> None:
    with pair(provider, host=host) as (_, check):
        assert check.verify(ANSWER, "sign_up", NOW) is None
    with pair(provider, host=HOST.upper()) as (_, check):
        assert check.verify(ANSWER, "sign_up", NOW) is not None


@pytest.mark.proves("A52")
@pytest.mark.parametrize("action", ["sign_in", "", "sign_up ", "SIGN_UP"])
def test_an_answer_given_for_another_action_is_not_solved(action: str) -> None:
    with pair("turnstile", action=action) as (_, check):
        assert check.verify(ANSWER, "sign_up", NOW) is None


@pytest.mark.proves("A52")
@each
def test_an_answer_is_solved_within_its_life_and_not_after(provider: str) -> None:
    life = LIVES[provider]
    for seconds, good in ((life - 2, True), (life + 1, False), (86_400, False)):
        with pair(provider, at=NOW - timedelta(seconds=seconds)) as (_, check):
            assert (check.verify(ANSWER, "sign_up", NOW) is not None) is good, seconds


@pytest.mark.proves("A52")
@each
def test_an_answer_from_the_future_is_not_solved_beyond_what_clocks_differ(provider: str) -> None:
    for seconds, good in ((5, True), (60, False), (86_400, False)):
        with pair(provider, at=NOW + timedelta(seconds=seconds)) as (_, check):
            assert (check.verify(ANSWER, "sign_up", NOW) is not None) is good, seconds


@each
def test_an_instant_in_another_zone_is_the_same_instant(provider: str) -> None:
    east = (NOW - timedelta(seconds=5)).astimezone(timezone(timedelta(hours=9)))
    with pair(provider, more={"challenge_ts": east.isoformat()}) as (_, check):
        assert check.verify(ANSWER, "sign_up", NOW) is not None


@pytest.mark.proves("A52")
@each
@pytest.mark.parametrize("member", ["hostname", "challenge_ts", "action"])
@pytest.mark.parametrize("instead", [None, 7, ["x"], "2026-11-23", "2026-11-23T13:05:00", "soon"])
def test_an_answer_that_leaves_something_out_is_not_solved(
    provider: str, member: str, instead: object
) -> None:
    with pair(provider, more={member: instead}) as (_, check):
        solved = check.verify(ANSWER, "sign_up", NOW)
    # reCAPTCHA (v2) and hCaptcha know no action: what stands there is not theirs to say
    assert (solved is not None) is (member == "action" and provider != "turnstile")


# ── the provider is down, or is not itself ────────────────────────────────────────────────────


@pytest.mark.proves("A52")
@each
@pytest.mark.parametrize("success", ["true", "True", 1, [True], {}, None])
def test_anything_but_strictly_true_is_not_solved(provider: str, success: object) -> None:
    with pair(provider, more={"success": success}) as (_, check), pytest.raises(CheckUnavailable):
        check.verify(ANSWER, "sign_up", NOW)


@pytest.mark.proves("A52")
@each
@pytest.mark.parametrize("codes", [["timeout-or-duplicate"], ["invalid-input-secret"], "none"])
def test_true_with_complaints_is_not_solved(provider: str, codes: object) -> None:
    with (
        pair(provider, more={"error-codes": codes}) as (_, check),
        pytest.raises(CheckUnavailable),
    ):
        check.verify(ANSWER, "sign_up", NOW)


@pytest.mark.proves("A52")
@each
@pytest.mark.parametrize("status", [201, 204, 400, 401, 403, 404, 429, 500, 502, 503])
def test_any_other_status_is_not_solved_though_it_says_true(provider: str, status: int) -> None:
    with pair(provider, status=status) as (_, check), pytest.raises(CheckUnavailable):
        check.verify(ANSWER, "sign_up", NOW)


@each
def test_a_malformed_answer_is_the_visitors_fault_also_with_status_400(provider: str) -> None:
    with pair(provider, status=400) as (_, check):
        assert check.verify("wrong", "sign_up", NOW) is None


@pytest.mark.proves("A52")
@pytest.mark.parametrize(
    "raw",
    [b"", b"true", b"[]", b"<html>Down for maintenance</html>", b"\xff\xfe", b"[" * 9000, b"null"],
)
def test_what_is_not_an_object_of_json_is_not_solved(raw: bytes) -> None:
    with pair("turnstile", raw=raw) as (_, check), pytest.raises(CheckUnavailable):
        check.verify(ANSWER, "sign_up", NOW)


@pytest.mark.proves("A52")
def test_an_answer_of_ten_megabytes_is_not_read_though_it_says_true() -> None:
    with pair("turnstile", more={"filler": "x" * 10_000_000}) as (_, check):
        with pytest.raises(CheckUnavailable) as down:
            check.verify(ANSWER, "sign_up", NOW)
        assert down.value.reason == "too long"


@pytest.mark.proves("A52")
@pytest.mark.parametrize(
    ("provider", "how"), [("turnstile", {"silent": 30.0}), ("hcaptcha", {"drips": 0.1})]
)
def test_a_provider_that_hangs_or_drips_is_waited_for_a_little_while(
    provider: str, how: dict[str, float]
) -> None:
    began = datetime.now(UTC)
    with (
        desk(provider, at=NOW, **how) as one,
        asking(one, silence=0.4, patience=0.8) as check,
        pytest.raises(CheckUnavailable, match="timeout"),
    ):
        check.verify(ANSWER, "sign_up", NOW)
    assert datetime.now(UTC) - began < timedelta(seconds=5)


@pytest.mark.proves("A52")
def test_a_provider_that_is_not_there_lets_nobody_pass() -> None:
    with desk() as one:
        pass
    with asking(one) as check, pytest.raises(CheckUnavailable, match="unreachable"):
        check.verify(ANSWER, "sign_up", NOW)


@pytest.mark.proves("A94")
@each
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_secret_and_answer_nowhere(provider: str, status: int) -> None:
    with desk(provider, at=NOW) as thief, pair(provider, status=status) as (one, check):
        one.headers["Location"] = thief.url
        with pytest.raises(CheckUnavailable):
            check.verify(ANSWER, "sign_up", NOW)
    assert thief.requests == []


def test_the_machines_proxy_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with desk() as proxy, desk(at=NOW) as one:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with asking(one) as check:
            assert check.verify(ANSWER, "sign_up", NOW) is not None
    assert proxy.requests == []


@pytest.mark.parametrize("url", ["http://verify.example/", "ftp://127.0.0.1/", "verify.example"])
def test_a_provider_outside_this_machine_is_reached_by_tls_alone(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        HostedRobotCheck("turnstile", SITE_KEY, SECRET, HOST, url)
    assert all(f.verify_url.startswith("https://") for f in FACTS.values())


# ── what is written down ──────────────────────────────────────────────────────────────────────


@pytest.mark.proves("A107")
@each
def test_neither_log_nor_error_tells_secret_or_answer(provider: str) -> None:
    said = []
    for how in ({"status": 500}, {"raw": b"{"}, {"host": "evil.example"}, {"silent": 5.0}):
        with (
            desk(provider, at=NOW, **how) as one,
            asking(one, silence=0.2) as check,
            capture_logs() as lines,
        ):
            if "host" in how:
                assert check.verify(ANSWER, "sign_up", NOW) is None
            else:
                with pytest.raises(CheckUnavailable) as down:
                    check.verify(ANSWER, "sign_up", NOW)
                assert down.value.__context__ is None
                said.append(f"{down.value!r} {vars(down.value)}")
            said += [repr(check), repr(lines)]
            assert [line["log_level"] for line in lines] == ["info" if "host" in how else "warning"]
            assert all(line["provider"] == provider for line in lines)
    assert not any(word in " ".join(said) for word in (SECRET, ANSWER, "kanarie"))


def test_a_wrong_answer_fills_no_log() -> None:
    with pair("turnstile") as (_, check), capture_logs() as lines:
        check.verify("wrong", "sign_up", NOW)
    assert lines == []


@pytest.mark.proves("A107")
def test_settings_do_not_show_the_secret_nor_does_their_refusal() -> None:
    robot = {"provider": "hcaptcha", "site_key": SITE_KEY, "secret": SECRET}
    assert SECRET not in repr(Settings.model_validate({"robot": robot}))
    with pytest.raises(ValueError, match="needs site_key and secret") as refused:
        Settings.model_validate({"robot": {"provider": "hcaptcha", "secret": "k4n4rie"}})
    assert "k4n4rie" not in f"{refused.value} {refused.value!r}"


@each
def test_the_doctors_question_tells_keys_from_no_keys(provider: str) -> None:
    with desk(provider) as one, asking(one) as check:
        check.check()
    with desk(provider) as one, asking(one, secret="another") as check:
        with pytest.raises(CheckUnavailable, match="keys"):
            check.check()
        with pytest.raises(CheckUnavailable, match="keys"):
            check.verify(ANSWER, "sign_up", NOW)
    with (
        desk(provider, raw=b'{"success": true}') as one,
        asking(one) as check,
        pytest.raises(CheckUnavailable, match="test_keys"),
    ):
        check.check()


# ── at the door ───────────────────────────────────────────────────────────────────────────────


@contextmanager
def door(one: Desk, database: Database, keys: Path) -> Iterator[Portvakt]:
    one.host = "localhost"
    settings = settings_for(database, keys, robot=settings_of(one))
    with Portvakt(settings).running() as running:
        yield running


def refusal(answer: Answer) -> str | None:
    return answer.refusal.id if answer.refusal is not None else None


@pytest.mark.proves("S24", "S99", "A52")
@each
def test_an_answer_lets_one_visitor_pass_once_though_the_provider_takes_it_again(
    provider: str, database: Database, key_file: Path
) -> None:
    with desk(provider) as one, door(one, database, key_file) as portvakt:
        one.more["challenge_ts"] = datetime.now(UTC).isoformat()
        answer = f"{provider}-{ANSWER}"
        one.says = lambda *_: Desk.says(one, ANSWER, SECRET)  # type: ignore[method-assign]
        first, second = Holder(portvakt), Holder(portvakt)
        passed = first.start("sign_up", identifier=first.email, robot=answer)
        assert refusal(passed) is None
        assert passed.step is not None
        assert [f.name for f in passed.step.fields] == ["email_code"]
        again = second.start("sign_up", identifier=second.email, robot=answer)
        assert refusal(again) == "robot_failed"
        assert [r["response"] for r in one.requests] == [answer, answer]


@pytest.mark.proves("S24", "A52")
def test_nobody_passes_while_the_provider_is_down_and_everybody_is_told_so(
    database: Database, key_file: Path
) -> None:
    with desk(status=503) as one, door(one, database, key_file) as portvakt:
        person = Holder(portvakt)
        flow = person.start("sign_up", identifier=person.email, robot=ANSWER)
        assert refusal(flow) == "robot_unavailable"
        assert flow.step is not None
        assert flow.step.id == "identifier"
        assert person._sandbox.messages(person.email) == []
        one.status = 200
        assert refusal(person.submit(flow, robot=ANSWER)) is None


@pytest.mark.proves("S99")
@each
def test_the_field_carries_provider_and_site_key(
    provider: str, database: Database, key_file: Path
) -> None:
    with desk(provider) as one, door(one, database, key_file) as portvakt:
        person = Holder(portvakt)
        flow = person.start("sign_up", identifier=person.email)
        assert flow.step is not None
        field = next(f for f in flow.step.fields if f.name == "robot")
        assert field.extra["provider"] == provider
        assert field.extra["challenge"]["site_key"] == SITE_KEY
        assert SECRET not in repr(flow)


def test_a_sandbox_takes_its_word_beside_any_provider(database: Database, key_file: Path) -> None:
    with desk() as one, door(one, database, key_file) as portvakt:
        person = Holder(portvakt)
        assert refusal(person.start("sign_up", identifier=person.email, robot="sandbox")) is None
    assert one.requests == []
