"""Sign-up by e-mail or phone, with a password or somebody who vouches: no account before its identifier is
proven by a code, whoever says what about it (S88, A63–A68)."""

from __future__ import annotations

from portvakt.actions.base import Action
from portvakt.actions.bind_channel import add_channel
from portvakt.actions.signing_in import open_session
from portvakt.factors import password, provider
from portvakt.factors.base import Scene
from portvakt.model import Outcome, Refusal
from portvakt.ports.chance import new_id
from portvakt.store import accounts, identifiers


class SignUp(Action):
    def apply(self, scene: Scene) -> Outcome | Refusal:
        given, now = scene.flow.given, scene.now
        key, kind = bytes.fromhex(given["identifier_hash"]), given["identifier_kind"]
        code = scene.flow.proof("email_code" if kind == "email" else "sms_code")
        # the code must have gone to exactly the identifier that is about to be claimed
        if code is None or code.target != key.hex():
            return Refusal("identifier_unavailable", field="identifier")
        vouched = "vouched" in scene.flow.sealed
        if vouched and not provider.can_be_bound(scene):
            return Refusal("provider_linked_already")
        # Claimed first: a claim that fails (taken or quarantined meanwhile) has changed nothing.
        account = new_id("acc")
        if not identifiers.claim(scene.tx, key, kind, account, now):
            return Refusal("identifier_unavailable", field="identifier")
        accounts.add(
            scene.tx, account, language=scene.flow.language, zone=scene.caller.zone, now=now
        )
        add_channel(scene, account, kind, given["identifier"], key, registered=True)
        if vouched:
            provider.enrol(scene, account)
        else:
            password.enrol(scene, account, scene.flow.sealed["new_password"])
        result = open_session(scene, account, accounts.facts(scene.tx, account), first=True)
        return Outcome(account, result=result, tell=((kind, given["identifier"]),))
