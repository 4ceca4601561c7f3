"""The first page keeps its word: its example runs against the real service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.docs import markdown
from tests.docs.holder import DETAILS, Holder

Asked = Callable[..., bool]


@pytest.fixture
def example(address: str) -> Asked:
    """The example itself, with this sandbox's own address and secret: may this holder withdraw?"""
    (block,) = markdown.blocks("README.md", "python")
    known = httpx.get(f"{address}/v1/sandbox").json()["platform_client"]
    assert "http://localhost:8700" in block.text
    assert f'("{known["id"]}", "the secret")' in block.text
    names: dict[str, Any] = {}
    exec(
        block.text.replace("http://localhost:8700", address).replace("the secret", known["secret"]),
        names,
    )

    def asked(holder: Holder, **more: str) -> bool:
        answer: bool = names["may_withdraw"](names["service"], holder.account, DETAILS, **more)
        return answer

    return asked


@pytest.mark.proves("S91")
def test_the_example_allows_what_the_holder_has_approved_and_nothing_before(
    address: str, example: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    holder = Holder(address, "readme1@example.com")
    holder.sign_up()
    holder.bind_totp()
    assert example(holder) is False
    (page,) = [word for word in capsys.readouterr().out.split() if word.startswith("/approve/")]
    assert example(holder, receipt=holder.approves(page)) is True


@pytest.mark.proves("S91")
def test_the_example_denies_inside_a_hold_and_says_why_and_until_when(
    address: str, example: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    holder = Holder(address, "readme2@example.com")
    holder.sign_up()
    holder.sign_in_elsewhere()  # a new device on an account without a second factor
    assert example(holder) is False
    said = capsys.readouterr().out
    assert "Paused for the account's safety until" in said
    assert "denied at least until 20" in said


def test_the_example_is_at_most_twenty_lines() -> None:
    (block,) = markdown.blocks("README.md", "python")
    assert len(block.text.strip().splitlines()) <= 20
