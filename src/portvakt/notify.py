"""A notice to the holder: one message per address, each with a link of its own by which its reader can
say *this was not me*: freeze, undo, stop. Written with its cause, sent by jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from portvakt.factors.base import Kit, phrase_of
from portvakt.factors.notice import PREFIX, mailbox
from portvakt.model import ChannelKind, Facts, Flow
from portvakt.policy import VOTERS
from portvakt.ports.chance import new_token
from portvakt.store import accounts, links, outbox, staff
from portvakt.store.tx import Tx

Address = tuple[ChannelKind, str]


def topic(action: str, event: str) -> str:
    """The notice's words: `notice.<topic>.subject`, `.line`, `.sms`."""
    if event in ("attempt", "stopped") or event.startswith("case_"):
        return {"stopped": "stop_case"}.get(event, event)
    return action if event == "done" else f"{action}_{event}"


def voters(tx: Tx, kit: Kit, params: Mapping[str, Any], now: datetime) -> None:
    """A mail to each of ours who may vote."""
    for account in staff.accounts(tx, VOTERS):
        everywhere(tx, kit, account, {"at": now, **params}, now=now, only="email")


def applicant(tx: Tx, kit: Kit, flow: Flow, kind: ChannelKind, params: Mapping[str, Any], *,
              zone: str | None, now: datetime) -> None:  # fmt: skip
    """A message to the address that somebody wants to be reached at who has proven no account: no link by
    which he could freeze or stop anything, and of the account not a word."""
    said = {**params, "device": "", "network": "", "hold_until": None, "ends": "none"}
    if params["action"] == topic(flow.action, "waiting"):
        said["action"] = "applied"
    outbox.post(tx, kit.keys, account=None, flow=flow.id, channel=kind, to=flow.given[f"new_{kind}"],
                template="notice", params=said, language=flow.language, zone=zone or kit.zone,
                now=now, expires=now + kit.lives.message)  # fmt: skip


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
