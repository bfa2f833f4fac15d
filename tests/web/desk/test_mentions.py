"""Naming a colleague in a note and watching a case, over HTTP."""

import re

import pytest
from sqlalchemy import select

from portal.models import Mention, Note, Role, Status, Watch
from tests.factories import make_agency, make_case


@pytest.fixture
def tiur(at_desk, agency):
    return at_desk(Role.OFFICER, agency, name="Tiur Maida")


@pytest.fixture
def case(agency):
    return make_case(Status.ASSIGNED, agency=agency)


def note_of(answer) -> str:
    return answer.get_data(as_text=True).split('<div class="note">')[1].split("</li>")[0]


def test_a_name_in_a_note_stands_out(officer, tiur, case):
    assert officer.act(case, "note", text="Tolong, @tiur maida:\n<b>cek</b>").status_code == 303
    note = note_of(officer.open(case))
    assert '<b class="mention">@tiur maida</b>' in note
    assert "&lt;b&gt;cek&lt;/b&gt;" in note


def test_a_colleague_is_chosen_from_the_list_without_javascript(officer, tiur, triage, case, db):
    page = officer.open(case).get_data(as_text=True)
    choice = page.split('name="mention_id"')[1].split("</select>")[0]
    assert "Tiur Maida" in choice
    assert triage.user.name in choice
    assert officer.user.name not in choice, "nobody names themselves"
    officer.act(case, "note", text="Tolong diperiksa.", mention_id=tiur.user_id)
    assert db.session.scalars(select(Mention.user_id)).all() == [tiur.user_id]
    assert "Menyebut: Tiur Maida" in re.sub(r"<[^>]+>", "", note_of(officer.open(case)))


def test_somebody_of_another_agency_is_neither_offered_nor_taken(officer, at_desk, case, db):
    stranger = at_desk(Role.HEAD, make_agency(), name="Orang Lain")
    assert "Orang Lain" not in officer.open(case).get_data(as_text=True)
    answer = officer.act(case, "note", text="Untuk dia.", mention_id=stranger.user_id)
    assert answer.status_code == 422
    assert "Untuk dia." in answer.get_data(as_text=True)
    assert db.session.scalars(select(Note)).all() == []
    officer.act(case, "note", text="Untuk @Orang Lain.")
    assert '<b class="mention">' not in officer.open(case).get_data(as_text=True)
    assert "Orang Lain" not in stranger.get("/meja/sebutan").get_data(as_text=True).split("<main")[1]


def test_whom_a_secret_case_names_is_not_offered(officer, tiur, agency):
    case = make_case(Status.ASSIGNED, agency=agency, secret=True, named=tiur.user)
    page = officer.open(case).get_data(as_text=True)
    assert "Tiur Maida" not in page.split('name="mention_id"')[1].split("</select>")[0]


def test_the_page_of_mentions_lists_my_notes_and_nobody_elses(officer, tiur, case):
    officer.act(case, "note", text="Lihat ini, @Tiur Maida.")
    page = tiur.get("/meja/sebutan").get_data(as_text=True)
    assert "Lihat ini, @Tiur Maida." in page
    assert re.search(rf'href="/meja/k/{case.reference}#catatan-\d+"', page)
    assert "Belum ada rekan yang menyebut Anda." in officer.get("/meja/sebutan").get_data(as_text=True)


def test_a_mention_on_a_case_that_went_elsewhere_is_gone(officer, tiur, case):
    officer.act(case, "note", text="Lihat ini, @Tiur Maida.")
    case.agency_id = make_agency().id
    assert case.reference not in tiur.get("/meja/sebutan").get_data(as_text=True)


def test_a_case_is_watched_and_no_longer(officer, case, db):
    assert ">Pantau<" in officer.open(case).get_data(as_text=True)
    answer = officer.post(f"/meja/k/{case.reference}/pantau?antrean=mine", pantau="1")
    assert answer.headers["Location"] == f"/meja/k/{case.reference}?antrean=mine"
    assert db.session.scalars(select(Watch.user_id)).all() == [officer.user_id]
    page = officer.open(case).get_data(as_text=True)
    assert "Anda memantau kiriman ini." in page
    assert "Berhenti memantau" in page
    watched = re.search(r'href="(/meja/antrean/all\?pantau=ya)"', page).group(1)
    assert case.title in officer.get(watched).get_data(as_text=True)
    officer.post(f"/meja/k/{case.reference}/pantau", pantau="0")
    assert db.session.scalars(select(Watch)).all() == []


def test_watching_is_private(officer, tiur, case):
    officer.post(f"/meja/k/{case.reference}/pantau", pantau="1")
    assert "Berhenti memantau" not in tiur.open(case).get_data(as_text=True)


def test_a_case_of_another_agency_cannot_be_watched(at_desk, case, db):
    stranger = at_desk(Role.HEAD, make_agency())
    assert stranger.post(f"/meja/k/{case.reference}/pantau", pantau="1").status_code == 404
    assert db.session.scalars(select(Watch)).all() == []
