"""The pages of sensitive changes: what they cost beside their buttons, what strangers see of them, and
that each way to change something is one that the table names."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from portvakt.messages import exists
from portvakt.policy import ACTIONS, BEGUN
from portvakt.web import routes
from portvakt.web.flows import BEGINNINGS
from tests.visitor import Visitor
from tests.web.conftest import Holder
from tests.web.test_stories import bind_totp, totp_now

Make = Callable[..., Visitor]
#: every address that takes a form, and the actions that it begins or moves
FORMS = {
    **{path: {action} for action, path in BEGINNINGS.items()},
    "/sign-out": {"end_session"},
    "/start/{action}": {a for a, row in ACTIONS.items() if row.session or row.names_session},
    "/notice/{action}": {"freeze_account", "undo_change", "stop_case"},
    "/flow/{flow}": set(BEGUN),
    "/language": set(),  # no sensitive action: how the pages speak
    "/sandbox/clock": set(),  # where nothing is real
}


def posted(app: Starlette) -> list[str]:
    found = (r for r in routes(app.state.portvakt) if isinstance(r, Route))
    return [r.path for r in found if "POST" in (r.methods or ())]


def test_whatever_changes_something_is_a_row_of_the_table(app: Starlette) -> None:
    assert set(posted(app)) == set(FORMS)
    for path, actions in FORMS.items():
        assert actions <= set(ACTIONS), path
    begun = set().union(*(FORMS[p] for p in FORMS if p != "/flow/{flow}"))
    assert begun == set(BEGUN), "every action can be begun on a page"


@pytest.mark.proves("A91")
def test_no_address_takes_a_form_that_is_not_ours(holder: Holder, app: Starlette) -> None:
    browser = holder.browser
    samples = {"{action}": "freeze_account", "{flow}": "flw_0"}
    for template in posted(app):
        path = template
        for part, sample in samples.items():
            path = path.replace(part, sample)
        for forged in ({"some": "thing"}, {"form_token": "x" * 43}):
            assert browser.ask("POST", path, data=forged).status_code == 403, path
    assert browser.see("/security").path == "/security"


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_what_is_done_is_told_to_whom_it_concerns(
    holder: Holder, visitor: Make, action: str
) -> None:
    """A page for the holder; to strangers only of what takes no session, or ends it."""
    row = ACTIONS[action]
    if not exists(f"page.done.{action}.title"):
        assert visitor().see(f"/done/{action}").status == 404
        return
    page = visitor().see(f"/done/{action}")
    if row.ends == "all" or not row.session:
        assert page.path == f"/done/{action}"
        assert page.status == 200
        assert 'href="/unfreeze"' in page.html or 'href="/sign-in"' in page.html
    else:
        assert page.path == "/sign-in"
    assert holder.browser.see(f"/done/{action}").status == 200


@pytest.mark.proves("S94", "S67", "S68")
def test_what_a_change_costs_stands_beside_its_button(holder: Holder) -> None:
    browser = holder.browser
    costs = re.findall(r'class="small cost">.*?</svg>([^<]+)<', browser.see("/security").html)
    assert any("24 hours" in c for c in costs)
    key = bind_totp(holder)
    browser.see("/security")
    browser.press("/start/bind_phone", new_phone="+46701740612")
    browser.http.post("/v1/sandbox/clock", json={"advance": "30s"})
    browser.fill(totp=totp_now(browser, key))
    browser.fill(new_phone_code=browser.code("+46701740612"))
    costs = re.findall(r'class="small cost">.*?</svg>([^<]+)<', browser.see("/security").html)
    assert any("24 hours" in c and "30 days" in c for c in costs), costs


def test_there_is_no_button_for_what_would_be_refused(holder: Holder) -> None:
    page = holder.browser.see("/security")
    actions = {f.action.removeprefix("/start/") for f in page.forms}
    assert "unbind_email" not in actions
    assert "bind an authenticator app first" in page.words
    for action in ("bind_totp", "bind_phone", "change_password", "new_recovery_codes"):
        assert action in actions


@pytest.mark.proves("S70")
def test_a_lost_channel_has_a_part_of_the_help_page(visitor: Make) -> None:
    page = visitor().see("/help/codes")
    assert 'id="lost"' in page.html
    assert "can no longer receive a code" in page.words


@pytest.mark.parametrize("decision", ["dcn_none", "x" * 80, "%00", "../x"])
def test_the_approval_page_reads_no_decision_and_begins_nothing(
    holder: Holder, decision: str
) -> None:
    response = holder.browser.ask("GET", f"/approve/{decision}")
    assert response.status_code in (200, 404)
    assert "__Host-f-" not in " ".join(holder.browser.cookies)
