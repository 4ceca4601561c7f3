"""Idempotency: the same key gives the same answer, another body 409 (contract.md, A111).

A key belongs to whoever holds the flow token, session or service it came with. For a
caller with none of these it belongs to address, device and client program together, so that nobody is
ever handed a stranger's flow. What kind of holder it is stands apart from the text it came with: a
session token is what a client says it is, and one that reads like a service's name must not meet that
service's answers. The answer is kept sealed, in the transaction of its effect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from portvakt.model import Caller, Problem
from portvakt.plain import dump, load
from portvakt.ports.crypto import Keys
from portvakt.store import services
from portvakt.store.tx import Database, Tx

T = TypeVar("T")
Holder = tuple[Literal["flow", "session", "service"], str | None]


@dataclass(frozen=True, slots=True)
class Keep:
    """Where this request's answer will be kept; hand it to the transaction that ends the request."""

    keys: Keys
    scope: bytes
    life: timedelta

    @property
    def _row(self) -> str:
        return f"answers.sealed/{self.scope.hex()}"

    def write(self, tx: Tx, answer: Any, now: datetime, life: timedelta | None = None) -> None:
        sealed = self.keys.seal_json(dump(answer), self._row)
        services.keep_answer(tx, self.scope, sealed, now + (life or self.life))

    def read(self, sealed: bytes) -> Any:
        return load(self.keys.open_json(sealed, self._row))


def scope_of(keys: Keys, caller: Caller, holder: Holder) -> bytes:
    """`holder`: the flow token, session token or service that the request came with."""
    kind, name = holder
    parts = (
        (kind, name)
        if name is not None
        else ("anonymous", caller.ip, caller.device_token or "", caller.user_agent)
    )
    return keys.keyed_hash("answer", *parts, str(caller.idempotency_key))


def once(db: Database, keys: Keys, caller: Caller, holder: Holder, life: timedelta,
         work: Callable[[Keep | None], T]) -> T | Problem:  # fmt: skip
    """Runs `work` once for this key. Without a key it just runs."""
    if caller.idempotency_key is None or caller.request_hash is None:
        return work(None)
    keep = Keep(keys, scope_of(keys, caller, holder), life)
    with db.tx() as tx:
        now = tx.now()
        stands = services.claim_answer(tx, keep.scope, caller.request_hash, now, now + life)
    if stands is not None:
        if bytes(stands["request"]) != caller.request_hash:
            return Problem(409, "idempotency_mismatch")
        sealed = stands["sealed"]
        if sealed is None:
            return Problem(409, "idempotency_in_progress", retry_after=1)
        answer: T = keep.read(bytes(sealed))
        return answer
    done = work(keep)
    if isinstance(done, Problem):
        with db.tx() as tx:
            services.drop_answer(tx, keep.scope)
    return done
