"""A notice to the holder: one message per address, each with a link of its own by which its reader can
say *this was not me*: freeze, undo, stop. Written with its cause, sent by jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from portvakt.factors.base import Kit, phrase_of
from portvakt.factors.notice import PREFIX, mailbox
from portvakt.model import ChannelKind, Facts
from portvakt.ports.chance import new_token
from portvakt.store import accounts, links, outbox
from portvakt.store.tx import Tx

Address = tuple[ChannelKind, str]


def topic(action: str, event: str) -> str:
    """The notice's words: `notice.<topic>.subject`, `.line`, `.sms`."""
    if event in ("attempt", "stopped") or event.startswith("case_"):
        return {"stopped": "stop_case"}.get(event, event)
    return action if event == "done" else f"{action}_{event}"


def post(tx: Tx, kit: Kit, facts: Facts, owner: str, flow: str | None, to: Iterable[Address],
         params: Mapping[str, Any], *, now: datetime, language: str = "en", zone: str | None = None,
         offers: Sequence[str] = ()) -> None:  # fmt: skip
    """`owner` is the account's id (`facts` are empty for one that is only being made). `offers` are
    what its reader can do beside freezing: `undo`, `stop`. The holder's own words go to what is
    bound and to nobody else: an address that is just being dropped may be a thief's."""
    account, bound = facts.account, {(c.kind, c.address) for c in facts.channels}
    for kind, address in to:
        token = new_token(PREFIX)
        channel = mailbox(kit.keys, kind, address)
        links.add(
            tx,
            kit.keys.token_hash(token),
            owner,
            flow,
            channel,
            now=now,
            expires=now + kit.lives.link,
        )
        outbox.post(tx, kit.keys, account=owner, flow=flow, channel=kind, to=address, template="notice",
                    params={**params, "phrase": phrase_of(kit.keys, account) if (kind, address) in bound else None,
                            "token": token, "offers": ["freeze", *offers]},
                    language=account.language if account else language,
                    zone=(account.zone if account else zone) or kit.zone,
                    now=now, expires=now + kit.lives.message)  # fmt: skip


def everywhere(tx: Tx, kit: Kit, owner: str, params: Mapping[str, Any], *, now: datetime,
               facts: Facts | None = None, only: ChannelKind | None = None) -> None:  # fmt: skip
    """To everything bound of this account, or all of one kind. What nobody did there by a flow."""
    about = facts or accounts.facts(tx, owner)
    to = [(c.kind, c.address) for c in about.channels if only in (None, c.kind)]
    post(tx, kit, about, owner, None, to, params, now=now)
