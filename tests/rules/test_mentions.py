import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.mentions import Colleague, find, mentioned, pieces

HOTMAN = Colleague(1, "Hotman Situmeang")
TIUR = Colleague(2, "Tiur")
TIUR_MAIDA = Colleague(3, "Tiur Maida")
ALL = [HOTMAN, TIUR, TIUR_MAIDA]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Tolong @Hotman Situmeang periksa.", {1}),
        ("Tolong @hotman situmeang, periksa.", {1}),
        ("@Hotman bisa?", {1}),
        ("@Hotman  Situmeang", {1}),
        ("@Tiur Maida dan @Tiur", {2, 3}),
        ("@Tiur Maidah", {2}),
        ("(@TIUR)", {2}),
        ("@Tiur.", {2}),
        ("surat@tiur.example", set()),
        ("a.@tiur", set()),
        ("@Tiurma", set()),
        ("@ Tiur", set()),
        ("Tiur", set()),
        ("@Orang Lain", set()),
        ("@@Tiur", set()),
    ],
)
def test_the_longest_name_that_follows_is_meant(text, ids):
    assert mentioned(text, ALL) == ids


def test_a_first_part_that_two_share_names_neither():
    assert mentioned("@Petugas", [Colleague(1, "Petugas Pasar"), Colleague(2, "Petugas Dermaga")]) == set()


def test_two_with_the_same_name_are_both_meant():
    assert mentioned("@Sari", [Colleague(1, "Sari"), Colleague(2, "Sari")]) == {1, 2}


def test_only_colleagues_who_are_allowed_are_found():
    assert mentioned("@Tiur", [HOTMAN]) == set()
    assert mentioned("@Tiur", []) == set()


def test_a_name_with_signs_of_a_pattern_is_taken_as_it_is():
    assert mentioned("@Sari (B.Sc.)+ ya", [Colleague(9, "Sari (B.Sc.)+")]) == {9}
    assert mentioned("@Sari xB.Sc.)+", [Colleague(9, "Sari (B.Sc.)+"), Colleague(8, "Sari Dua")]) == set()


def test_the_text_is_cut_where_the_names_stand():
    assert pieces("Ya, @Tiur: cek.", ALL) == [("Ya, ", False), ("@Tiur", True), (": cek.", False)]


@given(st.text(alphabet="@ Tiurhomans.\n(é", max_size=60))
def test_pieces_make_up_the_text_again(text):
    assert "".join(words for words, _ in pieces(text, ALL)) == text
    assert all(text[one.start] == "@" for one in find(text, ALL))
