"""Figures from counted rows, and that nobody works out from a table what is left out of it."""

from collections import defaultdict
from itertools import product
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.dashboards import NOTHING, SMALL, Figures, Numbers, report, said_by_line, said_overall
from portal.rules.suppression import shown

LINES = ("pariwisata", "perhubungan", None)
rows = st.lists(
    st.tuples(
        st.sampled_from(LINES),
        st.none() | st.integers(0, 60),
        st.lists(st.integers(0, 12), min_size=8, max_size=8).map(lambda values: Numbers(*values)),
    ),
    max_size=25,
)


def line(not_done: int, done: int = 0, silent: int = 0) -> Figures:
    return Figures(50, 50, 50, 0, 0, None, done, not_done, silent)


@given(rows)
def test_lines_and_the_whole_are_the_sums_of_their_rows(given_rows):
    found = report(given_rows)
    assert set(found.by_key) == {key for key, _days, _numbers in given_rows}
    for key in [*found.by_key, "overall"]:
        mine = [row for row in given_rows if key in (row[0], "overall")]
        figures = found.overall if key == "overall" else found.by_key[key]
        for name in Numbers._fields:
            assert getattr(figures, name) == sum(getattr(numbers, name) for _key, _days, numbers in mine)
        days = [days for _key, days, numbers in mine if days is not None for _ in range(numbers.answered)]
        assert figures.median_days == (median(days) if len(days) >= SMALL else None)


def test_nothing_counted_is_nothing_said():
    assert report([]).overall == NOTHING
    assert (NOTHING.answer_rate, NOTHING.on_time_rate) == (None, None)
    assert said_by_line([]) == []


def test_a_rate_of_few_is_not_said():
    assert Figures(4, 4, 4, 0, 0, None).answer_rate is None
    assert Figures(24, 20, 18, 0, 0, None).answer_rate == 83
    assert Figures(24, 20, 18, 0, 0, None).on_time_rate == 90


def test_a_small_number_takes_another_with_it_where_the_sum_would_give_it_back():
    said = said_by_line([line(2), line(9), line(30), line(0)])
    assert [not_done for _done, not_done, _silent in said] == [None, None, 30, 0]


def test_with_nothing_larger_beside_it_the_noughts_are_left_out_too():
    said = said_by_line([line(3), line(0), line(0)])
    assert [not_done for _done, not_done, _silent in said] == [None, None, None]


def test_numbers_that_are_large_enough_are_all_said():
    assert said_by_line([line(5, 30, 9), line(0, 8, 0)]) == [(30, 5, 9), (8, 0, 0)]
    assert said_overall(line(4, 38, 9)) == (38, None, 9)


@pytest.mark.parametrize(("lines", "top"), [(2, 14), (3, 12), (4, 8)])
def test_who_knows_the_rule_and_the_sum_still_cannot_tell_a_small_number(lines, top):
    """Every table of that size is drawn; those that look alike must differ wherever something is left out."""
    alike = defaultdict(list)
    for numbers in product(range(top), repeat=lines):
        said = said_by_line([line(number) for number in numbers])
        alike[tuple(cell for _done, cell, _silent in said), shown(sum(numbers))].append(numbers)
    for (cells, _total), tables in alike.items():
        for place, cell in enumerate(cells):
            possible = {numbers[place] for numbers in tables}
            assert possible == {cell} if cell is not None else len(possible) > 1, tables


def test_no_small_number_is_ever_said():
    for numbers in product(range(7), repeat=3):
        for _done, cell, _silent in said_by_line([line(number) for number in numbers]):
            assert cell is None or cell == 0 or cell >= SMALL
