"""Word by word: what changed between two wordings."""

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
