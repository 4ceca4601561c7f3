"""Reading Markdown as far as the tests of the pages need it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: `language` is the word after the fence."""

    language: str
    text: str


def pages() -> list[Path]:
    """Every page of the repository, those on its top included."""
    return [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text(page: Path | str) -> str:
    return (ROOT / page).read_text("utf-8")


def blocks(page: Path | str, language: str | None = None) -> list[Block]:
    found = [Block(*match.groups()) for match in _FENCE.finditer(text(page))]
    return [block for block in found if language in (None, block.language)]


def prose(page: Path | str) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", text(page))


def links(page: Path) -> Iterator[str]:
    """Targets of links and pictures."""
    for match in _LINK.finditer(prose(page)):
        yield match.group(1)


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings get where it is shown."""
    found = set()
    for match in _HEADING.finditer(prose(page)):
        kept = re.sub(r"[^\w\- ]", "", match.group(1).strip().lower())
        found.add(kept.replace(" ", "-"))
    return found
