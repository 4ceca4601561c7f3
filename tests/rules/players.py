"""Somebody at the door who answers what is asked with what he has: an owner with everything, a thief
with what he got hold of. He reads the addresses that are his, and no others."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import psycopg
import pyotp

from portvakt.asking import CAN_BE_LOST
from portvakt.core import Portvakt
from portvakt.decisions import Decider
from portvakt.factors.base import Kit
from portvakt.flow import Door
from portvakt.model import Answer, Caller, Decision, Problem, Session
from portvakt.policy import ACTIONS, PROVIDERS, Ask
from portvakt.ports.chance import new_id
from portvakt.ports.crypto import sha256
from portvakt.ports.sealed_file import seal
from portvakt.store import evidence, outbox
from portvakt.store.tx import Database
from tests.authenticator import Device
from tests.holders import FIREFOX, options_of

#: What one person can come to the end of at the door; the rest takes reviewers, or a case of theirs.
#: Nobody vouches for anybody where they play: what takes a provider has stories of its own.
ALONE = {id: row for id, row in ACTIONS.items() if row.review is None and not row.staff
         and row.kind not in PROVIDERS and not any(Ask.CASE_NUMBER in p.asks for p in row.pages)}  # fmt: skip
OWNERS = "fyra helt olika ord utan mening"
THIEFS = "en tjuv har valt det här lösenordet"
STEP = 30
DETAILS = {"amount": "1", "asset": "BTC", "to": "bc1q"}
SERVICE = "players"
_numbers = itertools.count(1)


def fresh(prefix: str = "somebody") -> dict[str, str]:
    """An e-mail address and a phone number that nobody had before."""
    number = next(_numbers)
    return {"email": f"{prefix}{number}@example.com", "phone": f"+467{2_000_0000 + number}"}


class Place:
    """One service to play at: its door, its decider, and the messages that it sent."""

    def __init__(
        self, portvakt: Portvakt, db: Database | None = None, kit: Kit | None = None
    ) -> None:
        self.portvakt, self.kit = portvakt, kit or portvakt.kit
        self.db = db or portvakt.db
        self.door = portvakt.door if db is None else Door(db, self.kit)
        self.decider = portvakt.decider if db is None else Decider(db, self.kit)

    def now(self) -> datetime:
        with self.db.tx() as tx:
            return tx.now()

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        with self.db.tx() as tx:
            return [dict(row) for row in tx.all(sql, list(params))]

    def sent(self, *, flow: str | None = None, account: str | None = None) -> Iterator[dict[str, Any]]:  # fmt: skip
        """What was sent for a flow or about an account, newest first: channel, template, to, params."""
        found = self.rows("select id, channel::text, template, flow, created_at, payload from messages where payload "
                          "is not null and (flow = %s or account = %s) order by id desc", flow, account)  # fmt: skip
        for row in found:
            body = outbox.unpack(self.kit.keys, row["id"], row["payload"])
            yield {**row, "to": body["to"], "params": body["params"]}

    def session(self, token: str) -> Session | None:
        """As the session check reads it; None for one that is over."""
        rows = self.rows(
            "select id, account, client, device, created_at, expires_at, last_used_at, proofs from sessions "
            "where token_hash = %s and ended_at is null and expires_at > portvakt_now()",
            self.kit.keys.token_hash(token),
        )
        return Session(**{**rows[0], "proofs": tuple(rows[0]["proofs"])}, level=0) if rows else None

    def pictures(self, flow: str) -> list[str]:
        """A document and a photo with the note, as sent for this flow and taken."""
        ids, keys = {kind: new_id("fil") for kind in ("document", "photo")}, self.kit.keys
        with self.db.tx() as tx:
            for kind, id in ids.items():
                name = evidence.row_name(id)
                evidence.add(tx, id, flow, kind, sealed=seal(keys, name, b"a picture"),
                             preview=seal(keys, f"{name}/preview", b"a picture"), hash=sha256(id.encode()), pages=1,
                             now=tx.now())  # fmt: skip
        return list(ids.values())

    def may(self, account: str, action: str = "withdraw", details: dict[str, str] = DETAILS, *,
            receipt: str | None = None) -> Decision:  # fmt: skip
        made = self.decider.may(account, action, details, receipt=receipt, service=SERVICE)
        assert not isinstance(made, Problem), made
        return made


@dataclass
class Begun:
    """A flow as its client knows it."""

    answer: Answer
    token: str
    totp_key: str | None = None
    codes: list[str] = field(default_factory=list)  # recovery codes that it shows
    used: dict[str, str] = field(default_factory=dict)
    notice: str | None = None
    lacked: set[str] = field(default_factory=set)  # what was asked last, that he could not answer

    @property
    def action(self) -> str:
        return self.answer.flow.action

    @property
    def status(self) -> str:
        return self.answer.flow.status

    @property
    def asked(self) -> list[str]:
        return [f.name for f in self.answer.step.fields] if self.answer.step else []


def channel_of(name: str) -> str:
    return "phone" if "sms" in name or "phone" in name else "email"


@dataclass
class Player:
    place: Place
    name: str
    identifier: str = ""  # whom he says he is
    reads: set[str] = field(default_factory=set)  # addresses whose messages he sees
    own: dict[str, str] = field(default_factory=dict)  # addresses that he would bind
    password: str | None = None
    key: str | None = None  # of the authenticator
    passkeys: Device = field(default_factory=Device)
    codes: list[str] = field(default_factory=list)  # recovery codes
    lost: tuple[str, ...] = ()  # what he says he has lost, beside what the action is about
    heard: set[str] = field(default_factory=set)  # who was told of what he does
    account: str = ""  # whose he means; known to him from outside
    new_password: str = OWNERS
    caller: Caller = field(default_factory=Caller)
    steps: dict[str, int] = field(default_factory=dict)
    receipts: list[str] = field(default_factory=list)
    watch: Callable[[Begun, Answer], None] = lambda begun, answer: None

    def __post_init__(self) -> None:
        if self.caller.user_agent:
            return  # a twin of somebody, at the same place
        number = next(_numbers)
        ip = f"198.{18 + number // 62_500 % 2}.{number // 250 % 250}.{number % 250 + 1}"
        self.caller = Caller(client="web", ip=ip, user_agent=FIREFOX)

    # ── moving a flow ───────────────────────────────────────────────────────────────────────────

    def begin(self, action: str, *, notice: str | None = None) -> Begun | None:
        """None where it cannot even be begun: without a session that is live."""
        if self.caller.session_token:
            live = self.place.session(self.caller.session_token)
            self.caller = replace(self.caller, session=live)
        given = {"notice_token": notice} if notice else {}  # as the link's page does
        answer = self.place.door.start(action, given, self.caller)
        if isinstance(answer, Problem):
            return None
        begun = Begun(answer, str(answer.flow.token), notice=notice)
        self.took(begun, answer)
        return begun

    def submit(self, begun: Begun, /, **more: Any) -> Answer | Problem:
        answer = self.place.door.submit(begun.answer.flow.id, begun.token, self.caller, **more)
        if isinstance(answer, Answer):
            self.took(begun, answer)
        return answer

    def answer(self, begun: Begun) -> bool:
        """Answers the current page, or takes another of its ways; false where he has nothing for it."""
        step = begun.answer.step
        if step is None or begun.status != "open":
            return False
        begun.lacked = set()
        for offer in (None, *(o.id for o in step.offers)):
            if offer is not None:
                if isinstance(self.submit(begun, offer=offer), Problem):
                    return False
                step = begun.answer.step
                if step is None:
                    return False
            needed = [f.name for f in step.fields if not f.optional]
            inputs = {n: self.right(begun, n) for n in needed}
            if all(inputs[n] is not None for n in needed):
                sent = {n: v for n, v in inputs.items() if v is not None}
                before = begun.answer
                after = self.submit(begun, inputs=sent)
                if isinstance(after, Problem) or after.refusal is not None:
                    return False
                begun.used |= {n: v for n, v in sent.items() if n != "password"}
                return after.flow.status != "open" or after.step != before.step
            begun.lacked |= {n for n in needed if inputs[n] is None}
        return False

    def plays(self, action: str, *, notice: str | None = None) -> Begun | None:
        """To the end, or as far as he comes."""
        begun = self.begin(action, notice=notice)
        for _ in range(12):
            if begun is None or not self.answer(begun):
                break
        return begun

    def does(self, action: str, *, notice: str | None = None) -> Begun:
        """What must succeed: the flow is done, or waits for its time."""
        begun = self.plays(action, notice=notice)
        assert begun is not None, f"{self.name} cannot begin {action}"
        assert begun.status in ("done", "waiting"), (self.name, action, begun.answer)
        return begun

    # ── what he has ─────────────────────────────────────────────────────────────────────────────

    def right(self, begun: Begun, name: str) -> str | None:
        """What this field takes, if he has it."""
        match name:
            case "identifier":
                return self.identifier
            case "robot":
                return "sandbox"
            case "agree" | "kept":
                return "yes"
            case "password":
                return self.password
            case "new_password":
                return self.new_password
            case "new_email" | "new_phone":
                return self.own.get(name.removeprefix("new_"))
            case "totp":
                return self._totp(self.key)
            case "new_totp":
                return self._totp(begun.totp_key)
            case "passkey" | "new_passkey":
                return self._passkey(begun, name)
            case "passkey_id":
                bound = self.place.rows("select id from factors where account = %s and kind = 'passkey' and "
                                        "removed_at is null order by id desc", self.account)  # fmt: skip
                return str(bound[0]["id"]) if bound else None
            case "recovery_code":
                return self.codes[-1] if self.codes else None
            case "notice_token":
                return begun.notice
            case "decision":
                made = self.place.may(self.account)
                return made.id if made.decision == "step_up" else None
            case "payout_address":
                listed = self.place.rows("select id from payout_addresses where account = %s and removed_at is null",
                                         self.account)  # fmt: skip
                return str(listed[0]["id"]) if listed else None
            case "asset" | "address":
                return DETAILS["asset" if name == "asset" else "to"]
            case "days":
                return "1"
            case "phrase":
                return f"the words of {self.name}"
            case "lost":
                about = ACTIONS[begun.action].loses
                said = self.lost if set(self.lost) & set(about) else (*self.lost, *about[:1])
                return ",".join(thing for thing in CAN_BE_LOST if thing in said)
            case "answers":
                return json.dumps({q.id: "As far as I remember." for q in self.place.kit.questions})
            case "files":
                return ",".join(self.place.pictures(begun.answer.flow.id))
            case "session" | "case" | "label" | "passkey_name":
                return None
        return self.code_in(begun, name)

    def _asked(self, begun: Begun, name: str) -> Any:
        """What a passkey's field asks of the browser."""
        step = begun.answer.step
        assert step is not None
        return next(f.extra["options"] for f in step.fields if f.name == name)

    def code_in(self, begun: Begun, name: str) -> str | None:
        """The newest code of this flow that came to an address he reads."""
        for message in self.place.sent(flow=begun.answer.flow.id):
            if message["template"] == "code" and message["channel"] == channel_of(name):
                return str(message["params"]["code"]) if message["to"] in self.reads else None
        return None

    def _passkey(self, begun: Begun, name: str) -> str | None:
        """Made or used by his own device; None where it has none that is asked for."""
        options = options_of(begun.answer)
        if name == "new_passkey":
            return json.dumps(self.passkeys.create(options))
        fits = self.passkeys.fitting(options)
        return json.dumps(self.passkeys.get(options, by=fits)) if fits else None

    def links(self, offer: str) -> list[str]:
        """The links in his messages about the account that offer this, newest first."""
        return [str(m["params"]["token"]) for m in self.place.sent(account=self.account)
                if m["template"] == "notice" and m["to"] in self.reads and offer in m["params"]["offers"]]  # fmt: skip

    def _totp(self, key: str | None) -> str | None:
        """A code whose time step was not used yet, within the drift that is allowed."""
        if key is None:
            return None
        now, gone = divmod(int(self.place.now().timestamp()), STEP)
        oldest = now - 1 if gone < STEP - 10 else now  # one that does not run out on the way
        step = max(oldest, self.steps.get(key, 0) + 1)
        if step > now + 1:
            return None
        self.steps[key] = step
        return pyotp.TOTP(key).at(step * STEP)

    # ── what he learns ──────────────────────────────────────────────────────────────────────────

    def took(self, begun: Begun, answer: Answer) -> None:
        begun.answer = replace(answer, flow=replace(answer.flow, token=None))
        for show in answer.step.show if answer.step else ():
            if show.kind == "totp_key":
                begun.totp_key = show.data["key"]
            elif show.kind == "recovery_codes":
                begun.codes = list(show.data["codes"])
        if answer.flow.status == "done" and answer.refusal is None:
            self._finished(begun, answer)
        self.watch(begun, answer)

    def _finished(self, begun: Begun, answer: Answer) -> None:
        action, result = begun.action, answer.result or {}
        if ACTIONS[action].signs_in:
            self.account = result["account"]
            token = result["session_token"]
            self.caller = replace(self.caller, session=self.place.session(token), session_token=token,
                                  device_token=result["device_token"])  # fmt: skip
        if action in ("sign_up", "reset_password", "change_password", "set_password"):
            self.password = self.new_password
        elif action == "bind_totp":
            self.key = begun.totp_key
        elif action == "new_recovery_codes":
            self.codes = list(begun.codes)
        elif action == "approve_protected_action":
            self.receipts.append(result["receipt"])
        elif action == "end_session":
            self.leaves()

    def leaves(self) -> None:
        """His client forgets the session, and keeps the device."""
        self.caller = replace(self.caller, session=None, session_token=None)


def binds(thing: str) -> str:
    """The action that binds it."""
    return {"codes": "new_recovery_codes", "passkey": "add_passkey"}.get(thing, f"bind_{thing}")


def owner_at(place: Place, by: str = "email", also: tuple[str, ...] = ()) -> Player:
    """Somebody who has just signed up, and binds what is named further: email, phone, totp, codes, passkey."""
    own = fresh()
    player = Player(place, "the owner", own[by], set(own.values()), dict(own))
    player.does("sign_up")
    for thing in also:
        player.does(binds(thing))
    return player


def passes(owner_url: str, seconds: float) -> None:
    """Time goes by for everybody on this database."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("update clock set shift = shift + make_interval(secs => %s)", [seconds])
