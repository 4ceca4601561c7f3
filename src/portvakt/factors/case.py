"""What a reviewed case asks: what is lost, the form, the files; and what a reviewer says about it."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, Final

from portvakt import asking, conditions
from portvakt.asking import CAN_BE_LOST
from portvakt.assessment import Question
from portvakt.factors.base import Checked, Input, Kit, Naming, Scene
from portvakt.factors.plain import Named, Words
from portvakt.messages.values import clean_lines
from portvakt.model import Field, Refusal, Text
from portvakt.ports.crypto import Keys
from portvakt.store import cases, evidence
from portvakt.store.tx import Tx

_LONGEST_ANSWER: Final = 2000
_REPLY: Final = Question("reply", "long")
#: What shows who somebody is: a document, and a photo with the note of this case.
_IDENTITY: Final = frozenset({"document", "photo"})
_NUMBER = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")
_MEANT: Final = str.maketrans("OIL", "011")


def number_of(text: str) -> str | None:
    """`ABCD-1234` in any spelling; None for what is no case number."""
    plain = "".join(c for c in text.upper().translate(_MEANT) if c.isascii() and c.isalnum())
    return f"{plain[:4]}-{plain[4:]}" if _NUMBER.fullmatch(plain) else None


class Lost(Input):
    """What is ticked as lost; something of what the action is about is always among it. Everything else
    that is bound has to be proven (S51, S108)."""

    name = "lost"
    kind = "choice"
    longest = 64
    early = True

    def ask(self, scene: Scene) -> Field:
        options = [{"id": id, "text": Text(f"lost.{id}")} for id in CAN_BE_LOST]
        loses = scene.row.loses
        extra = {
            "options": options,
            "multiple": True,
            "chosen": list(loses[:1]),
            "fixed": len(loses) == 1,
        }
        return Field(self.name, self.kind, extra=extra)

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        said = {part.strip() for part in evidence.split(",") if part.strip()}
        if not said <= set(CAN_BE_LOST):
            return Refusal("not_offered", field=self.name)
        loses = scene.row.loses
        lost = said if said & set(loses) else said | set(loses[:1])
        if lost == set(CAN_BE_LOST):
            return Refusal("nothing_kept", field=self.name)
        return Checked(given={self.name: [id for id in CAN_BE_LOST if id in lost]})


class Answers(Input):
    """The form (S53), or the answer to what a reviewer wants to know: a JSON object of answers by the
    question's id. Kept sealed."""

    name = "answers"
    longest = 24_000

    def ask(self, scene: Scene) -> Field:
        language = scene.flow.language
        asked = [{"id": q.id, "kind": q.kind, "optional": q.optional,
                  "text": q.texts.get(language) or q.texts.get("en") or Text(f"question.{q.id}")}
                 for q in self.fetch(scene, "")]  # fmt: skip
        if scene.row.review is None and (said := asked_last(scene)):
            asked[0]["text"] = said
        return Field(self.name, self.kind, extra={"questions": asked})

    def fetch(self, scene: Scene, value: str) -> tuple[Question, ...]:
        return (_REPLY,) if scene.row.review is None else scene.kit.questions

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        try:
            said = json.loads(value)
        except ValueError:
            said = None
        known = {q.id for q in fetched}
        if not isinstance(said, dict) or not said.keys() <= known:
            return Refusal("answers_unfit", field=self.name)
        answers = {}
        for id, text in said.items():
            if not isinstance(text, str) or len(text) > _LONGEST_ANSWER:
                return Refusal("answers_unfit", field=self.name)
            answers[id] = clean_lines(text)
        missing = next(
            (q.id for q in fetched if not q.optional and not answers.get(q.id, "").strip()),
            None,
        )
        return (
            Refusal("answer_missing", {"question": Text(f"question.{missing}")}, field=self.name)
            if missing
            else answers
        )

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        return Checked(sealed={self.name: evidence})


