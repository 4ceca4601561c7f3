"""Mails: composed from one source in two languages, and handed over by real SMTP."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from portvakt import messages
from portvakt.messages.compose import TEMPLATES, Composed, Operator, compose, compose_sms, sms_parts
from portvakt.policy import ACTIONS
from portvakt.ports.delivery import PermanentFailure, TemporaryFailure
from portvakt.ports.mail import MemoryMailer, SmtpMailer
from tests.unit.smtp_stand_in import Mailbox, certificate, mail_server

NOW = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
OPERATOR = Operator("Norrbanken", "https://id.norrbanken.example", "help@norrbanken.example")
SENDER = "no-reply@norrbanken.example"
NOTICE: dict[str, Any] = {
    "action": "sign_in", "at": NOW, "device": "Firefox on Linux", "network": "203.0.x.x",
    "client": "web", "hold_until": NOW + timedelta(hours=24),
}  # fmt: skip
CODE: dict[str, Any] = {"action": "sign_in", "code": "482913", "life": timedelta(minutes=10)}
TOLD = [*(name for name, row in ACTIONS.items() if row.tells != "none"), "hold_ended"]
ASKED_BY_CODE = ["sign_up", "sign_in", "bind_totp", "bind_email", "bind_phone"]


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    messages.strict()
    yield
    messages.strict(False)


def every_message() -> list[tuple[str, dict[str, Any]]]:
    return [
        *(("code", {**CODE, "action": action}) for action in ASKED_BY_CODE),
        *(("notice", {**NOTICE, "action": action}) for action in TOLD),
        ("sign_up_taken", {"action": "sign_up"}),
        ("identifier_blocked", {"action": "sign_up", "until": NOW + timedelta(days=30)}),
        ("bind_in_use", {"action": "bind_email"}),
    ]


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
    assert {template for template, _ in every_message()} == set(TEMPLATES)


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize(("template", "params"), every_message())
def test_text_and_html_of_every_mail_say_the_same(
    template: str, params: dict[str, Any], language: str
) -> None:
    mail = compose(template, params, language, "Europe/Stockholm", OPERATOR)
    seen = {word.casefold() for word in _Words(mail.html).words}
    text = {word.casefold().rstrip(":") for word in mail.text.split()} - {"--"}
    addresses = {OPERATOR.sign_in, OPERATOR.security}
    assert text - addresses <= {word.rstrip(":") for word in seen}


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize(("template", "params"), every_message())
def test_a_mail_loads_nothing_and_links_to_the_operator_alone(
    template: str, params: dict[str, Any], language: str
) -> None:
    html = _Words(compose(template, params, language, None, OPERATOR).html)
    assert html.loads == []
    assert set(html.links) <= {OPERATOR.sign_in, OPERATOR.security}
    assert not {"img", "script", "iframe", "link", "form"} & set(html.tags)


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


@pytest.mark.parametrize("language", messages.LANGUAGES)
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
        "THIS WAS NOT ME", "help@norrbanken.example", OPERATOR.security,
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


def test_the_holders_own_phrase_comes_first() -> None:
    mail = compose("code", {**CODE, "phrase": "blue whale"}, "en", None, OPERATOR)
    assert mail.text.startswith("Your own phrase: blue whale")


def test_an_unknown_template_is_a_bug() -> None:
    with pytest.raises(KeyError):
        compose("newsletter", {}, "en", None, OPERATOR)
    with pytest.raises(KeyError):
        compose_sms("newsletter", {}, "en", None, OPERATOR)


# ── SMS bodies ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize(("template", "params"), every_message())
def test_every_sms_fits_into_one(template: str, params: dict[str, Any], language: str) -> None:
    assert sms_parts(compose_sms(template, params, language, "Europe/Stockholm", OPERATOR)) == 1


def test_an_sms_code_comes_first_and_is_bound_to_our_host_in_the_last_line() -> None:
    body = compose_sms("code", CODE, "en", None, OPERATOR)
    assert body.startswith("482913 is your code to log in")
    assert body.splitlines()[-1] == "@id.norrbanken.example #482913"


def test_the_price_of_an_sms_is_counted_as_networks_count_it() -> None:
    assert [sms_parts("a" * n) for n in (160, 161, 306, 307)] == [1, 2, 2, 3]
    assert [sms_parts("€" * n) for n in (80, 81)] == [1, 2]
    assert [sms_parts("•" * n) for n in (70, 71)] == [1, 2]


# ── SMTP ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("tls"))


Tls = tuple[ssl.SSLContext, ssl.SSLContext]


def mailer(
    box: Mailbox, tls: Tls | None, *, url: str = "smtp://127.0.0.1:{}", **how: Any
) -> SmtpMailer:
    trust = tls[1] if tls else None
    return SmtpMailer(
        url.format(box.port), SENDER, operator="Norrbanken", tls=trust, timeout=5, **how
    )


def letter(language: str = "en") -> Composed:
    return compose("code", CODE, language, None, OPERATOR)


def test_a_mail_arrives_whole_over_starttls_with_sign_in(tls: Tls) -> None:
    with mail_server(tls[0], user=("svc", "p@ss/word")) as box:
        sender = mailer(box, tls, url="smtp://svc:p%40ss%2Fword@127.0.0.1:{}")
        sender.send("anna@mail.test", letter("sv"), message_id="msg_1")
    assert box.in_clear == ["EHLO", "STARTTLS"]
    (mail,) = box.mails
    assert mail["To"] == "anna@mail.test"
    assert mail["From"] == f"Norrbanken <{SENDER}>"
    assert mail["Subject"] == "Din kod för att logga in"
    assert mail["Message-ID"] == "<msg_1@norrbanken.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "sv"
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "482913" in plain.get_content()
    assert "482913" in html.get_content()
    assert "Lämna aldrig ut koden" in plain.get_content()
    assert box.raw[0].isascii()
    assert max(map(len, box.raw[0].splitlines())) <= 998


def test_a_mail_arrives_over_tls_from_the_start(tls: Tls) -> None:
    with mail_server(tls[0], implicit=True) as box:
        mailer(box, tls, url="smtps://127.0.0.1:{}").send("a@mail.test", letter(), message_id="m1")
    assert box.in_clear == []
    assert len(box.mails) == 1


def test_the_greeting_names_the_senders_domain_and_not_this_machine(tls: Tls) -> None:
    with mail_server(tls[0]) as box:
        mailer(box, tls).send("a@mail.test", letter(), message_id="m1")
    greetings = {line for line in box.lines if line.lower().startswith("ehlo")}
    assert greetings == {"ehlo norrbanken.example"}


def test_a_retry_carries_the_same_message_id(tls: Tls) -> None:
    with mail_server(tls[0]) as box:
        for _ in range(2):
            mailer(box, tls).send("a@mail.test", letter(), message_id="msg_7")
    assert len({mail["Message-ID"] for mail in box.mails}) == 1


def test_neither_mail_nor_password_goes_out_when_starttls_is_taken_away(tls: Tls) -> None:
    with mail_server(tls[0], offers_starttls=False, user=("svc", "secret")) as box:
        sender = mailer(box, tls, url="smtp://svc:secret@127.0.0.1:{}")
        with pytest.raises(TemporaryFailure, match="no_starttls"):
            sender.send("a@mail.test", letter(), message_id="m1")
    assert set(box.in_clear) <= {"EHLO", "QUIT"}
    assert box.mails == []


def test_nothing_goes_to_a_server_whose_certificate_is_not_trusted(tls: Tls) -> None:
    with mail_server(tls[0]) as box, pytest.raises(TemporaryFailure, match="tls"):
        mailer(box, None).send("a@mail.test", letter(), message_id="m1")
    assert box.mails == []


@pytest.mark.parametrize(
    ("verb", "answer", "failure"),
    [
        ("RCPT", "550 no such user", PermanentFailure),
        ("RCPT", "451 greylisted", TemporaryFailure),
        ("MAIL", "552 too much", PermanentFailure),
        ("MAIL", "421 closing", TemporaryFailure),
        ("DATA", "554 no", PermanentFailure),
        ("END", "554 looks like spam", PermanentFailure),
        ("END", "452 disk full", TemporaryFailure),
        ("CONNECT", "554 not you", TemporaryFailure),
        ("STARTTLS", "454 not now", TemporaryFailure),
    ],
)
def test_a_server_that_says_4xx_is_asked_again_and_5xx_about_the_mail_is_the_end(
    tls: Tls, verb: str, answer: str, failure: type[Exception]
) -> None:
    with mail_server(tls[0], answers={verb: answer}) as box, pytest.raises(failure) as raised:
        mailer(box, tls).send("anna@mail.test", letter(), message_id="m1")
    assert raised.value.code == int(answer[:3])  # type: ignore[attr-defined]


@pytest.mark.proves("A107")
def test_a_failure_says_neither_address_nor_code_nor_credential(tls: Tls) -> None:
    said: list[Exception] = []
    with mail_server(tls[0], answers={"RCPT": "550 <anna@mail.test> 482913 unknown"}) as box:
        with pytest.raises(PermanentFailure) as refused:
            mailer(box, tls).send("anna@mail.test", letter(), message_id="m1")
        said.append(refused.value)
    with mail_server(tls[0], user=("svc", "right")) as box:
        with pytest.raises(TemporaryFailure) as unknown:
            mailer(box, tls, url="smtp://svc:wrong-secret@127.0.0.1:{}").send(
                "anna@mail.test", letter(), message_id="m1"
            )
        said.append(unknown.value)
    for failure in said:
        assert failure.__suppress_context__
        assert not re.search(r"anna|482913|svc|secret", f"{failure!r} {failure} {vars(failure)}")


def test_wrong_credentials_lose_no_mail(tls: Tls) -> None:
    with mail_server(tls[0], user=("svc", "right")) as box:
        sender = mailer(box, tls, url="smtp://svc:wrong@127.0.0.1:{}")
        with pytest.raises(TemporaryFailure, match="535"):
            sender.check()


def test_the_check_signs_in_and_sends_nothing(tls: Tls) -> None:
    with mail_server(tls[0], user=("svc", "right")) as box:
        mailer(box, tls, url="smtp://svc:right@127.0.0.1:{}").check()
    assert box.mails == []
    assert box.lines[-1] == "quit"


def test_a_server_that_is_not_there_is_tried_again(tls: Tls) -> None:
    with mail_server(tls[0]) as box:
        gone = mailer(box, tls)
    with pytest.raises(TemporaryFailure, match="unreachable"):
        gone.send("a@mail.test", letter(), message_id="m1")


def test_an_address_with_swedish_letters_goes_out_in_punycode(tls: Tls) -> None:
    with mail_server(tls[0], extensions=()) as box:
        mailer(box, tls).send("anna@räksmörgås.se", letter(), message_id="m1")
    assert any("anna@xn--rksmrgs-5wao1o.se" in line for line in box.lines)


def test_a_unicode_mailbox_needs_a_server_that_takes_it(tls: Tls) -> None:
    with mail_server(tls[0]) as box:
        mailer(box, tls).send("åsa@mail.test", letter(), message_id="m1")
    assert box.mails[0]["To"] == "åsa@mail.test"
    with mail_server(tls[0], extensions=()) as box:
        sender = mailer(box, tls)
        with pytest.raises(PermanentFailure, match="no_smtputf8"):
            sender.send("åsa@mail.test", letter(), message_id="m1")


@pytest.mark.proves("A08")
@pytest.mark.parametrize(
    "to",
    [
        "a@mail.test\r\nBcc: b@mail.test",
        "a@mail.test, b@mail.test",
        "a\r\nRCPT TO:<b@mail.test>@c.se",
        "a b",
    ],
)
def test_an_address_that_would_break_the_dialogue_never_reaches_it(tls: Tls, to: str) -> None:
    with mail_server(tls[0]) as box:
        sender = mailer(box, tls)
        with pytest.raises(PermanentFailure):
            sender.send(to, letter(), message_id="m1")
    assert box.lines == []


@pytest.mark.proves("A08")
def test_a_subject_or_message_id_that_would_break_a_header_is_refused(tls: Tls) -> None:
    with mail_server(tls[0]) as box:
        sender = mailer(box, tls)
        with pytest.raises(PermanentFailure):
            sender.send(
                "a@mail.test", Composed("a\r\nBcc: b@c.se", "t", "h", "en"), message_id="m1"
            )
        with pytest.raises(PermanentFailure):
            sender.send("a@mail.test", letter(), message_id="m1>\r\nBcc: b@c.se")
    assert box.lines == []


def test_a_line_with_a_single_dot_does_not_end_the_mail(tls: Tls) -> None:
    with mail_server(tls[0]) as box:
        mail = Composed("dots", "before\n.\n..\nafter\n", "<p>.</p>", "en")
        mailer(box, tls).send("a@mail.test", mail, message_id="m1")
    plain = box.mails[0].get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == ["before", ".", "..", "after"]


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example",
        "smtp:///x",
        "smtp://mail.example?starttls=never",
        "smtp://127.0.0.1?starttls=maybe",
    ],
)
def test_an_unsafe_or_unknown_address_of_the_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        SmtpMailer(url, SENDER)


def test_a_server_on_this_machine_may_do_without_tls(tls: Tls) -> None:
    with mail_server(tls[0], offers_starttls=False) as box:
        mailer(box, tls, url="smtp://127.0.0.1:{}?starttls=never").send(
            "a@mail.test", letter(), message_id="m1"
        )
    assert len(box.mails) == 1


def test_the_fake_keeps_what_was_sent() -> None:
    fake = MemoryMailer()
    fake.send("a@mail.test", letter(), message_id="m1")
    assert [(m.to, m.message_id) for m in fake.sent] == [("a@mail.test", "m1")]
