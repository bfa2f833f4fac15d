"""Word by word: what changed between two wordings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.wording import changes

TEXTS = st.lists(st.sampled_from(["jalan", "rusak", " ", "\n\n", "diperbaiki", "<b>", "."]), max_size=40).map(
    "".join
)


@given(TEXTS, TEXTS)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = changes(before, after)
    assert "".join(text for what, text in pieces if what != "new").split() == before.split()
    assert "".join(text for what, text in pieces if what != "gone") == after


def test_a_changed_word_stands_beside_what_stayed() -> None:
    assert changes("Selesai hari Senin pagi.", "Selesai hari Rabu pagi.") == [
        ("same", "Selesai hari "),
        ("gone", "Senin "),
        ("new", "Rabu "),
        ("same", "pagi."),
    ]


def test_texts_beyond_measure_are_replaced_as_a_whole() -> None:
    assert [what for what, _text in changes("a " * 5000, "b")] == ["gone", "new"]


@pytest.mark.parametrize("times", [2400, 2499])
def test_a_monotonous_text_costs_a_page_nothing(times: int) -> None:
    before, after = "a " * 2500, "a " * times + "b "
    assert changes(before, after) == [("gone", before), ("new", after)]


def test_what_people_write_is_compared_however_long() -> None:
    words = [f"kata{number % 300}" for number in range(2000)]
    (first, *_), *rest = changes(" ".join(words), " ".join([*words, "lagi"]))
    assert first == "same"
    assert rest
