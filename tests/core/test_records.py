"""Small pure parts: plain forms, sealing, tokens, the tightened table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvakt import plain
from portvakt.model import Answer, Field, FlowView, Refusal, Step, Text
from portvakt.policy import ACTIONS, Ask
from portvakt.ports.chance import new_token, token_looks_right
from portvakt.ports.crypto import Keys, SealBroken
from portvakt.settings import parse_duration
from portvakt.tighten import PolicyError, tightened

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
    | st.datetimes(timezones=st.just(UTC)) | st.timedeltas(max_value=timedelta(days=9999)),
    lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(st.characters(exclude_characters="$")), inner),
    max_leaves=10,
)  # fmt: skip


@given(values)
def test_what_is_dumped_is_loaded_as_it_was(value: object) -> None:
    loaded = plain.load(plain.dump(value))
    if isinstance(value, timedelta):
        assert abs(loaded - value) < timedelta(milliseconds=1)
    elif "timedelta" not in repr(value):
        assert loaded == value


def test_a_whole_answer_comes_back_as_it_was() -> None:
    step = Step("s", Text("t", {"until": NOW}), fields=(Field("f", "code", extra={"digits": 6}),))
    answer = Answer(FlowView("flw_1", "sign_in", "open", NOW), step, Refusal("x", retry_at=NOW))
    assert plain.load(plain.dump(answer)) == answer


@pytest.mark.proves("A108")
def test_a_sealed_value_opens_in_its_own_row_only() -> None:
    keys = Keys.generate()
    sealed = keys.seal(b"secret", "factors.secret/fac_1")
    assert keys.open(sealed, "factors.secret/fac_1") == b"secret"
    with pytest.raises(SealBroken):
        keys.open(sealed, "factors.secret/fac_2")
    with pytest.raises(SealBroken):
        Keys.generate().open(sealed, "factors.secret/fac_1")
    with pytest.raises(SealBroken):
        keys.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "factors.secret/fac_1")


def test_the_keyring_never_shows_its_keys() -> None:
    assert repr(Keys.generate()) == "Keys(***)"


@pytest.mark.proves("A85")
@given(st.integers(0, 52))
def test_a_shortened_or_changed_token_is_none(cut: int) -> None:
    token = new_token("pvs")
    assert token_looks_right(token, "pvs")
    assert not token_looks_right(token[:cut], "pvs")
    assert not token_looks_right(token, "pvf")
    changed = token[:10] + ("0" if token[10] != "0" else "1") + token[11:]
    assert not token_looks_right(changed, "pvs")


@pytest.mark.proves("S97")
def test_a_row_can_be_made_stricter_and_not_weaker() -> None:
    stricter = tightened({"bind_totp": {"hold": "48h"}}, parse_duration)
    assert [r.lasts for r in stricter["bind_totp"].hold] == [timedelta(hours=48)]
    with pytest.raises(PolicyError, match="weaker"):
        tightened({"bind_totp": {"hold": "1h"}}, parse_duration)
    allowed = tightened({"bind_totp": {"hold": "1h", "allow_weaker": True}}, parse_duration)
    assert [r.lasts for r in allowed["bind_totp"].hold] == [timedelta(hours=1)]


@pytest.mark.proves("S97", "S99")
def test_the_robot_check_can_be_asked_at_every_sign_in() -> None:
    row = tightened({"sign_in": {"robot": True}}, parse_duration)["sign_in"]
    assert Ask.ROBOT in row.pages[0].asks
    assert Ask.ROBOT not in ACTIONS["sign_in"].pages[0].asks


def test_an_unknown_row_or_key_is_refused_by_name() -> None:
    with pytest.raises(PolicyError, match="sign_inn"):
        tightened({"sign_inn": {}}, parse_duration)
    with pytest.raises(PolicyError, match="holdd"):
        tightened({"sign_in": {"holdd": "24h"}}, parse_duration)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"flow_life": "soon"}, "flow_life"),
        ({"flow_life": "60m"}, "weaker"),
        ({"hold": "never"}, "hold"),
        ({"robot": True}, "without a session"),
    ],
)
def test_a_policy_setting_that_cannot_be_used_says_why(row: dict[str, object], said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        tightened({"bind_totp": row}, parse_duration)
