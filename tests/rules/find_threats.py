"""Searches the whole table of threats and keeps it: `python -m tests.rules.find_threats [DEPTH]`.
Takes about half an hour; then run `make docs`. With a depth, cells are looked for only so deep, and what
was found deeper before is kept where it is sooner."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from portvakt.core import Portvakt
from portvakt.ports.crypto import Keys
from portvakt.ports.embedded_postgres import EmbeddedPostgres
from tests.database import Server
from tests.holders import settings_for
from tests.rules.rewinding import Rewinding, RewindingPlace
from tests.rules.test_threats import DEEP, FOUND, kept, search
from tests.rules.threats import ACCOUNTS, POWERS


def found(place: RewindingPlace, most: int) -> dict[str, dict[str, Any]]:
    before = kept() if FOUND.exists() and most < DEEP else {}
    table: dict[str, dict[str, Any]] = {}
    for power in POWERS:
        table[power] = {}
        for account in ACCOUNTS:
            near, cell = (
                search(place, power, account, 1),
                search(place, power, account, most).plain(),
            )
            if cell["earliest"] == "never" and before:
                cell = before[power][account]
            cell["stops"] = {k: sorted(v) for k, v in sorted(near.stops.items())}
            table[power][account] = cell
            print(power, "|", account, "|", cell, flush=True)
    return table


def main(most: int) -> None:
    with tempfile.TemporaryDirectory(prefix="portvakt-threats-", dir="/var/tmp") as folder:
        above = Path(folder)
        above.chmod(0o711)
        with EmbeddedPostgres(above / "pg", durable=False) as running:
            server = Server(running)
            server.migrated_template()
            database = server.create("threats", _template())
            Keys.generate().save(above / "portvakt.keys")
            with Portvakt(settings_for(database, above / "portvakt.keys")).running() as portvakt:
                db = Rewinding(database.owner_url)
                table = found(RewindingPlace(portvakt, db), most)
                db.close()
    FOUND.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _template() -> str:
    from tests.database import _TEMPLATE

    return _TEMPLATE


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEEP)
