"""Continue with Google, continue with Apple (S8-S13, S17, S88, S103)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.applications import Starlette

from tests.idp import Idp
from tests.idp import idp as running
from tests.stories.person import Person

DAY = timedelta(days=1)
either = pytest.mark.parametrize("provider", ["google", "apple"])


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Idp]:
    with running(tmp_path_factory.mktemp("idp")) as one:
        yield one


@pytest.fixture(scope="module")
def own_settings(made_up: Idp) -> Mapping[str, Mapping[str, Any]]:
    return {"providers": made_up.settings}


@pytest.fixture
def idp(made_up: Idp, app: Starlette) -> Idp:
    made_up.now = app.state.portvakt.sandbox.now
    return made_up


def _signs_up(person: Person, provider: str, idp: Idp) -> Person:
    """From *Log in*: nobody is linked, so an account is created with what was proven."""
    idp.signed_in(provider, f"sub-{person.email}", person.email)
    person.begins("sign_in").continues_with(provider, idp).is_refused("provider_not_linked")
    person.creates_the_account().is_asked_for("identifier", "robot")
    person.enters(identifier=person.email, robot="sandbox").is_asked_for("email_code")
    return person.enters(email_code=person.code(person.email)).is_signed_in()


@pytest.mark.proves("S8", "S9", "S10", "S11", "S17", "S88", "S103")
@either
def test_one_button_signs_up_and_in(person: Person, provider: str, idp: Idp) -> None:
    _signs_up(person, provider, idp)
    account = person.account
    assert set(person.security.ways) == {provider, "email_code"}
    person.closes_everything().is_nobody()
    person.begins("sign_in").continues_with(provider, idp).is_signed_in()
    assert person.account == account


@pytest.mark.proves("S3", "S4", "S13", "S103")
@either
def test_the_second_step_follows_whatever_is_bound(person: Person, provider: str, idp: Idp) -> None:
    _signs_up(person, provider, idp).binds_totp().closes_everything()
    person.begins("sign_in").continues_with(provider, idp).is_asked_for("totp").is_nobody()
    person.enters(totp=person.authenticator.code()).is_signed_in()


@pytest.mark.proves("S12")
@either
def test_an_account_is_linked_and_unlinked_under_security(
    holder: Person, provider: str, idp: Idp
) -> None:
    account = holder.account
    idp.signed_in(provider, f"sub-{holder.email}", "somebody-else@example.net")
    holder.begins(f"link_{provider}").is_asked_for("email_code")
    holder.enters(email_code=holder.code(holder.email)).is_asked_for(f"new_{provider}")
    holder.continues_with(provider, idp).is_done()
    assert holder.security.ways[provider] == "s•••@example.net"
    assert holder.world.why_not(account) == ["bind_second_factor_first"], (
        "the first one holds nothing"
    )
    holder.closes_everything().begins("sign_in").continues_with(provider, idp).is_signed_in()
    assert holder.account == account
    holder.begins(f"unlink_{provider}").is_told_the_price(hold=DAY).agrees()
    holder.enters(email_code=holder.code(holder.email)).is_done()
    assert provider not in holder.security.ways
    assert "hold" in holder.world.why_not(account)
    holder.closes_everything().begins("sign_in").continues_with(provider, idp)
    holder.is_refused("provider_not_linked")


@pytest.mark.proves("S33")
def test_who_signs_in_by_a_provider_alone_sets_a_password_before_it_goes(
    person: Person, idp: Idp
) -> None:
    _signs_up(person, "google", idp)
    assert person.begins("unlink_google").seen.refusal == "last_way_in"
    person.begins("change_password").is_refused("no_password_yet")
    person.goes_through("set_password", new_password=person.password).is_done()
    person.goes_through("unlink_google").is_done()
    person.closes_everything().gives_password().is_signed_in()


def test_unlinking_is_undone_by_who_has_no_password(
    person: Person, other: Person, idp: Idp
) -> None:
    """What proves the owner is as it was before: the provider that was unlinked (A8)."""
    _signs_up(person, "google", idp)
    idp.signed_in("apple", f"sub-{person.email}", person.email)
    person.begins("link_apple").answers_all().continues_with("apple", idp).is_done()
    person.goes_through("unlink_google").is_done()
    idp.signed_in("google", f"sub-{person.email}", person.email)
    other.begins("sign_in").continues_with("google", idp).is_refused("provider_not_linked")
    person.closes_everything().follows_the_link("undo_change")
    person.continues_with("google", idp).is_asked_for("email_code")
    person.enters(email_code=person.code(person.email)).is_done()
    person.begins("sign_in").continues_with("google", idp).is_signed_in()


@pytest.mark.proves("S51", "S55", "S60")
def test_somebody_without_a_password_freezes_unfreezes_and_closes(person: Person, idp: Idp) -> None:
    _signs_up(person, "apple", idp)
    person.freezes()
    person.begins("unfreeze_account").agrees().takes("apple").continues_with("apple", idp)
    person.enters(email_code=person.code(person.email)).is_told_it_is("waiting")
    person.world.passes("25h")
    person.begins("sign_in").continues_with("apple", idp).is_signed_in()
    person.world.passes("25h")
    person.begins("sign_in").continues_with("apple", idp).is_signed_in()
    person.begins("close_account").agrees().continues_with("apple", idp)
    person.enters(email_code=person.code(person.email)).is_told_it_is("waiting")


def test_who_cancels_there_is_told_and_may_go_on_another_way(holder: Person, idp: Idp) -> None:
    holder.closes_everything().begins("sign_in").takes("google")
    said = {
        "error": "access_denied",
        "state": _state(holder),
        "iss": idp.at["google"].client.issuer,
    }
    holder.seen = holder.face.comes_back("google", said)
    holder.is_refused("provider_declined").takes("password")
    holder.enters(identifier=holder.email, password=holder.password).is_signed_in()


def test_a_provider_that_does_not_answer_is_said_plainly(holder: Person, idp: Idp) -> None:
    holder.closes_everything().begins("sign_in").takes("google")
    brought = idp.visit(holder.face.leads_to())
    idp.at["google"].down = True
    try:
        holder.seen = holder.face.comes_back("google", brought)
        holder.is_refused("provider_unavailable").is_nobody()
    finally:
        idp.at["google"].down = False
    holder.takes("password").enters(
        identifier=holder.email, password=holder.password
    ).is_signed_in()


def _state(person: Person) -> str:
    return dict(parse_qsl(urlsplit(person.face.leads_to()).query))["state"]
