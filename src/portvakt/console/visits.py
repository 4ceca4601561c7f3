"""Who visits the console: one of ours, or nobody."""

from __future__ import annotations

from portvakt import edge
from portvakt.desk import Person
from portvakt.messages import text_of
from portvakt.model import Answer, Problem, Text
from portvakt.web.visit import Visit


async def me(visit: Visit) -> Person | Problem:
    """Whoever is not one of ours finds nothing here."""
    found: Person | Problem = await edge.run(visit.portvakt.desk.enters, visit.holder)
    return found


def refused(answer: Answer) -> Text:
    """Why what was just sent did nothing."""
    return text_of(answer.refusal) if answer.refusal is not None else Text("refusal.missing")
