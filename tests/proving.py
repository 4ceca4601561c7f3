"""Which line of the requirements does which test prove? Kept for `make coverage-of-spec`.

A test says it with `@pytest.mark.proves("S4", "A21")`. After the run the results stand as JSON in
the file named by `--proofs`: `{"S4": {"passed": ["tests/…::test_…"], "failed": []}}`. A line that
is named by a test but not in the list of lines is refused at collection: a typing mistake would
prove nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tools.coverage_of_spec import known_lines


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--proofs", default=None, help="write proven requirement lines as JSON here")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "proves(*lines): requirement lines that this test proves")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    known = known_lines()
    for item in items:
        lines = [line for mark in item.iter_markers("proves") for line in mark.args]
        unknown = [line for line in lines if line not in known]
        if unknown:
            raise pytest.UsageError(f"{item.nodeid} says it proves {unknown}: no such line")
        item.user_properties.append(("proves", lines))


def _write(path: Path, outcomes: dict[tuple[str, tuple[str, ...]], str]) -> None:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: {"passed": [], "failed": []})
    for (nodeid, lines), outcome in sorted(outcomes.items()):
        for line in lines:
            found[line]["passed" if outcome == "passed" else "failed"].append(nodeid)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


class _Recorder:
    """Reports arrive in the controller from every worker, so one recorder sees the whole run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.outcomes: dict[tuple[str, tuple[str, ...]], str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        properties: dict[str, Any] = dict(report.user_properties)
        key = (report.nodeid, tuple(properties.get("proves", ())))
        if not key[1]:
            return
        # A test counts only if it ran and set-up, call and tear-down all passed.
        if report.when == "call" and report.passed:
            self.outcomes.setdefault(key, "passed")
        elif not report.passed:
            self.outcomes[key] = "failed"

    def pytest_sessionfinish(self) -> None:
        _write(self.path, self.outcomes)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    if config.option.proofs and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder(Path(config.option.proofs)), "portvakt-proofs")
