"""A meeting on the wall, turned by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from portal.core import clock
from portal.models import Role, Status
from portal.services import sessions
from tests.factories import make_agency, make_case, make_meeting, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def wall(live_server, page):
    """The page of a meeting with three cases, in the browser of its chair."""
    with live_server.arrange():
        agency = make_agency()
        chair = make_user(Role.HEAD, agency)
        cases = [make_case(Status.ASSIGNED, agency=agency) for _ in range(3)]
        address = f"/meja/rapat/{make_meeting(agency, *cases, chair=chair).token}"
        token = sessions.start(chair, at=clock.now(), hours=1)
    app = live_server.app
    value = app.session_interface.get_signing_serializer(app).dumps({"_user_id": token, "_fresh": True})
    page.context.add_cookies(
        [{"name": app.config["SESSION_COOKIE_NAME"], "value": value, "url": live_server.url}]
    )
    page.goto(address)
    return page


def test_arrows_and_letters_turn_the_pages_but_not_while_somebody_writes(wall, axe):
    assert axe(wall) == []
    wall.get_by_role("link", name="Mulai rapat").click()
    assert axe(wall) == []
    for key, number in (("j", 2), ("ArrowRight", 3), ("ArrowRight", 3), ("k", 2), ("ArrowLeft", 1)):
        wall.keyboard.press(key)
        expect(wall.get_by_text(f"{number} dari 3", exact=True)).to_be_visible()
    field = wall.get_by_label("Keputusan")
    field.fill("Kerjakan")
    field.press("j")
    field.press("ArrowLeft")
    expect(field).to_have_value("Kerjakanj")
    wall.get_by_role("button", name="Simpan dan lanjut").click()
    expect(wall).to_have_url(re.compile(r"butir=2$"))
    expect(wall.get_by_text("1 diputuskan")).to_be_visible()
