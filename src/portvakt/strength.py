"""How strong an account is: its second factors by rank, its security level, what approves (S94, policy.md)."""

from __future__ import annotations

from datetime import datetime

from portvakt.asking import CODE_OF, SECOND_FACTORS
from portvakt.model import (
    BoundFactor,
    Facts,
)
from portvakt.policy import Lives


def second_factors_of(factors: frozenset[str], channels: frozenset[str]) -> tuple[str, ...]:
    """The second factors among kinds of factors and kinds of channels, strongest first. A registered
    identifier alone is none; once a second channel, TOTP or passkey is bound, every bound channel is
    one (policy.md)."""
    kinds = set(factors & {"passkey", "totp"})
    if kinds or len(channels) > 1:
        kinds |= {CODE_OF[c] for c in channels}
    return tuple(k for k in SECOND_FACTORS if k in kinds)


def second_factors(facts: Facts) -> tuple[str, ...]:
    """The account's second factors, strongest first."""
    return second_factors_of(
        frozenset(f.kind for f in facts.factors), frozenset(c.kind for c in facts.channels)
    )


def level_of(second: tuple[str, ...], channels: int) -> int:
    """Security level 0–4 (S94): 0 nothing beside a password, 1 a second factor by message only,
    2 an authenticator, 3 an authenticator and both channels, 4 a passkey beside that."""
    if not second:
        return 0
    if "totp" not in second and "passkey" not in second:
        return 1
    if channels < 2:
        return 2
    return 4 if "passkey" in second else 3


def level(facts: Facts) -> int:
    return level_of(second_factors(facts), len(facts.channels))


def raises(facts: Facts, ways: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Actions that would raise the level, the most useful first. `ways`: in, that the operator has."""
    out = []
    passkey = facts.factor("passkey") is not None
    if facts.factor("totp") is None and not passkey:
        out.append("bind_totp")
    out += [f"bind_{kind}" for kind in ("email", "phone") if facts.channel(kind) is None]
    if not passkey and "passkey" in ways:
        out.append("add_passkey")
    return tuple(out)


def ripe(facts: Facts, kind: str, now: datetime, lives: Lives) -> tuple[BoundFactor, ...]:
    """Of this kind of factor what is old enough to approve protected actions."""
    late = now - lives.approves_after
    return tuple(f for f in facts.factors if f.kind == kind and (f.founding or f.bound_at <= late))


def approver(facts: Facts, now: datetime, lives: Lives) -> tuple[str | None, datetime | None]:
    """The one factor that approves protected actions, and until when it is too young for that: what
    a thief has just bound opens nothing for a day (policy.md). No older, weaker one stands in."""
    kind = next(iter(second_factors(facts)), None)
    if kind is None:
        return None, None
    if ripe(facts, kind, now, lives):
        return kind, None
    bound = [f for f in facts.factors if f.kind == kind]
    first = bound[0] if bound else next(c for c in facts.channels if CODE_OF[c.kind] == kind)
    late = first.bound_at + lives.approves_after
    return kind, None if first.founding or late <= now else late
