"""Messages and wake-ups written in the transaction of their cause (procrastinate's `connection=`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from portvakt.plain import dump, load
from portvakt.ports.chance import new_id
from portvakt.ports.crypto import Keys
from portvakt.store import messages
from portvakt.store.tx import Tx

#: Job names. The serving process only defers by name; the functions live in `jobs.py`.
DELIVER: Final = "deliver"
SWEEP: Final = "sweep"
#: A message to nobody: written so that nobody can tell by the clock that there was nobody to tell (A02).
NOTHING: Final = "nothing"


@cache
def _app() -> Any:
    """Only defers. Imported with the first message: a start need not wait for it."""
    import procrastinate

    return procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def payload_row(message: str) -> str:
    """The associated data of a message's sealed payload."""
    return f"messages.payload/{message}"


def post(tx: Tx, keys: Keys, *, account: str | None, flow: str | None, channel: str, to: str, template: str,
         params: Mapping[str, Any], language: str, zone: str | None, now: datetime, expires: datetime) -> None:  # fmt: skip
    """Writes one mail or SMS and the job that sends it; nothing leaves if the transaction does not
    commit. Address, code and parameters stand sealed."""
    message = new_id("msg")
    body = dump({"to": to, "params": params, "language": language, "zone": zone})
    messages.add(tx, message, account=account, flow=flow, channel=channel, template=template,
                 payload=keys.seal_json(body, payload_row(message)), now=now, expires=expires)  # fmt: skip
    _app().configure_task(DELIVER, queue="messages", connection=tx.connection).defer(
        message=message
    )


def unpack(keys: Keys, message: str, payload: bytes) -> Mapping[str, Any]:
    """`{"to", "params", "language", "zone"}` of a message row."""
    body: Mapping[str, Any] = load(keys.open_json(bytes(payload), payload_row(message)))
    return body


def wake(tx: Tx, message: str, after: timedelta) -> None:
    """Another try for a message that could not leave."""
    wait = {"seconds": int(after.total_seconds())}
    _app().configure_task(
        DELIVER, queue="messages", connection=tx.connection, schedule_in=wait
    ).defer(message=message)
