"""A102 by the real route: what is uploaded, what is kept of it, and who may fetch it again."""

from __future__ import annotations

import io
from collections.abc import Callable

import httpx
import pytest
from PIL import Image

from tests.attacks import case_doing as case
from tests.evidence_files import (  # fmt: skip
    CANARY,
    archive,
    encoded,
    jpeg_of,
    scene,
    tells_where,
    where_it_was_taken,
)
from tests.people import Person
from tests.reviewers import reviewers

Make = Callable[..., Person]
Sql = Callable[..., list[tuple[object, ...]]]
SVG = f"<svg xmlns='http://www.w3.org/2000/svg'><script>{CANARY}</script></svg>".encode()
HTML = f"<!doctype html><script>{CANARY}</script>".encode()
PHOTO = encoded(scene(), exif=where_it_was_taken())


@pytest.mark.proves("A102")
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (SVG, "file_type_not_accepted"),
        (HTML, "file_type_not_accepted"),
        (archive(), "file_type_not_accepted"),
        (jpeg_of(60_000, 60_000), "file_too_many_pixels"),
    ],
    ids=["svg", "html", "zip", "bomb"],
)
def test_what_is_no_picture_is_refused_whatever_it_says_it_is(
    stranger: Make, data: bytes, said: str
) -> None:
    owner = case.settled(stranger())
    flow = case.to_the_form(owner)
    answer = case.upload(owner, flow, data, "passport.jpg").json()
    assert answer["file"] is None
    assert answer["refusal"]["id"] == said


@pytest.mark.proves("A102")
def test_more_than_the_largest_picture_is_not_read(stranger: Make) -> None:
    owner = case.settled(stranger())
    flow = case.to_the_form(owner)
    assert case.upload(owner, flow, PHOTO + b"\0" * (11 * 1024 * 1024)).status_code == 413


@pytest.mark.proves("A102")
def test_a_picture_comes_back_as_pixels_alone_to_be_saved_and_never_run(
    stranger: Make, address: str, sql: Sql
) -> None:
    """A photo that is a page as well, with its place inside and a path as its name."""
    owner = case.settled(stranger())
    sent = case.applies(owner, files=(PHOTO + HTML,))
    one = reviewers(address)[0]
    (path,) = one.files(sent["case"])
    browser = one.browser()
    for where in (path, f"{path}/preview"):
        answer = browser.ask("GET", where)
        assert answer.status_code == 200
        assert Image.open(io.BytesIO(answer.content)).format == "JPEG"
        assert CANARY.encode() not in answer.content
        assert not tells_where(answer.content)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert "no-store" in answer.headers["cache-control"]
    whole = browser.ask("GET", path).headers["content-disposition"]
    assert whole == f'attachment; filename="{path.rpartition("/")[2]}.jpg"'
    kept = sql("select content, preview from evidence")
    assert all(b"\xff\xd8\xff" not in bytes(c)[:64] for row in kept for c in row if c)  # type: ignore[call-overload]


@pytest.mark.proves("A102", "A104")
def test_the_address_of_a_picture_opens_it_for_reviewers_of_its_case_alone(
    stranger: Make, address: str, sql: Sql
) -> None:
    owner = case.settled(stranger())
    sent = case.applies(owner, files=(PHOTO,))
    one = reviewers(address)[0]
    (path,) = one.files(sent["case"])
    passing = stranger().sign_up()
    for where in (path, f"{path}/preview"):
        assert httpx.get(f"{address}{where}").status_code == 303  # to the sign-in page
        cookie = {"__Host-portvakt": str(passing.session)}
        assert httpx.get(f"{address}{where}", cookies=cookie).status_code == 404
        assert one.browser().ask("GET", where).status_code == 200
    sql("update staff set role = 'operator' where account = %s", one.account)
    try:
        assert one.browser().ask("GET", path).status_code == 404
    finally:
        sql("update staff set role = 'reviewer' where account = %s", one.account)


@pytest.mark.proves("A102", "A98")
def test_nobody_fills_the_disk_who_has_proven_nothing(stranger: Make) -> None:
    owner = case.settled(stranger())
    flow = owner.start("reset_second_factor", lost="totp")
    assert case.upload(owner, flow, PHOTO).status_code == 404
    proven = case.to_the_form(owner)
    for _ in range(6):
        assert case.file(owner, proven, PHOTO)["file"]
    assert case.file(owner, proven, PHOTO)["refusal"]["id"] == "too_many_files"
