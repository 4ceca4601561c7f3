"""The shapes of the contract as pydantic models, and what each operation takes and answers: the
source of the OpenAPI document. The answers themselves are written by `shape.py`; the tests hold the
two together."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from portvakt.model import FieldKind, FlowStatus


class Shape(BaseModel):
    """Answers have exactly the members listed; a client may rely on each of them being there."""

    model_config = ConfigDict(extra="forbid")


class Open(BaseModel):
    """An object with further members that depend on its kind."""

    model_config = ConfigDict(extra="allow")


# ── a flow's answer ─────────────────────────────────────────────────────────────────────────────


class Wait(Shape):
    for_: Literal["review", "time"] = Field(alias="for", description="what the flow waits for")
    until: datetime | None = Field(description="when it goes on by itself")
    due: datetime | None = Field(description="when reviewers will have answered")


class FlowHead(BaseModel):
    """Which attempt at which action this is."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"required": ["id", "action", "status", "account", "expires_at", "waits"]}
    )  # fmt: skip
    id: str
    token: str = Field("", description="for the header Flow-Token; in the first answer only")
    action: str
    status: FlowStatus
    account: str | None = Field(description="only after full proof")
    expires_at: datetime
    waits: list[Wait]


class Warn(Shape):
    id: str
    text: str = Field(description="what this action will cost, in the caller's language")
    until: datetime | None


class Show(Open):
    """Something to display, once: by its kind `totp_key {key, account_name, uri, qr_svg}`,
    `recovery_codes {codes}`, `consequences {…}`, `details {…}`, `number {value}`, `guide {url}`."""

    kind: str


class AskedField(Open):
    """Something the step asks for. Kinds bring their own members: `robot` the `challenge` and its
    `provider`, `choice` its `options`, `redirect` a `url`, `passkey_*` WebAuthn `options`."""

    name: str = Field(description="the input's name")
    kind: FieldKind
    label: str
    hint: str | None
    optional: bool
    sent_to: str | None = Field(description="where a code went, masked; null before one was sent")
    resend_at: datetime | None = Field(description="from when a code may be sent again")
    value: str | None = Field(description="what is kept already; never a secret")


class OfferedWay(Shape):
    id: str = Field(description='another way to meet this step: send {"offer": id}')
    title: str


class StepBody(Shape):
    id: str
    title: str
    text: str | None
    warnings: list[Warn]
    show: list[Show]
    fields: list[AskedField] = Field(description="only what is still missing")
    offers: list[OfferedWay]


class RefusalBody(Shape):
    """A refusal is an answer, not an error: status 200, and the step is asked again."""

    id: str = Field(description="one of the published refusals")
    text: str
    field: str | None = Field(description="the input it is about")
    params: dict[str, Any]
    retry_at: datetime | None = Field(description="from when another try makes sense")
    left: int | None = Field(description="tries left")


class FlowAnswer(Shape):
    """What a flow answers: what to ask next, why something was refused, or the result."""

    flow: FlowHead
    step: StepBody | None = Field(description="null when nothing is asked")
    refusal: RefusalBody | None
    result: dict[str, Any] | None = Field(description="only in the answer that finishes the flow")


class FileBody(Shape):
    file: str | None = Field(description="its id, one of the flow's `files`")
    refusal: RefusalBody | None


class Told(Shape):
    account: str
    at: datetime


# ── reads ───────────────────────────────────────────────────────────────────────────────────────


class Identifier(Shape):
    kind: Literal["email", "phone"]
    value: str
    registered: bool = Field(description="the identifier that the account began with")
    since: datetime


class Me(Shape):
    account: str
    identifiers: list[Identifier]
    level: int = Field(ge=0, le=4, description="security level")


class Factor(Shape):
    id: str
    kind: str
    label: str | None
    since: datetime
    last_used: datetime | None
    second_factor: bool
    synced: bool | None = Field(
        description="of a passkey: whether its provider may copy it to other devices; else null"
    )


class HoldBody(Shape):
    id: str
    cause: str = Field(description="the action that started it")
    actions: list[str] = Field(description="the protected actions it stops")
    starts: datetime
    ends: datetime | None
    ends_when: str | None


