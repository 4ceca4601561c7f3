"""Texts: none missing for what the core can say, and none left over that nobody says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import portvakt
from portvakt import policy, rules
from portvakt.assessment import QUESTIONS, Known, Question, assess
from portvakt.filing import KINDS
from portvakt.messages import TEXTS
from portvakt.messages.compose import purpose
from portvakt.messages.naming import activity_text, step_text
from portvakt.model import Facts, Outcome
from portvakt.rules import CAN_BE_LOST
from tests.unit.told import ASKED_BY_CODE, TO_STAFF, WAITING
from tests.unit.told import STEPS as STEPS_OF_CASES

SOURCE = Path(portvakt.__file__).parent
_HAD = Known(Facts(), recent=({"amount": "1"}, {"amount": "2"}))


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted(SOURCE.rglob("*.py")):
        if file.parent != SOURCE / "messages" or file.name in ("compose.py", "naming.py"):
            yield file, ast.parse(file.read_text("utf-8"))


def constants(node: ast.expr) -> Iterator[str]:
    """The texts that an expression can be: itself, or either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def named(record: str, position: int = 0) -> set[str]:
    """The ids with which the source makes this record: `Refusal("wrong_code")` → wrong_code."""
    found = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == record:
                for argument in node.args[position : position + 1]:
                    found |= set(constants(argument))
    return found


def dynamic() -> list[re.Pattern[str]]:
    """Ids put together in the source: `f"raise.{a}"` → raise.<word>."""
    found = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(v.value)) if isinstance(v, ast.Constant) else r"[\w.]+"
                    for v in node.values
                ]
                if re.match(r"[a-z]+\\\.", parts[0]):
                    found.add("".join(parts))
    templates = "\n".join(f.read_text("utf-8") for f in SOURCE.rglob("*.html"))
    for start in re.findall(r"""["']((?:[a-z_]+\.)+)["']\s*~""", templates):
        found.add(re.escape(start) + r"[\w.]+")
    return [re.compile(p) for p in found]


