import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.textmerge import Titles, has_markers, marker, merge

TITLES = Titles("Tulisan Anda", "Tulisan Hotman", "Akhir perbedaan")
BASE = "Satu.\nDua.\nTiga."


def join(mine: str, theirs: str, base: str | None = None) -> str:
    return merge(mine, theirs, base=base, titles=TITLES).text


def test_the_same_text_stays_the_same():
    assert merge(BASE, BASE, titles=TITLES) == merge(BASE, BASE, base="x", titles=TITLES)
    assert join(BASE, BASE) == BASE


def test_what_only_one_changed_is_taken_over():
    assert join("Satu.\nDua!\nTiga.", BASE, BASE) == "Satu.\nDua!\nTiga."
    assert join(BASE, "Satu.\nDua!\nTiga.", BASE) == "Satu.\nDua!\nTiga."


def test_changes_in_different_places_are_joined_without_a_question():
    merged = merge("Satu!\nDua.\nTiga.", "Satu.\nDua.\nTiga.\nEmpat.", base=BASE, titles=TITLES)
    assert (merged.text, merged.conflicts) == ("Satu!\nDua.\nTiga.\nEmpat.", 0)


def test_a_line_that_one_took_out_stays_out():
    assert join("Satu.\nTiga.", BASE, BASE) == "Satu.\nTiga."


def test_where_both_changed_the_same_line_both_wordings_are_kept():
    merged = merge("Satu.\nDua A.\nTiga.", "Satu.\nDua B.\nTiga.", base=BASE, titles=TITLES)
    assert merged.conflicts == 1
    assert merged.text.splitlines() == [
        "Satu.",
        "--- Tulisan Anda ---",
        "Dua A.",
        "--- Tulisan Hotman ---",
        "Dua B.",
        "--- Akhir perbedaan ---",
        "Tiga.",
    ]


def test_without_a_common_beginning_shared_lines_stand_once_and_additions_stay():
    assert join("Halo.\nSatu.\nSalam.", "Halo.\nSalam.\nCatatan.") == "Halo.\nSatu.\nSalam.\nCatatan."


def test_two_texts_with_nothing_in_common_stand_below_each_other():
    merged = merge("Punya saya.", "Punya Hotman.", titles=TITLES)
    assert merged.conflicts == 1
    assert has_markers(merged.text)


def test_a_marker_is_one_line_whatever_the_name():
    assert marker("Tulisan\nHotman") == "--- Tulisan Hotman ---"


@pytest.mark.parametrize("text", ["---", "- satu\n- dua", "--- ---", "Harga --- lama ---", "-- x --", ""])
def test_ordinary_text_has_no_markers(text):
    assert not has_markers(text)


@pytest.mark.parametrize(
    "text", ["--- Tulisan Hotman ---", "a\n  --- x --- \nb", "--- End of differences ---"]
)
def test_marker_lines_are_found(text):
    assert has_markers(text)


TEXTS = st.lists(st.sampled_from(["a", "b", "c", "", "d"]), max_size=8).map("\n".join).map(str.strip)


@given(TEXTS, TEXTS)
def test_no_line_of_either_is_ever_lost(mine, theirs):
    lines = join(mine, theirs).splitlines()
    for line in filter(None, {*mine.splitlines(), *theirs.splitlines()}):
        assert line in lines


@given(TEXTS, TEXTS)
def test_whoever_changed_nothing_gets_the_others_text(base, theirs):
    assert join(base, theirs, base).splitlines() == theirs.splitlines()
    assert join(theirs, base, base).splitlines() == theirs.splitlines()


@given(TEXTS, TEXTS, TEXTS)
def test_what_is_settled_carries_no_markers(base, mine, theirs):
    merged = merge(mine, theirs, base=base, titles=TITLES)
    assert has_markers(merged.text) == (merged.conflicts > 0)


def test_texts_too_large_to_compare_stand_one_after_the_other_without_a_search() -> None:
    mine, theirs = "a\n" * 200_000, "a\n" * 2_499 + "b"
    merged = merge(mine, theirs, titles=TITLES)
    assert merged.conflicts == 1
    assert merged.text.count("a\n") == 202_499
    assert merged.text.splitlines()[0] == "--- Tulisan Anda ---"
