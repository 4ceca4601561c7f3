"""What a browser's script, a password manager and a native app ask of the pages about passkeys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.visitor import Visitor

PRINT = ":".join(["0A"] * 32)


@pytest.fixture(scope="module")
def own_settings() -> Mapping[str, Mapping[str, Any]]:
    apps = [{"package": "com.example.app", "fingerprints": [PRINT]}]
    return {"passkeys": {"ios_apps": ["ABCDE12345.com.example.app"], "android_apps": apps}}


def test_apps_and_password_managers_find_what_belongs_to_this_site(address: str) -> None:
    def told(name: str) -> Any:
        answer = httpx.get(f"{address}/.well-known/{name}")
        assert answer.headers["content-type"] == "application/json"
        return answer.json()

    assert told("apple-app-site-association") == {
        "webcredentials": {"apps": ["ABCDE12345.com.example.app"]}
    }
    (link,) = told("assetlinks.json")
    assert "delegate_permission/common.get_login_creds" in link["relation"]
    assert link["target"]["package_name"] == "com.example.app"
    assert link["target"]["sha256_cert_fingerprints"] == [PRINT]
    page = "http://localhost:8700/security"
    assert told("passkey-endpoints") == {"enroll": page, "manage": page}


@pytest.mark.proves("A91")
def test_a_login_by_passkey_begins_with_a_form_token_of_this_browser_alone(address: str) -> None:
    visitor = Visitor(address)
    token = visitor.see("/sign-in").form().fields["form_token"]
    begun = visitor.ask("POST", "/sign-in/passkey", data={"form_token": token})
    assert begun.status_code == 200
    told = begun.json()
    assert told["options"]["rpId"] == "localhost"
    assert visitor.see(told["url"]).status == 200
    other = Visitor(address, network="198.18.0.9")
    assert other.ask("POST", "/sign-in/passkey", data={"form_token": token}).status_code == 403
    assert other.see(told["url"]).status == 404


def test_the_sign_in_page_lets_the_browser_offer_passkeys_among_the_names(address: str) -> None:
    page = Visitor(address).see("/sign-in")
    assert 'autocomplete="username webauthn"' in page.html
    assert "passkey-" in page.html
    assert 'autocomplete="username webauthn"' not in Visitor(address).see("/sign-up").html
