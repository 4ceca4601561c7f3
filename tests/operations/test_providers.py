"""Settings of those who vouch for people, and what the doctor finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portvakt.cli import stand_ins
from portvakt.doctor.providers import providers
from portvakt.settings import Settings, SettingsError, load
from portvakt.tighten import with_providers
from tests.idp import Idp, idp

GOOGLE = '[providers.google]\nclient_id = "ours"\nsecret = "kanarie-of-google"\n'


def _loaded(folder: Path, text: str) -> Settings:
    file = folder / "portvakt.toml"
    file.write_text(text)
    return load(file, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[providers.google]\nclient_id = "x"\n', "providers.google needs secret"),
        ('[providers.apple]\nclient_id = "x"\n', "providers.apple needs key_file, key_id, team_id"),
        ('[providers.acme]\nclient_id = "x"\nsecret = "y"\n', "providers.acme needs label, issuer"),
        (GOOGLE + 'algorithms = ["HS256"]\n', "algorithms"),
        (GOOGLE + 'algorithms = ["none"]\n', "algorithms"),
        (GOOGLE + 'issuer = "http://accounts.example.com"\n', "must begin with https://"),
        (GOOGLE + 'client_secret = "kanarie"\n', "client_secret is not a setting"),
        (GOOGLE.replace('"kanarie-of-google"', '"kanarie\\nof two lines"'), "must be one line"),
        (GOOGLE + "[sandbox]\n", "sandbox cannot be used together with providers.google"),
        (GOOGLE + '[providers.again]\nlabel = "G"\nissuer = "https://accounts.google.com"\nclient_id = "x"\n'
         'secret = "y"\n', "two providers have one issuer"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_name_and_no_secret_with_it(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        _loaded(tmp_path, text)
    assert said in str(refused.value)
    assert "kanarie" not in str(refused.value)


def test_a_provider_knows_what_is_known_by_its_name(tmp_path: Path) -> None:
    one = _loaded(tmp_path, GOOGLE).providers["google"].as_named("google")
    assert (one.kind, one.label, one.issuer) == ("google", "Google", "https://accounts.google.com")
    assert one.scopes == ("openid", "email")
    assert "kanarie" not in repr(one)


def test_the_table_has_the_rows_of_those_that_are_set_up() -> None:
    none, both = with_providers(()), with_providers(("google", "acme"))
    assert {a for a in none if "link_" in a} == {"unlink_google", "unlink_apple"}
    assert {a for a in both if "link_" in a} == {
        "link_google", "unlink_google", "unlink_apple", "link_acme", "unlink_acme",
    }  # fmt: skip
    assert both["link_acme"].kind == "acme"
    assert both["link_acme"].hold == both["link_google"].hold
    assert both["sign_in"].more_ways == ("acme",)


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Idp]:
    with idp(tmp_path_factory.mktemp("idp")) as one:
        yield one


def _found(settings: Settings) -> dict[str, tuple[str, str]]:
    return {f.about: (f.state, f.says) for f in providers(settings)}


def test_the_doctor_asks_each_of_them(there: Idp) -> None:
    told = _found(Settings.model_validate({"providers": there.settings}))
    assert told == {
        "providers.google": ("ok", "Google answers; it must lead back to http://localhost:8700/return/google"),
        "providers.apple": ("ok", "Apple answers; it must lead back to http://localhost:8700/return/apple"),
    }  # fmt: skip


def test_the_doctor_says_who_does_not_answer_and_whose_key_is_none(tmp_path: Path) -> None:
    settings = stand_ins(9, tmp_path)
    told = _found(Settings.model_validate({"providers": settings}))
    assert {state for state, _ in told.values()} == {"fail"}
    assert told["providers.google"][1] == "cannot be asked: unreachable"
    key = Path(settings["apple"]["key_file"])
    key.chmod(0o644)
    assert any("can be read by others" in f.says
               for f in providers(Settings.model_validate({"providers": settings})))  # fmt: skip
    key.write_text("kanarie")
    told = _found(Settings.model_validate({"providers": settings}))
    assert told["providers.apple"][1] == "the key of apple is no private P-256 key in PEM"
