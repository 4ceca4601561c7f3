"""The picture of the README is one of the real pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.browser.conftest import Person
from tests.docs import markdown
from tests.docs.markdown import ROOT

PICTURE = ROOT / "docs" / "images" / "security-centre.png"


def test_the_picture_of_the_readme_can_be_taken_anew(
    person: Callable[..., Person], tmp_path: Path
) -> None:
    """Set PORTVAKT_PICTURES to any word to keep it as the page's new one."""
    assert PICTURE.relative_to(ROOT).as_posix() in markdown.links(ROOT / "README.md")
    me = person("desktop")
    me.sign_up()
    me.bind_totp()
    me.see("/security").get_by_text("Good: an authenticator app").wait_for()
    made = tmp_path / PICTURE.name
    me.page.screenshot(path=made)
    assert made.stat().st_size < 500_000, "too large for a first page"
    if os.environ.get("PORTVAKT_PICTURES"):
        shutil.copyfile(made, PICTURE)
