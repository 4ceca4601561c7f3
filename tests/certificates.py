"""The certificates of the world are read once. An `httpx.Client` reads them all when it is made, which takes a
tenth of a second, and a run makes thousands that speak to this machine in plain text."""

from __future__ import annotations

import ssl
from functools import cache

setattr(ssl, "create_default_context", cache(ssl.create_default_context))  # noqa: B010  it has a type
