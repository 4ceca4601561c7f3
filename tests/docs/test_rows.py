"""The tables say every part of a row: what the policy can write, the pages can read."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from portvakt.policy import ACTIONS, Ask, HoldRule, Review, Row, When, page
from portvakt.rules import inputs
from tests.docs import markdown
from tools import docs_blocks
from tools.docs_rows import said

HOUR = timedelta(hours=1)
PLAIN = Row(pages=(page("who", Ask.IDENTIFIER), page("second_factor", Ask.SECOND_IF_BOUND)))
#: part of a row → what else has to be set for it to mean something, and another value of it
OTHERWISE: dict[str, tuple[dict[str, Any], Any]] = {
    "totp_for_passkey": ({}, True),
    "pages": ({}, (page("who", Ask.PASSWORD),)),
    "session": ({}, False),
    "names_session": ({}, True),
    "signs_in": ({}, True),
    "recovery_code": ({}, True),
    "wait": ({}, HOUR),
    "wait_chosen": ({}, True),
    "review": ({}, Review()),
    "loses": ({}, ("totp",)),
    "unproven": ({}, True),
    "unfreezes": ({}, True),
    "list_only_after": ({}, True),
    "staff": ({}, ("reviewer",)),
    "by_staff": ({"staff": ("lead",)}, 2),
    "takes": ({"staff": ("lead",), "by_staff": 2}, ("role",)),
    "related": ({"staff": ("lead",), "by_staff": 2}, True),
    "tells_staff": ({}, True),
    "when_closed": ({}, True),
    "hold_until_bound": ({}, "authenticator_bound"),
    "held_meanwhile": ({"wait": HOUR}, True),
    "hold": ({}, (HoldRule(HOUR, (When.HELD,)),)),
    "hold_through_lock": ({}, True),
    "releases": ({"quarantine": HOUR}, ("email",)),
    "quarantine": ({}, HOUR),
    "undo": ({}, True),
    "as_before": ({}, True),
    "usable_after": ({}, HOUR),
    "ends": ({}, "all"),
    "ends_when": ({}, (When.FROZEN,)),
    "tells": ({}, "none"),
    "tells_when": ({}, (When.FROZEN, When.LOCKED)),
    "tells_attempts": ({}, True),
    "when_frozen": ({}, True),
    "when_locked": ({}, True),
    "refuse_if": ({}, ((When.WAITING, "already_waiting"),)),
    "minimum_level": ({}, 2),
    "failure": ({}, "sign_in_failed"),
    "counted_as": ({}, "sign_up.network"),
    "kind": ({}, "totp"),
    "life": ({}, HOUR),
    "source": ({}, "S1"),
}


def test_every_part_of_a_row_is_tried_here() -> None:
    assert set(OTHERWISE) == {f.name for f in fields(Row)}


@pytest.mark.parametrize("part", OTHERWISE)
def test_a_part_of_a_row_that_is_changed_changes_its_page(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed, value = OTHERWISE[part]
    before = replace(PLAIN, **needed)
    after = replace(before, **{part: value})
    pages = []
    for row in (before, after):
        monkeypatch.setitem(ACTIONS, "sign_in", row)
        pages.append(docs_blocks.action_facts("sign_in"))
    assert pages[0] != pages[1]


def test_what_the_page_of_an_action_says_stands_in_the_whole_table_too() -> None:
    """But for what concerns the machine alone: lives, counters, one refusal for all wrong proofs."""
    table = markdown.text("docs/policy.md")
    for action, row in ACTIONS.items():
        (line,) = (x for x in table.splitlines() if x.startswith(f"| [`{action}`]"))
        words = said(row)
        for part in (words.takes, words.refused, *words.causes.values()):
            assert part in ("none", "nobody", "nothing") or part in line, part


@pytest.mark.parametrize("action", ACTIONS)
def test_a_page_lists_every_input_and_every_refusal_that_its_row_writes(action: str) -> None:
    row = ACTIONS[action]
    text = markdown.text(f"docs/actions/{action}.md")
    for name in inputs(row):
        assert f"| `{name}` |" in text, name
    for _, refusal in row.refuse_if:
        assert f"| `{refusal}` |" in text, refusal
