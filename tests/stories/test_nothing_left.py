"""Nothing is left: an account is given back to somebody who can prove nothing, slowly and in front of
everybody; or it has one channel, and that is lost (S41, S58, S72, A8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.evidence_files import encoded, scene
from tests.reviewers import reviewers
from tests.stories import applicant as case
from tests.stories.applicant import end_of_business_day, settled
from tests.stories.person import Person

DAY = timedelta(days=1)


def asks_for_it_back(person: Person, identifier: str, new: str) -> Person:
    """Up to the form."""
    person.begins("recover_account")
    person.is_asked_for("agree", "identifier", "robot")
    person.enters(agree="yes", identifier=identifier, robot="sandbox").is_not_refused()
    person.is_asked_for("new_email").enters(new_email=new).is_not_refused()
    return person.enters(new_email_code=person.code(new)).is_asked_for("answers", "files")


def applied(person: Person, identifier: str, new: str) -> str:
    case.sends(asks_for_it_back(person, identifier, new), pictures=2).is_told_it_is("waiting")
    number = person.letters(new)[0].partition("pplication ")[2][:9]
    assert len(number.strip()) == 9, person.letters(new)
    return number


def looks(person: Person, number: str, new: str) -> str:
    """At the status page, by the number and a code to the new address."""
    person.begins("view_case").enters(case_number=number).is_asked_for("new_email_code")
    person.enters(new_email_code=person.code(new))
    assert person.seen.case is not None, person.seen
    return person.seen.case.state


@pytest.mark.proves("S41", "S58", "S60", "S95")
def test_with_nothing_left_the_account_comes_back_after_review_and_a_month_with_all_told(
    careful: Person,
) -> None:
    account, new = careful.account, f"new.{careful.email}"
    settled(careful).takes_a_new_device()
    number = applied(careful, careful.email, new)
    began = careful.world.now()
    for to in (careful.email, careful.phone):
        assert number in careful.letters(to)[0]
        assert careful.world.link(to, "stop")
    assert not any(m["links"] for m in careful.world.messages(new)), "nobody is proven there"
    assert looks(careful, number, new) == "open"
    case.approved(careful, number)
    assert looks(careful, number, new) == "approved"
    careful.world.passes("29d")
    assert "hold" not in careful.world.why_not(account)
    case.until(careful, began + 30 * DAY)
    assert 29 * DAY < careful.world.until(account) - careful.world.now() <= 30 * DAY
    careful.begins("sign_in", identifier=careful.email, password=careful.password)
    careful.is_refused("sign_in_failed")
    careful.identifier = careful.email = new
    careful.resets_password().signs_in()
    assert {"totp", "sms_code"}.isdisjoint(careful.security.ways)
    careful.binds_totp()
    careful.world.passes("31d")
    assert careful.world.why_not(account) == ["not_on_payout_list"]


@pytest.mark.proves("A01", "S58")
def test_an_application_for_nobody_looks_like_any_and_is_rejected_when_it_is_due(
    person: Person,
) -> None:
    new = person.email
    number = applied(person, f"nobody.{person.email}", new)
    began = person.world.now()
    letter = person.letters(new)[0]
    assert looks(person, number, new) == "open"
    for one in reviewers(person.world.address):
        assert one.case(number).status == 404
        assert number not in one.sees("/console").html
    case.until(person, end_of_business_day(3, began))
    assert looks(person, number, new) == "rejected"
    assert person.letters(new)[0] != letter
    assert number in next(t for t in person.letters(new) if "rejected" in t)


@pytest.mark.proves("S61")
def test_whoever_still_has_something_ends_it_by_using_it(careful: Person, other: Person) -> None:
    account, new = careful.account, other.email
    settled(careful)
    number = applied(other, careful.email, new)
    careful.signs_in()
    assert looks(other, number, new) == "open", (
        "that it was stopped would tell that there is somebody"
    )
    careful.world.passes("40d")
    assert looks(other, number, new) == "rejected"
    assert careful.signs_in().account == account


@pytest.mark.proves("S58")
def test_a_stranger_who_applies_first_keeps_the_owner_out_of_nothing(
    careful: Person, other: Person
) -> None:
    """Neither of recovering the account, nor of a report of something lost."""
    settled(careful)
    first = applied(other, careful.email, other.email)
    one = reviewers(other.world.address)[0]
    one.votes(first, "reject", other.face.name, alternatives="Log in.")
    second = applied(careful, careful.email, f"new.{careful.email}")
    assert one.case(second).status == 200
    assert one.case(applied(other, careful.email, other.email)).status == 404, "rejected lately"
    assert case.state(careful, case.applies(careful)) == "open"


@pytest.mark.proves("S60", "S106")
def test_a_second_stop_by_one_mailbox_alone_ends_nothing_and_asks_for_more(
    careful: Person, other: Person
) -> None:
    """Who reads the lost mailbox stops its owner once, not for ever (policy.md, stop_case)."""
    account, careful.identifier = careful.account, careful.phone
    settled(careful)
    for stopped in (True, False):
        number = case.applies(careful, "unbind_lost_email")
        token = careful.world.link(careful.email, "stop")
        other.begins("stop_case", notice_token=token).is_told_it_is("done")
        if stopped:
            assert case.state(careful, number) == "stopped"
    again = careful.world.now()
    assert case.state(careful, number) == "asked"
    assert number in careful.letters(careful.phone)[0]
    one = reviewers(careful.world.address)[0]
    assert "Identity evidence" in one.sees("/console").words
    other.begins("stop_case", notice_token=careful.world.link(careful.email, "stop"))
    other.is_refused("proof_too_weak_now")
    careful.begins("add_to_case").enters(case_number=number, password=careful.password)
    careful.adds_picture("document", encoded(scene())).is_not_refused()
    careful.adds_picture("photo", encoded(scene())).is_not_refused()
    careful.enters(answers='{"reply": "Here I am."}').is_told_it_is("done")
    case.approved(careful, number)
    careful.world.passes("6d")
    assert case.state(careful, number) == "approved"
    case.until(careful, again + 7 * DAY)
    assert case.state(careful, number) == "done"
    assert 6 * DAY < careful.world.until(account) - careful.world.now() <= 7 * DAY


@pytest.mark.proves("S72", "S106")
def test_the_only_channel_is_lost_and_a_new_one_takes_its_place(holder: Person) -> None:
    account, old, new = holder.account, holder.email, f"new.{holder.email}"
    settled(holder).begins("unbind_lost_email").enters(lost="email").answers_all().is_not_refused()
    holder.is_asked_for("new_email").enters(new_email=new).is_not_refused()
    holder.enters(new_email_code=holder.code(new)).is_asked_for("agree", "answers", "files")
    case.sends(holder, pictures=2).is_told_it_is("waiting")
    number = holder.seen.number
    assert number is not None
    assert number in holder.letters(old)[0]
    assert number in holder.letters(new)[0]
    case.approved(holder, number)
    case.until(holder, end_of_business_day(1, holder.world.now()))
    holder.identifier = holder.email = new
    holder.signs_in()
    assert 6 * DAY < holder.world.until(account) - holder.world.now() <= 7 * DAY
    assert not any(m["code"] for m in holder.world.messages(old)[:1])
