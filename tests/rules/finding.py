"""A place of one's own to search at, outside any test run."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portvakt.core import Portvakt
from portvakt.ports.crypto import Keys
from portvakt.ports.embedded_postgres import EmbeddedPostgres
from tests.database import Server
from tests.holders import settings_for
from tests.rules.rewinding import Rewinding, RewindingPlace


@contextmanager
def searching() -> Iterator[RewindingPlace]:
    """A service with a server and a database of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="portvakt-search-", dir="/var/tmp") as folder:
        above = Path(folder)
        above.chmod(0o711)
        with EmbeddedPostgres(above / "pg", durable=False) as running:
            server = Server(running)
            server.migrated_template()
            database = server.create("search", _template())
            Keys.generate().save(above / "portvakt.keys")
            with Portvakt(settings_for(database, above / "portvakt.keys")).running() as portvakt:
                db = Rewinding(database.owner_url)
                yield RewindingPlace(portvakt, db)
                db.close()


def keep(file: Path, found: Any) -> None:
    file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _template() -> str:
    from tests.database import _TEMPLATE

    return _TEMPLATE
