"""Asks whether pages on this machine answer yet."""

from __future__ import annotations

import http.client


def answers(host: str, port: int, path: str) -> bool:
    """Whether `GET http://host:port/path` gives 200 within two seconds."""
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
