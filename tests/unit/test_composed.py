"""Messages put together from one source: mails as text and HTML, SMS, each in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from portvakt import messages
from portvakt.messages.compose import (
    TEMPLATES,
    Operator,
    compose,
    compose_sms,
    links_of,
    sms_parts,
)
from tests.unit.told import (
    ASKED_BY_CODE,
    BY_STAFF,
    CODE,
    DETAILS,
    NOTICE,
    OPERATOR,
    STEPS,
    TO_STAFF,
    Message,
    codes,
    every_message,
    named,
    notices,
    truths,
)

#: a name of 12 characters: what an SMS has room for
BRIEF = Operator("Svea Kryptos", "https://id.example.com", "help@example.com")
PHRASE = "blue whale"
LONGEST_PHRASE = "four blue whales sing under the old pier"

in_every_language = pytest.mark.parametrize("language", messages.LANGUAGES)
with_and_without_a_phrase = pytest.mark.parametrize("phrase", [None, PHRASE], ids=["", "phrase"])


def every(found: list[Message]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("template", "params"), found, ids=map(named, found))


ALL, CODES, NOTICES = every_message(), list(codes()), list(notices())
BY_SMS = [m for m in ALL if m[0] != "no_account"]  # that truth goes to e-mail addresses alone
#: nobody did these by the reader's account: there is nothing to freeze, undo or stop
BY_NOBODY = [m for m in NOTICES if m[1]["action"] in ("hold_ended", *BY_STAFF, *TO_STAFF)]


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    messages.strict()
    yield
    messages.strict(False)


class _Words(HTMLParser):
    """The words a person sees of an HTML mail, and everything it would load or link to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self._open.append(tag)
        for name, value in attrs:
            if name in ("src", "background", "srcset"):
                self.loads.append(value or "")
            if name == "href":
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self._open):
            self.words += data.split()


def test_every_template_named_by_the_outbox_is_tried_here() -> None:
    assert {template for template, _ in ALL} == set(TEMPLATES)


@in_every_language
@with_and_without_a_phrase
@every(ALL)
def test_text_and_html_of_every_mail_say_the_same(
    template: str, params: dict[str, Any], phrase: str | None, language: str
) -> None:
    mail = compose(template, {**params, "phrase": phrase}, language, "Europe/Stockholm", OPERATOR)
    html = _Words(mail.html)
    seen = {word.casefold().rstrip(":") for word in html.words}
    text = {word.casefold().rstrip(":") for word in mail.text.split()} - {"--"}
    assert text - set(map(str.casefold, html.links)) <= seen
    titles = {word.casefold().rstrip(":") for word in (mail.subject + " " + OPERATOR.name).split()}
    assert seen - titles <= text
    assert all(link in mail.text for link in html.links)


@in_every_language
@every(ALL)
def test_a_mail_loads_nothing_and_links_to_the_operator_alone(
    template: str, params: dict[str, Any], language: str
) -> None:
    html = _Words(compose(template, params, language, None, OPERATOR).html)
    assert html.loads == []
    ours = {OPERATOR.sign_in, OPERATOR.security}
    assert set(html.links) - ours <= {link["url"] for link in links_of(params, OPERATOR)}
    assert not {"img", "script", "iframe", "link", "form"} & set(html.tags)


@in_every_language
@with_and_without_a_phrase
@every(ALL)
def test_every_mail_is_whole_sentences_with_nothing_left_open(
    template: str, params: dict[str, Any], phrase: str | None, language: str
) -> None:
    mail = compose(template, {**params, "phrase": phrase}, language, "Europe/Stockholm", OPERATOR)
    assert mail.subject.strip()
    assert mail.subject == " ".join(mail.subject.split())
    for line in mail.text.replace("\n-- \n", "\n").splitlines():
        assert "  " not in line.strip(), line
        assert not re.search(r"[{}\[\]]|\bNone\b| [.,:;]|[.,:;]{2}", line.strip()), line


