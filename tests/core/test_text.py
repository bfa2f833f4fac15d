"""Text that people typed is cleaned, compared, searched and screened without surprises."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.text import (
    fold,
    mask_email,
    mask_phone,
    normalise,
    normalise_phone,
    screen,
    search_query,
    stems,
    title_from,
    visible_length,
)

HOSTILE = [
    "a" + "\u0301\u0327" * 32_000,
    "\u0301" * 64_000,
    "a" * 64_000,
    "a@" * 32_000,
    "0 8" * 20_000,
    "12.30-" * 10_000,
    ". " * 32_000,
    "\n" * 64_000,
    "halo " * 12_800,
    "\u200b" * 64_000,
]


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(alphabet=st.characters(categories=["Mn", "Lo", "Ll", "Cf", "Zs"])))
def test_normalised_text_is_nfc_without_invisible_characters(text: str) -> None:
    clean = normalise(text)
    assert clean == unicodedata.normalize("NFC", clean)
    assert not any(unicodedata.category(char) in {"Cf", "Cs", "Co"} for char in clean)


@given(st.text())
def test_normalised_text_can_always_be_stored_as_utf8_without_nul(text: str) -> None:
    assert b"\0" not in normalise(text).encode("utf-8")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("jalan\r\nrusak\rsekali", "jalan\nrusak\nsekali"),
        ("a\tb", "a b"),
        ("\x00lam\x00pu", "lampu"),
        ("a\n\n\n\n\n\nb", "a\n\n\nb"),
        ("  tepi  \n dalam ", "tepi\n dalam"),
        ("\u202enet\u202c \u2066isolat\u2069", "net isolat"),
        ("re\u0301klame", "r\u00e9klame"),
        ("z\u0300\u0301\u0302\u0303\u0304", "z\u0300\u0301\u0302"),
        ("bagus \u2764\ufe0f", "bagus \u2764\ufe0f"),
        ("\ud800x", "x"),
        ("baris\u2028baru\u00a0ya", "baris\nbaru ya"),
    ],
)
def test_normalise_keeps_what_people_see(typed: str, stored: str) -> None:
    assert normalise(typed) == stored


@pytest.mark.parametrize(
    "text", ["", "   ", "\u200b\u200d\ufeff", "...!!!", "\u0301" * 20, "\u3164" * 20, "\u2800"]
)
def test_text_nobody_can_read_has_no_visible_length(text: str) -> None:
    assert visible_length(text) == 0
    assert visible_length(normalise(text)) == 0


def test_visible_length_counts_letters_and_digits() -> None:
    assert visible_length("Lampu \u200bmati, RT 5!") == 12


def test_fold_ignores_case_accents_and_width() -> None:
    assert fold("R\u00c9KLAME \uff10\uff18") == fold("re\u0301klame 08")


@pytest.mark.parametrize(
    "function", [normalise, visible_length, fold, stems, search_query, title_from, screen]
)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:6]))
def test_hostile_text_costs_little_time(function, text: str) -> None:
    started = time.process_time()
    function(text)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("query", "stored"),
    [
        ("jalan rusak", "Kerusakan jalan di depan pasar"),
        ("kunjungan", "jumlah pengunjung Pantai Ujung"),
        ("lampu gak nyala", "Lampu jln tidak menyala sejak kemarin"),
        ("perijinan", "mengurus izin usaha"),
        ("dibersihin", "kapan parit dibersihkan?"),
        ("got mampet", "Selokan mampet, banjir lagi"),
        ("pelabuhan", "dermaga lama"),
        ("anak2", "anak-anak sekolah"),
    ],
)
def test_search_finds_other_forms_of_the_word(query: str, stored: str) -> None:
    assert set(search_query(query)) <= set(stems(stored))


@given(st.text())
def test_query_carries_no_search_syntax(text: str) -> None:
    query = search_query(text)
    assert len(query) <= 8
    assert len(set(query)) == len(query)
    assert all(
        stem.isascii() and stem.isalnum() and stem == stem.lower() and len(stem) <= 40 for stem in query
    )


def test_query_of_stopwords_is_empty() -> None:
    assert search_query('yg di "dan" * ( OR') == ["or"]
    assert search_query("yang di dan") == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Jalan rusak di Jl. S. Parman No. 5. Tolong diperbaiki.", "Jalan rusak di Jl. S. Parman No. 5"),
        ("Selamat pagi Pak, lampu jalan mati", "Lampu jalan mati"),
        ("Horas!\nAir tidak mengalir.\nSudah 3 hari", "Air tidak mengalir"),
        ("Bapak guru kami baik sekali", "Bapak guru kami baik sekali"),
        ("Terima kasih", "Terima kasih"),
        ("", ""),
    ],
)
def test_title_is_the_first_sentence_that_says_something(text: str, title: str) -> None:
    assert title_from(text) == title


@given(st.text(max_size=400), st.integers(min_value=10, max_value=120))
def test_title_never_exceeds_its_limit_nor_breaks_the_line(text: str, limit: int) -> None:
    title = title_from(text, limit)
    assert len(title) <= limit + 2  # an upper-case first letter may need up to three ("ﬃ")
    assert "\n" not in title


def test_long_title_ends_at_a_word() -> None:
    title = title_from("Lampu penerangan jalan umum " * 10)
    assert len(title) <= 90
    assert title.endswith("…")
    assert title[:-1].split()[-1] in {"lampu", "penerangan", "jalan", "umum", "Lampu"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Hubungi 0812 3456 7890", {"phone"}),
        ("wa +62.812.3456.7890 ya", {"phone"}),
        ("\uff10\uff18\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff10", {"phone"}),
        ("0812\u200b34567890", {"phone"}),
        ("NIK saya 1273021001900001", {"nik"}),
        ("12.73.02.410190.0001", {"nik"}),
        ("1273 0210 0190 0001", {"nik"}),
        ("surel budi@contoh.id", {"email"}),
        ("budi (at) contoh (dot) id", {"email"}),
        ("lihat www.contoh.id", {"link"}),
        ("klik bit.ly/abc", {"link"}),
        ("dasar goblok", {"flagged_word"}),
        ("b4ngs4t", {"flagged_word"}),
        ("to lol t o l o l", {"flagged_word"}),
        ("anjiiing kau", {"flagged_word"}),
        ("bujang inam", {"flagged_word"}),
    ],
)
def test_screen_finds_what_must_be_read_before_publication(text: str, codes: set[str]) -> None:
    assert screen(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        "Buka pukul 08.30-09.30 dan 13.00 sampai 16.00",
        "Pada 08-11-2026 20.14 air pasang",
        "Anggaran Rp 1.000.000.000.000",
        "Anjing liar menggigit warga di Simare-mare",
        "Bau dari ternak babi di RT 5",
        "Babi peliharaan warga lepas ke halaman sekolah",
        "Ayam, anjing, lalat pesta semua di tong sampah",
        "Telepon kantor 0631-21234",
        "Jl.S.Parman no.12, dll.di sana",
        "Kelurahan 12.73.02.1003 tahun 2026",
        "Pemuda kampung ini ramah",
    ],
)
def test_screen_lets_ordinary_reports_pass(text: str) -> None:
    assert screen(text) == frozenset()


@pytest.mark.parametrize(
    "typed",
    ["0812 3456-7890", "+62 812 3456 7890", "6281234567890", "+62 (0)812.3456.7890", "HP: 081234567890"],
)
def test_all_spellings_of_a_number_are_one(typed: str) -> None:
    assert normalise_phone(typed) == "+6281234567890"


def test_number_of_another_country_needs_its_plus() -> None:
    assert normalise_phone("+60 12-345 6789") == "+60123456789"
    with pytest.raises(ValueError, match="number"):
        normalise_phone("999123456789012")


@pytest.mark.parametrize(
    "typed", ["", "081", "abc", "budi@contoh.id", "08123456789012345", "+62", "0000000000"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="number"):
        normalise_phone(typed)


def test_masks_keep_a_contact_recognisable_only_to_its_owner() -> None:
    assert mask_phone("+6281234567890") == "+62812*****890"
    assert mask_phone("081234567890") == "0812*****890"
    assert mask_email("budi.santoso@contoh.id") == "b***@c***.id"


@pytest.mark.parametrize("broken", ["", "budi", "@", "a@b", "123"])
def test_broken_contacts_are_masked_whole(broken: str) -> None:
    assert mask_email(broken) == "***"
    assert mask_phone(broken) == "***"
