"""What the catalogue reads out of a package."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import packages as rules
from portal.rules.packages import ALL_YEAR


def months(mask):
    return [number for number in range(1, 13) if rules.runs_in(mask, number)]


@pytest.mark.parametrize(
    ("season", "expected"),
    [
        ("Februari sampai September", [2, 3, 4, 5, 6, 7, 8, 9]),
        ("April–Oktober", [4, 5, 6, 7, 8, 9, 10]),
        ("Nov s/d Februari", [1, 2, 11, 12]),
        ("Juni, Juli dan Desember", [6, 7, 12]),
        ("May to July", [5, 6, 7]),
        ("Sepanjang tahun, terbaik Maret", list(range(1, 13))),
        ("Sepanjang tahun", list(range(1, 13))),
        ("", list(range(1, 13))),
        ("Maret sampai Juni, kecuali Mei", [3, 4, 5, 6]),
    ],
)
def test_months_are_read_from_the_words_of_the_season(season, expected):
    assert months(rules.months_of(season)) == expected


@given(st.text(max_size=80))
def test_whatever_is_typed_some_month_is_left(season):
    assert 0 < rules.months_of(season) <= ALL_YEAR


@pytest.mark.parametrize(
    ("said", "expected"), [("yes", True), ("partly", True), ("no", False), ("", None), (None, None)]
)
def test_silence_about_wheelchairs_is_no_answer(said, expected):
    assert rules.accessible(said) is expected


def parts(*amounts):
    return [{"label": f"Bagian {n}", "amount": amount} for n, amount in enumerate(amounts)]


def test_the_price_is_shared_out_in_percent():
    found = rules.shares(parts(95_000, 45_000), 185_000)
    assert [(one.amount, one.percent) for one in found] == [(95_000, 51), (45_000, 24)]


@pytest.mark.parametrize(
    ("components", "price"),
    [
        (parts(200), 100),
        ([], 100),
        (None, 100),
        (parts(10), None),
        ([{"label": "x"}], 100),
        (parts(-5), 100),
        (parts(5), 0),
    ],
)
def test_parts_that_do_not_fit_the_price_are_not_drawn(components, price):
    assert rules.shares(components, price) == []


@given(st.lists(st.integers(0, 1_000_000), min_size=1, max_size=8), st.integers(1, 5_000_000))
def test_shares_never_add_up_to_more_than_was_paid(amounts, price):
    assert sum(one.amount for one in rules.shares(parts(*amounts), price)) <= price


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("0812 3456 7890", "6281234567890"),
        ("+62 812-3456-7890", "6281234567890"),
        ("0631 21234", ""),
        ("", ""),
    ],
)
def test_only_mobile_numbers_lead_to_whatsapp(phone, number):
    assert rules.whatsapp_number(phone) == number
