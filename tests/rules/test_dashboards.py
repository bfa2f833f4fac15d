"""Figures from counted rows, and that nobody works out from a table what is left out of it."""

from collections import defaultdict
from itertools import product
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.dashboards import (
    NOTHING,
    SMALL,
    Figures,
    Numbers,
    Said,
    report,
    said_by_line,
    said_overall,
    untold,
)

LINES = ("pariwisata", "perhubungan", None)
rows = st.lists(
    st.tuples(
        st.sampled_from(LINES),
        st.none() | st.integers(0, 60),
        st.lists(st.integers(0, 12), min_size=8, max_size=8).map(lambda values: Numbers(*values)),
    ),
    max_size=25,
)


def line(not_done: int, done: int = 0, silent: int = 0, reopened: int = 0) -> Figures:
    return Figures(50, 50, 50, 0, reopened, None, done, not_done, silent)


def table(*lines: Figures) -> list[Said]:
    return said_by_line(lines, untold([lines]))


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
    assert table() == []


def test_a_rate_of_few_is_not_said():
    assert Figures(4, 4, 4, 0, 0, None).answer_rate is None
    assert Figures(24, 20, 18, 0, 0, None).answer_rate == 83
    assert Figures(24, 20, 18, 0, 0, None).on_time_rate == 90


def test_a_small_number_takes_another_with_it_where_the_sum_would_give_it_back():
    said = table(line(2), line(9), line(30), line(0))
    assert [row.not_done for row in said] == [None, None, 30, 0]


def test_with_nothing_larger_beside_it_the_noughts_are_left_out_too():
    said = table(line(3), line(0), line(0))
    assert [row.not_done for row in said] == [None, None, None]


def test_numbers_that_are_large_enough_are_all_said():
    assert table(line(5, 30, 9, 6), line(0, 8, 0)) == [(30, 5, 9, 6), (8, 0, 0, 0)]
    assert said_overall(line(4, 38, 9, 2), frozenset()) == (38, None, 9, None)


def test_what_few_opened_again_is_left_out_like_their_words():
    assert [row.reopened for row in table(line(0, reopened=2), line(0, reopened=9))] == [None, None]


def test_a_sum_that_would_say_it_is_told_nowhere():
    by_agency, by_ward = [line(4), line(4)], [line(8), line(0)]
    left_out = untold([by_agency, by_ward])
    assert said_overall(line(8), left_out).not_done is None
    for lines in (by_agency, by_ward):
        assert [row.not_done for row in said_by_line(lines, left_out)] == [None, None]


@pytest.mark.parametrize(("lines", "top"), [(2, 14), (3, 12), (4, 8)])
def test_who_knows_the_rule_and_the_sum_still_cannot_tell_a_small_number(lines, top):
    """Every table of that size is drawn; those that look alike must differ wherever something is left out."""
    alike = defaultdict(list)
    for numbers in product(range(top), repeat=lines):
        lines = [line(number) for number in numbers]
        total = said_overall(line(sum(numbers)), untold([lines])).not_done
        alike[tuple(row.not_done for row in table(*lines)), total].append(numbers)
    for (cells, _total), tables in alike.items():
        for place, cell in enumerate(cells):
            possible = {numbers[place] for numbers in tables}
            assert possible == {cell} if cell is not None else len(possible) > 1, tables


def test_no_small_number_is_ever_said():
    for numbers in product(range(7), repeat=3):
        for row in table(*(line(number) for number in numbers)):
            assert row.not_done is None or row.not_done == 0 or row.not_done >= SMALL


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("pqr"), st.sampled_from("xy"), st.integers(0, 6)),
        max_size=20,
    )
)
def test_no_table_and_no_file_gives_back_what_another_leaves_out(cases):
    """What is left out of a table is a small number only together with another that could be it as well."""
    tables: list[dict[str, int]] = []
    for place in range(3):
        sums: dict[str, int] = defaultdict(int)
        for case in cases:
            sums[case[place]] += case[3]
        tables.append(sums)
    lines = [[line(number) for number in sums.values()] for sums in tables]
    left_out = untold(lines)
    published = [[row.not_done for row in said_by_line(one, left_out)] for one in lines]
    # the city's number is told on the page and by month; a table without gaps says it as well
    totals = {said_overall(line(sum(case[3] for case in cases)), left_out).not_done}
    totals |= {sum(cells) for cells in published if None not in cells and cells}
    for total in totals - {None}:
        for sums, cells in zip(tables, published, strict=True):
            hidden = [number for number, cell in zip(sums.values(), cells, strict=True) if cell is None]
            if hidden:
                assert total - sum(cell for cell in cells if cell is not None) == sum(hidden)
                assert len(hidden) > 1
                # not each of them one, nor each of them four: either sum could be shared out in one way only
                assert sum(hidden) not in {len(hidden), (SMALL - 1) * len(hidden)} or max(hidden) >= SMALL
