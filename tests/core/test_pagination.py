import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.pagination import Cursor, page_of


def read(rows, size, cursor):
    """Read a falling list of numbers the way a keyset query does."""
    if cursor is None:
        found = rows
    elif cursor.backwards:
        found = [row for row in reversed(rows) if row > cursor.values[0]]
    else:
        found = [row for row in rows if row < cursor.values[0]]
    return page_of(found[: size + 1], size, cursor, lambda row: (row,))


@given(st.integers(0, 60), st.integers(1, 12))
def test_walking_forward_meets_every_row_once_in_order(total, size):
    rows = list(range(total, 0, -1))
    seen, cursor = [], None
    while True:
        page = read(rows, size, cursor)
        seen += page.items
        if page.next_cursor is None:
            break
        cursor = Cursor.decode(page.next_cursor, (int,))
    assert seen == rows


@given(st.integers(2, 60), st.integers(1, 12))
def test_going_back_shows_the_page_one_came_from(total, size):
    rows = list(range(total, 0, -1))
    first = read(rows, size, None)
    if first.next_cursor is None:
        return
    second = read(rows, size, Cursor.decode(first.next_cursor, (int,)))
    back = read(rows, size, Cursor.decode(second.previous_cursor, (int,)))
    assert list(back.items) == list(first.items)


def test_the_first_page_has_no_previous_one():
    assert read([3, 2, 1], 2, None).previous_cursor is None


def test_the_last_page_has_no_next_one():
    assert read([2, 1], 2, None).next_cursor is None


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "x",
        "####",
        "bm90IGpzb24",
        "WzAsInRleHQiXQ",
        "WzIsMV0",
        "W10",
        "e30",
        "A" * 500,
        "WzAsdHJ1ZV0",
    ],
)
def test_a_cursor_that_nobody_issued_means_the_first_page(text):
    assert Cursor.decode(text, (int,)) is None


def test_a_number_beyond_the_database_is_no_cursor():
    assert Cursor.decode(Cursor((2**70,)).encode(), (int,)) is None


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "a\0b"])
def test_letters_that_no_database_takes_are_no_cursor(text):
    assert Cursor.decode(Cursor((2026, text)).encode(), (int, str)) is None


@given(
    st.integers(-(2**62), 2**62),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.booleans(),
)
def test_a_cursor_survives_the_address(number, text, backwards):
    cursor = Cursor((number, text), backwards)
    encoded = cursor.encode()
    if len(encoded) <= 200:
        assert Cursor.decode(encoded, (int, str)) == cursor
