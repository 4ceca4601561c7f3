"""Frozen records that every layer speaks in. No behaviour beyond tiny derived properties, no I/O.

One word, one meaning (docs/glossary.md): account, identifier, factor, channel, proof, action,
flow, need, step, offer, hold, quarantine, notice, decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

ChannelKind = Literal["email", "phone"]
#: `staff`: what our own people do to an account is done by no client of its holder
Client = Literal["web", "android", "ios", "other", "staff"]
FlowStatus = Literal["open", "waiting", "done", "refused", "expired", "cancelled"]
NeedKind = Literal["agree", "prove", "give", "review", "wait"]
#: A flow with one of these statuses moves no more.
ENDED: Final = frozenset({"done", "refused", "expired", "cancelled"})
FieldKind = Literal[
    "text", "identifier", "password", "new_password", "code", "agree", "choice", "date", "file",
    "robot", "redirect", "passkey_create", "passkey_get",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """A message by id with its parameters; prose lives in `messages/` and is said at the edge."""

    id: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal is a value and commits (ADR 0008). `field` names the input it is about."""

    id: str
    params: Mapping[str, Any] = field(default_factory=dict)
    field: str | None = None
    retry_at: datetime | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is no step of a flow: becomes an RFC 9457 document or an error page."""

    status: int
    id: str
    params: Mapping[str, Any] = field(default_factory=dict)
    retry_after: int | None = None  # seconds


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a step asks for. `sent_to` is masked, and None before anything was sent;
    `extra` carries what the kind needs."""

    name: str
    kind: FieldKind
    optional: bool = False
    sent_to: str | None = None
    resend_at: datetime | None = None
    value: str | None = None  # what is kept already (never a secret): shown again, editable
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Show:
    """Something to display: kind as in contract.md (`totp_key`, `consequences`, `details` …)."""

    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Warning:
    """What this action will cost, said before it is asked for (S21, S38)."""

    id: str
    params: Mapping[str, Any] = field(default_factory=dict)
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """Another way to meet the current need. Never a weaker one (A1)."""

    id: str


