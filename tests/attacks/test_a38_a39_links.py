"""Links of notices: made from the configured origin alone, spent by no look, told to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.attacks.conftest import Nodes, Sql
from tests.attacks.doing import does, link, messages, refusal, secured, through
from tests.people import Person

FORGED = {
    "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Port": "8080",
    "Forwarded": "host=evil.example;proto=http", "X-Original-Host": "evil.example",
    "X-Forwarded-Server": "evil.example", "X-Original-URL": "https://evil.example/",
}  # fmt: skip


@pytest.mark.proves("A38")
def test_what_a_request_says_about_its_host_never_stands_in_a_message(
    at_nodes: Callable[..., Person],
) -> None:
    """Host, X-Forwarded-Host, Forwarded and their like, in a reset that a stranger starts and an owner
    finishes: links and texts carry the configured origin."""
    owner = at_nodes().sign_up().bind_phone()
    for host in ("evil.example", "localhost:8700@evil.example", "localhost:8700.evil.example"):
        thief = at_nodes(like=owner)
        thief.headers |= {**FORGED, "Host": host}
        begun = thief.ask("POST", "/v1/flows", json={"action": "reset_password", "inputs": {
            "agree": True, "identifier": owner.email, "robot": "sandbox"}})  # fmt: skip
        if begun.status_code == 200:
            through(thief, dict(begun.json()))
    owner.headers |= FORGED
    owner.session = None
    does(owner, "reset_password")
    sent = messages(owner) + messages(owner, owner.phone)
    urls = [ln["url"] for m in sent for ln in m["links"]]
    assert urls
    assert {urlsplit(u)[:2] for u in urls} == {("http", "localhost:8700")}
    assert not any("evil" in m["text"] or "evil" in m["subject"] for m in sent)


@pytest.mark.proves("A39")
def test_looking_at_a_link_or_a_flow_spends_nothing(
    at_nodes: Callable[..., Person], sql: Sql
) -> None:
    """A mail scanner opens every link, with GET and HEAD, as often as it likes; afterwards the owner's
    POST does what it would have done."""
    owner = secured(at_nodes())
    does(owner, "unbind_email")
    token, path = link(owner, "undo"), urlsplit(next(
        ln["url"] for m in messages(owner) for ln in m["links"] if ln["id"] == "undo"))  # fmt: skip
    scanner = at_nodes()
    tables = ("flows", "proofs", "codes", "holds", "sessions", "audit", "messages")

    def counted() -> list[int]:
        return [sql(f"select count(*) from {table}")[0][0] for table in tables]

    flow = scanner.start("reset_password", agree=True, identifier=owner.email, robot="sandbox")
    scanner.wait("11m")  # a page that would send a code, once it is moved
    head = {"Flow-Token": flow["flow"]["token"]}
    before = counted()
    for headers in ({}, {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"}):
        for method in ("GET", "HEAD", "OPTIONS"):
            scanner.ask(method, f"{path.path}?{path.query}", headers=headers)
            scanner.ask(method, f"/v1/flows?notice_token={token}", headers=headers)
            scanner.ask(method, f"/v1/flows/{flow['flow']['id']}", headers={**head, **headers})
    assert counted() == before
    mine = at_nodes(like=owner)
    assert through(mine, mine.start("undo_change", notice_token=token))["flow"]["status"] == "done"


@pytest.mark.proves("A39", "A107")
def test_the_token_of_a_link_is_in_no_log_no_referer_and_no_redirect_elsewhere(
    at_nodes: Callable[..., Person], nodes: Nodes, sql: Sql
) -> None:
    """Whatever page it opens: no Referer leaves it, nothing is loaded from elsewhere, no `Location` of
    another host carries it, and it stands in no log and no column."""
    owner, tokens = at_nodes().sign_up(), []
    for message in messages(owner):
        for ln in message["links"]:
            tokens.append(ln["token"])
            where = urlsplit(ln["url"])
            for more in ("", "&next=https://evil.example", "/../../evil"):
                page = at_nodes().ask("GET", f"{where.path}?{where.query}{more}")
                assert page.headers["referrer-policy"] == "no-referrer"
                assert page.headers["cache-control"] == "no-store"
                host = urlsplit(page.headers.get("location", "")).netloc
                assert host in ("", "localhost:8700"), page.headers
                assert "evil.example" not in page.headers.get("content-security-policy", "")
    thief = at_nodes(at=1)
    assert (
        refusal(thief.start("freeze_account", notice_token=tokens[0][:-1] + "A"))
        == "notice_token_invalid"
    )
    assert thief.start("freeze_account", notice_token=tokens[0])["flow"]["status"] == "done"
    written = "".join(log.read_text(errors="replace") for log in nodes.logs)
    assert written
    assert [t for t in tokens if t in written] == []
    held = sql("select given::text from flows") + sql("select detail::text from audit") + sql(
        "select data::text from events") + sql("select args::text from procrastinate_jobs")  # fmt: skip
    assert [t for t in tokens if any(t in text for (text,) in held)] == []
