"""Takes evidence files for a flow that asks for some: looked at by content, re-encoded in a child process,
sealed each with a key of its own (A102). Nothing is kept of what cannot be made a plain picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from portvakt import conditions, intake
from portvakt.factors.base import Kit
from portvakt.model import Caller, Flow, Problem, Refusal
from portvakt.policy import Ask
from portvakt.ports.chance import new_id
from portvakt.ports.evidence import EvidenceReader, Picture
from portvakt.ports.sealed_file import seal
from portvakt.store import evidence, flows, limits
from portvakt.store.tx import Database

KINDS: Final = ("document", "photo", "other")
Found = Callable[[str, str, Caller], Flow | Problem]


class Filing:
    """`found` is the door's: without the right token a flow is not there."""

    def __init__(self, db: Database, kit: Kit, reader: EvidenceReader, found: Found) -> None:
        self._db, self._kit, self._reader, self._found = db, kit, reader, found

    def add(
        self, flow: str, token: str, caller: Caller, kind: str, data: bytes
    ) -> dict[str, Any] | Refusal | Problem:
        """`{"file": id}`, or why this file is not taken. Slow: call it from a worker thread."""
        found = self._found(flow, token, caller)
        if isinstance(found, Problem):
            return found
        row = self._kit.actions[found.action]
        asked = any(Ask.FILES in page.asks for page in row.pages)
        # nobody fills our disks before he has proven whose account it is about, or how he is reached
        reached = found.proof(f"new_{conditions.new_channel(found)}_code") is not None
        if not asked or not (found.account or reached) or kind not in KINDS:
            return Problem(404, "not_found")
        with self._db.tx() as tx:
            now = tx.now()
            counters = self._kit.buckets("file.network", intake.network_of(caller.ip))
            again = limits.take(tx, counters, now).retry_at
            room = evidence.count(tx, found.id) < self._kit.evidence_files
        if again is not None:
            return intake.too_many(again, now)
        if not room:
            return Refusal("too_many_files", {"max": self._kit.evidence_files}, field="files")
        made = self._reader.read(data)
        if not isinstance(made, Picture):
            return made
        id = new_id("fil")
        name = evidence.row_name(id)
        sealed, preview = (
            seal(self._kit.keys, name, made.jpeg),
            seal(self._kit.keys, f"{name}/preview", made.preview),
        )
        with self._db.tx() as tx:
            locked = flows.find_locked(tx, found.id)
            open_ = (
                locked is not None
                and locked[0].status == "open"
                and locked[0].expires_at > tx.now()
            )
            if not open_ or evidence.count(tx, found.id) >= self._kit.evidence_files:
                return Refusal("step_moved_on", field="files")
            evidence.add(tx, id, found.id, kind, sealed=sealed, preview=preview, now=tx.now(),
                         hash=made.sha256_of_original, pages=made.pages)  # fmt: skip
        return {"file": id}
