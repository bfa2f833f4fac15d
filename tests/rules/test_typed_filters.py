import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.text import fold
from portal.rules.typed_filters import joined_names, parted

FIELDS = frozenset({"status", "kelurahan", "petugas", "tenggat"})


def part(text: str):
    return parted(text, FIELDS, {"officer": "petugas"})


@pytest.mark.parametrize(
    ("text", "words", "values"),
    [
        ("lampu jalan", "lampu jalan", {}),
        ("status:assigned lampu", "lampu", {"status": ["assigned"]}),
        ("lampu STATUS:assigned,done jalan", "lampu jalan", {"status": ["assigned", "done"]}),
        ('kelurahan:"Aek Habil, atas" x', "x", {"kelurahan": ["Aek Habil, atas"]}),
        ("status:a status:b", "", {"status": ["a", "b"]}),
        ("officer:saya", "", {"petugas": ["saya"]}),
        ("pukul 10:30 https://contoh.id", "pukul 10:30 https://contoh.id", {}),
        ("alamat:mawar", "alamat:mawar", {}),
        ("status: lampu", "status: lampu", {}),
        ('status:"" lampu', "lampu", {}),
        ('status:"terbuka', 'status:"terbuka', {}),
        ("ini.status:done", "ini.status:done", {}),
    ],
)
def test_a_line_parts_into_words_and_values(text, words, values):
    assert part(text) == (words, values)


@given(st.text(max_size=300))
def test_any_text_is_parted_and_no_field_is_left_in_the_words_twice(text):
    words, values = part(text)
    assert set(values) <= FIELDS
    assert all(value.strip() for several in values.values() for value in several)
    assert part(words)[0].split() == part(part(words)[0])[0].split()


@given(
    st.lists(st.sampled_from(["lampu", "jalan", "padam"]), max_size=4),
    st.lists(st.tuples(st.sampled_from(sorted(FIELDS)), st.from_regex(r"\A[a-z0-9_.-]{1,12}\Z")), max_size=5),
)
def test_what_is_typed_is_found_again_wherever_it_stands(plain, pairs):
    line = " ".join([*plain, *(f"{name}:{value}" for name, value in pairs)][::-1])
    words, values = part(line)
    assert words.split() == plain[::-1]
    assert {(name, value) for name, several in values.items() for value in several} == set(pairs)


PEOPLE = {"1": "Dewi Siregar, S.T.", "2": "Hotman Sinaga", "3": "Dewi Hutagalung"}


@pytest.mark.parametrize(
    ("pieces", "found", "lost"),
    [
        (["2"], ["2"], []),
        (["Dewi Siregar", "S.T."], ["1"], []),
        (["hotman sinaga", "Dewi Siregar", "S.T."], ["2", "1"], []),
        (["dewi"], ["1", "3"], []),
        (["hotman", "siapa"], ["2"], ["siapa"]),
        (["99", ""], [], ["99", ""]),
    ],
)
def test_people_are_found_by_number_name_or_one_word_of_it(pieces, found, lost):
    assert joined_names(pieces, PEOPLE, lambda text: fold(text).strip()) == (found, lost)
