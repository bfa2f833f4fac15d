import math
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.models.kinds import IdentityMode
from portal.rules import map as rules
from portal.rules.map import SPREAD, Frame

KAMPUNG = (1.7378, 98.7767)


def case(mode=IdentityMode.HIDDEN, latitude=1.737849, longitude=98.776651):
    return SimpleNamespace(latitude=latitude, longitude=longitude, identity_mode=mode)


def test_everybody_sees_a_point_to_four_digits():
    assert rules.public_spot(case()) == (1.7378, 98.7767)


def test_the_point_of_a_shielded_reporter_is_nobodys():
    assert rules.public_spot(case(IdentityMode.SHIELDED)) is None


@pytest.mark.parametrize("missing", ["latitude", "longitude"])
def test_half_a_point_is_none(missing):
    assert rules.public_spot(case(**{missing: None})) is None


@given(st.text(max_size=20))
@settings(max_examples=30)
def test_what_is_strewn_stays_near_and_always_at_the_same_spot(key):
    spot = rules.strewn(key, KAMPUNG)
    assert spot == rules.strewn(key, KAMPUNG)
    assert math.dist(spot, KAMPUNG) <= SPREAD + 0.0001


def test_two_cases_of_a_ward_do_not_lie_on_each_other():
    assert rules.strewn("SB-2611-K7RM", KAMPUNG) != rules.strewn("SB-2611-K7RN", KAMPUNG)


def test_a_frame_holds_every_spot_with_north_up():
    spots = [(1.73, 98.77), (1.75, 98.79), (1.71, 98.75)]
    frame = Frame.around(spots, 360, 300)
    drawn = [frame.draw(spot) for spot in spots]
    assert all(24 <= x <= 336 and 24 <= y <= 276 for x, y in drawn)
    assert drawn[1][1] < drawn[0][1] < drawn[2][1]


def test_a_frame_around_one_spot_or_none_can_be_drawn():
    assert Frame.around([KAMPUNG], 360, 300).draw(KAMPUNG) == (180, 150)
    assert Frame.around([], 360, 300).path([]) == ""


def test_a_path_is_closed_only_when_it_should_be():
    frame = Frame(0, 0, 1, 1, 100, 100)
    assert frame.path([(0, 0), (1, 1)]) == "M0 100 100 0"
    assert frame.path([(0, 0), (1, 1)], closed=True) == "M0 100 100 0Z"


@given(st.lists(st.tuples(st.floats(0, 30), st.floats(0, 30)), max_size=12))
@settings(max_examples=25, deadline=None)
def test_circles_are_pushed_apart_even_from_one_spot(spots):
    moved = rules.apart(spots, 20.0, rounds=400)
    assert len(moved) == len(spots)
    assert all(math.dist(one, other) > 15 for n, one in enumerate(moved) for other in moved[:n])
