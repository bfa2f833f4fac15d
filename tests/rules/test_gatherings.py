"""Who gets a seat, and who may write meetings."""

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.models import Role
from portal.rules.gatherings import Waiting, fits, may_publish, may_write, moving_up
from portal.rules.permissions import Actor, Seat

lists = st.lists(st.integers(1, 5), max_size=12).map(
    lambda seats: [Waiting(number, size) for number, size in enumerate(seats)]
)


@settings(max_examples=60)
@given(lists, st.integers(0, 20), st.integers(1, 30))
def test_whoever_moves_up_never_fills_more_than_there_is(waiting, taken, capacity):
    up = moving_up(waiting, taken=taken, capacity=capacity)
    seats = sum(one.seats for one in waiting if one.id in up)
    assert not up or taken + seats <= capacity


@settings(max_examples=60)
@given(lists, st.integers(0, 20), st.integers(1, 30))
def test_nobody_overtakes_on_the_waiting_list(waiting, taken, capacity):
    up = moving_up(waiting, taken=taken, capacity=capacity)
    assert up == [one.id for one in waiting][: len(up)]


def test_without_a_limit_everybody_fits():
    assert fits(5, taken=10_000, capacity=None)
    assert moving_up([Waiting(1, 5), Waiting(2, 1)], taken=9, capacity=None) == [1, 2]


def test_officers_prepare_what_heads_and_publishers_publish():
    officer = Actor(user_id=1, seats=frozenset({Seat(Role.OFFICER, 7)}))
    publisher = Actor(user_id=2, seats=frozenset({Seat(Role.OFFICER, 7, publisher=True)}))
    head = Actor(user_id=3, seats=frozenset({Seat(Role.HEAD, 7)}))
    triage = Actor(user_id=4, seats=frozenset({Seat(Role.TRIAGE)}))
    assert all(may_write(one, 7) for one in (officer, publisher, head, triage))
    assert [may_publish(one, 7) for one in (officer, publisher, head, triage)] == [False, True, True, True]
    assert not may_write(officer, 8) and not may_publish(head, 8)
    assert not may_write(Actor(user_id=5), 7) and not may_write(
        Actor(user_id=6, seats=frozenset({Seat(Role.ADMIN)})), 7
    )
