"""A part holds the author's own words and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.splitting import foreign

ORIGINAL = (
    "Lampu jalan di depan pasar tidak menyala.\nParit di samping sekolah juga tersumbat. Mohon dibersihkan."
)


@pytest.mark.parametrize(
    "part",
    [
        ORIGINAL,
        "Parit di samping sekolah juga tersumbat.",
        "parit  di samping sekolah juga tersumbat",
        "Lampu jalan ... menyala.",
        "... di samping sekolah … Mohon dibersihkan.",
        "Lampu jalan di depan pasar tidak menyala. Mohon dibersihkan.",
    ],
)
def test_the_authors_words_may_be_cut_where_it_shows(part: str) -> None:
    assert foreign(part, ORIGINAL) == []


@pytest.mark.parametrize(
    ("part", "strange"),
    [
        ("Parit tersumbat karena warga.", ["Parit tersumbat karena warga."]),
        ("Mohon dibersihkan. Warga malas.", ["Warga malas."]),
        # "tidak" would be lost unseen
        ("Lampu jalan di depan pasar menyala.", ["Lampu jalan di depan pasar menyala."]),
        ("menyala.", ["menyala."]),
        # another order tells another story
        (
            "Mohon dibersihkan. Lampu jalan di depan pasar tidak menyala.",
            ["Lampu jalan di depan pasar tidak menyala."],
        ),
    ],
)
def test_what_the_author_did_not_write_is_named(part: str, strange: list[str]) -> None:
    assert foreign(part, ORIGINAL) == strange


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1), min_size=1, max_size=8), st.data())
def test_any_sentences_in_their_order_are_the_authors(sentences: list[str], data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.booleans(), min_size=len(sentences), max_size=len(sentences)))
    part = ". ".join(one for one, keep in zip(sentences, kept, strict=True) if keep)
    assert foreign(part, ". ".join(sentences)) == []