def literals() -> set[str]:
    found = {
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for file in [*SOURCE.rglob("*.html"), *SOURCE.rglob("*.txt")]:
        found |= set(re.findall(r"""["']([\w.]+)["']""", file.read_text("utf-8")))
    return found


ACTIONS = sorted(policy.ACTIONS)
STEPS = sorted((action, page.id) for action, row in policy.ACTIONS.items() for page in row.pages)
FIELDS = sorted({name for row in policy.ACTIONS.values() for name in rules.inputs(row)})
EVENTS = ("step", "done", "refused", "cancelled", "waiting")
#: what the rules say besides the rows: see `rules.refusal`
RULES = {"account_closed", "account_frozen", "settings_locked"}
REFUSED_BY_ROW = sorted(
    (action, id) for action, row in policy.ACTIONS.items() for _, id in row.refuse_if
)
#: `hold_until_<condition>` and `ends_<which>_sessions` are put together in `steps.warnings`
WARNINGS = {"hold", "waits", "held_meanwhile", "quarantine", "hold_until_settings_unlocked",
            "ends_others_sessions", "ends_all_sessions",
            *(f"hold_until_{row.hold_until_bound}" for row in policy.ACTIONS.values()
              if row.hold_until_bound)}  # fmt: skip


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_has_a_title_a_button_and_an_end(action: str) -> None:
    for part in ("title", "button", "done"):
        assert f"action.{action}.{part}" in TEXTS


@pytest.mark.parametrize(("action", "step"), STEPS)
def test_every_step_of_the_table_has_a_title_and_a_text(action: str, step: str) -> None:
    for part in ("title", "text"):
        assert step_text(action, step, part).id in TEXTS


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_of_the_table_has_a_label_and_a_hint(name: str) -> None:
    for part in ("label", "hint"):
        assert f"field.{name}.{part}" in TEXTS


@pytest.mark.parametrize("action", ACTIONS)
def test_everything_that_can_happen_in_an_action_has_a_sentence(action: str) -> None:
    assert f"activity.{action}.done" in TEXTS
    for event in EVENTS:
        if event != "waiting" or action in WAITING:
            said = activity_text(action, event)
            assert said.id in TEXTS
            assert all(text.id in TEXTS for text in said.params.values())


def test_the_audit_writes_no_event_without_a_sentence() -> None:
    usual = Outcome(account=None).called
    events, other = {usual}, set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "note":
                events |= set(constants(node.args[1]))
            if isinstance(node, ast.keyword) and node.arg == "called":
                other |= set(constants(node.value))
    assert events == set(EVENTS)
    assert other == {"doubted"}
    assert "activity.stop_case.doubted" in TEXTS


def test_every_protected_action_has_a_name_and_its_denial_a_sentence() -> None:
    for name in policy.PROTECTED:
        assert f"protected.{name}" in TEXTS
        assert f"activity.{name}.denied" in TEXTS


def test_every_refusal_of_the_source_has_a_sentence() -> None:
    ids = named("Refusal") | {row.failure for row in policy.ACTIONS.values() if row.failure}
    assert {f"refusal.{id}" for id in ids | RULES} <= set(TEXTS)


@pytest.mark.parametrize(("action", "id"), REFUSED_BY_ROW)
def test_everything_for_which_a_row_refuses_has_a_sentence(action: str, id: str) -> None:
    assert f"refusal.{id}" in TEXTS


def test_every_problem_of_the_source_has_a_title_and_a_sentence() -> None:
    for id in named("Problem", 1):
        own = f"page.error.{id}"
        assert f"problem.{id}" in TEXTS or own in TEXTS, id
        assert f"problem.{id}.title" in TEXTS or f"{own}.title" in TEXTS, id


def test_every_reason_of_a_decision_has_a_sentence() -> None:
    assert {f"reason.{id}" for id in named("Reason")} <= set(TEXTS)


def test_every_warning_of_the_source_has_a_sentence() -> None:
    assert named("Warning") <= WARNINGS
    assert {f"warning.{id}" for id in WARNINGS} <= set(TEXTS)


def test_every_action_that_tells_somebody_has_a_notice() -> None:
    for action in (a for a, row in policy.ACTIONS.items() if row.tells != "none"):
        for part in ("subject", "line", "sms"):
            assert f"notice.{action}.{part}" in TEXTS
            assert action not in WAITING or f"notice.{action}_waiting.{part}" in TEXTS


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_can_be_named_as_something_to_do(action: str) -> None:
    assert f"do.{action}" in TEXTS


@pytest.mark.parametrize("action", ASKED_BY_CODE)
def test_every_code_says_what_it_is_for_and_what_to_do_about_one_that_was_not_asked_for(
    action: str,
) -> None:
    for part in ("subject", "line", "not_you"):
        assert purpose(action, part) in TEXTS


def test_every_hold_that_the_table_can_cause_says_why() -> None:
    for action, row in policy.ACTIONS.items():
        if row.held_meanwhile or any(rule.lasts for rule in row.hold):
            assert f"hold.{action}" in TEXTS


def test_every_security_level_and_what_raises_it_has_words() -> None:
    assert {f"level.{n}" for n in range(5)} <= set(TEXTS)
    assert {f"raise.bind_{kind}" for kind in ("totp", "email", "phone")} <= set(TEXTS)


# ── reviewed cases ──────────────────────────────────────────────────────────────────────────────


def test_everything_that_can_be_lost_and_every_question_of_the_form_has_words() -> None:
    assert {f"lost.{id}" for id in CAN_BE_LOST} <= set(TEXTS)
    assert {f"question.{q.id}" for q in QUESTIONS} <= set(TEXTS)


def test_every_state_of_a_case_has_words_for_its_applicant_and_for_its_reviewers() -> None:
    schema = (SOURCE / "migrations" / "versions" / "0004_cases.sql").read_text("utf-8")
    (states,) = re.findall(r"create type case_state as enum \((.*)\)", schema)
    named = re.findall(r"'(\w+)'", states)
    assert {"open", "rejected", "done"} < set(named)
    for state in named:
        assert f"page.case.{state}" in TEXTS
        assert f"console.state.{state}" in TEXTS


def test_every_role_verdict_and_kind_of_file_has_words_in_the_console() -> None:
    verdicts = {
        assess((Question("recent", "text", "recent", 100),), {"recent": claim}, known, 0).verdict
        for claim, known in (("1 and 2", _HAD), ("", _HAD), ("1", _HAD), ("9", Known(_HAD.facts)))
    }
    assert verdicts == {"plain", "nonsense", "look"}
    for id in (*verdicts, "doubtful"):
        assert f"console.verdict.{id}" in TEXTS
    for family, ids in (("console.role", policy.ROLES), ("console.file", KINDS)):
        assert {f"{family}.{id}" for id in ids} <= set(TEXTS)


@pytest.mark.parametrize("event", [*STEPS_OF_CASES, *TO_STAFF])
def test_everything_that_is_told_about_cases_and_to_our_own_people_has_a_notice(event: str) -> None:
    for part in ("subject", "line", "sms"):
        assert f"notice.{event}.{part}" in TEXTS
    assert (f"notice.{event}.unknown" in TEXTS) == (event in TO_STAFF)


# ── nothing left over ───────────────────────────────────────────────────────────────────────────


def test_no_text_is_left_over_that_nobody_says() -> None:
    said, made = literals(), dynamic()
    families = {
        "refusal": named("Refusal") | said | RULES,
        "problem": said,
        "reason": named("Reason"),
        "warning": WARNINGS,
        "offer": set(FIELDS),
        "field": set(FIELDS),
        "step": {step for _, step in STEPS} | set(ACTIONS),
    }

    def used(id: str) -> bool:
        family, _, rest = id.partition(".")
        if family in families:
            return rest.split(".")[0] in families[family]
        known = set(ACTIONS) | set(policy.PROTECTED) | said
        return id in said or (
            any(p.fullmatch(id) for p in made)
            and (family in ("page", "why", "level") or any(w in known for w in rest.split(".")))
        )

    assert [id for id in TEXTS if not used(id)] == []
