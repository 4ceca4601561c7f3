"""The tables of docs/ that are made from the code. Each function takes the word after the block's
name (often empty) and gives Markdown.

Words of the policy get one sentence each in `tools/docs_words.py`; a word without one is a KeyError
that names it.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import typer
from prometheus_client import Counter, Gauge, Histogram

from portvakt import asking, counting, ending, filing, flow, intake, metrics, scenes
from portvakt import identifiers as spelling
from portvakt.actions import APPLY, proposing
from portvakt.actions.base import Action
from portvakt.api import build, schema
from portvakt.api.openapi import document_of
from portvakt.cli import app as commands_app
from portvakt.factors import INPUTS
from portvakt.factors.base import Input
from portvakt.factors.given import Address
from portvakt.messages import TEXTS, say
from portvakt.messages.base import forms
from portvakt.messages.naming import step_text
from portvakt.policy import ACTIONS, LIMITS, PROTECTED, Ask, Lives, Row, When
from portvakt.ports import evidence
from portvakt.settings import say_duration
from tools import docs_threats, docs_ways_back
from tools.docs_rows import about_somebody, said
from tools.docs_words import ASKS, CONDITIONS, COUNTED, LIVES, RECOVERY_CODE

ROOT = Path(__file__).parents[1]
_WORD = re.compile(r'"([a-z_]+)"')
REFUSALS: Final = frozenset(i.removeprefix("refusal.") for i in TEXTS if i.startswith("refusal."))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


# ── policy ──────────────────────────────────────────────────────────────────────────────────────


_VERBS: Final = {
    "Hold": "Holds ways out:",
    "Quarantine": "Quarantines:",
    "Ends sessions": "Ends sessions:",
}


def policy_actions(_: str) -> str:
    """One line for each row, to be read as a sentence. What a row does not cause is left out."""
    rows = []
    for name, row in ACTIONS.items():
        words = said(row)
        causes = [f"{_VERBS.get(what, what)} {how}." for what, how in words.causes.items()
                  if how not in ("none", "nobody")]  # fmt: skip
        rows.append([f"[`{name}`](actions/{name}.md)", words.takes, " ".join(causes) or "Nothing.",
                     words.refused, row.source])  # fmt: skip
    return table(["action", "takes, page by page", "causes", "refused while", "source"], rows)


def policy_asks(_: str) -> str:
    return table(["word", "input names", "meaning"],
                 ([f"`{ask}`", code(asking.FIELDS_OF[ask]), ASKS[ask]] for ask in Ask))  # fmt: skip


def policy_conditions(_: str) -> str:
    return table(["condition", "true when"], ([f"`{when}`", CONDITIONS[when]] for when in When))


def policy_protected(_: str) -> str:
    head = ["protected action", "stopped by a hold", "by a freeze", "step-up",
            "needs a second factor", "payout list applies"]  # fmt: skip
    yes = {True: "yes", False: "no"}
    return table(head, ([f"`{name}`", yes[p.stopped_by_hold], yes[p.stopped_by_freeze], p.step_up,
                         yes[p.second_factor], yes[p.payout_list]]
                        for name, p in PROTECTED.items()))  # fmt: skip


def policy_lives(_: str) -> str:
    default = Lives()
    rows = ((*LIVES[f.name], getattr(default, f.name)) for f in fields(Lives))
    return table(["what", "lives", "setting"],
                 ([what, say_duration(life), setting or "–"] for what, setting, life in rows))  # fmt: skip


def policy_limits(_: str) -> str:
    return table(["limit", "default", "counts"],
                 ([f"`{name}`", f"`{most}`", COUNTED[name]] for name, most in LIMITS.items()))  # fmt: skip


# ── actions ─────────────────────────────────────────────────────────────────────────────────────


def action_facts(action: str) -> str:
    row = ACTIONS[action]
    words = said(row)
    facts = [
        ("Takes", words.takes),
        *((what, how) for what, how in words.causes.items() if (what, how) != ("Waits", "none")),
        ("Refused while", words.refused),
        ("Every wrong proof gets", f"`{row.failure}`" if row.failure else ""),
        ("A flow lives", say_duration(row.life)),
        ("Starting is counted by", f"`{row.counted_as}`"),
        ("Kind, for `first_of_kind` and `below_minimum`", f"`{row.kind}`" if row.kind else ""),
        ("Requirements", row.source),
    ]
    return table(["rule", "here"], ([f"**{what}**", how] for what, how in facts if how))


def _asked(row: Row, ask: Ask) -> list[tuple[str, str]]:
    """The inputs that one word can become, and what is said about each."""
    found = [(name, ASKS[ask]) for name in asking.fields_of(ask, row)]
    if row.recovery_code and ask is Ask.SECOND_IF_BOUND:
        found.append(("recovery_code", RECOVERY_CODE))
    return found


def action_fields(action: str) -> str:
    row = ACTIONS[action]
    rows = [
        [
            f"`{page.id}`",
            f"`{name}`",
            f"`{INPUTS[name].kind}`",
            say(f"field.{name}.label", "en"),
            how,
        ]
        for page in row.pages
        for ask in page.asks
        for name, how in _asked(row, ask)
    ]
    if not rows:
        if row.by_staff:
            return "It asks nothing: whoever proposes it says what it takes."
        return "It asks nothing: the session says whose it is."
    head = ["step", "input", "kind", "label", "asked"]
    return table(head, rows) + "\n\n" + _titles(action)


def _titles(action: str) -> str:
    said = [
        f"`{p.id}` *{say(step_text(action, p.id, 'title'), 'en')}*" for p in ACTIONS[action].pages
    ]
    return "The steps are called: " + ", ".join(said) + "."


def _named(source: Any) -> set[str]:
    """Refusal ids that stand in the source of a class or function."""
    return set(_WORD.findall(inspect.getsource(source))) & REFUSALS


def _family(thing: object, base: type) -> set[str]:
    """The same over a class and those it inherits from, up to `base`, and in what this one was made
    with."""
    found = {v for v in getattr(thing, "__dict__", {}).values() if isinstance(v, str)} & REFUSALS
    for kind in type(thing).__mro__:
        if kind is base:
            break
        found |= _named(kind)
        if "self.wrong()" in inspect.getsource(kind):
            found.add("wrong_code")
    return found


def _spelled(given: Address) -> set[str]:
    """What a wrongly written address gets: said by the parser's own docstring."""
    whole: dict[str | None, Callable[..., object]] = {
        "email": spelling.parse_email,
        "phone": spelling.parse_phone,
        None: spelling.parse,
    }
    read = whole[given.only]
    return set(re.findall(r"`([a-z_]+)`", read.__doc__ or "")) & REFUSALS


