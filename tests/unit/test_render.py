"""Steps as cards, without a server: what every kind of field and of thing shown looks like."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from markupsafe import Markup

from portvakt.model import Answer, Field, FlowView, Offer, Refusal, Show, Step, Text, Warning
from portvakt.render import Voice, environment, iso, step_html

NOW = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
EVIL = '"><script>alert(1)</script>'
FRAME: dict[str, Any] = {
    "asset": lambda name: f"/static/built/{name}",
    "form_token_input": lambda: Markup('<input type="hidden" name="form_token" value="t">'),
    "code_help": "/help/codes",
    "authenticator_help": "/help/authenticator",
    "widget": None,
}


def card(
    *fields: Field,
    action: str = "sign_in",
    step: str = "sign_in",
    refusal: Refusal | None = None,
    language: str = "en",
    typed: dict[str, str] | None = None,
    **more: Any,
) -> str:
    view = FlowView("flw_1", action, "open", NOW + timedelta(minutes=30))
    shown = Step(step, Text(f"step.{step}.title"), fields=fields, **more)
    voice = Voice(language, "Europe/Stockholm", NOW)
    return step_html(
        Answer(view, shown, refusal), voice, url="/flow/flw_1", typed=typed, frame=FRAME
    )


IDENTIFIER = Field("identifier", "identifier")
PASSWORD = Field("password", "password")
CODE = Field("sms_code", "code", sent_to="+46 •• 56", resend_at=NOW + timedelta(seconds=43))


@pytest.mark.parametrize(
    ("field", "holds"),
    [
        (IDENTIFIER, 'autocomplete="username"'),
        (PASSWORD, 'autocomplete="current-password"'),
        (Field("new_password", "new_password"), 'autocomplete="new-password"'),
        (CODE, 'autocomplete="one-time-code"'),
        (CODE, 'inputmode="numeric"'),
        (Field("new_phone", "identifier"), 'type="tel"'),
        (Field("new_email", "identifier"), 'autocomplete="email"'),
        (Field("kept", "agree"), 'type="checkbox"'),
        (Field("robot", "robot", extra={"challenge": {"a": EVIL}}), "needs JavaScript"),
    ],
)
def test_every_kind_of_field_says_what_it_is_to_browsers_and_people(
    field: Field, holds: str
) -> None:
    html = card(field)
    assert holds in html
    assert f"f-{field.name}" in html
    assert "<script>" not in html


def test_a_label_belongs_to_each_input_and_hints_are_described() -> None:
    html = card(IDENTIFIER, PASSWORD)
    for name in ("identifier", "password"):
        assert f'<label for="f-{name}">' in html
        assert f'aria-describedby="h-{name}"' in html
        assert f'id="h-{name}"' in html


def test_a_choice_offers_every_option() -> None:
    options = [
        {"id": "email", "text": Text("offer.email_code")},
        {"id": "sms", "text": Text("offer.sms_code")},
    ]
    html = card(Field("lost", "choice", value="sms", extra={"options": options}))
    assert html.count('type="radio"') == 2
    assert html.count(" checked") == 1


def test_what_is_kept_comes_back_and_secrets_do_not() -> None:
    typed = {"identifier": f"anna{EVIL}", "password": "hunter2-hunter2"}
    html = card(IDENTIFIER, PASSWORD, refusal=Refusal("sign_in_failed"), typed=typed)
    assert "anna&#34;&gt;" in html
    assert "hunter2" not in html
    assert "<script>" not in html


def test_a_refusal_of_one_field_stands_at_that_field_and_takes_the_cursor_there() -> None:
    html = card(CODE, refusal=Refusal("wrong_code", field="sms_code", left=3))
    assert html.count("3 tries left") == 1
    assert 'id="e-sms_code" role="alert"' in html
    assert 'aria-describedby="h-sms_code e-sms_code" aria-invalid="true"' in html
    assert html.count("autofocus") == 1


def test_a_refusal_of_a_page_with_more_fields_is_summarised_with_a_link() -> None:
    html = card(IDENTIFIER, PASSWORD, refusal=Refusal("identifier_invalid", field="identifier"))
    assert 'role="alert"' in html
    assert '<a href="#f-identifier">' in html


def test_a_refusal_of_the_whole_page_is_said_with_the_field_that_has_the_cursor() -> None:
    html = card(
        IDENTIFIER, PASSWORD, refusal=Refusal("sign_in_failed"), typed={"identifier": "a@b.se"}
    )
    assert 'id="refusal"' in html
    assert 'aria-describedby="h-password refusal"' in html


@pytest.mark.parametrize(
    ("refusal", "counts"),
    [
        (Refusal("too_many_tries", retry_at=NOW + timedelta(minutes=15)), 'data-left="900"'),
        (None, 'data-left="43"'),
    ],
)
def test_waits_count_down_from_the_servers_clock(refusal: Refusal | None, counts: str) -> None:
    assert counts in card(CODE, refusal=refusal)


def test_offers_and_the_price_are_said() -> None:
    html = card(
        CODE,
        offers=(Offer("email_code"),),
        warnings=(Warning("hold", {"lasts": timedelta(hours=24)}, NOW + timedelta(hours=24)),),
    )
    assert 'name="offer" value="email_code"' in html
    assert "24 hours" in html
    assert "Tuesday 24 November" in html


def test_consequences_are_listed_in_words() -> None:
    until = NOW + timedelta(days=30)
    data = {
        "holds": [
            {"actions": ["withdraw", "own_action"], "until": until, "lasts": timedelta(days=30)},
            {"actions": ["withdraw"], "until": None, "lasts": None},
        ],
        "quarantine": [{"identifier": "j•••@mail.se", "until": until, "lasts": timedelta(days=30)}],
        "sessions": "others",
        "notices": ["j•••@mail.se", "+46 •• 56"],
        "waits_until": until,
    }
    html = card(Field("agree", "agree"), show=(Show("consequences", data),))
    when = "Wednesday 23 December 2026 at 14:05 (CET)"
    for words in (
        f"It takes effect on {when}.",
        f"Withdrawals will be paused until {when} (30 days).",
        "Paused: Withdrawals and own_action. Trading goes on",
        "at least until your settings are unlocked",
        f"j•••@mail.se cannot be used by anyone until {when} (30 days)",
        "other devices",
        "A notice goes to j•••@mail.se and +46 •• 56.",
    ):
        assert words in html


def test_the_button_below_the_consequences_is_the_agreement_and_no_box_is_ticked() -> None:
    html = card(Field("agree", "agree"), action="unbind_email", step="agree", language="sv")
    assert '<input type="hidden" name="agree" value="yes">' in html
    assert "checkbox" not in html
    assert '<button class="main">Nästa</button>' in html


def test_the_key_is_grouped_by_four_and_copied_whole() -> None:
    key = "JBSWY3DPEHPK3PXP"
    data = {"key": key, "account_name": f"X ({EVIL})", "uri": "otpauth://totp/X?secret=" + key,
            "qr_svg": "<svg><path/></svg>"}  # fmt: skip
    html = card(Field("new_totp", "code"), show=(Show("totp_key", data),))
    assert "<span>JBSW</span><span>Y3DP</span><span>EHPK</span><span>3PXP</span>" in html
    assert f'data-copy="{key}"' in html
    assert "<svg><path/></svg>" in html
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("action", "field", "button"),
    [
        ("sign_in", PASSWORD, "Logga in"),
        ("sign_up", IDENTIFIER, "Nästa"),
        ("sign_up", CODE, "Bekräfta"),
        ("bind_totp", Field("new_totp", "code"), "Bekräfta"),
        ("sign_up", Field("new_password", "new_password"), "Skapa konto"),
        ("reset_password", IDENTIFIER, "Nästa"),
        ("reset_password", CODE, "Bekräfta"),
        ("unbind_phone", Field("totp", "code"), "Bekräfta"),
    ],
)
def test_the_one_main_button_has_the_name_of_the_source(
    action: str, field: Field, button: str
) -> None:
    html = card(field, action=action, language="sv")
    assert html.count('class="main"') == 1
    assert f'<button class="main">{button}</button>' in html


def test_an_answer_without_a_step_has_no_card() -> None:
    done = Answer(FlowView("flw_1", "sign_in", "done", NOW))
    with pytest.raises(ValueError, match="no card"):
        step_html(done, Voice("en"), url="/", frame=FRAME)


def test_times_are_exact_for_machines_and_in_the_readers_zone_for_people() -> None:
    said = Voice("en", "Europe/Stockholm").time(NOW, "short")
    assert said == '<time datetime="2026-11-23T13:05:00Z">23 Nov 14:05 CET</time>'
    assert iso(NOW.astimezone()) == "2026-11-23T13:05:00Z"


def test_a_countdown_needs_the_servers_clock_and_never_runs_below_zero() -> None:
    assert Voice("en").left(NOW) == 0
    assert Voice("en", None, NOW).left(NOW - timedelta(hours=1)) == 0
    assert Voice("en", None, NOW).left(NOW + timedelta(milliseconds=1)) == 1


def test_every_template_compiles() -> None:
    names = environment().list_templates(extensions=["html"])
    assert len(names) > 15
    for name in names:
        environment().get_template(name)
