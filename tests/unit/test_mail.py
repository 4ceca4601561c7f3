"""Mails handed over by real SMTP."""

from __future__ import annotations

import re
import ssl
from typing import Any

import pytest

from portvakt.messages.compose import Composed, compose
from portvakt.ports.delivery import PermanentFailure, TemporaryFailure
from portvakt.ports.mail import MemoryMailer, SmtpMailer
from tests.unit.smtp_stand_in import Mailbox, certificate, mail_server
from tests.unit.told import CODE, OPERATOR

SENDER = "no-reply@norrbanken.example"


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
