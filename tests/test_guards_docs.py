"""The documentation that derives from the rules says what they say."""

import re

import pytest
from flask import Flask

from portal.commands.docs import PAGES, ROOT
from portal.commands.docs import map as state_map
from portal.models import Status


@pytest.mark.parametrize("name", PAGES)
def test_the_documentation_is_what_the_rules_say(app: Flask, name: str) -> None:
    with app.test_request_context():
        assert (ROOT / name).read_text(encoding="utf-8") == PAGES[name](), "-> make docs"


def test_the_map_shows_every_state_apart_from_every_other() -> None:
    boxes = list(state_map.PLACES.values())
    assert set(state_map.PLACES) == set(Status)
    for number, (x, y) in enumerate(boxes):
        assert 0 <= x <= state_map.WIDTH - state_map.BOX_WIDTH
        assert 0 <= y <= state_map.HEIGHT - state_map.BOX_HEIGHT
        for other_x, other_y in boxes[number + 1 :]:
            apart = abs(x - other_x) >= state_map.BOX_WIDTH or abs(y - other_y) >= state_map.BOX_HEIGHT
            assert apart


def test_a_step_that_no_line_shows_stops_the_map(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = dict(list(state_map.LINES.items())[1:])
    monkeypatch.setattr(state_map, "LINES", missing)
    with app.test_request_context(), pytest.raises(ValueError, match="differ"):
        state_map.state_map()


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_links_between_the_pages_lead_somewhere(name: str) -> None:
    page = ROOT / "docs" / name
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), target
