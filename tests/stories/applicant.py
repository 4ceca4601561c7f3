"""Whole ways of reviewed cases: what somebody applies with, and what reviewers do with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from typing import Final

import holidays

from tests.evidence_files import encoded, scene
from tests.reviewers import Reviewer, drawn, reviewers
from tests.stories.person import Person

ANSWERS: Final = {
    "created": "2026-11",
    "places": "Umeå",
    "devices": "Windows",
    "recent": "0.5 BTC last week",
    "reason": "My phone fell into the lake.",
}
ABOUT: Final = {
    "reset_second_factor": "totp", "unbind_lost_email": "email", "unbind_lost_phone": "phone",
}  # fmt: skip
SETTLED: Final = "8d"  # what was bound lately proves nothing in a case
ZONE: Final = UTC  # the operator's, where nothing else is set


def end_of_business_day(number: int, after: datetime) -> datetime:
    """By a calendar on the wall: the day of submission is day 0 (A5)."""
    red = holidays.country_holidays("SE", categories=("public", "de_facto"))
    day = after.astimezone(ZONE).date()
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < 5 and day not in red
    return datetime.combine(day + timedelta(days=1), clock(0), ZONE)


def settled(person: Person) -> Person:
    """Everything was bound long ago; nobody is signed in any more."""
    person.world.passes(SETTLED)
    return person.closes_everything()


def reports(person: Person, action: str = "reset_second_factor", *also: str) -> Person:
    """Up to the form: ticks, the password, and a code from everything that is kept."""
    lost = ",".join(dict.fromkeys((ABOUT[action], *also)))
    person.begins(action).is_asked_for("lost").enters(lost=lost).is_not_refused()
    while "answers" not in person.seen.asked:
        person.answers_all().is_not_refused()
    return person


def form(**answers: str) -> str:
    return json.dumps({**ANSWERS, **answers})


def sends(person: Person, pictures: int = 0, **answers: str) -> Person:
    """Adds pictures and sends the form."""
    for number in range(pictures):
        kind = ("document", "photo", "other")[number % 3]
        person.adds_picture(kind, encoded(scene())).is_not_refused()
    agree = {"agree": "yes"} if "agree" in person.seen.asked else {}
    return person.enters(**agree, answers=form(**answers))


def applies(
    person: Person, action: str = "reset_second_factor", *also: str, pictures: int = 0
) -> str:
    """The whole application; its number."""
    sends(reports(person, action, *also), pictures).is_told_it_is("waiting")
    assert person.seen.number is not None, person.seen
    return person.seen.number


def looks(person: Person, number: str) -> Person:
    """At the status page, by number and password (A18)."""
    return person.begins("view_case").enters(case_number=number, password=person.password)


def state(person: Person, number: str) -> str:
    looks(person, number)
    assert person.seen.case is not None, person.seen
    return person.seen.case.state


def first_reviewer(person: Person) -> Reviewer:
    return reviewers(person.world.address)[0]


def second_reviewer(person: Person, number: str) -> Reviewer:
    return drawn(person.world.address, number)


def approved(person: Person, number: str) -> None:
    """By two, each with the face that this story goes by."""
    first_reviewer(person).votes(number, "approve", person.face.name)
    second_reviewer(person, number).votes(number, "approve", person.face.name)


def until(person: Person, moment: datetime) -> None:
    """Just past this moment."""
    left = moment - person.world.now()
    person.world.passes(f"{int(left.total_seconds()) + 2}s")


def applies_with(person: Person, **answers: str) -> str:
    """With these answers in the form."""
    sends(reports(person), 0, **answers).is_told_it_is("waiting")
    assert person.seen.number is not None
    return person.seen.number
