"""The only door. Every action, from sign-in to a reviewer's vote, is a flow: one attempt at one action,
a row of facts whose next step is computed from the table.

One POST is one or more *rounds*, each in three parts (ADR 0003):

- count: a short transaction counts the try and commits, so a crash cannot un-count a guess;
- work: slow things (hash, robot check) with no transaction open;
- decide: one transaction locks the account, then the flow, checks that nothing moved since, spends
  what is spent once, and when nothing is missing applies the action and writes its consequences.

A refusal is a value and commits; an exception is a bug and rolls back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from portvakt import asking, conditions, effects, intake, keeping, rules, steps
from portvakt.actions import APPLY
from portvakt.actions.base import Action
from portvakt.asking import AUTHORITY_FIELDS
from portvakt.ending import Endings
from portvakt.factors import INPUTS, NAMING, OF_OTHERS
from portvakt.factors.base import NOT_ASKED, Checked, Kit, Scene
from portvakt.factors.code import SentCode
from portvakt.keeping import Keep
from portvakt.model import Answer, Caller, Field, Flow, Need, Problem, Proof, Refusal, Step
from portvakt.policy import Row
from portvakt.ports.chance import new_id, new_token, token_looks_right
from portvakt.ports.passwords import Busy
from portvakt.scenes import NOT_FOUND, Scenes
from portvakt.store import accounts, flows, limits, staff
from portvakt.store.limits import Bucket
from portvakt.store.tx import Database, DatabaseBusy, Tx


@dataclass(frozen=True, slots=True)
class _Try:
    """One input of this round on its way through the three parts."""

    name: str
    value: str
    read: Any = None  # whom it names, where it says so
    fetched: Any = None
    evidence: Any = None


@dataclass(frozen=True, slots=True)
class _Counted:
    """What the counting part leaves for the next two."""

    names: list[str]
    tries: list[_Try]
    now: datetime
    left: int | None = None


def _without(scene: Scene, names: tuple[str, ...]) -> Scene:
    """What one try uses up, right or wrong: the flow is locked, so nobody else tries with it."""
    left = {n: v for n, v in scene.flow.sealed.items() if n not in names}
    return replace(scene, flow=replace(scene.flow, sealed=left))


class Door:
    """Opens, moves and shows flows. Synchronous: call it from a worker thread."""

    def __init__(self, db: Database, kit: Kit, apply: Mapping[str, Action] = APPLY) -> None:
        self._db, self.kit, self._scenes = db, kit, Scenes(kit)
        self._endings = Endings(kit, self._scenes, apply)

    # ── the three calls ─────────────────────────────────────────────────────────────────────────

    def start(self, action: str, inputs: Mapping[str, object], caller: Caller, *,
              offer: str | None = None) -> Answer | Problem:  # fmt: skip
        """Opens a flow and takes the first inputs. `offer`: the way in that is to be asked instead of the
        password. Problems: unknown action or field, malformed, not signed in, too many requests,
        overloaded."""
        row = self.kit.actions.get(action)
        if row is None or row.by_staff:  # what our people do to an account is proposed, not begun
            return Problem(422, "unknown_action")
        values = intake.read(row, inputs)
        if isinstance(values, Problem):
            return values
        choice = rules.way_in(row, offer)
        if offer is not None and not choice:
            return Problem(400, "malformed", {"field": "offer"})
        if row.session and caller.session is None:
            return Problem(401, "not_signed_in")
        life = self.kit.lives.sign_in_answer if row.signs_in else self.kit.lives.answer
        opened = keeping.once(self._db, self.kit.keys, caller, ("session", caller.session_token), life,
                              lambda keep: self._opened(action, row, values, choice, caller, keep))  # fmt: skip
        return self._finished(opened)

    def submit(self, flow: str, token: str, caller: Caller, *, inputs: Mapping[str, object] | None = None,
               step: str | None = None, offer: str | None = None, resend: str | None = None,
               cancel: bool = False) -> Answer | Problem:  # fmt: skip
        """Moves a flow. Without the right token, or without the session it belongs to, it is not
        there: 404, whatever the reason."""
        found = self.found(flow, token, caller)
        if isinstance(found, Problem):
            return found
        row = self.kit.actions[found.action]
        values = intake.read(row, inputs or {})
        if isinstance(values, Problem):
            return values
        for name, text in (("step", step), ("offer", offer)):
            if text is not None and len(text) > 64:
                return Problem(400, "malformed", {"field": name})
        life = self.kit.lives.sign_in_answer if row.signs_in else self.kit.lives.answer

        def move(keep: Keep | None) -> Answer | Problem:
            if cancel or resend is not None or offer is not None:
                return self._turn(found, caller, keep, offer=offer, resend=resend, cancel=cancel)
            return self._rounds(found, row, values, caller, keep, step=step)

        return self._finished(
            keeping.once(self._db, self.kit.keys, caller, ("flow", token), life, move)
        )

    def look(self, flow: str, token: str, caller: Caller) -> Answer | Problem:
        """The current step. Sends nothing and spends nothing (A39)."""
        found = self.found(flow, token, caller)
        if isinstance(found, Problem):
            return found
        with self._db.tx() as tx:
            shown = self._shown(self._scenes.build(tx, found, caller))
        return self._finished(shown)

    def preview(self, action: str, caller: Caller) -> Step:
        """The first step of an action as anybody sees it, without opening a flow (pages)."""
        with self._db.tx() as tx:
            now = tx.now()
            blank = Flow(
                id="",
                action=action,
                status="open",
                created_at=now,
                expires_at=now + self.kit.actions[action].life,
            )
            scene = self._scenes.build(tx, blank, caller)
            need = rules.current(self._needs(scene))
            if need is None:
                raise LookupError(f"{action} asks nothing: it has no first page")
            return steps.build(scene, need)[0]

    # ── opening ─────────────────────────────────────────────────────────────────────────────────

    def _opened(self, action: str, row: Row, values: dict[str, str], choice: dict[str, str],
                caller: Caller, keep: Keep | None) -> Answer | Problem:  # fmt: skip
        token = new_token("pvf")
        # a link names its own account, whoever is signed in where it is opened
        named = row.names_session and asking.NAMING not in values
        session = caller.session if row.session or named else None
        counted: _Counted | Answer | Problem | None = None
        with self._db.tx() as tx:
            now = tx.now()
            flow = Flow(id=new_id("flw"), action=action, status="open", created_at=now, expires_at=now + row.life,
                        account=session.account if session else None, session=session.id if session else None,
                        client=caller.client, language=caller.language, choice=choice)  # fmt: skip
            again = limits.take(
                tx, self.kit.buckets(row.counted_as, intake.network_of(caller.ip)), now
            ).retry_at
            if again is None:
                flows.add(tx, flow, self.kit.keys.token_hash(token))
                counted = self._count(tx, flow, values, caller, keep, None, token)
        if again is not None:
            return intake.too_many(again, now)
        return self._rounds(flow, row, values, caller, keep, token=token, counted=counted)

    def found(self, flow: str, token: str, caller: Caller) -> Flow | Problem:
        """The flow that this token opens; 404 for every reason why not."""
        if not token_looks_right(token, "pvf") or not flow.isascii() or len(flow) > 64:
            return NOT_FOUND
        with self._db.tx() as tx:
            row = flows.find(tx, flow, self.kit.keys.token_hash(token))
        if row is None or row[0].action not in self.kit.actions:
            return NOT_FOUND
        found = self._scenes.unsealed(*row)
        if found.session is not None and caller.session is None:
            return Problem(401, "not_signed_in")
        if found.session is not None and caller.session and caller.session.id != found.session:
            return NOT_FOUND
        return found

    # ── rounds ──────────────────────────────────────────────────────────────────────────────────

    def _rounds(self, flow: Flow, row: Row, values: dict[str, str], caller: Caller, keep: Keep | None, *,
                step: str | None = None, token: str | None = None,
                counted: _Counted | Answer | Problem | None = None) -> Answer | Problem:  # fmt: skip
        """Round after round while inputs are left for the page that is current then: several may be
        sent at once, also early; right ones are kept (contract.md). A flow that was just opened
        brings its first count."""
        left = dict(values)
        try:
            while True:
                if counted is None:
                    with self._db.tx() as tx:
                        counted = self._count(tx, flow, left, caller, keep, step, token)
                if isinstance(counted, Answer | Problem):
                    return counted
                worked = self._worked(counted)
                left = {n: v for n, v in left.items() if n not in counted.names}
                moved = self._decide(flow, row, left, worked, counted.left, caller, keep, token)
                if isinstance(moved, Answer | Problem):
                    return moved
                flow, step, counted = moved, None, None
        except (Busy, DatabaseBusy):
            return Problem(503, "overloaded", retry_after=2)

    def _count(self, tx: Tx, flow: Flow, values: dict[str, str], caller: Caller, keep: Keep | None,
               step: str | None, token: str | None) -> _Counted | Answer | Problem:  # fmt: skip
        """Which inputs this round tries; counts them and reads what their work needs. Nothing slow:
        the transaction commits before the work.

        What tries nothing is counted for its network all the same, and past that limit nothing is
        written: each move is a row in the history of the account that a stranger named (S98)."""
        reads = self._scenes.read(values)
        scene = self._scenes.build(tx, flow, caller, reads)
        still = self._endings.still(scene, moved=True)
        if still is not None:
            return self._kept(keep, scene, still)
        if token is not None and scene.row.tells_attempts:
            effects.attempted(scene)
        # what is missing goes by what is kept; the facts by whom this POST names
        needs = self._needs(replace(scene, flow=flow))
        need = rules.current(needs)
        names: list[str] = []
        if need is not None and step is not None and step != need.id:
            if not self._stale(need, scene, values):
                return self._kept(keep, scene, self._shown(scene, Refusal("step_moved_on"), token))
            # deciding asks for it again, and sends its code
        elif not scene.row.staff or conditions.refusal(scene.case) is None:
            # nobody's account is looked for on behalf of who is none of ours (A03)
            names = intake.tried(needs, need, flow, values)
        empty = next((n for n in names if not values[n].strip()), None)
        if empty is not None:
            return self._kept(
                keep, scene, self._shown(scene, Refusal("missing", field=empty), token)
            )
        tries: list[_Try] = []
        buckets: list[Bucket] = []
        for name in names:
            read, value = reads.get(name), values[name]
            fetched = read if name in NAMING else INPUTS[name].fetch(scene, value)
            if isinstance(fetched, Refusal):  # not even an address: nothing else is tried with it
                tries, buckets = [_Try(name, value, read, fetched)], []
                break
            if fetched is not NOT_ASKED:
                tries.append(_Try(name, value, read, fetched))
                buckets += INPUTS[name].buckets(scene)
        if not tries and token is not None:  # a start, which is counted as one
            return _Counted(names, [], scene.now)
        network = self.kit.buckets("try.network", intake.network_of(caller.ip))
        own, everybody = limits.take_each(tx, [buckets, network], scene.now)
        if everybody.retry_at is not None:
            return intake.too_many(everybody.retry_at, scene.now)
        if own.retry_at is None:
            return _Counted(names, tries, scene.now, own.left)
        refused = Refusal("too_many_tries", field=tries[-1].name, retry_at=own.retry_at, left=0)
        effects.note(scene, "refused", {"id": refused.id})
        return self._kept(keep, scene, self._shown(scene, refused, token))

    def _worked(self, counted: _Counted) -> list[_Try]:
        """The slow part of each; no hash is spent behind a robot check that failed (A18)."""
        done: list[_Try] = []
        for this in counted.tries:
            evidence = this.fetched
            if not isinstance(evidence, Refusal):
                evidence = INPUTS[this.name].work(self.kit, this.fetched, this.value, counted.now)
            named = INPUTS[this.name].named(evidence) or this.read
            done.append(replace(this, read=named, evidence=evidence))
            if this.name == "robot" and isinstance(evidence, Refusal):
                break
        return done

    def _decide(self, flow: Flow, row: Row, left: dict[str, str], tries: list[_Try], left_tries: int | None,
                caller: Caller, keep: Keep | None, token: str | None) -> Answer | Problem | Flow:  # fmt: skip
        """Locks account and flow, spends, and either shows the next page or applies the action."""
        reads = {t.name: t.read for t in tries if t.read is not None}
        if row.staff:  # what one of ours says about somebody else's account: it is locked too
            reads |= {t.name: t.evidence if isinstance(t.evidence, Refusal) else {t.name: t.evidence}
                      for t in tries if t.name in OF_OTHERS}  # fmt: skip
        with self._db.tx() as tx:
            scene = self._scenes.locked(tx, flow, caller, reads)
            if isinstance(scene, Problem):
                return scene
            still = self._endings.still(scene, moved=True)
            if still is not None:
                return self._kept(keep, scene, still)
            if (
                scene.flow.version != flow.version
            ):  # another POST moved it meanwhile: nothing is spent
                return self._kept(keep, scene, self._shown(scene, Refusal("step_moved_on"), token))
            scene, refused = self._checked(scene, tries, left_tries)
            needs = self._needs(scene)
            need = rules.current(needs)
            if refused is None and scene.flow.account is not None:
                stopped = conditions.refusal(scene.case)
                # a long form is not asked for in vain: once everything is proven it is said before
                proven = row.review is not None and need is not None and need.kind == "give"
                if stopped is not None and (rules.named(scene.flow) or need is None or proven):
                    return self._kept(keep, scene, self._endings.refused(scene, stopped, token))
            if refused is None and need is None:
                return self._kept(keep, scene, self._endings.settle(scene, token))
            if (
                refused is None
                and tries
                and need is not None
                and any(n in left for n in need.missing)
            ):
                return self._scenes.save(scene).flow
            if refused is None and need is not None and self._stale(need, scene, left):
                refused = Refusal("proof_too_old")
            scene = self._prepared(replace(scene, send=True), need)
            answer = self._shown(scene, refused, token)
            effects.note(scene, "step" if answer.refusal is None else "refused",
                         None if answer.refusal is None else {"id": answer.refusal.id})  # fmt: skip
            answer = self._kept(keep, self._scenes.save(scene), answer)
        if refused is not None and tries and any(t.name in AUTHORITY_FIELDS for t in tries):
            self._count_failure()
        return answer

    def _checked(
        self, scene: Scene, tries: list[_Try], left: int | None
    ) -> tuple[Scene, Refusal | None]:
        """Each input's last word; right ones are kept, the first wrong one is the refusal."""
        refused: Refusal | None = None
        for this in tries:
            outcome = (
                this.evidence
                if isinstance(this.evidence, Refusal)
                else INPUTS[this.name].check(scene, this.evidence)
            )
            scene = _without(scene, INPUTS[this.name].once)
            if isinstance(outcome, Refusal):
                refused = refused or self._failure(scene, outcome, left)
                if this.name in ("identifier", "robot", asking.NAMING):
                    break  # what follows would be a proof without its ground
                continue
            scene = self._keep_facts(scene, this.name, outcome)
        return scene, refused

    def _failure(self, scene: Scene, refused: Refusal, left: int | None) -> Refusal:
        """In sign_in every wrong proof is one refusal, whichever part was wrong (S7)."""
        if not refused.id.startswith("wrong_"):
            return refused
        first = scene.flow.account is None
        if scene.row.failure is not None:
            return Refusal(
                scene.row.failure,
                field=None if first else refused.field,
                left=None if first else left,
            )
        return replace(refused, left=left)

    def _keep_facts(self, scene: Scene, name: str, checked: Checked) -> Scene:
        flow = scene.flow
        given, sealed = {**flow.given, **checked.given}, {**flow.sealed, **checked.sealed}
        proofs = flow.proofs
        account = flow.account
        if checked.proof is not None:
            # fixed with the first right proof of the one the identifier names, and never changed
            if asking.proves_account(scene.row, name) and account is None:
                account = scene.subject
            proof = Proof(checked.proof, scene.now, account, checked.target)
            flows.prove(scene.tx, flow.id, proof)
            proofs = (*(p for p in proofs if p.kind != proof.kind), proof)
            limits.clear(scene.tx, checked.clears)
            effects.used(replace(scene, flow=replace(flow, account=account)), checked.proof)
        changed = replace(flow, given=given, sealed=sealed, proofs=proofs, account=account,
                          decoy=account is None and flow.decoy)  # fmt: skip
        return replace(scene, flow=changed)

    def _stale(self, need: Need, scene: Scene, left: dict[str, str]) -> bool:
        """A proof that was right has grown too old, and the client meant a later page."""
        return any(scene.flow.proof(n) is not None for n in need.missing) and bool(left)

    # ── when its time has come ──────────────────────────────────────────────────────────────────

    def resume(self, flow: str) -> bool:
        """Lets a waiting flow take effect whose time has come; false where it is not (any more)."""
        with self._db.tx() as tx:
            found = flows.find_locked(tx, flow, lock=False)
            if found is None or found[0].action not in self.kit.actions:
                return False
            begun = self._scenes.unsealed(*found)
            scene = self._scenes.locked(
                tx, begun, Caller(client=begun.client, language=begun.language)
            )
            if isinstance(scene, Problem) or scene.flow.status != "waiting":
                return False
            if scene.flow.due_at is None or scene.flow.due_at > scene.now:
                return False
            return self._endings.due(scene) is not None

    def by_command(self, action: str, account: str, given: Mapping[str, Any]) -> Answer:
        """What only our own people do to an account, by the operator's command: the same row, the same
        consequences."""
        with self._db.tx() as tx:
            accounts.lock_all(tx, (account, *staff.accounts(tx)))
            return self._endings.done_by_us(tx, action, account, given)

    def due(self) -> list[str]:
        with self._db.tx() as tx:
            return flows.due(tx, tx.now())

    def _turn(self, flow: Flow, caller: Caller, keep: Keep | None, *, offer: str | None,
              resend: str | None, cancel: bool) -> Answer | Problem:  # fmt: skip
        """Another way, the code once more, or no more of this. Counted for its network first, in a
        transaction of its own: who waits for an account must not hold up the network's others."""
        try:
            with self._db.tx() as tx:
                now = tx.now()
                network = self.kit.buckets("try.network", intake.network_of(caller.ip))
                free = limits.take(tx, network, now).retry_at
            if free is not None:
                return intake.too_many(free, now)
            with self._db.tx() as tx:
                scene = self._scenes.locked(tx, flow, caller)
                if isinstance(scene, Problem):
                    return scene
                still = self._endings.still(scene, moved=True)
                waits = (
                    scene.flow.status == "waiting" and still is not None and still.refusal is None
                )
                if cancel and (still is None or waits):
                    return self._kept(keep, scene, self._endings.cancelled(scene))
                if still is not None:
                    return self._kept(keep, scene, still)
                need = rules.current(self._needs(scene))
                refused: Refusal | None = Refusal("not_offered")
                if need is not None and offer == "other_channel" and len(need.offers) == 1:
                    offer = need.offers[0]
                if need is not None and offer is not None and offer in need.offers:
                    choice = {**scene.flow.choice, need.id: offer, **rules.way_in(scene.row, offer)}
                    scene = replace(scene, flow=replace(scene.flow, choice=choice), send=True)
                    scene, refused = self._prepared(scene, rules.current(self._needs(scene))), None
                elif need is not None and resend is not None and resend in need.missing:
                    again = INPUTS[resend]
                    refused = again.resend(scene) if isinstance(again, SentCode) else refused
                answer = self._shown(scene, refused)
                effects.note(scene, "step" if answer.refusal is None else "refused",
                             None if answer.refusal is None else {"id": answer.refusal.id})  # fmt: skip
                return self._kept(keep, self._scenes.save(scene), answer)
        except DatabaseBusy:
            return Problem(503, "overloaded", retry_after=2)

    # ── seeing ──────────────────────────────────────────────────────────────────────────────────

    def _needs(self, scene: Scene) -> tuple[Need, ...]:
        return rules.needs(scene.case, scene.flow)

    def _shown(
        self, scene: Scene, refused: Refusal | None = None, token: str | None = None
    ) -> Answer:
        """The current step. Secrets of a page just reached are made here, and only in a POST."""
        still = self._endings.still(scene)
        if still is not None:
            return still
        need = rules.current(self._needs(scene))
        if need is None:
            return Answer(steps.view(scene, token), refusal=refused)
        step, unsent = steps.build(scene, need)
        return Answer(steps.view(scene, token), step=step, refusal=refused or unsent)

    def _prepared(self, scene: Scene, need: Need | None) -> Scene:
        """Secrets that a page needs are made when it is first reached."""
        made = {
            k: v
            for n in (need.missing if need else ())
            for k, v in INPUTS[n].prepare(self.kit).items()
        }
        return replace(scene, flow=replace(scene.flow, sealed={**made, **scene.flow.sealed}))

    def _finished(self, answer: Answer | Problem) -> Answer | Problem:
        """What a field needs that others must be asked for, now that no transaction is open."""
        if isinstance(answer, Problem) or answer.step is None:
            return answer
        fields: list[Field] = []
        refused = answer.refusal
        for field in answer.step.fields:
            done = INPUTS[field.name].finish(self.kit, field)
            refused = refused or (done if isinstance(done, Refusal) else None)
            fields.append(replace(field, extra={}) if isinstance(done, Refusal) else done)
        return replace(answer, step=replace(answer.step, fields=tuple(fields)), refusal=refused)

    def _kept(self, keep: Keep | None, scene: Scene, answer: Answer) -> Answer:
        if keep is not None:
            keep.write(scene.tx, answer, scene.now)
        return answer

    def _count_failure(self) -> None:
        """Outside the deciding transaction: one row for everybody must not line up all refusals."""
        with self._db.tx() as tx:
            limits.take(tx, self.kit.buckets("attack.all", "-"), tx.now())