def refusals_of(action: str) -> set[str]:
    """The refusals that this action gives by itself, read from row, inputs and action."""
    row = ACTIONS[action]
    found = _family(APPLY[action], Action)
    if "files" in asking.inputs(row):
        found |= _named(filing) | _named(evidence)
    for name in asking.inputs(row):
        field = INPUTS[name]
        if isinstance(field, Address):
            found |= _spelled(field) | _family(field, Address)
        else:
            found |= _family(field, Input)
    if row.staff and not row.by_staff:
        found |= {"not_staff"}
    if row.by_staff or {"whom", "proposal"} & set(asking.inputs(row)):
        found |= _named(proposing)
    if row.failure is not None:  # one refusal for every wrong proof (S7)
        found = {i for i in found if not i.startswith("wrong_")} | {row.failure}
    if about_somebody(row):
        found |= set() if row.when_closed else {"account_closed"}
        found |= set() if row.when_frozen else {"account_frozen", "frozen_by_staff"}
        found |= set() if row.when_locked else {"settings_locked"}
    return found | {refusal for _, refusal in row.refuse_if}


def common_refusals() -> set[str]:
    """Those of the door itself: any action may give them."""
    return _named(flow) | _named(ending) | _named(intake) | _named(scenes)


def _refusal_table(ids: Iterable[str]) -> str:
    return table(["refusal", "says"], ([f"`{i}`", say(f"refusal.{i}", "en")] for i in sorted(ids)))


def action_refusals(action: str) -> str:
    own = refusals_of(action) - common_refusals()
    also = "Beside these, [any action](../messages.md#refusals) may give those of the door."
    return f"{_refusal_table(own)}\n\n{also}" if own else also


def json_inputs(_: str) -> str:
    def session(row: Row) -> str:
        return "yes" if row.session else "may have one" if row.names_session else "no"

    return table(["action", "needs a session", "inputs, in the order they are asked"], (
        [f"[`{a}`](actions/{a}.md)", session(row), code(asking.inputs(row)) or "–"]
        for a, row in ACTIONS.items() if not row.by_staff))  # fmt: skip


# ── messages ────────────────────────────────────────────────────────────────────────────────────


