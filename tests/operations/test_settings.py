"""Settings: what is mistyped is refused by name, and no secret appears in a complaint."""

from __future__ import annotations

import re
import stat
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from portvakt.settings import (
    Settings,
    SettingsError,
    load,
    parse_duration,
    save_private,
    say_duration,
    with_environment,
)
from portvakt.settings.text import example_file, markdown

SOCKET = "postgresql://portvakt_app:pw@/portvakt?host=%2Fsomewhere"


def problems(tmp_path: Path, text: str = "", **environment: str) -> tuple[str, ...]:
    file = tmp_path / "portvakt.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load(file, environment)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("24h", timedelta(hours=24)),
        ("90s", timedelta(seconds=90)),
        ("1h30m", timedelta(minutes=90)),
        ("7d", timedelta(days=7)),
    ],
)
def test_a_duration_is_read_and_said_alike(text: str, value: timedelta) -> None:
    assert parse_duration(text) == value
    assert parse_duration(say_duration(value)) == value


@pytest.mark.parametrize("text", ["", "24", "h", "-1h", "1 h", "1h ", "1.5h", "١h", "24hours"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="written like"):
        parse_duration(text)


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load(None, {})
    assert settings.sessions.lifetime == timedelta(hours=24)
    assert settings.totp.key_characters == 32
    assert settings.sandbox is None


@pytest.mark.proves("S97")
def test_the_operators_name_addresses_and_durations_are_settings(tmp_path: Path) -> None:
    file = tmp_path / "portvakt.toml"
    file.write_text(
        '[operator]\nname = "Norrbank"\nsupport_address = "help@norrbank.example"\n'
        '[mail]\nfrom = "no-reply@norrbank.example"\n'
        '[help]\ncode_trouble = "https://norrbank.example/codes"\n'
        '[codes]\nemail_life = "3m"\n[totp]\nkey_characters = 16\n'
    )
    settings = load(file, {})
    assert settings.operator.name == "Norrbank"
    assert settings.mail.sender == "no-reply@norrbank.example"
    assert settings.help.code_trouble == "https://norrbank.example/codes"
    assert settings.codes.email_life == timedelta(minutes=3)
    assert settings.totp.key_characters == 16


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "portvakt.toml"
    file.write_text("[serve]\nport = 1\n")
    env = {"PORTVAKT_SERVE__PORT": "2", "PORTVAKT_SERVE__TRUSTED_PROXIES": "10.0.0.0/8, ::1"}
    serve = load(file, env).serve
    assert serve.port == 2
    assert serve.trusted_proxies == ("10.0.0.0/8", "::1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[operator]\nnmae = "x"',
            "portvakt.toml: [operator] nmae is not a setting; did you mean name?",
        ),
        ("[opreator]", "portvakt.toml: opreator is not a setting; did you mean operator?"),
        (
            "[totp]\nport = 1",
            "portvakt.toml: [totp] port is not a setting; did you mean [serve] port?",
        ),
    ],
)
def test_an_unknown_key_is_refused_by_name_with_the_right_one(
    tmp_path: Path, text: str, said: str
) -> None:
    assert problems(tmp_path, text) == (said,)


def test_an_unknown_variable_is_refused_by_its_name(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, PORTVAKT_SERVE__PROT="1")
    assert said == "PORTVAKT_SERVE__PROT: [serve] prot is not a setting; did you mean port?"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[codes]\ntries = 99", "[codes] tries: "),
        ('[codes]\nemail_life = "24h"', "between 1m and 10m"),
        ('[sessions]\nidle = "48h"', "idle ≤ lifetime"),
        ('[operator]\nbase_url = "http://id.example.com"', "must begin with https://"),
        ('[operator]\nbase_url = "https://id.example.com/x?y=1"', "scheme, host and port only"),
        ('[operator]\nname = "a\\nBcc: x"', "one line"),
        ('[operator]\ntime_zone = "Mars/Olympus"', "not a time zone"),
        ('[mail]\nsmtp_url = "smtp://mail.example.com"', "from is needed"),
        ('[robot]\nprovider = "turnstile"', "needs site_key and secret: write both keys"),
        ('[robot]\nprovider = "hcaptcha"\nsecret = "s"', 'or provider = "altcha"'),
        ('[robot]\nprovider = "captcha"', "[robot] provider"),
        ('[robot]\nsite_key = "<b>"', "[robot] site_key"),
        ('[robot]\nverify_url = "http://verify.example/"', "must begin with https://"),
        ("[passwords]\nmemory_kib = 64", "memory_kib"),
        ("[passwords]\nmin_length = 4", "min_length"),
        ("[totp]\ndrift_steps = 5", "drift_steps"),
        ("[serve", "portvakt.toml: "),
    ],
)
def test_a_bad_value_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert said in "\n".join(problems(tmp_path, text))


