"""What reviewers answer: a question, a rejection with another way, and where an application stands
(S53, S54, S57, S58, S94-S96, S98, A18)."""

from __future__ import annotations

import pytest

from tests.evidence_files import encoded, scene
from tests.reviewers import reviewers
from tests.stories import applicant as case
from tests.stories.applicant import end_of_business_day, settled
from tests.stories.person import NEW_PASSWORD, Person

QUESTION = "Which city were you in at your last withdrawal?"
INSTEAD = "Restore the authenticator from the key you wrote down."


@pytest.fixture
def owner(careful: Person) -> Person:
    return settled(careful)


@pytest.mark.proves("S53", "S57", "S60", "S95")
def test_a_question_is_answered_with_words_and_pictures_and_everybody_looks_anew(
    owner: Person,
) -> None:
    number = case.applies(owner, pictures=1)
    one, other = reviewers(owner.world.address)[:2]
    one.votes(number, "approve", owner.face.name)
    second = case.second_reviewer(owner, number)
    second.votes(number, "ask", owner.face.name, questions=QUESTION)
    for to in (owner.email, owner.phone):
        assert number in owner.letters(to)[0]
    assert QUESTION in owner.letters()[0]
    assert case.state(owner, number) == "asked"
    assert owner.seen.case is not None
    assert owner.seen.case.said == {"questions": QUESTION}
    owner.begins("add_to_case").enters(case_number=number, password=owner.password)
    owner.reads(QUESTION).adds_picture("document", encoded(scene()))
    owner.enters(answers='{"reply": "In Luleå."}').is_done()
    assert case.state(owner, number) == "open"
    page = one.case(number)
    assert "In Luleå." in page.words
    assert len(one.files(number)) == 2
    # the approval of the first round counts no more
    other.votes(number, "approve", owner.face.name)
    assert case.state(owner, number) == "open"
    case.second_reviewer(owner, number).votes(number, "approve", owner.face.name)
    assert case.state(owner, number) == "approved"


@pytest.mark.proves("S57")
def test_nothing_is_added_that_was_not_asked_for(owner: Person) -> None:
    number = case.applies(owner)
    owner.begins("add_to_case").enters(case_number=number, password=owner.password)
    owner.enters(answers='{"reply": "Please hurry."}').is_refused("nothing_asked")


@pytest.mark.proves("S58", "S60", "S95")
def test_a_rejection_says_why_what_else_can_be_done_and_when_to_come_again(owner: Person) -> None:
    number = case.applies(owner)
    one = reviewers(owner.world.address)[0]
    why = "The account was made in another month."
    one.votes(number, "reject", owner.face.name, reason=why, alternatives=INSTEAD)
    letter = owner.letters()[0]
    assert number in letter
    assert why in letter
    assert INSTEAD in letter
    assert case.state(owner, number) == "rejected"
    assert owner.seen.case is not None
    assert owner.seen.case.said == {"reason": why, "alternatives": INSTEAD}
    case.sends(case.reports(owner)).is_refused("rejected_lately")
    owner.world.passes("7d")
    assert case.state(owner, case.applies(owner)) == "open"


@pytest.mark.proves("S58", "S95")
def test_a_vote_without_what_it_needs_is_refused(owner: Person) -> None:
    number = case.applies(owner)
    one = reviewers(owner.world.address)[0]
    for vote, lacking in (("reject", "alternatives_missing"), ("ask", "questions_missing")):
        assert one.asks_to_vote(number, vote)["refusal"]["id"] == lacking
    assert case.state(owner, number) == "open"
    one.votes(number, "ask", owner.face.name, questions=QUESTION)


@pytest.mark.proves("S57")
def test_the_status_is_shown_for_number_and_password_and_for_nothing_less(
    owner: Person, other: Person
) -> None:
    number = case.applies(owner)
    looked = case.looks(owner, number.lower().replace("-", " ")).seen.case
    assert looked is not None
    assert looked.state == "open"
    owner.begins("view_case").enters(case_number=number, password="not the password")
    owner.is_refused("sign_in_failed").does_not_read("Our reviewers are reading")
    owner.begins("view_case").enters(case_number="0000-0000", password=owner.password)
    owner.is_refused("sign_in_failed")
    other.signs_up().closes_everything()
    other.password = NEW_PASSWORD
    case.looks(other, number).is_refused("sign_in_failed")


@pytest.mark.proves("S57")
def test_an_account_without_an_address_hears_by_sms(person: Person) -> None:
    person.signs_up(person.phone).binds_totp()
    number = case.applies(settled(person))
    assert number in person.letters(person.phone)[0]
    one = reviewers(person.world.address)[0]
    one.votes(number, "ask", person.face.name, questions=QUESTION)
    assert number in person.letters(person.phone)[0]
    assert case.state(person, number) == "asked"


@pytest.mark.proves("S54", "S94", "S95")
def test_the_form_is_assessed_by_security_level_and_shown_beside_what_is_known(
    careful: Person,
) -> None:
    """The nearer the answers the higher the score; nothing of it is told to the applicant."""
    scores = []
    made = careful.world.now()
    settled(careful)
    for month, devices in (("1999-01", "Amiga"), (f"{made:%Y-%m}", "Windows Firefox")):
        number = case.applies_with(careful, created=month, devices=devices)
        page = reviewers(careful.world.address)[0].case(number)
        scores.append(int(page.words.partition("Score ")[2].split()[0]))
        assert month in page.words
        assert f"{made:%Y-%m}" in page.words
        assert "security level 3" in page.words
        case.looks(careful, number).does_not_read("Score").does_not_read("doubtful")
        careful.signs_in().closes_everything()  # which ends it
    assert scores[0] < scores[1]


@pytest.mark.proves("S95", "S98")
def test_every_look_of_a_reviewer_stands_in_the_holders_own_history(owner: Person) -> None:
    number = case.applies(owner, pictures=1)
    one = reviewers(owner.world.address)[0].opens(number)
    one.votes(number, "reject", owner.face.name, alternatives=INSTEAD)
    activity = owner.signs_in().security.activity
    for words in ("looked at the application", "opened a file of the application"):
        assert any(words in line for line in activity), activity


@pytest.mark.proves("S95")
def test_the_queue_is_in_order_of_due_time_and_each_case_says_what_is_left(owner: Person) -> None:
    number = case.applies(owner)
    one = reviewers(owner.world.address)[0]
    queue = one.sees()
    assert number in queue.words
    assert "3 business days left" in queue.words
    case.until(owner, end_of_business_day(2, owner.world.now()))
    assert "0 business days left" in one.case(number).words
