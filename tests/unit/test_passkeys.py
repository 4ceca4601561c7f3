"""What an operator can ask of passkeys: an attestation, certain models, his own apps."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from portvakt.core import relying_party
from portvakt.ports import passkeys
from portvakt.ports.passkeys import RelyingParty
from portvakt.settings import Settings
from tests.authenticator import ORIGIN, Device

MODEL = UUID("08987058-cadc-4b81-b6e1-30de50dcbe96")
PRINT = ":".join(["0A"] * 32)
ANY = RelyingParty("localhost", "Exchange", (ORIGIN,))
CHALLENGE = b"c" * 32


def made(rp: RelyingParty, device: Device, **lie: Any) -> passkeys.Created | None:
    options = passkeys.creation_options(
        rp, CHALLENGE, handle=b"h" * 32, name="a@example.com", bound=[]
    )
    return passkeys.created(rp, json.dumps(device.create(options, **lie)), CHALLENGE)


@pytest.mark.proves("A79")
def test_where_models_are_listed_only_those_are_bound_and_only_attested() -> None:
    listed = replace(ANY, attested=True, aaguids=frozenset({str(MODEL)}))
    assert made(listed, Device(model=MODEL.bytes, attests=True))
    assert made(listed, Device(model=MODEL.bytes)) is None
    assert made(listed, Device(model=b"\x01" * 16, attests=True)) is None
    assert made(ANY, Device(model=b"\x01" * 16))


@pytest.mark.proves("A79")
def test_what_is_asked_of_the_browser_is_what_the_server_insists_on() -> None:
    asked = passkeys.creation_options(ANY, CHALLENGE, handle=b"h" * 32, name="a", bound=[])
    assert [p["alg"] for p in asked["pubKeyCredParams"]] == [-8, -7, -257]
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["attestation"] == "none"
    direct = passkeys.creation_options(
        replace(ANY, attested=True), CHALLENGE, handle=b"h", name="a", bound=[]
    )
    assert direct["attestation"] == "direct"
    assert passkeys.request_options(ANY, CHALLENGE, [])["userVerification"] == "required"


@pytest.mark.parametrize("noise", ["", "{}", "[]", "null", "1", '{"id": 7}', '{"id": "a", "rawId": "a"}', "{" * 5000,
                                   '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}'])  # fmt: skip
@pytest.mark.proves("A98")
def test_what_is_no_credential_is_none_and_nothing_breaks(noise: str) -> None:
    passkeys.credential_of(noise)
    assert passkeys.created(ANY, noise, CHALLENGE) is None
    assert passkeys.asserted(ANY, noise, CHALLENGE, public_key=b"", count=0, synced=True) is None


def settings(**passkeys: Any) -> Settings:
    return Settings.model_validate(
        {"passkeys": passkeys, "operator": {"base_url": "https://id.example.com"}}
    )


def test_passkeys_are_for_the_host_of_the_pages_and_the_apps_of_the_operator() -> None:
    app = {"package": "com.example.app", "fingerprints": [PRINT]}
    party = relying_party(settings(android_apps=[app]))
    assert party is not None
    assert party.id == "id.example.com"
    assert party.origins == ("https://id.example.com", passkeys.app_origin(PRINT))
    signed = Device(origin=passkeys.app_origin(PRINT))
    assert made(party, signed)
    assert made(relying_party(settings()) or ANY, Device(origin=passkeys.app_origin(PRINT))) is None


@pytest.mark.parametrize("base", ["http://127.0.0.1:8700", "http://[::1]:8700"])
def test_an_address_of_numbers_serves_no_passkeys(base: str) -> None:
    assert relying_party(Settings.model_validate({"operator": {"base_url": base}})) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"passkeys": {"aaguids": [str(MODEL)]}},  # without attestation a model is whatever it says
        {"passkeys": {"enabled": False}},  # and our own people could not come in
        {"passkeys": {"android_apps": [{"package": "com.example.app"}]}},
    ],
)
def test_settings_that_would_promise_too_much_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)
