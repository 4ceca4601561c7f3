"""What `sign_up` and `sign_in` share: the session and the device it runs on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portvakt import rules
from portvakt.devices import describe
from portvakt.factors.base import Scene
from portvakt.model import Facts
from portvakt.ports.chance import new_id, new_token
from portvakt.store import accounts, sessions


def open_session(
    scene: Scene, account: str, facts: Facts, *, first: bool = False
) -> Mapping[str, Any]:
    """A session with a token of its own at each sign-in (A84), on the known device or a new one.

    The result as contract.md has it: `session_token`, `device_token`, `account`, `next`."""
    kit, caller, now = scene.kit, scene.caller, scene.now
    token, device_token = new_token("pvs"), caller.device_token
    device = None
    if device_token is not None:
        device = sessions.use_device(scene.tx, account, kit.keys.token_hash(device_token), now)
    if device is None:
        device, device_token = new_id("dev"), new_token("pvd")
        sessions.add_device(scene.tx, device, account, kit.keys.token_hash(device_token),
                            describe(caller.user_agent), now)  # fmt: skip
    if caller.session is not None and caller.session.account == account:
        # The client puts the new token in the old one's place; a copy of the old one must not outlive
        # that (A84, ASVS 7.2.4). Another account's session was planted, or is none of our business.
        sessions.end(scene.tx, account, caller.session.id, scene.action, now)
    session = new_id("ses")
    sessions.add(scene.tx, session, account, kit.keys.token_hash(token), client=caller.client, device=device,
                 description=describe(caller.user_agent), network=caller.ip,
                 proofs=sorted(p.kind for p in scene.flow.proofs), now=now,
                 expires=now + kit.lives.session)  # fmt: skip
    if first:
        accounts.set_first_session(scene.tx, account, session)
    to_do = rules.raises(facts, kit.ways) if not rules.second_factors(facts) else ()
    return {"session_token": token, "device_token": device_token, "account": account,
            "next": to_do[0] if to_do else None}  # fmt: skip
