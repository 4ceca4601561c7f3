"""A50, A01: somebody who proves nothing applies for an account that may be another's, or nobody's."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.attacks import case_doing as case
from tests.attacks.alike import same, seen
from tests.attacks.doing import link, messages, refusal
from tests.evidence_files import encoded, scene
from tests.people import PASSWORD, Json, Person
from tests.reviewers import approved_by_two, reviewers

Make = Callable[..., Person]
PICTURE = encoded(scene())


def goes(person: Person, identifier: str, new: str) -> list[httpx.Response]:
    """The whole application; every answer of it."""
    begun = {
        "action": "recover_account",
        "inputs": {"agree": True, "identifier": identifier, "robot": "sandbox"},
    }
    answers = [person.ask("POST", "/v1/flows", json=begun)]
    flow = answers[0].json()

    def move(**inputs: object) -> None:
        answers.append(person.ask("POST", f"/v1/flows/{flow['flow']['id']}", json={"inputs": inputs},
                                  headers={"Flow-Token": flow["flow"]["token"]}))  # fmt: skip

    move(new_email=new)
    move(new_email_code=person.code(new))
    sent = []
    for kind in ("document", "photo"):
        answers.append(case.upload(person, flow, PICTURE, kind=kind))
        sent.append(answers[-1].json()["file"])
    move(answers=case.form(), files=sent)
    answers.append(person.ask("GET", f"/v1/flows/{flow['flow']['id']}",
                              headers={"Flow-Token": flow["flow"]["token"]}))  # fmt: skip
    return answers


def applies(person: Person, identifier: str, new: str) -> str:
    done = goes(person, identifier, new)[-2].json()
    assert done["flow"]["status"] == "waiting", done
    return str(done["result"]["case"])


def looks(person: Person, number: str, new: str) -> Json:
    asked = person.start("view_case", case_number=number)
    return person.move(asked, inputs={"new_email_code": person.code(new)})


@pytest.mark.proves("A01", "A50")
def test_an_application_for_somebody_and_one_for_nobody_get_the_same_answers(
    stranger: Make, address: str
) -> None:
    owner, thief = case.settled(stranger()), stranger()
    courses = []
    for number, identifier in enumerate((owner.email, f"nobody.{owner.email}")):
        new = f"new{number}.{thief.email}"
        answers = goes(thief, identifier, new)
        case_number = str(answers[-2].json()["result"]["case"])
        typed = (identifier, new, case_number, *answers[-2].json()["result"]["due"].split("T"))
        by_nature = [a.json()["file"] for a in answers[3:5]]
        by_nature += [
            f["code"] for f in answers[2].json()["step"]["fields"] if "code" in f
        ]  # of the note
        courses.append([seen(a, *typed, *by_nature) for a in answers])
        shown = looks(thief, case_number, new)
        assert shown["result"]["state"] == "open"
        assert shown["flow"]["account"] is None
    same(*courses)
    queue = reviewers(address)[0].sees("/console").html
    assert queue.count("/console/cases/") >= 1


@pytest.mark.proves("A50")
def test_who_proves_nothing_reaches_nothing_but_the_status_of_his_own_application(
    stranger: Make,
) -> None:
    owner, thief = case.settled(stranger()), stranger()
    number = applies(thief, owner.email, thief.email)
    assert not any(m["links"] for m in messages(thief, thief.email)), "no freezing, no stopping"
    for to in (owner.email, owner.phone):
        assert link(owner, "stop", to)
    # the owner's password is no proof there, and another mailbox none either
    other = stranger()
    asked = other.start("view_case", case_number=number, password=PASSWORD)
    assert [f["name"] for f in asked["step"]["fields"]] == ["new_email_code"]
    assert asked["result"] is None
    tried = other.move(asked, inputs={"new_email_code": "000000"})
    assert tried["refusal"]["id"] == "sign_in_failed"
    # the code of the status opens no other flow
    code = thief.code(thief.email)
    mine = thief.start("view_case", case_number=number)
    wrong = thief.move(mine, inputs={"new_email_code": code})
    assert wrong["refusal"] is not None


@pytest.mark.proves("A50")
def test_approved_by_two_it_is_still_the_owners_for_a_month_and_any_use_ends_it(
    stranger: Make, address: str
) -> None:
    owner, thief = case.settled(stranger()), stranger()
    number = applies(thief, owner.email, thief.email)
    approved_by_two(address, number)
    thief.wait("29d")
    assert looks(thief, number, thief.email)["result"]["state"] == "approved"
    owner.sign_in()  # the password alone is use enough: it was reported lost
    assert looks(thief, number, thief.email)["result"]["state"] == "rejected"
    thief.wait("10d")
    asked = thief.start("reset_password", agree=True, identifier=thief.email, robot="sandbox")
    assert messages(thief, thief.email)[0]["code"] is None, asked


@pytest.mark.proves("A50", "A35")
def test_strangers_do_not_fill_the_owners_mailbox(stranger: Make, address: str) -> None:
    owner, thief = case.settled(stranger()), stranger()
    before = len(messages(owner, owner.email))
    numbers = [applies(thief, owner.email, f"{n}.{thief.email}") for n in range(4)]
    assert len(messages(owner, owner.email)) == before + 3
    queue = reviewers(address)[0].sees("/console").html
    assert all(number in queue for number in numbers), "our people see them all"


@pytest.mark.proves("A50", "A16")
def test_a_stranger_who_begins_and_cancels_keeps_the_owner_out_of_nothing(
    stranger: Make, address: str
) -> None:
    owner, thief = case.settled(stranger()), stranger()
    for n in range(2):
        begun = goes(thief, owner.email, f"{n}.{thief.email}")
        thief.move(begun[0].json(), cancel=True)
    number = applies(stranger(), owner.email, f"new.{owner.email}")
    assert reviewers(address)[0].case(number).status == 200


@pytest.mark.proves("A50", "A105")
def test_nobody_comes_to_a_role_of_ours_by_an_application(stranger: Make, address: str) -> None:
    one, other = reviewers(address)[:2]
    thief = stranger()
    number = applies(thief, f"{other.name.lower().replace(' ', '-')}@staff.example", thief.email)
    assert one.case(number).status == 404


@pytest.mark.proves("A50")
def test_what_was_given_back_is_not_opened_while_its_hold_lasts(
    stranger: Make, address: str
) -> None:
    owner, thief = case.settled(stranger()), stranger()
    number = applies(thief, owner.email, thief.email)
    approved_by_two(address, number)
    thief.wait("31d")
    flow = thief.start("reset_password", agree=True, identifier=thief.email, robot="sandbox")
    thief.move(flow, inputs={"email_code": thief.code(thief.email)})
    thief.move(flow, inputs={"new_password": PASSWORD})
    thief.enter(thief.sign_in())
    for action in ("add_payout_address", "payout_list_only_off"):
        assert refusal(thief.start(action)) == "hold_active"


@pytest.mark.proves("A50")
def test_one_mailbox_cannot_stop_the_owners_case_for_ever(stranger: Make, address: str) -> None:
    owner, thief = case.settled(stranger()), stranger()
    for ended in (True, False):
        sent = case.applies(owner)
        thief.start("stop_case", notice_token=link(owner, "stop"))
        assert case.state(owner, sent["case"]) == ("stopped" if ended else "asked")