@in_every_language
@every(NOTICES)
def test_a_notice_carries_the_link_by_which_its_reader_acts_wherever_that_is_offered(
    template: str, params: dict[str, Any], language: str
) -> None:
    mail = compose(template, params, language, None, OPERATOR)
    sms = compose_sms(template, params, language, None, OPERATOR)
    links = links_of(params, OPERATOR)
    if "token" not in params:  # to somebody who has proven no account
        assert links == []
        assert "/notice/" not in mail.text + mail.html + sms
        return
    url = OPERATOR.notice(params["token"])
    if (template, params) in BY_NOBODY:
        assert links == []
        assert url not in mail.text + mail.html + sms
        return
    assert [link["id"] for link in links] == params["offers"]
    assert {link["url"] for link in links} == {url}
    assert url in mail.text
    assert url in _Words(mail.html).links
    assert sms.endswith(url)


@in_every_language
def test_what_can_be_undone_or_stopped_by_the_link_is_said_and_nothing_else(language: str) -> None:
    for template, params in NOTICES:
        text = compose(template, params, language, None, OPERATOR).text
        for id in ("undo", "stop"):
            said = messages.say(f"mail.notice.can_{id}", language)
            assert (said in text) == (id in params.get("offers", ()))


@pytest.mark.proves("A93")
def test_a_device_that_calls_itself_a_script_is_inert_in_a_mail() -> None:
    device = "<script>alert(1)</script>\r\nBcc: thief@example.com"
    mail = compose("notice", {**NOTICE, "device": device}, "en", None, OPERATOR)
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "\r" not in mail.text
    assert "\nBcc" not in mail.text


def test_a_code_mail_says_its_purpose_its_life_and_that_nobody_may_ask_for_it() -> None:
    mail = compose("code", CODE, "en", None, OPERATOR)
    assert "log in to your account at Norrbanken" in mail.text
    assert "10 minutes" in mail.text
    assert "Never give this code to anyone" in mail.text
    assert re.findall(r"\b\d{6}\b", mail.text) == ["482913"]


def test_no_code_stands_in_a_subject_where_a_locked_screen_shows_it() -> None:
    for action in ASKED_BY_CODE:
        assert (
            "482913"
            not in compose("code", {**CODE, "action": action}, "sv", None, OPERATOR).subject
        )


@in_every_language
def test_every_purpose_of_a_code_is_worded_differently(language: str) -> None:
    for made in (compose, compose_sms):
        said = {
            str(made("code", {**CODE, "action": a}, language, None, OPERATOR))
            for a in ASKED_BY_CODE
        }
        assert len(said) == len(ASKED_BY_CODE)


def test_a_notice_says_what_when_where_from_and_what_it_causes_in_the_holders_zone() -> None:
    text = compose("notice", NOTICE, "en", "Europe/Stockholm", OPERATOR).text
    for told in (
        "on a device we have not seen before", "Tuesday 24 November 2026 at 14:05 (CET)",
        "203.0.x.x", "Firefox on Linux", "Web browser",
        "paused until Wednesday 25 November 2026 at 14:05 (CET)",
        "THIS WAS NOT ME", "help@norrbanken.example", OPERATOR.notice(NOTICE["token"]),
    ):  # fmt: skip
        assert told in text


def test_a_notice_leaves_out_what_is_not_known() -> None:
    bare = {**NOTICE, "device": "", "network": None, "client": "fridge", "hold_until": None}
    text = compose("notice", bare, "en", None, Operator("Norrbanken", OPERATOR.url)).text
    for label in ("Where from", "Device", "App:", "paused", " at ."):
        assert label not in text


def test_a_notice_is_told_in_the_holders_language() -> None:
    mail = compose("notice", NOTICE, "sv", "Europe/Stockholm", OPERATOR)
    assert mail.subject == "Ditt konto har använts på en ny enhet"
    assert "onsdag 25 november 2026 kl. 14:05 (CET)" in mail.text
    assert '<html lang="sv">' in mail.html


