"""Positive controls: an attack test is worth something only if it fails where its defence is gone.

A control is a small diff in `tests/controls/<name>.diff`. Above the diff stand lines of its own:

    Removes: the defence that is taken away, in a sentence
    Breaks: tests/attacks/test_x.py::test_name
    Fails: text that stands in the failure, so that no accident passes for the attack
    Cheap: yes

`Breaks` may stand several times, each with a `Fails` of its own below it. The diff is applied to a
copy of `src/portvakt`, the named tests run against the copy, and each must fail. Nothing of this is
in the product: no defence has an off-switch.

    python -m tools.controls            lists them
    python -m tools.controls A21 A53    runs those whose name begins so, and shows what failed
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
DIFFS = ROOT / "tests" / "controls"


@dataclass(frozen=True, slots=True)
class Broken:
    """A test that must fail, and a text that its failure must show."""

    test: str
    shows: str


@dataclass(frozen=True, slots=True)
class Control:
    name: str
    removes: str
    breaks: tuple[Broken, ...]
    cheap: bool
    file: Path


class ControlError(Exception):
    """A control that cannot be tried: its file is malformed or does not fit the source any more."""


def read(file: Path) -> Control:
    """One control. ControlError says what its head lacks."""
    head, _, diff = file.read_text().partition("\n--- ")
    said = [line.partition(": ") for line in head.splitlines() if ": " in line]
    values = {key: value for key, _, value in said}
    tests = [value for key, _, value in said if key == "Breaks"]
    shows = [value for key, _, value in said if key == "Fails"]
    if not diff or "Removes" not in values or not tests or len(tests) != len(shows):
        raise ControlError(
            f"{file.name}: Removes, and Breaks with Fails, must stand above the diff"
        )
    breaks = tuple(Broken(t, s) for t, s in zip(tests, shows, strict=True))
    return Control(file.stem, values["Removes"], breaks, values.get("Cheap") == "yes", file)


def controls() -> list[Control]:
    """All of them, by name."""
    return [read(file) for file in sorted(DIFFS.glob("*.diff"))]


def misfit(control: Control) -> str:
    """Why the diff does not fit the source as it is now; empty where it does."""
    tried = subprocess.run(
        ["git", "apply", "--check", "--recount", "-C1", str(control.file)], cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return tried.stderr.strip() if tried.returncode else ""


def without_defence(control: Control, folder: Path) -> Path:
    """A copy of the source below `folder` with the diff applied; gives the folder to import from."""
    source = folder / "src"
    shutil.rmtree(source, ignore_errors=True)
    # copy2 keeps times: what one control compiled, the next need not compile again
    shutil.copytree(ROOT / "src" / "portvakt", source / "portvakt",
                    ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
    # Outside of any repository: inside one, git would look for the paths there.
    applied = subprocess.run(
        ["git", "apply", "--recount", "-C1", str(control.file)], cwd=folder, capture_output=True,
        text=True, env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}, check=False,
    )  # fmt: skip
    if applied.returncode:
        raise ControlError(f"{control.file.name} does not fit the source: {applied.stderr.strip()}")
    return source


def environment(source: Path) -> Mapping[str, str]:
    """The copy comes before the installed package; compiled files are kept beside it."""
    mine = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "PYTHONDONTWRITE"))}
    return {
        **mine,
        "PYTHONPATH": str(source),
        "PYTHONPYCACHEPREFIX": str(source.parent / "compiled"),
    }


def failures(control: Control, folder: Path) -> dict[str, str]:
    """Runs the control's tests without the defence: test → its failure; a test that passed or could
    not be set up is left out."""
    report = folder / "report.xml"
    report.unlink(missing_ok=True)
    tests = list(dict.fromkeys(b.test for b in control.breaks))
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", "-o",
         "junit_family=xunit1", f"--junitxml={report}", *tests],
        cwd=ROOT, env=environment(without_defence(control, folder)), capture_output=True, check=False,
        timeout=240,
    )  # fmt: skip
    if not report.exists():
        return {}
    out: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        failed = case.find("failure")
        if failed is not None:
            name = f"{case.get('file')}::{case.get('name')}"
            out[name] = f"{failed.get('message')}\n{failed.text}"
    return out


def survivors(control: Control, folder: Path) -> list[str]:
    """What speaks against the control: tests that did not fail, or not by the attack. Empty is good."""
    failed = failures(control, folder)
    out = []
    for broken in control.breaks:
        shown = [
            t
            for name, t in failed.items()
            if name.partition("[")[0] == broken.test or name == broken.test
        ]
        if not shown:
            out.append(f"{broken.test} did not fail")
        elif not any(broken.shows in text for text in shown):
            out.append(f"{broken.test} failed, but not with {broken.shows!r}: {shown[0][-800:]}")
    return out


def main(wanted: list[str]) -> int:
    found = [c for c in controls() if not wanted or c.name.startswith(tuple(wanted))]
    if not wanted:
        for control in found:
            print(f"{control.name:24} {'cheap' if control.cheap else '     '}  {control.removes}")
        return 0
    bad = 0
    with tempfile.TemporaryDirectory(prefix="portvakt-control-") as folder:
        for control in found:
            try:
                left = survivors(control, Path(folder))
            except ControlError as error:
                left = [str(error)]
            bad += bool(left)
            print(
                f"{control.name:24} {'; '.join(left) if left else 'the attack succeeds without it'}"
            )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
