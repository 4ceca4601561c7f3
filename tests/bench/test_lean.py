"""What a serving process leaves out, so that it starts soon and stays small (docs/performance.md)."""

from __future__ import annotations

import subprocess
import sys

import pytest

LATE = ("rich", "httpx", "procrastinate", "zxcvbn", "segno", "sqlalchemy", "alembic", "typer",
        "PIL", "pillow_heif", "pypdfium2")  # fmt: skip


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules of a process that is ready to serve."""
    code = "import sys; from portvakt import serving, app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", LATE)
def test_a_serving_process_starts_without_what_it_does_not_need_yet(
    loaded: set[str], module: str
) -> None:
    assert "portvakt.flow" in loaded
    assert module not in loaded