def test_what_waited_and_was_cancelled_is_told_as_what_was_stopped_is() -> None:
    said = {
        **NOTICE,
        "action": "close_account_stopped",
        "what": "close_account",
        "hold_until": None,
    }
    mail = compose("notice", said, "en", None, OPERATOR)
    assert mail.subject == "Something that was waiting was stopped"
    assert "The confirmed request to close your account was stopped" in mail.text


@pytest.mark.proves("S57", "S60")
@in_every_language
def test_every_message_about_an_application_names_its_number_in_subject_mail_and_sms(
    language: str,
) -> None:
    about = [m for m in NOTICES if m[1].get("case")]
    assert {m[1]["action"] for m in about} >= {*STEPS, "reset_second_factor_waiting"}
    for template, params in about:
        mail = compose(template, params, language, None, OPERATOR)
        assert "7K3M-9QX2" in mail.subject
        assert "7K3M-9QX2" in compose_sms(template, params, language, None, OPERATOR)


@pytest.mark.proves("S58")
@in_every_language
def test_a_rejection_says_why_what_else_can_be_done_and_from_when_one_may_apply_again(
    language: str,
) -> None:
    said = next(m[1] for m in NOTICES if m[1]["action"] == "case_rejected")
    text = compose("notice", said, language, None, OPERATOR).text
    for told in (said["reason"], said["alternatives"], "2026", str(OPERATOR.support)):
        assert told in text
    assert messages.say("notice.case_rejected.line", language, None, **said) in text


@in_every_language
def test_an_application_says_what_is_lost_in_the_holders_language(language: str) -> None:
    (said,) = (m[1] for m in NOTICES if m[1]["action"] == "reset_second_factor_waiting")
    text = compose("notice", said, language, None, OPERATOR).text
    for lost in ("lost.totp", "lost.email"):
        assert messages.say(lost, language) in text


def test_a_login_with_a_recovery_code_is_not_told_as_one_on_a_new_device() -> None:
    text = compose("notice", {**NOTICE, "codes_left": 9}, "en", None, OPERATOR).text
    assert "with a recovery code" in text
    assert "not seen before" not in text


@in_every_language
@every([(t, p) for t, p in CODES if p["details"]])
def test_a_code_that_approves_something_says_what_in_mail_and_sms(
    template: str, params: dict[str, Any], language: str
) -> None:
    mail = compose(template, params, language, None, OPERATOR)
    for value in DETAILS[params["action"]].values():
        assert value in mail.text
        assert value in mail.html
        assert value in compose_sms(template, params, language, None, OPERATOR)


# ── the holder's own phrase, which no forger knows ──────────────────────────────────────────────


@in_every_language
@every([*CODES, *NOTICES])
def test_every_genuine_message_begins_with_the_holders_own_phrase(
    template: str, params: dict[str, Any], language: str
) -> None:
    told = {**params, "phrase": PHRASE}
    mail = compose(template, told, language, None, OPERATOR)
    assert mail.text.partition("\n")[0].endswith(f": {PHRASE}")
    assert PHRASE in " ".join(_Words(mail.html).words)
    assert compose_sms(template, told, language, None, OPERATOR).startswith(f"{PHRASE}: ")


@in_every_language
@every([*CODES, *NOTICES])
def test_a_message_without_a_phrase_has_no_trace_of_one(
    template: str, params: dict[str, Any], language: str
) -> None:
    label = messages.say("mail.phrase", language, phrase="x").removesuffix("x")
    mail = compose(template, {**params, "phrase": None}, language, None, OPERATOR)
    assert label not in mail.text + mail.html
    assert not compose_sms(template, params, language, None, OPERATOR).startswith((":", " "))