class SessionBody(Shape):
    id: str
    this: bool
    client: Literal["web", "android", "ios", "other"]
    device: str | None
    place: str | None
    last_used: datetime
    created: datetime


class Happening(Shape):
    id: str
    at: datetime
    action: str | None
    event: str
    text: str
    device: str | None
    place: str | None
    client: str | None


class Raise(Shape):
    action: str
    text: str


class SecurityLevel(Shape):
    level: int = Field(ge=0, le=4)
    raise_: list[Raise] = Field(alias="raise", description="what would raise it, most useful first")


class WaitingBody(Shape):
    flow: str = Field(description="send it to `stop_case` as `case`")
    action: str
    since: datetime
    until: datetime = Field(description="the earliest time; reviewers may still be reading then")
    case: str | None = Field(description="number of the application, where reviewers decide")
    due: datetime | None = Field(description="when reviewers answer at the latest")


class PayoutAddress(Shape):
    id: str
    asset: str
    address: str
    label: str | None
    since: datetime
    usable_from: datetime


class Protection(Shape):
    state: Literal["active", "frozen", "closed"]
    lock_days: int | None = Field(description="settings are locked; unlocking takes so many days")
    payout_list_only: bool
    phrase: str | None = Field(description="the holder's own words in every genuine message")
    payout_addresses: list[PayoutAddress]


# ── our own people ──────────────────────────────────────────────────────────────────────────────

Role = Literal["reviewer", "lead", "auditor", "operator"]


class OneOfOurs(Shape):
    account: str
    name: str
    role: Role
    since: datetime
    counts_from: datetime
    counts: bool
    me: bool
    change: bool = Field(description="whether the caller may propose a change")


class ProposalBody(Shape):
    """What one of ours wants done to an account, and what came of it."""

    id: str
    what: str = Field(description="the action")
    account: str
    name: str | None = Field(description="where it is about one of ours")
    role: Role | None
    by: str
    second: str | None
    state: Literal["open", "done", "turned_down", "expired"]
    reason: str
    answer: str | None = Field(description="why it was decided so")
    proposed: datetime
    until: datetime | None = Field(description="how long it can be approved")
    decided: datetime | None
    mine: bool
    stands: bool = Field(description="whether who proposed it still has the role of then")
    decide: bool
    approve: bool


class FrozenAccount(Shape):
    account: str
    since: datetime
    by: str
    lift: bool = Field(description="whether the caller may propose to lift it")
    reason: str


# ── decisions ───────────────────────────────────────────────────────────────────────────────────


class ReasonBody(Shape):
    id: str
    text: str
    until: datetime | None


class NextFlow(Shape):
    action: str
    inputs: dict[str, Any]


class DecisionBody(Shape):
    """The answer holds for at most 30 seconds; ask again for each movement of value."""

    id: str
    decision: Literal["allow", "deny", "step_up"]
    until: datetime | None = Field(description="when the last reason ends, where that is known")
    reasons: list[ReasonBody]
    flow: NextFlow | None = Field(description="the flow to start for a step-up")
    expires_at: datetime


class Redeemed(Shape):
    receipt: str
    redeemed: Literal[True]
    at: datetime


class Event(Shape):
    id: str = Field(description="the cursor for what comes next")
    at: datetime
    account: str
    action: str
    event: Literal["done", "waiting", "stopped", "ended", "redeemed", "blocked"]
    data: dict[str, Any]


class Events(Shape):
    events: list[Event] = Field(description="at most 100, oldest first, in the order of commits")


# ── sandbox and problems ────────────────────────────────────────────────────────────────────────


class SandboxLink(Open):
    id: str
    url: str
    token: str | None = None


class SandboxMessage(Shape):
    id: str
    to: str
    channel: str
    subject: str | None
    text: str
    code: str | None
    links: list[SandboxLink]
    sent_at: datetime | None


class SandboxMessages(Shape):
    messages: list[SandboxMessage]


class SandboxStaff(Shape):
    session_token: str


class SandboxClock(Shape):
    now: datetime


class SandboxInfo(Open):
    now: datetime
    operator: str


class ProblemBody(Open):
    """RFC 9457. `why` names what was wrong with a malformed request."""

    type: str = Field(description="/problems/<id>, a page that explains it")
    title: str
    status: int
    detail: str


