"""The one contract of every factor: whatever proves something keeps these promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portvakt.core import Portvakt
from portvakt.model import Answer
from tests.factors.asked import (
    ALL,
    ASKED_ELSEWHERE,
    CODES,
    COUNTED_TOGETHER,
    SENT,
    TIMED,
    Asked,
    EmailCodeAtBindTotp,
    TotpAtSignIn,
)
from tests.holders import Holder

REFUSED = {"wrong_code", "sign_in_failed", "passkey_unfit"}


def over(asked: tuple[Asked, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("asked", asked, ids=str)


def accepted(asked: Asked, answer: Answer) -> bool:
    """The page behind it, or the end of the flow, and no refusal."""
    if answer.refusal is not None:
        return False
    if asked.then is None:
        return answer.flow.status == "done"
    return answer.step is not None and answer.step.id == asked.then


def refused(answer: Answer) -> bool:
    return answer.refusal is not None and answer.refusal.id in REFUSED


@over(ALL)
@pytest.mark.proves("S7", "S89")
def test_the_right_one_is_accepted_and_a_wrong_one_before_it_is_not(
    portvakt: Portvakt, asked: Asked
) -> None:
    holder = asked.holder(portvakt)
    flow = asked.flow(holder)
    tried = holder.submit(flow, **{asked.name: asked.wrong(holder, flow)})
    assert refused(tried), tried
    assert tried.result is None
    assert accepted(asked, holder.submit(flow, **{asked.name: asked.right(holder, flow)}))


@over(CODES)
@pytest.mark.proves("A21", "A28", "S89")
def test_a_code_that_was_accepted_is_worth_nothing_afterwards(
    portvakt: Portvakt, asked: Asked
) -> None:
    holder = asked.holder(portvakt)
    flow = asked.flow(holder)
    code = asked.right(holder, flow)
    assert accepted(asked, holder.submit(flow, **{asked.name: code}))
    again = holder.submit(flow, **{asked.name: code})
    assert not accepted(asked, again) or again.result is None
    if asked.action.startswith("bind_") and asked.then is None:
        return  # bound: there is no second flow of this kind
    other = asked.flow(holder)
    assert refused(holder.submit(other, **{asked.name: code}))


@over(SENT)
@pytest.mark.proves("A28", "S89")
def test_a_code_opens_no_other_flow_than_its_own(portvakt: Portvakt, asked: Asked) -> None:
    holder = asked.holder(portvakt)
    first = asked.flow(holder)
    code = asked.right(holder, first)
    second = asked.flow(holder)
    assert refused(holder.submit(second, **{asked.name: code}))
    assert accepted(asked, holder.submit(first, **{asked.name: code})), (
        "it is still good in its own"
    )


@over(ASKED_ELSEWHERE)
@pytest.mark.proves("A27", "A21", "S89")
def test_a_code_for_one_purpose_opens_no_other(portvakt: Portvakt, asked: Asked) -> None:
    holder = asked.holder(portvakt)
    flow = asked.flow(holder)
    code = asked.right(holder, flow)
    if not asked.sent:  # an app's code knows no purpose: once used for one, it is spent for all
        done = holder.submit(flow, **{asked.name: code})
        assert accepted(asked, done)
        holder.enters(done)
    elsewhere = asked.flow(holder, asked.other_action)
    assert refused(holder.submit(elsewhere, **{asked.name: code}))


@over(ALL)
@pytest.mark.proves("A28")
def test_what_is_right_for_one_account_is_wrong_for_another(
    portvakt: Portvakt, asked: Asked
) -> None:
    mine, theirs = asked.holder(portvakt), asked.holder(portvakt)
    flow, other = asked.flow(mine), asked.flow(theirs)
    if asked.name == "password":  # the one thing that two people may have alike
        moved = mine.submit(other, password=asked.wrong(mine, other))
    else:
        moved = theirs.submit(other, **{asked.name: asked.right(mine, flow)})
    assert refused(moved)


@over(TIMED)
@pytest.mark.proves("A28", "S79", "S89")
def test_the_right_one_is_refused_when_its_time_is_over(portvakt: Portvakt, asked: Asked) -> None:
    holder = asked.holder(portvakt)
    flow = asked.flow(holder)
    code = asked.right(holder, flow)
    assert asked.life is not None
    holder.waits(asked.life)
    late = holder.submit(flow, **{asked.name: code})
    assert not accepted(asked, late)
    assert late.refusal is not None
    assert late.refusal.id in {*REFUSED, "proof_too_old"}


@over(tuple(a for a in SENT if a.life is not None))
@pytest.mark.proves("S89")
def test_until_then_it_is_accepted(portvakt: Portvakt, asked: Asked) -> None:
    holder = asked.holder(portvakt)
    flow = asked.flow(holder)
    code = asked.right(holder, flow)
    assert asked.life is not None
    # the proofs in front of it grow old after five minutes: stay below that as well
    holder.waits(min(asked.life, timedelta(minutes=5)) - timedelta(seconds=20))
    assert accepted(asked, holder.submit(flow, **{asked.name: code}))


@over(ALL)
@pytest.mark.proves("S7", "S89", "A26")
def test_wrong_tries_in_one_flow_end_before_a_guesser_gets_anywhere(
    portvakt: Portvakt, asked: Asked
) -> None:
    holder = asked.holder(portvakt)
    flow = asked.flow(holder)
    for _ in range(asked.tries):
        assert refused(holder.submit(flow, **{asked.name: asked.wrong(holder, flow)}))
    stopped = holder.submit(flow, **{asked.name: asked.right(holder, flow)})
    assert stopped.refusal is not None
    assert stopped.refusal.id == "too_many_tries"
    assert stopped.refusal.retry_at is not None
    assert stopped.result is None


@over(COUNTED_TOGETHER)
@pytest.mark.proves("A24", "A14")
def test_guesses_in_many_flows_are_counted_together_and_forgiven_after_a_while(
    portvakt: Portvakt, asked: Asked
) -> None:
    holder = asked.holder(portvakt)
    tried = 0
    while tried < asked.tries_across:
        flow = asked.flow(holder)
        for _ in range(min(3, asked.tries_across - tried)):
            assert refused(holder.submit(flow, **{asked.name: asked.wrong(holder, flow)})), tried
            tried += 1
    fresh = asked.flow(holder)
    stopped = holder.submit(fresh, **{asked.name: asked.right(holder, fresh)})
    assert stopped.refusal is not None
    assert stopped.refusal.id == "too_many_tries"
    holder.waits(asked.window)
    later = asked.flow(holder)
    assert accepted(asked, holder.submit(later, **{asked.name: asked.right(holder, later)}))


def respelled(code: str) -> str:
    """Fullwidth and Arabic digits among plain ones, spaces and a hyphen: as a keyboard or a copied
    message may give it."""
    a, b, c, d, e, f = tuple(code)
    return f" {chr(0xFF10 + int(a))}{b}{chr(0x0660 + int(c))} {d}-{chr(0x06F0 + int(e))}\u00a0{f}\n"


@over(CODES)
@pytest.mark.proves("A06", "S89")
def test_another_spelling_is_the_same_code_once(portvakt: Portvakt, asked: Asked) -> None:
    holder = asked.holder(portvakt)
    flow = asked.flow(holder)
    code = asked.right(holder, flow)
    assert accepted(asked, holder.submit(flow, **{asked.name: respelled(code)}))
    if asked.then is None and not asked.action.startswith("bind_"):
        again = asked.flow(holder)
        assert refused(holder.submit(again, **{asked.name: code})), (
            "a respelled copy of a spent one"
        )


@over(CODES)
@pytest.mark.proves("S89")
def test_what_is_no_code_is_wrong_and_nothing_breaks(portvakt: Portvakt, asked: Asked) -> None:
    holder = asked.holder(portvakt)
    flow = asked.flow(holder)
    for noise in ("1234567", "12345a", "½23456", "0x1234", "一二三四五六"):
        assert refused(holder.submit(flow, **{asked.name: noise})), noise


@over(ALL)
def test_an_empty_one_is_said_to_be_missing_and_is_no_try(portvakt: Portvakt, asked: Asked) -> None:
    holder = asked.holder(portvakt)
    flow = asked.flow(holder)
    for _ in range(asked.tries + 1):
        empty = holder.submit(flow, **{asked.name: "  "})
        assert empty.refusal is not None
        assert (empty.refusal.id, empty.refusal.field) == ("missing", asked.name)
    assert accepted(asked, holder.submit(flow, **{asked.name: asked.right(holder, flow)}))


@over(SENT)
@pytest.mark.proves("A28", "A39")
def test_looking_at_the_step_sends_nothing_and_spends_nothing(
    portvakt: Portvakt, asked: Asked
) -> None:
    holder = asked.holder(portvakt)
    flow = asked.flow(holder)
    code = asked.right(holder, flow)
    assert flow.flow.token is not None
    for _ in range(3):
        seen = portvakt.door.look(flow.flow.id, flow.flow.token, holder.caller)
        assert isinstance(seen, Answer)
    assert asked.right(holder, flow) == code
    assert accepted(asked, holder.submit(flow, **{asked.name: code}))


@over(SENT)
@pytest.mark.proves("A28", "A35", "S89")
def test_a_code_sent_again_makes_the_old_one_worthless(portvakt: Portvakt, asked: Asked) -> None:
    holder = asked.holder(portvakt)
    flow = asked.flow(holder)
    assert flow.flow.token is not None
    old = asked.right(holder, flow)

    def resend() -> Answer:
        assert flow.flow.token is not None
        return holder.took(
            portvakt.door.submit(flow.flow.id, flow.flow.token, holder.caller, resend=asked.name)
        )

    soon = resend()
    assert soon.refusal is not None
    assert soon.refusal.id == "resend_too_soon"
    assert soon.refusal.retry_at is not None
    assert asked.right(holder, flow) == old, "nothing was sent"
    holder.waits(timedelta(seconds=61))
    assert resend().refusal is None
    new = asked.right(holder, flow)
    if new != old:  # one in a million draws the same digits
        assert refused(holder.submit(flow, **{asked.name: old}))
    assert accepted(asked, holder.submit(flow, **{asked.name: new}))


@pytest.mark.parametrize("steps", [-2, -1, 0, 1, 2])
@pytest.mark.proves("S79", "A21")
def test_a_phone_whose_clock_is_one_step_off_gets_in_and_two_is_too_far(
    portvakt: Portvakt, steps: int
) -> None:
    asked = TotpAtSignIn()
    holder = asked.holder(portvakt)
    holder.waits(timedelta(minutes=5))
    holder.waits_for_a_step()
    moved = holder.submit(asked.flow(holder), totp=holder.totp_code(steps))
    assert accepted(asked, moved) == (abs(steps) <= 1)


@pytest.mark.proves("A21")
def test_a_step_behind_one_that_was_used_is_spent_with_it(portvakt: Portvakt) -> None:
    asked = TotpAtSignIn()
    holder = asked.holder(portvakt)
    earlier = holder.totp_code(-1)
    assert accepted(asked, holder.submit(asked.flow(holder), totp=holder.totp_code()))
    assert refused(holder.submit(asked.flow(holder), totp=earlier))
    assert accepted(asked, holder.submit(asked.flow(holder), totp=holder.totp_code(1)))


@pytest.mark.proves("A21", "S79")
def test_the_code_that_bound_the_authenticator_does_not_sign_in(portvakt: Portvakt) -> None:
    holder = Holder(portvakt)
    holder.signs_up()
    asked = TotpAtSignIn()
    flow = holder.start("bind_totp")
    shown = holder.submit(flow, email_code=holder.code())
    assert shown.step is not None
    holder.key = next(s.data["key"] for s in shown.step.show if s.kind == "totp_key")
    holder.waits_for_a_step()
    code = holder.totp_code()
    holder.finished(holder.submit(flow, new_totp=code))
    assert refused(holder.submit(asked.flow(holder), totp=code))


@pytest.mark.proves("A17")
def test_a_password_is_the_same_in_composed_and_decomposed_form_and_in_no_other(
    portvakt: Portvakt,
) -> None:
    composed = "Åtta små ö i en fjärd"
    decomposed = "A\u030atta sma\u030a o\u0308 i en fja\u0308rd"
    holder = Holder(portvakt)
    flow = holder.start("sign_up", identifier=holder.email, robot="sandbox")
    holder.finished(holder.submit(flow, email_code=holder.code(), new_password=decomposed))
    for other in (composed.lower(), composed + " ", composed.replace(" ", "  "), composed[:-1]):
        tried = holder.start("sign_in", identifier=holder.email, password=other)
        assert tried.result is None, other
    assert holder.start("sign_in", identifier=holder.email, password=composed).result


@pytest.mark.proves("A28", "A40")
def test_a_code_for_an_account_says_nothing_about_the_address_it_was_not_sent_to(
    portvakt: Portvakt,
) -> None:
    asked = EmailCodeAtBindTotp()
    mine, theirs = asked.holder(portvakt), asked.holder(portvakt)
    flow = asked.flow(mine)
    assert flow.step is not None
    assert flow.step.fields[0].sent_to not in (mine.email, theirs.email), "masked"
    sandbox = portvakt.sandbox
    assert sandbox is not None
    assert [m["code"] for m in sandbox.messages(theirs.email)][:1] != [asked.right(mine, flow)]
