"""How an owner comes to the end of each action: what must be so before, in the order it is made so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from portvakt.model import Answer
from portvakt.policy import ACTIONS
from portvakt.store import accounts
from tests.rules.players import ALONE, Begun, Place, Player, fresh

Passes = Callable[[float], None]
Forgets = Callable[[Player], None]  # makes the account one that has no password
HOUR: Final = 3600.0
#: What an account must have had done to it first; the rest can be done at once.
BEFORE: Final[dict[str, tuple[str, ...]]] = {
    "unbind_email": ("bind_email", "bind_phone", "bind_totp"),
    "unbind_phone": ("bind_email", "bind_phone", "bind_totp"),
    "unbind_totp": ("bind_totp",),
    "remove_passkey": ("add_passkey",),
    "undo_change": ("unbind_totp",),
    "approve_protected_action": ("bind_totp",),
    "remove_payout_address": ("add_payout_address",),
    "payout_list_only_off": ("payout_list_only_on",),
    "unlock_settings": ("lock_settings",),
    "unfreeze_account": ("freeze_account",),
    "stop_case": ("payout_list_only_off",),
}
OFFER: Final = {"undo_change": "undo"}
NEEDS_QUIET: Final = frozenset(
    {"approve_protected_action", "close_account"}
)  # refused inside a hold


def signed_up(
    place: Place, by: str, watch: Callable[[Begun, Answer], None] | None = None
) -> Player:
    own = fresh()
    owner = Player(place, "the owner", own[by], set(own.values()), dict(own))
    if watch is not None:
        owner.watch = watch
    owner.does("sign_up")
    return owner


def enters(owner: Player) -> bool:
    """With a live session, if he can have one."""
    token = owner.caller.session_token
    if token is not None and owner.place.session(token) is not None:
        return True
    owner.leaves()
    begun = owner.plays("sign_in")
    return begun is not None and begun.status == "done"


def reaches(owner: Player, action: str, passes: Passes, forgets: Forgets) -> Begun | None:
    """To the end of this action and, where it waits, to its effect. None where the account is in a
    state that does not allow it (a thief changed the password, it is frozen or locked)."""
    if not prepares(owner, action, passes, forgets):
        return None
    for first in BEFORE.get(action, ()):
        if not _is_so(owner, first) and reaches(owner, first, passes, forgets) is None:
            return None
        if first == "payout_list_only_off":
            break
    if action == "set_password":
        forgets(owner)
    if action in NEEDS_QUIET:
        passes(49 * HOUR)
    passes(91)  # the next code of the authenticator is a new one, and codes may be sent again
    if action != "unfreeze_account" and not enters(owner):
        return None
    passes(91)
    if action == "reset_password":
        owner.leaves()
    notice = None
    if action in OFFER:
        links = owner.links(OFFER[action])
        notice = links[0] if links else None
    begun = owner.plays(action, notice=notice)
    if begun is None or begun.status not in ("done", "waiting"):
        return None
    if begun.status == "waiting" and action != "payout_list_only_off":
        passes(8 * 24 * HOUR)
    return begun


def prepares(owner: Player, action: str, passes: Passes, forgets: Forgets) -> bool:
    """Comes back first where a thief, or he himself, froze or locked the account or changed the
    password; true where the action can be begun."""
    if action in ("unfreeze_account", "freeze_account", "reset_password"):
        return True
    if _is_so(owner, "freeze_account"):
        reaches(owner, "unfreeze_account", passes, forgets)
    if not enters(owner):
        reaches(owner, "reset_password", passes, forgets)
    locked = _is_so(owner, "lock_settings") and not ACTIONS[action].when_locked
    if locked and action != "unlock_settings":
        reaches(owner, "unlock_settings", passes, forgets)
    return enters(owner)


def _is_so(owner: Player, action: str) -> bool:
    with owner.place.db.tx() as tx:
        facts = accounts.facts(tx, owner.account)
    head = facts.account
    assert head is not None
    so = {
        "bind_email": facts.channel("email"), "bind_phone": facts.channel("phone"),
        "bind_totp": facts.factor("totp"), "add_passkey": facts.factor("passkey"),
        "payout_list_only_on": head.payout_list_only,
        "lock_settings": head.lock_days, "freeze_account": head.state == "frozen",
        "payout_list_only_off": [w for w in facts.waiting if w.action == "payout_list_only_off"],
        "unbind_totp": owner.links("undo") and not facts.factor("totp"),
    }  # fmt: skip
    return bool(so.get(action))


def suits(action: str, by: str) -> bool:
    """Whether an account that began so can do it at all: what is bound from the start is not bound anew."""
    return action != f"bind_{by}"


REACHABLE: Final = tuple(a for a in ALONE if a != "sign_up")
