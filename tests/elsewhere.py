"""Runs a coroutine in a thread of its own: in the tests' thread the browser's event loop may be
running already."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import anyio

T = TypeVar("T")


def run(function: Callable[..., Awaitable[T]], *args: Any) -> T:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(anyio.run, function, *args).result()
