"""`make bench`: measures, prints the table, keeps everything as JSON below var/bench/.

    python -m bench [--rounds 5] [--seconds 4] [--page docs/performance.md]

Exit code 1 when a gate is missed; 2 when an answer was refused or wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import load, measure, report
from bench.stand import Stand, temporary_folder


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m bench", description="Measure Portvakt.")
    options.add_argument(
        "--rounds", type=int, default=5, help="interleaved rounds, besides warming up"
    )
    options.add_argument("--seconds", type=float, default=4.0, help="length of one measurement")
    options.add_argument("--accounts", type=int, default=64, help="accounts that sign in")
    options.add_argument(
        "--cold-starts", type=int, default=3, help="how often the start is measured"
    )
    options.add_argument(
        "--generator", choices=(load.WRK, load.OWN), help="default: wrk, if it is there"
    )
    options.add_argument("--out", type=Path, default=Path("var/bench"), help="where the JSON goes")
    options.add_argument("--page", type=Path, help="a page with marks, to put the table into")
    chosen = options.parse_args()

    with temporary_folder() as folder:
        stand = Stand(folder, chosen.accounts, chosen.generator or "")
        try:
            with stand:
                figures = measure.measure(stand, chosen.rounds, chosen.seconds, _say)
                about = report.about(stand, chosen.rounds, chosen.seconds)
            _say("cold starts")
            figures.rounds["cold"] = measure.cold_starts(stand, chosen.cold_starts)
        except measure.Wrong as wrong:
            _say(str(wrong))
            return 2
    lines = report.rows(figures)
    print(about["machine"])
    print(report.table(lines))
    chosen.out.mkdir(parents=True, exist_ok=True)
    file = chosen.out / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    file.write_text(json.dumps(report.as_data(lines, figures, about), indent=1), encoding="utf-8")
    print(f"kept in {file}")
    if chosen.page is not None:
        report.into_page(chosen.page, report.markdown(lines, about))
    return 0 if all(row.ok for row in lines) else 1


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