# ── operations ──────────────────────────────────────────────────────────────────────────────────

Security = list[dict[str, list[str]]]
BEARER: Final[Security] = [{"session": []}]
FLOW: Final[Security] = [{"flowToken": []}, {"flowToken": [], "session": []}]
MAYBE_BEARER: Final[Security] = [{}, {"session": []}]
SERVICE: Final[Security] = [{"service": []}]
POSTED: Final = (400, 403, 409, 413, 415, 422, 429, 503)

#: operation → (summary, answer, security, statuses of problems)
OPERATIONS: Final[dict[str, tuple[str, Any, Security, tuple[int, ...]]]] = {
    "startFlow": ("Start an action", FlowAnswer, MAYBE_BEARER, (401, 404, *POSTED)),
    "moveFlow": ("Move a flow", FlowAnswer, FLOW, (401, 404, *POSTED)),
    "addFile": ("Send a file", FileBody, FLOW, (400, 401, 403, 404, 413, 415, 422, 429, 503)),
    "tellFacts": ("Tell what you know of an account", Told, SERVICE, (401, 404, *POSTED)),
    "lookAtFlow": ("Look at a flow", FlowAnswer, FLOW, (401, 404, 429, 503)),
    "me": ("The account of this session", Me, BEARER, (401, 503)),
    "listFactors": ("Factors", list[Factor], BEARER, (401, 503)),
    "listHolds": ("Active holds", list[HoldBody], BEARER, (401, 503)),
    "listSessions": ("Live sessions", list[SessionBody], BEARER, (401, 503)),
    "listActivity": ("Activity", list[Happening], BEARER, (400, 401, 503)),
    "securityLevel": ("Security level", SecurityLevel, BEARER, (401, 503)),
    "listWaiting": ("What waits", list[WaitingBody], BEARER, (401, 503)),
    "protection": ("Locks and lists", Protection, BEARER, (401, 503)),
    "decide": ("May this account do this now?", DecisionBody, SERVICE, (401, *POSTED)),
    "redeemReceipt": ("Spend a receipt", Redeemed, SERVICE, (401, 404, *POSTED)),
    "listEvents": ("Events", Events, SERVICE, (400, 401, 503)),
    "listPeople": ("Our people", list[OneOfOurs], BEARER, (401, 404, 503)),
    "listProposals": ("Proposals", list[ProposalBody], BEARER, (401, 404, 503)),
    "listFrozen": ("Accounts that our people froze", list[FrozenAccount], BEARER, (401, 404, 503)),
    "sandboxInfo": ("What this sandbox is", SandboxInfo, [], ()),
    "sandboxMessages": ("Messages sent", SandboxMessages, [], (400,)),
    "sandboxStaffSession": (
        "A reviewer's session",
        SandboxStaff,
        [],
        (400, 403, 404, 413, 415, 422, 503),
    ),
    "sandboxClock": ("The sandbox's time", SandboxClock, [], ()),
    "sandboxAdvance": ("Let time pass", SandboxClock, [], (400, 403, 413, 415, 422, 503)),
}


#: problem → status; their words are `problem.<id>` in `messages/`
PROBLEMS: Final[dict[str, int]] = {
    "malformed": 400,
    "not_signed_in": 401,
    "service_unknown": 401,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "idempotency_mismatch": 409,
    "idempotency_in_progress": 409,
    "receipt_other_details": 409,
    "receipt_void": 409,
    "too_large": 413,
    "unsupported_media_type": 415,
    "unknown_action": 422,
    "unknown_field": 422,
    "too_many_requests": 429,
    "internal": 500,
    "overloaded": 503,
}


def operation(id: str) -> dict[str, Any]:
    """Keyword arguments for a FastAPI route: what the document says about one operation. Problem
    responses and bodies are filled in by `openapi.py`."""
    summary, answer, security, problems = OPERATIONS[id]
    return {
        "operation_id": id,
        "summary": summary,
        "response_model": None,
        "responses": {200: {"model": answer, "description": "The answer"}}
        | {status: {"description": "A problem"} for status in sorted(problems)},
        "openapi_extra": {"security": security},
    }
