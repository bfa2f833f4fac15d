"""Two colleagues write for the same case: nothing is lost, and one text can be made of both."""

import re
from html import unescape

import pytest

from portal.models import Role, Status
from portal.rules.textmerge import has_markers
from tests.factories import make_answer, make_case, make_category

MINE = "Kami ganti lampunya besok.\nTim datang pukul delapan."
THEIRS = "Kami ganti lampunya lusa.\nTim datang pukul delapan."


@pytest.fixture
def case(agency):
    return make_case(Status.ASSIGNED, agency=agency)


def card(answer) -> str:
    page = answer.get_data(as_text=True)
    return page.split('id="gabungan"')[1].split("</section>")[0] if 'id="gabungan"' in page else ""


def field(part: str, name: str) -> str:
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', part, re.DOTALL)
    if area:
        return unescape(area.group(1)).strip()
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', part).group(1)


def test_a_colleagues_draft_is_joined_with_what_i_wanted_to_publish(hotman, tiur, case):
    version = case.version
    hotman.act(case, "draft_answer", text=THEIRS)
    answer = tiur.act(case, "answer", version=version, text=MINE)
    assert answer.status_code == 409
    page = unescape(answer.get_data(as_text=True))
    part = card(answer)
    assert f'action="/meja/k/{case.reference}/answer"' in part
    assert field(part, "text").splitlines() == [
        "--- Tulisan Anda ---",
        "Kami ganti lampunya besok.",
        "--- Tulisan Hotman ---",
        "Kami ganti lampunya lusa.",
        "--- Akhir perbedaan, hapus baris bertanda ini ---",
        "Tim datang pukul delapan.",
    ]
    before = page.split('id="gabungan"')[0]
    assert "Kami ganti lampunya besok." in before, "both originals stay visible"
    assert "Kami ganti lampunya lusa." in before
    assert before.index("Yang Anda tulis") < before.index("Yang ada sekarang")


def test_a_text_that_still_carries_markers_is_not_published(hotman, tiur, case):
    version = case.version
    hotman.act(case, "draft_answer", text=THEIRS)
    part = card(tiur.act(case, "answer", version=version, text=MINE))
    text = field(part, "text")
    answer = tiur.act(case, "answer", text=text)
    assert answer.status_code == 422
    assert answer.get_data(as_text=True).count("Pilih satu kalimat di tiap perbedaan") == 2
    assert "Kami ganti lampunya lusa." in answer.get_data(as_text=True)
    assert case.status is Status.ASSIGNED
    assert tiur.act(case, "draft_answer", text=text).status_code == 303, "a draft may wait for the decision"
    settled = "Kami ganti lampunya lusa.\nTim datang pukul delapan."
    assert tiur.act(case, "answer", text=settled).status_code == 303
    assert case.status is Status.ANSWERED


def test_what_a_colleague_published_first_can_be_mended_with_both(hotman, tiur, case, db):
    version = case.version
    hotman.act(case, "answer", text=THEIRS)
    answer = tiur.act(case, "answer", version=version, text=MINE)
    assert answer.status_code == 409
    part = card(answer)
    assert f'action="/meja/k/{case.reference}/edit_answer"' in part
    assert "Jawaban Hotman sudah terbit. Gabungan ini menjadi perbaikannya." in part
    data = {name: field(part, name) for name in ("answer_id", "version")}
    assert has_markers(field(part, "text"))
    done = tiur.act(case, "edit_answer", text="Kami ganti lampunya besok pagi.", **data)
    assert done.status_code == 303
    assert "Kami ganti lampunya besok pagi." in tiur.open(case).get_data(as_text=True)


def test_two_who_mend_the_same_answer_are_joined_from_where_both_began(hotman, tiur, agency):
    case = make_case(Status.ANSWERED, agency=agency)
    text = make_answer(case, text="Baris satu.\nBaris dua.\nBaris tiga.")
    version = case.version
    hotman.act(case, "edit_answer", answer_id=text.id, text="Baris satu baru.\nBaris dua.\nBaris tiga.")
    tiur.act(case, "note", text="Catatan di antaranya.")
    answer = tiur.act(
        case, "edit_answer", version=version, answer_id=text.id, text="Baris satu.\nBaris dua.\nBaris empat."
    )
    part = card(answer)
    assert field(part, "text") == "Baris satu baru.\nBaris dua.\nBaris empat."
    assert "Kedua tulisan bisa digabung tanpa pertentangan." in part


def test_everything_else_that_was_filled_in_travels_along(hotman, tiur, case):
    version = case.version
    hotman.act(case, "draft_answer", kind="decline", text=THEIRS)
    part = card(tiur.act(case, "decline", version=version, code="budget", text=MINE))
    assert '<option selected value="budget">' in part


def test_a_change_that_touches_no_text_needs_no_joining(tiur, triage, case):
    version = case.version
    triage.act(case, "classify", title="Judul yang baru", category_id=make_category().id)
    answer = tiur.act(case, "answer", version=version, text=MINE)
    assert answer.status_code == 409
    assert card(answer) == ""


def test_another_sort_of_text_is_not_joined(hotman, tiur, case):
    version = case.version
    hotman.act(case, "decline", code="budget", text=THEIRS)
    assert card(tiur.act(case, "answer", version=version, text=MINE)) == ""


def test_an_officer_who_may_not_publish_is_not_offered_to_mend(hotman, officer, case):
    version = case.version
    hotman.act(case, "answer", text=THEIRS)
    answer = officer.act(case, "draft_answer", version=version, kind="answer", text=MINE)
    assert answer.status_code == 409
    assert card(answer) == ""
    assert "Kami ganti lampunya besok." in answer.get_data(as_text=True)


def test_the_same_words_need_no_joining(hotman, tiur, case):
    version = case.version
    hotman.act(case, "draft_answer", text=MINE)
    assert card(tiur.act(case, "answer", version=version, text=MINE)) == ""


def test_what_either_wrote_is_never_markup(at_desk, agency, tiur, case):
    evil = at_desk(Role.OFFICER, agency, name="</textarea><img src=x onerror=alert(1)>")
    version = case.version
    evil.act(case, "draft_answer", text="</textarea><script>alert(1)</script> dari rekan")
    page = tiur.act(case, "answer", version=version, text="<svg onload=alert(2)> dari saya sendiri").get_data(
        as_text=True
    )
    for word in ("<script>alert", "<svg onload", "<img src=x"):
        assert word not in page
    assert "&lt;script&gt;alert(1)" in page.split('id="gabungan"')[1]


def test_notes_of_two_colleagues_never_meet(hotman, tiur, case):
    version = case.version
    assert hotman.act(case, "note", version=version, text="Catatan Hotman.").status_code == 303
    assert tiur.act(case, "note", version=version, text="Catatan Tiur.").status_code == 303


def test_a_stale_save_of_any_size_is_answered_at_once(hotman, tiur, case):
    version = case.version
    hotman.act(case, "draft_answer", text="a\n" * 2_000 + "b")
    answer = tiur.act(case, "answer", version=version, text="a\n" * 100_000)
    assert answer.status_code == 409
