"""The stand-ins of a sandbox, for Google, Apple and whoever else its settings name: a process of its own,
beside the pages and under another name, so that cookies and posts from site to site are as in life.

Started by the commands as `python -m portvakt.standing_in`.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

import uvicorn

from portvakt.core import client_of
from portvakt.ports.idp_stand_in import StandIn, application
from portvakt.settings import Settings, SettingsError, as_process
from portvakt.store.tx import Database


def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT. The time is the sandbox's: its clock is moved now and then."""
    if settings.sandbox is None or settings.database.url is None:
        raise SettingsError(["stand-ins are for a sandbox"])
    db = Database(settings.database.url, size=1)
    db.open()

    def now() -> datetime:
        with db.tx() as tx:
            return tx.now()

    clients = {id: client_of(settings, id) for id in settings.providers}
    issuers = [urlsplit(client.issuer) for client in clients.values()]
    try:
        uvicorn.run(
            application({id: StandIn(client, now) for id, client in clients.items()}),
            host="127.0.0.1",
            port=issuers[0].port or 80,
            log_config=None,
            access_log=False,
            server_header=False,
        )
    finally:
        db.close()


if __name__ == "__main__":
    as_process(run)
