import pytest

from portal.rules.categories import propose

WORDS = {
    1: "jalan lubang aspal rusak gang",
    2: "lampu gelap padam tiang",
    3: "sampah bau tumpukan rusak",
}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Jalan di depan masjid berlubang besar", 1),
        ("Sudah seminggu gelap, lampunya mati", 2),
        ("Tumpukan sampah menutup jalan", 3),
        ("tolong dibersihin sampahnya", 3),
    ],
)
def test_the_words_that_come_first_speak_loudest(text, category):
    assert propose(text, WORDS) == category


@pytest.mark.parametrize("text", ["", "???", "Terima kasih banyak", "\u200b" * 20])
def test_nothing_is_proposed_where_no_word_is_known(text):
    assert propose(text, WORDS) is None


def test_repeating_a_word_does_not_help_it():
    assert propose("lampu di jalan jalan jalan jalan", WORDS) == 2


def test_a_tie_goes_to_the_earlier_category():
    assert propose("rusak", {1: "rusak", 2: "rusak"}) == 1


def test_a_very_long_text_is_cut_not_counted_to_the_end():
    assert propose("lampu " + "x " * 3000 + "sampah " * 3000, WORDS) == 2
