"""Settings: what is mistyped is refused by name, and no secret appears in a complaint."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from portvakt.core import Portvakt
from portvakt.messages import say
from portvakt.model import Decision
from portvakt.policy import PROTECTED, Protected
from portvakt.settings import (
    Settings,
    SettingsError,
    load,
    parse_duration,
    save_private,
    say_duration,
    with_environment,
)
from portvakt.settings.text import ROW_KEYS, example_file, markdown
from portvakt.tighten import KEYS, WAYS, PolicyError, protected, tightened
from tests.database import Database
from tests.holders import Holder, key_file, settings_for

__all__ = ["key_file"]  # a fixture

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
    text = re.sub(r"(?m)^# (?=\[sandbox\]|\[\[|[a-z_]+ = )", "", example_file())
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


# ── the two tables, made stricter ───────────────────────────────────────────────────────────────


@pytest.mark.proves("S97")
@pytest.mark.parametrize(
    ("action", "key", "longer", "shorter"),
    [
        ("unfreeze_account", "wait", "48h", "1h"),
        ("close_account", "wait", "14d", "6d"),
        ("add_payout_address", "usable_after", "7d", "1h"),
        ("unbind_email", "quarantine", "90d", "1d"),
        ("change_password", "hold", "72h", "1h"),
    ],
)
def test_a_time_of_a_row_can_be_made_longer_and_not_shorter(
    action: str, key: str, longer: str, shorter: str
) -> None:
    row = tightened({action: {key: longer}}, parse_duration)[action]
    found = row.hold[0].lasts if key == "hold" else getattr(row, key)
    assert found == parse_duration(longer)
    with pytest.raises(PolicyError, match=rf"\[policy\.{action}\] {key} is weaker"):
        tightened({action: {key: shorter}}, parse_duration)
    allowed = tightened({action: {key: shorter, "allow_weaker": True}}, parse_duration)[action]
    assert (allowed.hold[0].lasts if key == "hold" else getattr(allowed, key)) < found


@pytest.mark.proves("S97")
def test_the_level_that_must_remain_can_be_raised_and_not_lowered() -> None:
    table = tightened({"unbind_totp": {"minimum_level": 1}}, parse_duration)
    assert table["unbind_totp"].minimum_level == 1
    with pytest.raises(PolicyError, match="minimum_level is weaker"):
        tightened({"unbind_totp": {"minimum_level": 0}}, parse_duration, table)
    # a number from the environment is text
    assert (
        tightened({"unbind_totp": {"minimum_level": "2"}}, parse_duration)[
            "unbind_totp"
        ].minimum_level
        == 2
    )


@pytest.mark.parametrize(
    ("action", "key", "value", "said"),
    [
        ("reset_password", "wait", "1h", "wait is for actions that wait"),
        ("unlock_settings", "wait", "5d", "wait is for actions that wait"),
        ("bind_email", "usable_after", "24h", "usable_after is for actions that add"),
        ("unbind_email", "minimum_level", 1, "minimum_level is for actions that can lower"),
        ("unbind_totp", "minimum_level", 5, "0 to 4"),
        ("unbind_totp", "minimum_level", True, "0 to 4"),
        ("unbind_totp", "minimum_level", "high", "0 to 4"),
        ("unfreeze_account", "wait", "tomorrow", "a duration is written like"),
        ("unfreeze_account", "waits", "48h", "waits is not a setting; there are hold, "),
    ],
)
def test_a_key_that_would_do_nothing_or_harm_is_refused_by_name(
    action: str, key: str, value: object, said: str
) -> None:
    with pytest.raises(PolicyError, match=said):
        tightened({action: {key: value}}, parse_duration)


def test_a_row_of_the_operators_own_is_strict_in_all_that_is_not_written() -> None:
    table = protected({"nft_transfer": {"payout_list": True}})
    assert table["nft_transfer"] == Protected(payout_list=True)
    assert {id: table[id] for id in PROTECTED} == PROTECTED
    assert "nft_transfer" not in PROTECTED


@pytest.mark.parametrize(
    ("id", "row", "said"),
    [
        ("withdraw", {"stopped_by_hold": False}, "stopped_by_hold is weaker"),
        ("withdraw", {"payout_list": False}, "payout_list is weaker"),
        ("create_api_key", {"step_up": "never"}, "step_up is weaker"),
        ("nft_transfer", {"stopped_by_freeze": False}, "stopped_by_freeze is weaker"),
        ("nft_transfer", {"step_up": "never"}, "step_up is weaker"),
        ("nft_transfer", {"step_up": "sometimes"}, 'step_up is "always" or "never"'),
        ("nft_transfer", {"second_factor": "yes"}, "second_factor is true or false"),
        ("nft_transfer", {"payout_list": 1}, "payout_list is true or false"),
        ("nft_transfer", {"step_upp": "never"}, "step_upp is not a setting; there are stopped_by"),
        ("NFT transfer", {}, "small letters"),
        ("nft_transfer", {"second_factor": False, "allow_weaker": True}, "takes a second factor"),
    ],
)
def test_a_way_out_is_not_made_weaker_nor_misspelt(
    id: str, row: dict[str, object], said: str
) -> None:
    with pytest.raises(PolicyError, match=rf"\[protected\.{re.escape(id)}\].*{said}"):
        protected({id: row})


def test_a_way_out_is_made_weaker_only_where_its_row_says_so() -> None:
    loose = {"step_up": "never", "second_factor": False, "allow_weaker": True}
    table = protected({"stake": loose, "trade": {"stopped_by_hold": True}})
    assert table["stake"] == Protected(step_up="never", second_factor=False)
    assert table["trade"].stopped_by_hold is True, "stricter needs no word"
    with pytest.raises(PolicyError, match="is weaker"):
        protected({"stake": {**loose, "allow_weaker": "true"}})


@pytest.fixture
def own_ways(database: Database, key_file: Path) -> Iterator[Portvakt]:
    ways = {
        "nft_transfer": {"payout_list": True},
        "stake": {"step_up": "never", "second_factor": False, "allow_weaker": True},
    }
    with Portvakt(settings_for(database, key_file, protected=ways)).running() as running:
        yield running


@pytest.mark.proves("S91", "S97")
def test_decisions_go_by_the_operators_own_rows_and_deny_what_has_none(own_ways: Portvakt) -> None:
    holder = Holder(own_ways)
    holder.signs_up()

    def may(action: str) -> tuple[str, list[str]]:
        found = own_ways.decider.may(holder.account, action, {}, service="platform")
        assert isinstance(found, Decision)
        return found.decision, [reason.id for reason in found.reasons]

    assert may("nft_transfer") == ("deny", ["bind_second_factor_first"])
    assert may("stake") == ("allow", [])
    assert may("print_money") == ("deny", ["unknown_action"])
    holder.binds_totp()
    assert may("nft_transfer") == ("step_up", [])
    holder.start("freeze_account")
    assert may("stake") == ("deny", ["account_frozen"])
    # the history names what has no words of ours by its id
    denied = [
        row for row in own_ways.reads.activity(holder.account, None) if row["event"] == "denied"
    ]
    assert {row["action"] for row in denied} == {"nft_transfer", "stake"}
    assert all(say(row["text"], "sv") and row["action"] in say(row["text"], "en") for row in denied)


def test_settings_of_both_tables_are_checked_at_the_start(
    database: Database, key_file: Path
) -> None:
    for more in ({"protected": {"x": {"hold": "1h"}}}, {"policy": {"sign_in": {"hold": "soon"}}}):
        with pytest.raises(SettingsError, match="hold"):
            Portvakt(settings_for(database, key_file, **more))


def test_the_page_of_the_settings_lists_every_key_of_a_row() -> None:
    assert tuple(ROW_KEYS["policy"]) == KEYS
    assert tuple(ROW_KEYS["protected"]) == (*WAYS, "allow_weaker")
    assert set(WAYS) == {f.name for f in fields(Protected)}
    for keys in ROW_KEYS.values():
        assert all(f"| `{key}` | {said} |" in markdown() for key, said in keys.items())
