"""Templates of official texts: fields, gaps, and whether somebody edited the result."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models import HideCode, IdentityMode, Role, Status
from portal.rules import templates
from portal.rules.permissions import VISITOR, Actor, Seat

VALUES = {name: f"nilai {number}" for number, name in enumerate(templates.FIELDS)}
HERE, ELSEWHERE = 1, 2

#: Texts in which fields, halves of fields, braces and brackets are likely.
PIECES = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        "(",
        "\n",
        " ",
        "nomor",
        "judul",
        "{nomor}",
        "{judul}",
        "{tanggal}",
        "{x}",
        "[…]",
        "a",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=30).map("".join)
SOME_VALUES = st.dictionaries(st.sampled_from(templates.FIELDS), TEXTS)


@dataclass
class Case:
    identity_mode: IdentityMode = IdentityMode.SHOWN
    status: Status = Status.ASSIGNED
    secret: bool = False
    text_public: bool = True
    files_public: bool = True
    hidden_code: HideCode | None = None


def person(role: Role, agency_id: int | None = None, *, publisher: bool = False) -> Actor:
    return Actor(user_id=1, seats=frozenset({Seat(role, agency_id, publisher)}))


def test_every_field_is_filled_in() -> None:
    text = " ".join(f"{{{name}}}" for name in templates.FIELDS)
    assert templates.fill(text, VALUES) == " ".join(VALUES.values())


def test_a_field_without_a_value_becomes_a_gap_to_write() -> None:
    filled = templates.fill("Selesai {tanggal_janji}.", {"tanggal_janji": " "})
    assert filled == "Selesai [tanggal janji]."
    assert templates.gaps(filled) == ["[tanggal janji]"]


@given(TEXTS, SOME_VALUES)
def test_filling_never_fails_and_leaves_no_field(text: str, values: dict[str, str]) -> None:
    filled = templates.fill(text, values)
    for name in templates.FIELDS:
        assert f"{{{name}}}" not in filled


@given(TEXTS)
def test_gaps_and_unknown_fields_are_found_in_any_text(text: str) -> None:
    assert all(gap in text for gap in templates.gaps(text))
    assert not set(templates.unknown_fields(text)) & set(templates.FIELDS)


@given(
    st.lists(
        st.sampled_from(["{nomor}", "{tanggal}", "{petugas}", "Kami ", "catat.", "[a]", "\n"]), max_size=9
    ),
    st.dictionaries(st.sampled_from(templates.FIELDS), st.text("abc ", max_size=15)),
)
def test_the_filled_template_is_unedited_however_it_is_spaced(
    pieces: list[str], values: dict[str, str]
) -> None:
    text = "".join(pieces)
    filled = templates.fill(text, values)
    assert templates.is_unedited(f"  {filled}\n\n", text, values)


def test_what_somebody_wrote_into_a_title_is_no_field_gap_or_link() -> None:
    filled = templates.fill("Tentang “{judul}”.", {"judul": "{nomor} [klik](https://jahat.example) <b>\n[x]"})
    assert "{" not in filled
    assert templates.gaps(filled) == []
    assert "[klik](" not in filled
    assert "<" not in filled
    assert "\n" not in filled


def test_the_label_of_a_link_is_no_gap() -> None:
    assert templates.gaps("Lihat [jadwal](https://sibolga.go.id/jadwal).") == []


def test_gaps_are_named_once_each_in_order() -> None:
    assert templates.gaps("[a] {nomor} [b] [a]") == ["[a]", "{nomor}", "[b]"]


def test_unknown_fields_are_named() -> None:
    assert templates.unknown_fields("{nomor} {nama_pelapor} {} {nama_pelapor}") == ["nama_pelapor", ""]


def test_a_text_with_one_word_more_is_edited() -> None:
    template = "Terima kasih {nama_sapaan}. Laporan {nomor} kami tindak lanjuti."
    filled = templates.fill(template, VALUES)
    assert templates.is_unedited(filled.replace(" ", "  "), template, VALUES)
    assert not templates.is_unedited(filled + " Besok pagi.", template, VALUES)
    assert not templates.is_unedited("Kami perbaiki besok.", template, VALUES)


def test_another_day_or_officer_is_no_edit() -> None:
    template = "Per {tanggal}, {petugas} menangani {nomor}."
    filled = templates.fill(template, VALUES | {"tanggal": "1 November 2026", "petugas": "Rina"})
    assert templates.is_unedited(filled, template, VALUES)
    assert not templates.is_unedited(filled.replace("menangani", "sudah memperbaiki"), template, VALUES)
    assert not templates.is_unedited(f"Per {'x' * 400}, Rina menangani {VALUES['nomor']}.", template, VALUES)


@pytest.mark.parametrize(
    "case",
    [
        Case(IdentityMode.HIDDEN),
        Case(IdentityMode.SHIELDED),
        Case(secret=True),
        Case(text_public=False),
        Case(hidden_code=HideCode.INSULT),
        Case(status=Status.WITHDRAWN),
    ],
)
def test_a_name_that_the_public_does_not_read_greets_nobody(case: Case) -> None:
    assert templates.greeting(case, "Ibu Rahasia") == "Bapak/Ibu"


def test_a_name_that_is_shown_greets() -> None:
    assert templates.greeting(Case(), "Ibu Marlina") == "Ibu Marlina"
    assert templates.greeting(Case(), " ") == "Bapak/Ibu"


def test_officers_use_their_agencys_and_the_citys_templates() -> None:
    officer = person(Role.OFFICER, HERE)
    assert templates.may_read(officer, HERE)
    assert templates.may_read(officer, None)
    assert not templates.may_read(officer, ELSEWHERE)
    assert not templates.may_read(person(Role.TRIAGE), HERE)
    assert not templates.may_read(person(Role.ADMIN), None)
    assert not templates.may_read(VISITOR, None)


def test_heads_write_their_agencys_and_triage_the_citys_templates() -> None:
    assert templates.may_write(person(Role.HEAD, HERE), HERE)
    assert not templates.may_write(person(Role.HEAD, HERE), ELSEWHERE)
    assert not templates.may_write(person(Role.HEAD, HERE), None)
    assert not templates.may_write(person(Role.OFFICER, HERE, publisher=True), HERE)
    assert templates.may_write(person(Role.TRIAGE), None)
    assert not templates.may_write(person(Role.TRIAGE), HERE)
    assert not templates.may_write(person(Role.TRIAGE, HERE), None)