def test_no_complaint_shows_a_secret_value(tmp_path: Path) -> None:
    text = (
        '[database]\nurl = ["hunter2"]\nembedded = true\n[mail]\nsmtp_url = "ftp://u:hunter2@h"\n'
        '[sms]\ntoken = ["hunter2"]\n[robot]\nprovider = "hcaptcha"\nsecret = "hunter2\\n"\n'
    )
    assert "hunter2" not in "\n".join(problems(tmp_path, text))


@pytest.mark.proves("A107")
def test_printed_settings_hold_no_secret() -> None:
    settings = Settings.model_validate(
        {
            "database": {
                "url": "postgresql://u:hunter2@h/d",
                "owner_url": "postgresql://o:hunter2@h/d",
            },
            "mail": {"smtp_url": "smtp://u:hunter2@h", "from": "a@b.example"},
            "sms": {"token": "hunter2"},
            "robot": {"secret": "hunter2"},
        }
    )
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("database", "url", "postgresql://u:p@db.example/d"),
        ("database", "owner_url", "postgresql://u:p@db.example/d"),
        ("mail", "smtp_url", "smtp://mail.example"),
        ("sms", "url", "https://sms.example"),
        ("serve", "host", "192.0.2.7"),
    ],
)
def test_a_sandbox_is_refused_beside_anything_real(section: str, key: str, value: str) -> None:
    extra = {"from": "a@b.example"} if section == "mail" else {}
    ordinary = {section: {key: value, **extra}}
    Settings.model_validate(ordinary)
    with pytest.raises(ValueError, match="sandbox cannot be used together"):
        Settings.model_validate({**ordinary, "sandbox": {}})


def test_embedded_cannot_be_written_beside_a_network_address() -> None:
    with pytest.raises(ValueError, match="not by hand"):
        Settings.model_validate({"database": {"url": "postgresql://u@db/x", "embedded": True}})


def test_settings_for_the_processes_are_private_and_read_back_the_same(tmp_path: Path) -> None:
    settings = Settings.model_validate({"sandbox": {}, "limits": {"password.account": "1/1h"}})
    settings = settings.with_database(SOCKET, SOCKET)
    file = tmp_path / "running.json"
    save_private(settings, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = load(file, {})
    assert again.database == settings.database
    assert again.limits == settings.limits
    assert again.sandbox == settings.sandbox


def test_a_limits_dotted_name_needs_no_quotes(tmp_path: Path) -> None:
    file = tmp_path / "portvakt.toml"
    file.write_text('[limits]\npassword.account = "5/1h"\n')
    assert load(file, {}).limits == {"password.account": "5/1h"}


def test_the_written_file_means_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "portvakt.toml"
    file.write_text(example_file())
    assert load(file, {}) == load(None, {}).model_copy(update={"keys": load(file, {}).keys})


def test_every_line_of_the_written_file_can_be_switched_on(tmp_path: Path) -> None:
    text = re.sub(r"(?m)^# (?=\[sandbox\]|[a-z_]+ = )", "", example_file())
    text = text.split("[sandbox]")[0]
    assert set(tomllib.loads(text)) >= {"operator", "database", "serve", "mail", "totp"}
    file = tmp_path / "portvakt.toml"
    file.write_text(text)
    load(file, {})


def test_every_setting_is_on_the_documentation_page() -> None:
    page = markdown()
    for key in ("base_url", "trusted_proxies", "smtp_url", "key_characters", "min_length_alone"):
        assert f"| `{key}` |" in page
    assert "embedded" not in page


def test_the_demo_takes_settings_from_the_environment_alone() -> None:
    settings = with_environment(
        {"sandbox": {}, "serve": {"port": 8701}},
        {"PORTVAKT_SANDBOX__STEP_UP": "never", "PORTVAKT_TOTP__KEY_CHARACTERS": "16"},
    )
    assert settings.sandbox is not None
    assert settings.sandbox.step_up == "never"
    assert (settings.totp.key_characters, settings.serve.port) == (16, 8701)