@in_every_language
@every(truths())
def test_what_goes_to_an_address_that_may_be_somebody_elses_never_carries_the_phrase(
    template: str, params: dict[str, Any], language: str
) -> None:
    told = {**params, "phrase": PHRASE}
    mail = compose(template, told, language, None, OPERATOR)
    assert PHRASE not in mail.subject + mail.text + mail.html
    if template != "no_account":
        assert PHRASE not in compose_sms(template, told, language, None, OPERATOR)


def test_an_unknown_template_is_a_bug() -> None:
    with pytest.raises(KeyError):
        compose("newsletter", {}, "en", None, OPERATOR)
    with pytest.raises(KeyError):
        compose_sms("newsletter", {}, "en", None, OPERATOR)


# ── SMS bodies ──────────────────────────────────────────────────────────────────────────────────


@in_every_language
@with_and_without_a_phrase
@every(BY_SMS)
def test_every_sms_is_one_clean_line_before_its_code(
    template: str, params: dict[str, Any], phrase: str | None, language: str
) -> None:
    told = {**params, "phrase": phrase}
    line, _, last = compose_sms(template, told, language, "Europe/Stockholm", BRIEF).partition(
        "\n\n"
    )
    assert line == " ".join(line.split())
    assert not re.search(r"[{}\[\]]|\bNone\b| [.,:;]|[.,:;]{2}", line)
    assert last == ("@id.example.com #482913" if template == "code" else "")


@in_every_language
@with_and_without_a_phrase
@every(CODES)
def test_a_code_and_what_it_approves_fit_into_one_sms(
    template: str, params: dict[str, Any], phrase: str | None, language: str
) -> None:
    told = {**params, "phrase": phrase}
    assert sms_parts(compose_sms(template, told, language, "Europe/Stockholm", BRIEF)) == 1


@in_every_language
@every([(t, p) for t, p in CODES if not p["details"]])
def test_a_code_fits_into_one_sms_with_the_longest_phrase(
    template: str, params: dict[str, Any], language: str
) -> None:
    told = {**params, "phrase": LONGEST_PHRASE}
    assert len(LONGEST_PHRASE) == 40
    assert sms_parts(compose_sms(template, told, language, "Europe/Stockholm", BRIEF)) == 1


@in_every_language
@every(NOTICES)
def test_a_notice_with_its_link_fits_into_two_sms_with_the_longest_phrase(
    template: str, params: dict[str, Any], language: str
) -> None:
    told = {**params, "phrase": LONGEST_PHRASE}
    assert sms_parts(compose_sms(template, told, language, "Europe/Stockholm", BRIEF)) <= 2


@in_every_language
@every([m for m in truths() if m[0] != "no_account"] + BY_NOBODY)
def test_a_message_without_a_link_fits_into_one_sms(
    template: str, params: dict[str, Any], language: str
) -> None:
    assert sms_parts(compose_sms(template, params, language, "Europe/Stockholm", OPERATOR)) == 1


@in_every_language
def test_an_sms_names_one_time_the_one_that_matters_most(language: str) -> None:
    for template, params in NOTICES:
        sms = compose_sms(template, params, language, "Europe/Stockholm", BRIEF)
        assert len(re.findall(r"\d\d:\d\d", sms)) == 1, sms


def test_an_sms_code_comes_first_and_is_bound_to_our_host_in_the_last_line() -> None:
    body = compose_sms("code", CODE, "en", None, OPERATOR)
    assert body.startswith("482913 is your code to log in")
    assert body.splitlines()[-1] == "@id.norrbanken.example #482913"


def test_the_price_of_an_sms_is_counted_as_networks_count_it() -> None:
    assert [sms_parts("a" * n) for n in (160, 161, 306, 307)] == [1, 2, 2, 3]
    assert [sms_parts("€" * n) for n in (80, 81)] == [1, 2]
    assert [sms_parts("•" * n) for n in (70, 71)] == [1, 2]
