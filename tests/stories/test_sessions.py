"""Sessions and devices: seen, ended, and worth nothing before the second step (S100, S98, S94)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.applications import Starlette

from tests.stories.person import Person


@pytest.fixture
def twice(holder: Person, somebody: Callable[..., Person], face: str) -> tuple[Person, Person]:
    """The same holder on two devices."""
    second = somebody(face)
    second.identifier, second.email, second.phone = holder.email, holder.email, holder.phone
    return holder, second.signs_in()


@pytest.mark.proves("S100")
def test_every_session_is_listed_and_this_one_is_marked(twice: tuple[Person, Person]) -> None:
    for one in twice:
        devices = one.security.devices
        assert [d.this for d in devices].count(True) == 1
        assert len(devices) == 2
    names = {d.name for d in twice[0].security.devices}
    assert names <= {"Firefox, Windows", "Android"}


@pytest.mark.proves("S100")
def test_one_other_session_is_ended_and_this_one_goes_on(twice: tuple[Person, Person]) -> None:
    here, there = twice
    (device,) = here.other_devices
    here.begins("end_session", session=device.id).is_done()
    there.is_nobody()
    assert here.other_devices == []


@pytest.mark.proves("S100")
def test_all_other_sessions_are_ended_at_once(
    twice: tuple[Person, Person], somebody: Callable[..., Person], face: str
) -> None:
    here, there = twice
    third = somebody(face)
    third.identifier, third.email = here.email, here.email
    third.signs_in()
    here.begins("end_other_sessions").is_done()
    there.is_nobody()
    third.is_nobody()
    assert here.me is not None


@pytest.mark.proves("S100")
def test_logging_out_ends_the_session_at_the_server_too(holder: Person) -> None:
    (device,) = holder.security.devices
    copy = _copy_of(holder)
    holder.begins("end_session", session=device.id)
    holder.is_nobody()
    copy(holder)
    assert holder.me is None, "a stolen copy of the token opens nothing any more"


@pytest.mark.proves("S5", "S100")
def test_a_half_done_sign_in_is_no_session_and_is_not_listed(
    twice: tuple[Person, Person],
) -> None:
    here, there = twice
    here.binds_phone()
    there.closes_everything().gives_password().is_asked_for("sms_code").is_nobody()
    assert len(here.security.devices) == 2, "the first one and the one closed, still alive"


@pytest.mark.proves("S100")
def test_anothers_session_can_neither_be_seen_nor_ended(holder: Person, other: Person) -> None:
    (theirs,) = other.signs_up().security.devices
    holder.begins("end_session", session=theirs.id).is_refused("no_such_session")
    assert theirs.id not in {d.id for d in holder.security.devices}
    assert other.me is not None


@pytest.mark.proves("S100")
def test_a_session_ends_after_an_hour_without_use(holder: Person) -> None:
    holder.world.passes("59m")
    assert holder.me is not None
    holder.closes_everything().gives_password().is_signed_in()
    holder.world.passes("60m")
    holder.is_nobody()


@pytest.mark.proves("S100")
def test_a_session_ends_after_a_day_however_much_it_is_used(holder: Person, app: Starlette) -> None:
    for _ in range(24):
        holder.world.passes("58m")
        assert holder.me is not None
        app.state.portvakt.flush()  # what happens every ten seconds: use is written down
    holder.world.passes("58m")
    holder.is_nobody()


@pytest.mark.proves("S98")
def test_the_holder_reads_what_happened_to_the_account_in_plain_sentences(
    holder: Person,
) -> None:
    holder.binds_totp().closes_everything()
    holder.gives_password("a wrong one").is_refused("sign_in_failed")
    activity = holder.signs_in().security.activity
    assert activity[0] == "Logged in"
    assert "A try at logging in was refused" in activity
    assert "An authenticator app was bound" in activity
    assert not any(holder.password in line or holder.email in line for line in activity)


@pytest.mark.proves("S98")
def test_nobody_reads_anothers_activity(holder: Person, other: Person) -> None:
    other.signs_up().binds_totp()
    assert "An authenticator app was bound" not in holder.security.activity


@pytest.mark.proves("S94")
def test_the_security_level_rises_with_what_is_bound_and_says_what_would_raise_it(
    holder: Person,
) -> None:
    first = holder.security
    assert first.level == 0
    assert len(first.raises) == 3
    assert holder.binds_phone().security.level == 1
    last = holder.binds_totp().security
    assert last.level == 3
    (raises,) = last.raises
    assert "passkey" in raises


def _copy_of(person: Person) -> Callable[[Person], None]:
    """Takes a copy of what the program keeps; the answer puts it back."""
    face = person.face
    if face.name == "html":
        cookies = dict(face.cookies)  # type: ignore[attr-defined]
        return lambda p: p.face.cookies.update(cookies)  # type: ignore[attr-defined]
    session = face._app.session  # type: ignore[attr-defined]
    return lambda p: setattr(p.face._app, "session", session)  # type: ignore[attr-defined]
