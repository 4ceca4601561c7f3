"""The one contract of everything a step can ask: factors and things given alike.

*Count, work, decide* (ADR 0003) gives each input its life:

1. `buckets` and `fetch` run in the short transaction that counts the try and commits;
2. `work` runs with no transaction open and may be slow (hash, provider call, robot check);
3. `check` runs in the deciding transaction, under the account lock: it spends one-time things by one
   conditional UPDATE and answers what was proven or given.

`ask` makes the field that the step shows (and sends a code when it may). A new factor is a file
that fulfils this contract and one line in `factors/__init__.py`; what a new *second* factor needs beside
them is in docs/architecture.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, ClassVar

from portvakt.assessment import QUESTIONS, Question
from portvakt.business_days import BusinessDays
from portvakt.conditions import Case
from portvakt.model import Account, Caller, Channel, Facts, Field, FieldKind, Flow, Refusal, Show
from portvakt.policy import PROTECTED, Lives, Protected, Row, stopped_by_hold
from portvakt.ports.captcha import RobotCheck
from portvakt.ports.crypto import Keys
from portvakt.ports.oidc import Provider
from portvakt.ports.passkeys import RelyingParty
from portvakt.ports.passwords import PasswordHasher
from portvakt.store.limits import Bucket
from portvakt.store.links import Link
from portvakt.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Kit:
    """What the core is given once, at start: settings already read, ports already chosen."""

    keys: Keys
    hasher: PasswordHasher
    robot: RobotCheck
    operator: str
    lives: Lives
    limits: Mapping[str, str]
    actions: Mapping[str, Row]
    protected: Mapping[str, Protected] = field(default_factory=lambda: PROTECTED)
    host: str = "localhost"
    providers: Mapping[str, Provider] = field(default_factory=dict)
    ways: tuple[str, ...] = ()  # in beside the password: of `rules.SELF_NAMING` what is set up
    relying_party: RelyingParty | None = None  # without one no passkeys are served
    staff_by_passkey: bool = True
    country: str = "SE"
    sms_countries: tuple[str, ...] = ()
    sms_served: bool = True  # without a provider no phone number is taken at all
    totp_characters: int = 32
    totp_drift: int = 1
    password_shortest: int = 8
    password_shortest_alone: int = 8
    support: str | None = None  # where people turn to
    zone: str | None = None
    languages: tuple[str, ...] = ("en", "sv")
    calendar: BusinessDays = field(default_factory=lambda: BusinessDays("SE", UTC))
    questions: tuple[Question, ...] = QUESTIONS
    evidence_bytes: int = 10 * 1024 * 1024
    evidence_files: int = 6
    evidence_kept: timedelta = timedelta(days=90)

    @property
    def stopped_by_hold(self) -> tuple[str, ...]:
        """The ids of the ways out that a hold shuts."""
        return stopped_by_hold(self.protected)

    def buckets(self, family: str, name: str) -> list[Bucket]:
        """The counters of one family for one name, from the readable table (`policy.LIMITS`)."""
        key = self.keys.keyed_hash("limit", family, name)
        return [(key, seconds, most) for most, seconds in read_limit(self.limits[family])]


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST_WINDOW = 366 * 86400


@cache
def read_limit(text: str) -> tuple[tuple[int, int], ...]:
    """ "10/15m, 100/1d" → ((10, 900), (100, 86400)). ValueError shows the form, also for a window of
    no length, which would begin anew at each try: a limit that is off and looks as if it were on."""
    out = []
    for part in text.split(","):
        most, _, window = part.strip().partition("/")
        if not most.isdecimal() or not window[:-1].isdecimal() or window[-1:] not in _UNITS:
            raise ValueError(f"a limit is written like '10/15m, 100/1d', not {text!r}")
        seconds = int(window[:-1]) * _UNITS[window[-1]]
        if int(most) < 1 or not 1 <= seconds <= _LONGEST_WINDOW:
            raise ValueError(f"a limit is at least 1, in 1s to 366d, not {part.strip()!r}")
        out.append((int(most), seconds))
    return tuple(out)


def widened(text: str, times: int) -> str:
    """ "10/15m" → "500/15m" for times 50."""
    parts = (part.strip().split("/") for part in text.split(","))
    return ", ".join(f"{int(most) * times}/{window}" for most, window in parts)


@dataclass(frozen=True, slots=True)
class Scene:
    """One transaction's view of one flow: what inputs and actions work with. `subject` is the account
    that the identifier names (unproven!) or the flow's own; None for a decoy."""

    tx: Tx
    kit: Kit
    action: str
    row: Row
    flow: Flow
    facts: Facts
    caller: Caller
    now: datetime
    subject: str | None = None
    send: bool = False  # may `ask` send a code in this transaction? Never on a GET (A39)
    link: Link | None = None  # the notice's link that this flow came by
    bound_now: tuple[Channel, ...] = ()  # where the facts are those before a change
    #: whose account one of ours acts upon, first; and who else is locked for that
    others: tuple[str, ...] = ()

    @property
    def case(self) -> Case:
        """What the rules judge by."""
        kit = self.kit
        session = self.caller.session
        by = frozenset(session.proofs) if session is not None else frozenset()
        return Case(self.row, self.facts, self.now, self.flow, kit.lives, kit.calendar, kit.ways, by,
                    kit.staff_by_passkey, kit.support)  # fmt: skip

    @property
    def told(self) -> Case:
        """What the rules may judge by where the answer is shown: nothing of an account that is not
        proven yet, so that known and unknown look alike (A01)."""
        if self.flow.account is not None:
            return self.case
        return replace(self.case, facts=Facts(device_known=self.facts.device_seen))

    @property
    def owner(self) -> str:
        """The proven account of a flow whose needs are met; its absence is a bug."""
        if self.flow.account is None:
            raise LookupError(f"flow {self.flow.id} has no account")
        return self.flow.account


