"""A row of the policy in words. Every part of a row is said here: a part that changes no word fails the
tests by name (tests/docs/test_rows.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from portvakt.policy import Ask, HoldRule, Review, Row
from portvakt.settings import say_duration


@dataclass(frozen=True, slots=True)
class Said:
    """A row of the table in words: what it takes, what it causes, when it is refused."""

    takes: str
    causes: Mapping[str, str]
    refused: str


def _takes(row: Row) -> str:
    asked = [" + ".join(f"`{ask}`" for ask in page.asks) for page in row.pages]
    first = ["session"] if row.session else []
    if row.by_staff:
        roles, many = " or ".join(row.staff), row.by_staff > 1
        how = "one who proposes it and another who approves it" if many else "one who proposes it"
        who = "" if row.related else ", neither of them related to the account"
        first = [f"our own people ({roles}): {how}{who}"]
        asked = [f"`{name}`" for name in row.takes]
    elif row.staff:
        first = [
            f"{', '.join(first)} by passkey of one of our own people ({' or '.join(row.staff)})"
        ]
    said = ", then ".join([*first, *asked])
    if row.unproven:
        said += "; nobody is proven by it: reviewers decide whose account it is"
    if row.loses:
        lost, *others = row.loses
        unless = f", unless `{'` or `'.join(others)}` is" if others else " whatever is"
        said += f"; `{lost}` counts as lost{unless} ticked"
    if row.names_session:
        said += "; with a live session the account is known by it"
    if row.recovery_code:
        said += "; a `recovery_code` may answer for `second_if_bound`"
    if row.when_closed:
        said += "; also of a closed account"
    if row.totp_for_passkey:
        said += "; `totp` may answer for a passkey"
    if row.as_before:
        said += "; proofs are taken as they were before the change"
    return said


def _rule(rule: HoldRule) -> str:
    lasts = say_duration(rule.lasts) if rule.lasts else "none"
    return lasts + (f" if {' and '.join(f'`{w}`' for w in rule.when)}" if rule.when else "")


_UNTIL = {
    "authenticator_bound": "at least until an authenticator app is bound again",
    "second_factor_bound": (
        "where no second factor is left, at least until one is bound again (`no_second_left`)"
    ),
}


def _hold(row: Row) -> str:
    said = "; else ".join(_rule(rule) for rule in row.hold) or "none"
    if said != "none" and (row.wait or row.wait_chosen) and not row.review:
        said += ", counted from the end of the wait"
    if row.review:
        said += ", counted from the effect"
    if row.hold_until_bound:
        said += "; " + _UNTIL[row.hold_until_bound]
    if row.hold_through_lock:
        said += "; where settings are locked, at least until they are unlocked"
    return said


def _review(review: Review) -> str:
    return (
        f"for {review.reviewers} different reviewers who approve, and not less than to the end of "
        f"business day {review.earliest}; due by the end of business day {review.due}"
    )


def _wait(row: Row) -> str:
    if row.review:
        least = f"; not less than {say_duration(row.wait)}" if row.wait else ""
        return (
            _review(row.review)
            + least
            + ("; ways out are shut meanwhile" if row.held_meanwhile else "")
        )
    if not (row.wait or row.wait_chosen):
        return "none"
    said = (
        "the days chosen when locking" if row.wait_chosen else say_duration(row.wait or timedelta())
    )
    return said + ("; ways out are shut meanwhile" if row.held_meanwhile else "")


def _quarantine(row: Row) -> str:
    if not row.quarantine:
        return "none"
    what = {"email": "the e-mail address", "phone": "the phone number"}
    given_up = " and ".join(what[kind] for kind in row.releases) or "nothing"
    if row.review:
        return f"{say_duration(row.quarantine)} for every e-mail address or phone reported lost"
    return f"{say_duration(row.quarantine)} for {given_up} that it gives up"


def _tells(row: Row) -> str:
    if row.tells == "none":
        return "nobody"
    who = {
        "all": "every bound channel",
        "ever": "every channel that was ever bound",
        "identifier": "the new identifier",
    }[row.tells]
    who += " and all of our own people" if row.tells_staff else ""
    who += f", if {' or '.join(f'`{w}`' for w in row.tells_when)}" if row.tells_when else ""
    return who + ("; also when it is only begun" if row.tells_attempts else "")


def _ends(row: Row) -> str:
    who = {"none": "none", "others": "all others", "all": "all", "named": "the named one"}[row.ends]
    return who + (f", if {' and '.join(f'`{w}`' for w in row.ends_when)}" if row.ends_when else "")


def about_somebody(row: Row) -> bool:
    """An action that makes the account is about nobody's until its end."""
    return not any(Ask.NEW_IDENTIFIER_CODE in page.asks for page in row.pages)


def _refused(row: Row) -> str:
    if not about_somebody(row):
        return "never"
    states = [*([] if row.when_frozen else ["frozen"]), *([] if row.when_locked else ["locked"])]
    own = [f"`{when}` → `{refusal}`" for when, refusal in row.refuse_if]
    level = [f"a level under {row.minimum_level} would remain"] if row.minimum_level else []
    return ", ".join([*states, *own, *level]) or "never"


def said(row: Row) -> Said:
    """Every part of a row that differs from nothing, in words."""
    causes = {
        "Waits": _wait(row),
        "Hold": _hold(row),
        "Quarantine": _quarantine(row),
        "Ends sessions": _ends(row),
        "Tells": _tells(row),
    }
    if row.signs_in:
        causes["Gives"] = "a session"
    if row.usable_after:
        causes["What it adds is usable after"] = say_duration(row.usable_after)
    if row.unfreezes:
        causes["Unfreezes"] = "the account, if it is frozen"
    if row.list_only_after:
        causes["Leaves"] = "ways out to the payout list alone, until that is taken back"
    if row.undo:
        causes["Can be undone"] = "by every channel bound before, while its hold lasts"
    return Said(_takes(row) or "nothing", causes, _refused(row))
