"""Letters as PDF: tagged, the same everywhere, and deaf to what people write."""

import io
import re
from typing import Any

import pikepdf
import pytest

from portal.core.letters import LOST, MOST_CHARACTERS, LetterTooLong, _Printer, compile_letter
from tests.factories import MONDAY

HOSTILE = '#read("/etc/passwd") *_#[ $x$ <a> @b `c` // \\ #import "x" '


def minutes(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Notulen rapat",
        "owner": "Pemko Sibolga",
        "site": "Suara Sibolga",
        "lang": "id",
        "footer": "kaki",
        "mark": "",
        "logo_words": "Lambang",
        "page_words": "Halaman {n} dari {total}",
        "lost_words": "Ada tanda yang hilang",
        "facts": [("Tempat", "Aula")],
        "words": {"items": "Keputusan", "remarks": "Catatan"},
        "items": [],
        "remarks": [],
        "signatures": [{"date": "", "role": "Ketua", "name": "Budi"}],
    } | changes


def printed(**changes: Any) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(compile_letter("minutes", minutes(**changes), at=MONDAY)))


def test_a_letter_is_tagged_and_says_its_language_and_title() -> None:
    with printed() as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang) == "id"
        assert str(pdf.docinfo["/Title"]) == "Notulen rapat"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"


def test_the_same_values_make_the_same_file() -> None:
    assert compile_letter("minutes", minutes(), at=MONDAY) == compile_letter("minutes", minutes(), at=MONDAY)


def test_what_people_write_is_never_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    item = {"head": HOSTILE, "facts": [(HOSTILE, HOSTILE)], "decision": [HOSTILE]}
    with printed(title=HOSTILE, remarks=[HOSTILE], items=[item]) as pdf:
        assert str(pdf.docinfo["/Title"]) == HOSTILE
        assert b"root:" not in b"".join(page.Contents.read_bytes() for page in pdf.pages)


@pytest.mark.parametrize(
    "text",
    [
        "مرحبا بكم",
        "שלום עליכם",
        "नमस्ते",
        "中文字",
        "ᯅᯖᯂ",
        "😀 👩‍👩‍👧 🙏🏽",
        "a\x00b\u202ec\ud800d",
        "é e\u0301 x\u0336",
    ],
)
def test_any_script_can_be_printed(text: str) -> None:
    with printed(remarks=[text]) as pdf:
        assert len(pdf.pages) == 1


def test_a_sign_that_no_font_knows_is_replaced_and_said() -> None:
    printer = _Printer(((0x20, 0x7E),))
    assert printer.clean({"a": ["baik 🙏🏽", 3]}) == {"a": [f"baik {LOST}", 3]}
    assert printer.lost


def test_an_endless_word_stays_on_the_paper() -> None:
    cleaned = _Printer(((0x20, 0x7E),)).clean("x" * 200)
    assert max(len(part) for part in re.split("\u200b", cleaned)) <= 48
    with printed(remarks=["x" * 65_536]) as pdf:
        assert len(pdf.pages) > 5


def test_a_letter_longer_than_any_honest_one_is_refused() -> None:
    with pytest.raises(LetterTooLong):
        compile_letter("minutes", minutes(remarks=["kata " * (MOST_CHARACTERS // 5), "lagi"]), at=MONDAY)