def lane(scene: Scene, factor: str, name: str) -> list[Bucket]:
    """The counters of one factor: one for each account across all flows (A14, A24). Devices known to
    the account have a lane of their own, so that a stranger's guesses never lock the owner out, not
    even those of a stranger who has the password (A16). So has who came by a notice's link, one for
    each address that notices go to: a thief who ended all sessions would else guess on until the time
    for the undo is over (A61)."""
    device = scene.caller.device_token
    if scene.facts.device_known and device is not None:
        own = scene.kit.keys.token_hash(device).hex()
        return scene.kit.buckets(f"{factor}.device", f"{own}/{name}")
    if scene.link is not None:
        return scene.kit.buckets(f"{factor}.device", f"{scene.link.channel}/{name}")
    return scene.kit.buckets(f"{factor}.account", name)


def details_of(flow: Flow) -> dict[str, str]:
    """What a flow is about, to be shown and told with each code: the details of the platform's
    question, or a payout address. Empty for most."""
    own = {n: str(flow.given[n]) for n in ("asset", "address", "label") if flow.given.get(n)}
    asked = flow.sealed.get("details", {})
    first = {n: asked[n] for n in ("amount", "asset", "to") if n in asked}
    return {**first, **asked, **own}


def phrase_row(account: str) -> str:
    return f"accounts.phrase/{account}"


def phrase_of(keys: Keys, account: Account | None) -> str | None:
    """The holder's own words, which every genuine message carries and no forger knows."""
    if account is None or account.phrase is None:
        return None
    return keys.open(bytes(account.phrase), phrase_row(account.id)).decode()


@dataclass(frozen=True, slots=True)
class Checked:
    """What an input came to. `proof` is its kind when something was proven; `given` is kept in the
    open, `sealed` sealed; `clears` are counters that a right answer resets."""

    proof: str | None = None
    target: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, Any] = field(default_factory=dict)
    clears: tuple[Bucket, ...] = ()


class Input(ABC):
    """One field name of the contract. Subclasses answer what their kind needs."""

    name: ClassVar[str]
    kind: ClassVar[FieldKind] = "text"
    longest: ClassVar[int] = 1024  # characters; longer is malformed
    #: kept whenever it is sent, also before its page is reached
    early: ClassVar[bool] = False

    #: what one try uses up of what `prepare` made, right or wrong
    once: ClassVar[tuple[str, ...]] = ()

    #: where our own people ask it: whose account it is about, then who else is to be locked for that
    def others(self, tx: Tx, kit: Kit, value: str) -> tuple[str, ...]:
        return ()

    def show(self, scene: Scene) -> tuple[Show, ...]:
        """What the step displays beside the field."""
        return ()

    def prepare(self, kit: Kit) -> Mapping[str, Any]:
        """Secrets to make when the page is first reached, kept sealed with the flow."""
        return {}

    def ask(self, scene: Scene) -> Field | Refusal:
        """The field as the step shows it; a Refusal when a code may not be sent now."""
        return Field(self.name, self.kind)

    def buckets(self, scene: Scene) -> list[Bucket]:
        """Counters to take before the work."""
        return []

    def fetch(self, scene: Scene, value: str) -> Any:
        """Reads what `work` needs; a Refusal ends it here; NOT_ASKED drops the input silently."""
        return None

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        """Slow part; returns evidence, or a Refusal."""
        return value

    def named(self, evidence: Any) -> dict[str, str] | None:
        """Where only the work finds out whom it is about: what `read` could not say before it."""
        return None

    def finish(self, kit: Kit, field: Field) -> Field | Refusal:
        """Completes the field where somebody else must be asked for it, with no transaction open."""
        return field

    @abstractmethod
    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        """Spends and answers. Must not raise for anything a stranger can send."""

    def wrong(self) -> Refusal:
        return Refusal("wrong_code", field=self.name)


class Naming(Input):
    """An input that says whom a flow is about: it is read before anything else, and proves nothing by that."""

    @abstractmethod
    def read(self, kit: Kit, value: str) -> dict[str, str] | Refusal:
        """What a flow is given by it."""

    def fetch(self, scene: Scene, value: str) -> Any:
        return self.read(scene.kit, value)

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        return fetched


class WayIn(Naming):
    """One that names its account by itself: what it says is checked by work of its own."""


class _NotAsked:
    pass


#: The input was sent before its code was: nothing to compare, nothing counted.
NOT_ASKED = _NotAsked()
