"""What is left out of a table of numbers, and that it cannot be worked out from what is left in."""

from collections import defaultdict
from itertools import product

import pytest

from portal.rules.suppression import SMALLEST_SHOWN, Row, publish, shown


@pytest.mark.parametrize(("number", "said"), [(0, 0), (1, None), (4, None), (5, 5), (12, 12)])
def test_a_number_below_five_is_not_published(number, said):
    assert shown(number) == said


def test_large_numbers_are_published_as_they_are():
    assert publish([7, 0, 9]) == Row((7, 0, 9), 16)


def test_with_one_small_number_another_is_left_out_so_that_the_total_does_not_give_it_back():
    assert publish([9, 2, 6, 0]) == Row((9, None, None, 0), 17, mixed=True)


def test_two_small_numbers_hide_each_other():
    assert publish([3, 2, 8]) == Row((None, None, 8), 13)


def test_where_nothing_else_can_be_left_out_the_total_goes():
    assert publish([4, 4, 0]) == Row((None, None, 0), None, mixed=True)
    assert publish([2, 0]) == Row((None, 0), None)


def test_no_small_number_can_be_worked_out_from_the_rest():
    readings = defaultdict(list)
    for numbers in product(range(12), repeat=3):
        readings[publish(numbers)].append(numbers)
    for row, possible in readings.items():
        for place, cell in enumerate(row.cells):
            assert cell is None or cell == 0 or cell >= SMALLEST_SHOWN
            if cell is None and sum(possible[0]) < 12:  # of larger sums not every reading was tried
                assert len({numbers[place] for numbers in possible}) > 1, possible
