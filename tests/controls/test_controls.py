"""Every attack test fails where its defence is taken away: else it would prove nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.database import Server
from tools.controls import DIFFS, ROOT, Control, controls, misfit, survivors


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all controls of this process: what one compiled, the next need not compile again."""
    made: Path = tmp_path_factory.mktemp("controls")
    return made


@pytest.mark.timeout(300)
def test_without_its_defence_the_attack_succeeds(
    control: Control, folder: Path, postgres: Server
) -> None:
    """The runs inside join this run's PostgreSQL: the fixture keeps it alive for them."""
    assert survivors(control, folder) == []


def _attack_tests() -> set[str]:
    found = set()
    for file in sorted((ROOT / "tests" / "attacks").glob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found.add(f"{file.relative_to(ROOT)}::{node.name}")
    return found


def _reasons() -> dict[str, str]:
    lines = (DIFFS / "without.txt").read_text().splitlines()
    told = [line.rpartition(": ") for line in lines if line and not line.startswith("#")]
    return {test: reason for test, _, reason in told}


def test_every_attack_test_has_a_control_or_a_written_reason() -> None:
    """A reason is for one test, or for a whole file."""
    tried = {broken.test.partition("[")[0] for c in controls() for broken in c.breaks}
    tests, reasons = _attack_tests(), _reasons()
    files = {test.partition("::")[0] for test in tests}
    lacking = {t for t in tests - tried if not {t, t.partition("::")[0]} & reasons.keys()}
    assert lacking == set(), "these could prove nothing"
    assert reasons.keys() - tests - files == set(), "reasons for tests that are gone"
    assert not reasons.keys() & tried, "a reason and a control contradict each other"
    assert all(len(reason) > 20 for reason in reasons.values())


def test_every_control_fits_the_source() -> None:
    """Also the dear ones, which are not tried each time: a diff that no longer fits says so here."""
    assert {c.name: why for c in controls() if (why := misfit(c))} == {}


def test_every_control_names_tests_that_there_are_and_says_what_it_removes() -> None:
    for control in controls():
        assert len(control.removes) > 10, control.name
        for broken in control.breaks:
            file, _, name = broken.test.partition("::")
            assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text(), broken.test


def test_the_cheap_controls_are_enough_to_notice_and_few_enough_to_be_cheap() -> None:
    assert 8 <= sum(c.cheap for c in controls()) <= 16