@dataclass(frozen=True, slots=True)
class Step:
    """What a flow asks now, as data; both faces render it. Title and text are `step.<id>.*`."""

    id: str
    title: Text
    text: Text | None = None
    warnings: tuple[Warning, ...] = ()
    show: tuple[Show, ...] = ()
    fields: tuple[Field, ...] = ()
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """A submitted flow waits for reviewers or for a time."""

    kind: Literal["review", "time"]
    until: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class FlowView:
    """The head of every answer. `token` only in the first; `account` only after full proof."""

    id: str
    action: str
    status: FlowStatus
    expires_at: datetime
    token: str | None = None
    account: str | None = None
    waits: tuple[Wait, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a flow answers: the one shape behind both faces (contract.md)."""

    flow: FlowView
    step: Step | None = None
    refusal: Refusal | None = None
    result: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in session as the session check reads it in its one statement."""

    id: str
    account: str
    client: Client
    device: str | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime
    level: int
    proofs: tuple[str, ...] = ()  # what it was opened with
    identifiers: tuple[Mapping[str, Any], ...] = ()
    language: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is at the door: everything a request brings beside its inputs. Nothing here is trusted
    as proof; tokens are looked up by keyed hash."""

    client: Client = "other"
    ip: str = "0.0.0.0"  # noqa: S104  an unknown address, not a bind
    user_agent: str = ""
    language: str = "en"
    zone: str | None = None
    session: Session | None = None
    session_token: str | None = None
    device_token: str | None = None
    idempotency_key: str | None = None
    request_hash: bytes | None = None  # sha-256 over path + body, for the idempotency key


# ── what the rules see ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class BoundFactor:
    """A factor row: password, totp, passkey … `id` names it, the secret is never here."""

    id: str
    kind: str
    bound_at: datetime
    last_used_at: datetime | None = None
    label: str | None = None
    founding: bool = False  # bound within the hour of the sign-up, in the sign-up's own session
    synced: bool | None = None  # of a passkey: whether its provider may copy it to other devices


@dataclass(frozen=True, slots=True)
class Channel:
    """A bound e-mail address or phone. `registered` is the identifier the account began with."""

    id: str
    kind: ChannelKind
    address: str
    registered: bool
    bound_at: datetime
    last_used_at: datetime | None = None
    key: str = ""  # keyed hash of the canonical form, hexadecimal
    founding: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """Protected actions suspended until `ends`. Ends only move later (S20, A16)."""

    id: str
    cause: str
    actions: tuple[str, ...]
    starts: datetime
    ends: datetime | None
    ends_when: str | None = None
    flow: str | None = None  # what caused it


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submitted flow whose time has not come: it can still be stopped."""

    flow: str
    action: str
    since: datetime
    until: datetime
    lost: frozenset[str] = frozenset()  # what a case reports lost: using it ends the case (S61)
    doubted: bool = False  # stopped twice by one address alone


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    state: str  # active | frozen | closed
    created_at: datetime
    language: str
    zone: str | None = None
    lock_days: int | None = None  # settings are locked; opening them takes this many days
    unfrozen_at: datetime | None = None
    payout_list_only: bool = False
    phrase: bytes | None = None  # the holder's own words for messages, sealed
    frozen_by_staff: bool = False  # then `state` is frozen, whatever the holder did


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the rules may look at about one account at one instant. `account is None` for
    flows that have not proven one yet, and for decoys for ever."""

    account: Account | None = None
    factors: tuple[BoundFactor, ...] = ()
    channels: tuple[Channel, ...] = ()
    holds: tuple[Hold, ...] = ()
    removed: tuple[tuple[str, datetime], ...] = ()  # (kind, when) of factors and channels unbound
    waiting: tuple[Waiting, ...] = ()
    undoable: bool = False  # the change that a link is about can still be taken back
    codes_left: int = 0  # recovery codes
    codes_since: datetime | None = None
    role: str | None = None  # where the holder is one of our people
    ours: bool = False  # so, or will be: with a role that does not count yet
    device_known: bool = False  # to this account
    device_seen: bool = False  # to any: what an action costs is told before anybody is named (S21)
    under_attack: bool = False

    def factor(self, kind: str) -> BoundFactor | None:
        """The newest bound factor of this kind."""
        return next((f for f in reversed(self.factors) if f.kind == kind), None)

    def channel(self, kind: str) -> Channel | None:
        return next((c for c in self.channels if c.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Proof:
    """A fact: this factor was proven in this flow at this time. Fresh for 5 minutes (policy)."""

    kind: str
    at: datetime
    by: str | None = None
    target: str | None = None  # channel or factor id; for `new_*` the canonical address


@dataclass(frozen=True, slots=True)
class Flow:
    """One attempt at one action: a row of facts. What is missing is computed, never stored."""

    id: str
    action: str
    status: FlowStatus
    created_at: datetime
    expires_at: datetime
    account: str | None = None
    decoy: bool = False
    session: str | None = None
    device: str | None = None
    client: Client = "other"
    language: str = "en"
    given: Mapping[str, Any] = field(default_factory=dict)  # kept inputs that are not secret
    sealed: Mapping[str, Any] = field(default_factory=dict)  # kept secrets, sealed at rest
    choice: Mapping[str, str] = field(default_factory=dict)  # group id → offer taken
    proofs: tuple[Proof, ...] = ()
    version: int = 0
    submitted_at: datetime | None = None
    due_at: datetime | None = None  # when a waiting flow takes effect

    def proof(self, kind: str) -> Proof | None:
        return next((p for p in self.proofs if p.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing still missing (or met): a page of fields. Alternatives are offers."""

    kind: NeedKind
    id: str  # the step id
    fields: tuple[str, ...]
    met: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()  # shown beside the rest, never missing

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(f for f in self.fields if f not in self.met)


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a row causes at this instant: computed by rules, shown before, written by effects."""

    hold_until: datetime | None = None
    hold_when: str | None = None  # beside that, until this has happened
    due_until: datetime | None = None  # when reviewers will have answered
    wait_until: datetime | None = None  # when it would take effect, where the row waits
    held_meanwhile: bool = False
    quarantine: tuple[tuple[ChannelKind, str, datetime], ...] = ()  # kind, keyed hash (hex), until
    ends_sessions: Literal["none", "others", "all"] = "none"
    tells: Literal["none", "identifier", "all", "ever"] = "none"

    @property
    def weighty(self) -> bool:
        """Something that the holder must have agreed to: a hold, a quarantine, or a wait."""
        return bool(self.hold_until or self.hold_when or self.quarantine or self.wait_until)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `Action.apply` hands back to the door. `tell` names further addresses, such as one just
    bound; those bound before are told anyway."""

    account: str | None  # None: about nobody who is proven, so nothing is caused
    result: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)  # for the notice and the audit
    tell: tuple[tuple[ChannelKind, str], ...] = ()
    ends_session: str | None = None
    stops: tuple[str, ...] = ()  # waiting flows that end here; the door does it
    doubts: tuple[str, ...] = ()  # cases that have to show more and wait longer from here on
    called: str = "done"  # what happened, where that is something else: its notice and its place in the history
    advance: tuple[str, ...] = ()  # flows of others that go on by this: a vote moves its case
    proposal: str | None = None  # what one of ours proposed or decided: see `ending`
    event: Mapping[str, Any] = field(default_factory=dict)  # what the platform is told beside


@dataclass(frozen=True, slots=True)
class Reason:
    id: str
    until: datetime | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to *may this account do this now?* (S91)."""

    id: str
    decision: Literal["allow", "deny", "step_up"]
    until: datetime | None
    reasons: tuple[Reason, ...]
    expires_at: datetime
    flow: Mapping[str, Any] | None = None
