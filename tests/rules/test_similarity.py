import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.text import stems
from portal.rules import similarity


def best(own, *others):
    points = similarity.scores(stems(own), [stems(other) for other in others])
    return others[max(range(len(others)), key=points.__getitem__)]


def test_the_same_words_are_worth_a_hundred_points():
    words = stems("Lampu dermaga ke Poncan mati")
    assert similarity.scores(words, [words]) == [pytest.approx(100)]


def test_nothing_in_common_is_worth_nothing():
    assert similarity.scores(stems("lampu dermaga"), [stems("antrean puskesmas"), []]) == [0, 0]


def test_a_rare_word_counts_more_than_a_common_one():
    assert (
        best("jalan rusak mojopahit", "mojopahit", "jalan lubang", "jalan longsor", "jalan gelap")
        == "mojopahit"
    )


def test_a_typing_error_hardly_matters():
    assert best("trotoar imambonjol", "trotoar imambonjoll", "trotoar horas") == "trotoar imambonjoll"


def test_words_of_one_meaning_are_one():
    assert (
        best("toilet sekolah mampet", "wc sekolah tersumbat", "meja sekolah patah") == "wc sekolah tersumbat"
    )


@given(st.lists(st.text("abcdefghij ", max_size=40), max_size=6), st.text("abcdefghij ", max_size=40))
@settings(max_examples=30, deadline=None)
def test_points_are_between_none_and_a_hundred(others, own):
    points = similarity.scores(own.split(), [other.split() for other in others])
    assert len(points) == len(others)
    assert all(0 <= one <= 100.0001 for one in points)
