"""The bench itself: that it runs, loads what it says, and tells every row."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import report
from bench.load import Result
from bench.measure import Figures, Wrong, right
from bench.statements import asked, gist

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"


@pytest.mark.timeout(280)
def test_one_second_of_bench_prints_every_row_and_keeps_the_figures(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--rounds", "1", "--seconds", "1", "--accounts", "8",
         "--cold-starts", "1", "--generator", "bench.client", "--out", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=270, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr  # a busy machine may miss a gate, not an answer
    for row in ("sign-ins ÷", "GET /v1/me ÷", "p99 of session checks", "idle (PSS)", "after load",
                "cold start", "statements per session check", "statements per sign-in"):  # fmt: skip
        assert row in done.stdout
    kept = json.loads(next(tmp_path.glob("*.json")).read_text())
    assert len(kept["statements"]["check"]) == 1
    said = re.findall(r"^\| \d+ \| `([^`]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert [
        gist(s) for s in asked(kept["statements"]["sign_in"])
    ] == said  # each has its reason there
    assert all(row["value"] > 0 for row in kept["rows"])


def test_a_run_with_one_refused_answer_measures_nothing() -> None:
    assert right(Result(rate=1.0, done=1, bad=0, p50=1.0, p99=1.0)).done == 1
    with pytest.raises(Wrong):
        right(Result(rate=1.0, done=999, bad=1, p50=1.0, p99=1.0))


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    figures = Figures()
    for above, below in ((9.0, 10.0), (1.0, 1.0), (50.0, 100.0)):
        figures.add("above", above)
        figures.add("below", below)
    assert figures.ratio("above", "below") == 0.9


def test_the_table_is_put_between_the_marks_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.into_page(page, "new")
    assert page.read_text() == f"before\n{report.BEGIN}\nnew\n{report.END}\nafter\n"
    page.write_text("no marks")
    with pytest.raises(ValueError, match="marks"):
        report.into_page(page, "new")


def test_a_statement_in_a_few_words_names_what_it_changes_or_reads() -> None:
    assert (
        gist("insert into limits as l (bucket) select b from unnest($1) b") == "insert into limits"
    )
    assert (
        gist("select id from accounts where id = (select account from identifiers)")
        == "select accounts"
    )
    assert gist("select portvakt_now() as now") == "select now"
    assert asked(["BEGIN", "select 1 from flows", "COMMIT"]) == ["select 1 from flows"]
