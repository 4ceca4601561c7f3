"""The pages of docs/ say what runs: generated parts are current, links and names lead somewhere, and
nothing that exists is left out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from portvakt import model
from portvakt.asking import inputs
from portvakt.messages import TEXTS
from portvakt.messages.base import forms
from portvakt.policy import ACTIONS, LIMITS, PROTECTED
from portvakt.settings.text import example_file
from tests.docs import markdown
from tests.docs.markdown import DOCS, ROOT
from tools import docs

PAGES = markdown.pages()
ADRS = sorted((DOCS / "adr").glob("[0-9]*.md"))
named = pytest.mark.parametrize("page", PAGES, ids=markdown.name)


# ── true ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("page", list(docs.pages()), ids=docs.name_of)
def test_the_generated_parts_of_a_page_are_current(page: Path) -> None:
    assert page.read_text("utf-8") == docs.made(page), "run `make docs`"


def test_a_block_that_nobody_makes_is_an_error(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- made: no.such -->\n<!-- end -->\n")
    with pytest.raises(LookupError, match=r"no\.such"):
        docs.made(page)


def test_a_stale_page_is_named_and_left_alone_when_only_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "policy.md"
    page.write_text("<!-- made: policy.lives -->\nyesterday\n<!-- end -->\n")
    monkeypatch.setattr(docs, "DOCS", tmp_path)
    assert docs.main(["policy", "--check"]) == 1
    assert "policy.md is stale" in capsys.readouterr().out
    assert "yesterday" in page.read_text()
    assert docs.main(["policy"]) == 0
    assert "yesterday" not in page.read_text()
    assert docs.main(["policy", "--check"]) == 0


@named
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in markdown.links(page):
        if re.match(r"[a-z]+:", target):
            assert target.startswith(("https://", "http://localhost:", "mailto:")), target
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.is_file(), f"{target} is not there"
        assert there.is_relative_to(ROOT), f"{target} leads out of the repository"
        if anchor:
            assert anchor in markdown.anchors(there), f"{target}: no such heading"


@named
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    for path in re.findall(r"`((?:src|tests|tools|docs|bench)/[\w/.-]+)`", markdown.prose(page)):
        assert (ROOT / path).exists(), path


def _defined(file: Path) -> set[str]:
    """`function`, `Class` and `Class.method` of a file."""
    found: set[str] = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            inner = (ast.FunctionDef, ast.AsyncFunctionDef)
            found |= {f"{node.name}.{n.name}" for n in node.body if isinstance(n, inner)}
    return found


def test_every_symbol_of_the_traces_is_in_the_file_that_they_name() -> None:
    text = markdown.text("docs/architecture.md")
    rows = re.findall(r"\| `([\w.]+)` \| `(src/[\w/.]+\.py)` \|", text)
    rows += re.findall(r"`([\w.]+)` in\s+`(src/[\w/.]+\.py)`", text)
    assert len(rows) > 40
    for symbol, file in rows:
        assert symbol in _defined(ROOT / file), f"{symbol} is not in {file}"


@pytest.mark.parametrize("page", ADRS, ids=lambda page: page.stem)
def test_a_decision_is_one_page_with_four_parts(page: Path) -> None:
    text = page.read_text("utf-8")
    number = page.stem.partition("-")[0]
    assert text.startswith(f"# {number} ")
    parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert parts == ["Context", "Decision", "Consequences", "Alternatives"]
    assert len(text.splitlines()) <= 60, "one page"


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(page.stem.partition("-")[0]) for page in ADRS]
    assert numbers == list(range(1, len(ADRS) + 1))


# ── whole ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_has_a_page_that_names_its_inputs_and_its_tables(action: str) -> None:
    text = markdown.text(f"docs/actions/{action}.md")
    assert text.startswith(f"# {action}\n")
    for block in ("facts", "fields", "refusals"):
        assert f"<!-- made: action.{block} {action} -->" in text
    for name in inputs(ACTIONS[action]):
        assert f"`{name}`" in text, name


def test_no_page_is_about_an_action_that_is_not_there() -> None:
    assert {page.stem for page in (DOCS / "actions").glob("*.md")} == set(ACTIONS)


def test_the_readme_names_every_action() -> None:
    for action in ACTIONS:
        assert f"docs/actions/{action}.md" in markdown.text("README.md")


def test_every_refusal_problem_reason_and_warning_is_documented() -> None:
    text = markdown.text("docs/messages.md")
    kinds = ("refusal", "problem", "reason", "warning", "offer", "hold")
    for id in TEXTS:
        kind, _, rest = id.partition(".")
        if kind in kinds and "." not in rest:
            assert f"| `{rest}` |" in text, id


def test_every_protected_action_and_limit_is_documented() -> None:
    text = markdown.text("docs/policy.md")
    for name in [*PROTECTED, *LIMITS]:
        assert f"| `{name}` |" in text, name


def test_every_setting_is_documented() -> None:
    text = markdown.text("docs/settings.md")
    section = ""
    for line in example_file().splitlines():
        if head := re.match(r"#? ?\[([\w.]+)\]$", line):
            section = head.group(1)
        elif (key := re.match(r"#? ?(\w+) = ", line)) and not section.startswith(
            ("policy.", "services.")
        ):
            assert f"`{key.group(1)}`" in text, f"[{section}] {key.group(1)}"


def test_every_metric_is_documented() -> None:
    text = markdown.text("docs/operations.md")
    source = "\n".join(p.read_text("utf-8") for p in (ROOT / "src").rglob("*.py"))
    names = re.findall(r"(?:Counter|Gauge|Histogram)\(\s*\"(portvakt_\w+)\"", source)
    assert len(names) > 5
    for name in names:
        assert f"| `{name}` |" in text, name


# ── words ───────────────────────────────────────────────────────────────────────────────────────


def _glossary() -> set[str]:
    return set(re.findall(r"\*\*([a-z -]+)\*\*", markdown.text("docs/glossary.md")))


def test_the_glossary_explains_the_words_that_the_records_speak_in() -> None:
    said = re.search(r"docs/glossary\.md\): (.*?)\.\n", model.__doc__ or "", re.DOTALL)
    assert said is not None
    words = {word.strip() for word in said.group(1).replace("\n", " ").split(",")}
    assert len(words) > 10
    assert words <= _glossary()


def _avoided() -> list[str]:
    table = markdown.text("docs/glossary.md").partition("## Words we do not use")[2]
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", table, re.MULTILINE)
    return [word.strip() for row in rows for word in row.split(",") if not set(row) <= set("-")]


def _uses(text: str, word: str) -> bool:
    flags = 0 if word.isupper() else re.IGNORECASE  # TOTP is no OTP
    return re.search(rf"\b{re.escape(word)}\b", text, flags) is not None


def test_pages_and_messages_keep_to_the_words_of_the_glossary() -> None:
    words = [word for word in _avoided() if word != "not"]
    assert "username" in words
    said = {markdown.name(page): markdown.prose(page) for page in PAGES if page.stem != "glossary"}
    said |= {id: " ".join(forms(entry)) for id, entry in TEXTS.items()}
    found = [(where, word) for where, text in said.items() for word in words if _uses(text, word)]
    assert found == []


@named
def test_a_page_names_no_path_of_somebodys_machine_and_no_package_index(page: Path) -> None:
    text = page.read_text("utf-8")
    assert not re.search(r"(?<![\w.])/(?:work|root|home|Users)/|/simple/|registry\.npm", text)