def messages_refusals(_: str) -> str:
    common = common_refusals()
    own = {action: refusals_of(action) - common for action in ACTIONS}

    def where(refusal: str) -> str:
        if refusal in common:
            return "any action"
        # worded for actions to come: no row of today's table can give it
        return code(a for a, ids in own.items() if refusal in ids) or "none today"

    return table(["refusal", "says", "in"], (
        [f"`{i}`", say(f"refusal.{i}", "en"), where(i)] for i in sorted(REFUSALS)))  # fmt: skip


def messages_problems(_: str) -> str:
    return table(["status", "problem", "title", "detail"], (
        [str(status), f"`{i}`", say(f"problem.{i}.title", "en"), say(f"problem.{i}", "en")]
        for i, status in schema.PROBLEMS.items()))  # fmt: skip


def messages_topic(prefix: str) -> str:
    """`reason`, `warning`, `offer`, `level`, `hold`: id and words."""
    ids = [i for i in TEXTS if i.startswith(f"{prefix}.") and i.count(".") == 1]
    return table([prefix, "says"], ([f"`{i.partition('.')[2]}`", _said(i)] for i in ids))


def _said(id: str) -> str:
    """The words without what is told where it is known; what must be known stands as its name."""
    needed = {
        name
        for form in forms(TEXTS[id])
        for name in re.findall(r"{(\w+)}", re.sub(r"\[[^]]*\]", "", form))
    }
    return say(id, "en", **{name: f"*{name}*" for name in needed})


# ── the rest ────────────────────────────────────────────────────────────────────────────────────


def json_operations(_: str) -> str:
    """Every request of `/v1`, in the order of the OpenAPI document."""
    served: Any = SimpleNamespace(sandbox=object())  # only asked whether a sandbox is there
    api = build(served)
    who = {"session": "session", "flowToken": "flow token", "service": "service"}
    rows = []
    for path, item in document_of(api)["paths"].items():
        for method, operation in item.items():
            ways = operation.get("security", [])
            needs = ways[0] if ways else {}
            rows.append([f"`{method.upper()} {path}`", operation["summary"],
                         ", ".join(who[n] for n in needs) or "–"])  # fmt: skip
    return table(["request", "does", "credential"], rows)


def metrics_list(_: str) -> str:
    rows = []
    found = {id(m): m for module in (metrics, counting) for m in vars(module).values()}
    for metric in found.values():
        if not isinstance(metric, Counter | Gauge | Histogram):
            continue
        described: Any = next(iter(metric.describe()))
        name = described.name + ("_total" if described.type == "counter" else "")
        labels = code(metric._labelnames) or "–"
        rows.append([f"`{name}`", described.type, labels, described.documentation])
    return table(["metric", "kind", "labels", "meaning"], rows)


def commands(_: str) -> str:
    """Every command of `portvakt` with its first sentence and options."""
    rows: list[list[str]] = []

    def walk(group: Any, above: str) -> None:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                walk(command, f"{above}{name} ")
                continue
            flags = [p.opts[0] for p in command.params if p.opts[0].startswith("--")]
            flags = [flag for flag in flags if flag != "--help"]
            rows.append(
                [f"`portvakt {above}{name}`", " ".join(command.help.split()), code(flags) or "–"]
            )

    walk(typer.main.get_command(commands_app), "")
    return table(["command", "does", "options"], rows)


def layers(_: str) -> str:
    """The import contract that CI checks, top first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    order = next(c["layers"] for c in contracts if c["id"] == "layers")
    return "```text\n" + "\n".join(order) + "\n```"


def adr_index(_: str) -> str:
    rows = []
    for file in sorted((ROOT / "docs" / "adr").glob("[0-9]*.md")):
        title = file.read_text("utf-8").partition("\n")[0].removeprefix("# ")
        number, _, name = title.partition(" ")
        rows.append([f"[{number}]({file.name})", name])
    return table(["", "decision"], rows)


BLOCKS: Final[dict[str, Callable[[str], str]]] = {
    **docs_threats.BLOCKS,
    **docs_ways_back.BLOCKS,
    "policy.actions": policy_actions,
    "policy.asks": policy_asks,
    "policy.conditions": policy_conditions,
    "policy.protected": policy_protected,
    "policy.lives": policy_lives,
    "policy.limits": policy_limits,
    "action.facts": action_facts,
    "action.fields": action_fields,
    "action.refusals": action_refusals,
    "json.inputs": json_inputs,
    "json.operations": json_operations,
    "messages.refusals": messages_refusals,
    "messages.problems": messages_problems,
    "messages.topic": messages_topic,
    "metrics": metrics_list,
    "commands": commands,
    "layers": layers,
    "adr.index": adr_index,
}
