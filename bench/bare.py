"""The floor below every read: one indexed SELECT per request and nothing else, on the same server
programs, driver and pool as the session check. An ASGI application for the bench alone.

`GET /<session id>` answers the row as JSON. `$BENCH_DATABASE` is the database's URL.
"""

from __future__ import annotations

import json
import os
from typing import Any

from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool

_SQL = "select id, account, client, device, created_at from sessions where id = %s"
_HEADERS = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]

_pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
    os.environ.get("BENCH_DATABASE", ""), min_size=1, max_size=8, open=False,
    kwargs={"autocommit": True, "row_factory": tuple_row, "prepare_threshold": 1},
)  # fmt: skip


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    async with _pool.connection() as connection:
        cursor = await connection.execute(_SQL, [scope["path"][1:]])
        row = await cursor.fetchone()
    status = 200
    if row is None:
        status, body = (200 if scope["path"] == "/" else 404), b"{}"
    else:
        session, account, client, device, created = row
        body = json.dumps({"id": session, "account": account, "client": client, "device": device,
                           "created": created.isoformat()}).encode()  # fmt: skip
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*_HEADERS, length]})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Any, send: Any) -> None:
    await receive()
    await _pool.open(wait=True, timeout=15)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _pool.close()
    await send({"type": "lifespan.shutdown.complete"})
