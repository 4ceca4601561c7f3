"""The sandbox: a mailbox that can be read and a clock that can be moved (contract.md). It exists only
where settings have `[sandbox]`, which is refused beside anything real."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from portvakt.factors.base import Kit
from portvakt.factors.password import secret_row
from portvakt.jobs import Jobs
from portvakt.messages.compose import Operator, compose, compose_sms, links_of
from portvakt.ports.chance import new_id, new_token, new_totp_key
from portvakt.store import accounts, clock, identifiers, messages, outbox, sessions, staff
from portvakt.store.tx import Database, Tx


class Sandbox:
    """`owner_url`: the role that may move the clock; the app's own role may not."""

    def __init__(self, db: Database, kit: Kit, jobs: Jobs, operator: Operator, owner_url: str,
                 client: tuple[str, str]) -> None:  # fmt: skip
        self._db, self._kit, self._jobs, self._operator = db, kit, jobs, operator
        self._owner_url, self._client = owner_url, client

    def info(self) -> Mapping[str, Any]:
        return {"now": self.now(), "operator": self._operator.name,
                "platform_client": {"id": self._client[0], "secret": self._client[1]},
                "reviewers": self.reviewers(), "staff": self.staff(),
                "protected_actions": sorted(self._kit.protected)}  # fmt: skip

    def reviewers(self) -> list[Mapping[str, str]]:
        """People who may decide cases here; made at the first look."""
        return [{"id": s["id"], "name": s["name"]} for s in self.staff() if s["role"] == "reviewer"]

    def staff(self) -> list[Mapping[str, str]]:
        """All of ours here; made at the first look: three who decide cases, and two who see to people."""
        with self._db.tx() as tx:
            if not staff.reviewers(tx):
                for name in ("Reviewer A", "Reviewer B", "Reviewer C", "Operator D", "Operator E"):
                    _one_of_ours(tx, self._kit, name, tx.now())
            return [{"id": s["account"], "name": s["name"], "role": s["role"]}
                    for s in staff.everybody(tx) if s["removed_at"] is None]  # fmt: skip

    def staff_session(self, reviewer: str) -> Mapping[str, str] | None:
        """A session of one of ours, as after signing in by passkey; None for nobody."""
        token = new_token("pvs")
        with self._db.tx() as tx:
            if staff.find(tx, reviewer) is None:
                return None
            now = tx.now()
            sessions.add(tx, new_id("ses"), reviewer, self._kit.keys.token_hash(token), client="web", device=None,
                         description="sandbox", network="", proofs=["passkey"], now=now,
                         expires=now + self._kit.lives.session)  # fmt: skip
        return {"session_token": token}

    def messages(self, to: str | None = None) -> Sequence[Mapping[str, Any]]:
        """What was sent, newest first. What is waiting or just being sent goes first, so that nobody has
        to poll."""
        self._jobs.deliver_all()
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


def _one_of_ours(tx: Tx, kit: Kit, name: str, now: datetime) -> None:
    """An account with an authenticator and the role that its name begins with, which counts at once: in a
    sandbox nobody waits a day."""
    account, factor = new_id("acc"), new_id("fac")
    address = f"{name.lower().replace(' ', '-')}@staff.example"
    key = kit.keys.identifier_hash(address)
    if not identifiers.claim(tx, key, "email", account, now):
        return
    accounts.add(tx, account, language="en", zone=None, now=now)
    accounts.add_channel(
        tx, new_id("chn"), account, "email", address, key, registered=True, now=now
    )
    sealed = kit.keys.seal(new_totp_key(32).encode(), secret_row(factor))
    accounts.add_factor(tx, factor, account, "totp", sealed, now=now)
    staff.add(tx, account, name, name.partition(" ")[0].lower(), now=now, active=now)
