"""The sandbox: a mailbox that can be read and a clock that can be moved (contract.md). It exists only
where settings have `[sandbox]`, which is refused beside anything real."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from portvakt.factors.base import Kit
from portvakt.jobs import Jobs
from portvakt.messages.compose import Operator, compose, compose_sms, links_of
from portvakt.store import clock, messages, outbox
from portvakt.store.tx import Database


class Sandbox:
    """`owner_url`: the role that may move the clock; the app's own role may not."""

    def __init__(self, db: Database, kit: Kit, jobs: Jobs, operator: Operator, owner_url: str,
                 client: tuple[str, str]) -> None:  # fmt: skip
        self._db, self._kit, self._jobs, self._operator = db, kit, jobs, operator
        self._owner_url, self._client = owner_url, client

    def info(self) -> Mapping[str, Any]:
        return {"now": self.now(), "operator": self._operator.name,
                "platform_client": {"id": self._client[0], "secret": self._client[1]},
                "reviewers": [], "protected_actions": sorted(self._kit.protected)}  # fmt: skip

    def messages(self, to: str | None = None) -> Sequence[Mapping[str, Any]]:
        """What was sent, newest first. Delivers what is waiting first, so that nobody has to poll."""
        while self._jobs.deliver():  # it takes some at a time
            pass
        with self._db.tx() as tx:
            rows = messages.kept(tx)
        out = []
        for row in rows:
            body = outbox.unpack(self._kit.keys, row["id"], row["payload"])
            if to is not None and body["to"] != to:
                continue
            what = (row["template"], body["params"], body["language"], body["zone"], self._operator)
            if row["channel"] == "email":
                mail = compose(*what)
                subject, text = mail.subject, mail.text
            else:
                subject, text = "", compose_sms(*what)
            out.append({"id": row["id"], "to": body["to"], "channel": "sms" if row["channel"] == "phone" else "email",
                        "subject": subject, "text": text, "code": body["params"].get("code"),
                        "links": links_of(body["params"], self._operator), "sent_at": row["sent_at"]})  # fmt: skip
        return out

    def now(self) -> datetime:
        with self._db.tx() as tx:
            return tx.now()

    def advance(self, by: timedelta) -> datetime:
        """Moves the clock forward and answers when all due work has run."""
        if by < timedelta(0):
            raise ValueError("the clock only moves forward")
        clock.shift(self._owner_url, by)
        self._jobs.settle()
        return self.now()
