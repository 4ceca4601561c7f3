"""Keeps the generated parts of docs/ true: `make docs`, or `python -m tools.docs [page …] [--check]`.

A page is prose written by hand with blocks between two marks; what stands between them is made from
the code, so that no table can say anything else than what runs:

    <!-- made: policy.actions -->
    …
    <!-- end -->

`docs/settings.md` is made whole. Pages are named by their path below docs/ without `.md`: `policy`,
`actions/sign_in`. The blocks themselves are in `tools/docs_blocks.py`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from portvakt.settings.text import markdown as settings_page
from tools.docs_blocks import BLOCKS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
_BLOCK = re.compile(
    r"(?P<head><!-- made: (?P<name>[a-z.]+)(?: (?P<of>\w+))? -->\n).*?(?P<tail><!-- end -->)",
    re.DOTALL,
)


def pages() -> Iterator[Path]:
    """Every page that may have generated parts, and the ones made whole."""
    yield from sorted({*DOCS.rglob("*.md"), DOCS / "settings.md"})


def made(page: Path) -> str:
    """The page as it must read now. LookupError names a block that nobody makes, or a word of the
    policy that has no sentence yet."""
    if page == DOCS / "settings.md":
        return settings_page()
    return _BLOCK.sub(_filled, page.read_text("utf-8"))


def _filled(found: re.Match[str]) -> str:
    name, of = found["name"], found["of"]
    if name not in BLOCKS:
        raise LookupError(f"no block is called {name}; there are {', '.join(sorted(BLOCKS))}")
    text = BLOCKS[name](of or "")
    return f"{found['head']}\n{text.strip()}\n\n{found['tail']}"


def name_of(page: Path) -> str:
    return page.relative_to(DOCS).with_suffix("").as_posix()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("page", nargs="*", help="only these pages, like policy or actions/sign_in")
    parser.add_argument("--check", action="store_true", help="change nothing, name what is stale")
    asked = parser.parse_args(arguments)
    known = {name_of(page): page for page in pages()}
    unknown = [name for name in asked.page if name not in known]
    if unknown:
        parser.error(f"no such page: {', '.join(unknown)}")
    stale = []
    for name in asked.page or known:
        page, text = known[name], made(known[name])
        if page.exists() and page.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not asked.check:
            page.write_text(text, "utf-8")
    for name in stale:
        print(f"docs/{name}.md {'is stale: run make docs' if asked.check else 'written'}")
    return 1 if stale and asked.check else 0


if __name__ == "__main__":
    sys.exit(main())