class Files(Input):
    """The evidence files of this flow, by id: sent before, one by one. Optional in the short tier."""

    name = "files"
    kind = "file"
    longest = 1024

    def ask(self, scene: Scene) -> Field:
        kit = scene.kit
        sent = [{"id": id, "kind": kind} for id, kind in _sent(scene).items()]
        types = ["image/jpeg", "image/png", "image/heic", "application/pdf"]
        extra = {"types": types, "max_bytes": kit.evidence_bytes,
                 "max_files": kit.evidence_files, "code": note_code(kit.keys, scene.flow.id),
                 "sent": sent}  # fmt: skip
        return Field(self.name, self.kind, optional=not _needs_evidence(scene), extra=extra)

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        ids = [part.strip() for part in evidence.split(",") if part.strip()]
        kinds = _sent(scene)
        if not ids or not set(ids) <= kinds.keys():
            return Refusal("no_such_file", field=self.name)
        if _needs_evidence(scene) and not {kinds[id] for id in ids} >= _IDENTITY:
            return Refusal("evidence_incomplete", field=self.name)
        return Checked(given={self.name: ids})


def _sent(scene: Scene) -> dict[str, str]:
    """The files of this flow: id → kind."""
    return {f["id"]: f["kind"] for f in evidence.listed(scene.tx, scene.flow.id)}


def _needs_evidence(scene: Scene) -> bool:
    return scene.row.review is not None and conditions.long_tier(scene.case)


def note_code(keys: Keys, flow: str) -> str:
    """What the applicant writes on the note in his photo: valid for this case alone, so that no old
    picture serves (peers.md I3, KuCoin's dynamic code)."""
    return keys.keyed_hash("note", flow).hex()[:6].upper()


class CaseNumber(Naming):
    """A case by its number: says whom it is about, and proves nothing."""

    name = "case_number"
    longest = 32

    def read(self, kit: Kit, value: str) -> dict[str, str] | Refusal:
        number = number_of(value)
        return {self.name: number} if number else Refusal("no_such_case", field=self.name)

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        return Checked(given={} if scene.flow.account is not None else evidence)


class WhichCase(Named):
    """A case that waits: of the holder's own, or, where our own people say it, somebody else's."""

    def others(self, tx: Tx, kit: Kit, value: str) -> tuple[str, ...]:
        case = cases.find(tx, value)
        return () if case is None or case["account"] is None else (case["account"],)


class Vote(Input):
    """To ask for more is a vote only where questions can be asked."""

    name = "vote"
    kind = "choice"
    longest = 16

    def ask(self, scene: Scene) -> Field:
        options = [{"id": id, "text": Text(f"vote.{id}")} for id in self._votes(scene)]
        return Field(self.name, self.kind, extra={"options": options})

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        if evidence not in self._votes(scene):
            return Refusal("not_offered", field=self.name)
        return Checked(given={self.name: evidence})

    def _votes(self, scene: Scene) -> tuple[str, ...]:
        asks = "questions" in asking.inputs(scene.row)
        return ("approve", "reject", "ask") if asks else ("approve", "reject")


class Paragraphs(Words):
    """Several sentences, kept sealed: what a reviewer writes may name what he saw."""

    def work(self, kit: Kit, fetched: Any, value: str, now: datetime) -> Any:
        text = clean_lines(value).strip()
        if not text or len(text) > self.most:
            return Refusal("text_unfit", {"max": self.most}, field=self.name)
        return text

    def check(self, scene: Scene, evidence: Any) -> Checked | Refusal:
        return Checked(sealed={self.name: evidence})


def case_of(scene: Scene) -> Any:
    """The case that the number names, for who proved its account, or reads its applicant's address where
    nobody could prove anything."""
    flow = scene.flow
    case = cases.find(scene.tx, str(flow.given.get("case_number")))
    if case is None:
        return None
    if scene.kit.actions[case["action"]].unproven:
        read = flow.proof(f"new_{conditions.new_channel(flow)}_code")
        return case if read is not None and flow.given.get("case_flow") == case["flow"] else None
    return case if flow.account is not None and flow.account == case["account"] else None


def asked_last(scene: Scene) -> str | Text | None:
    """What is asked of the applicant now."""
    case = case_of(scene)
    if case is None or case["state"] != "asked":
        return None
    said = cases.last_words(scene.tx, scene.kit.keys, case["flow"])
    return str(said["questions"]) if "questions" in said else Text("question.identity")
