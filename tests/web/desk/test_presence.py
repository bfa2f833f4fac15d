"""Who else has a case open, as the page and its signs of life tell."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event, select

from portal.core import clock
from portal.models import Presence, Role, Status
from portal.services import presence
from tests.factories import make_agency, make_case, make_user


def beat(desk, case, **data):
    return desk.post(f"/meja/k/{case.reference}/hadir", **data)


@pytest.fixture
def case(agency):
    return make_case(Status.ASSIGNED, agency=agency)


def test_colleagues_see_who_looks_and_who_writes(hotman, tiur, case):
    with time_machine.travel(clock.now(), tick=False) as now:
        assert beat(hotman, case).json["line"] == ""
        assert beat(tiur, case).json["line"] == "Hotman sedang melihat."
        beat(hotman, case, menulis="1")
        now.shift(timedelta(seconds=50))
        beat(hotman, case, menulis="1")
        now.shift(timedelta(seconds=50))
        beat(hotman, case, menulis="1")
        now.shift(timedelta(seconds=30))
        answer = beat(tiur, case).json
        assert answer["line"] == "Hotman sedang menulis jawaban (2 menit)."
        assert answer["said"] == "Hotman sedang menulis jawaban."
        assert answer["writing"] is True
        now.shift(timedelta(seconds=61))
        assert beat(tiur, case).json["line"] == ""


def test_the_page_shows_it_without_javascript(hotman, tiur, case):
    assert "data-presence-box hidden" in tiur.open(case).get_data(as_text=True)
    beat(hotman, case, menulis="1")
    page = tiur.open(case).get_data(as_text=True)
    assert page.count("Hotman sedang menulis jawaban.") == 2
    assert "data-presence-box hidden" not in page
    assert f'action="/meja/k/{case.reference}/ambil-alih"' in page


def test_looking_at_a_page_leaves_no_trace(hotman, case, db):
    hotman.open(case)
    assert db.session.scalars(select(Presence)).all() == []


def test_whoever_leaves_is_gone_at_once(hotman, tiur, case):
    beat(hotman, case)
    assert beat(hotman, case, pergi="1").status_code == 204
    assert beat(tiur, case).json["line"] == ""


def test_a_farewell_that_arrives_late_does_not_undo_the_next_page(hotman, tiur, case):
    with time_machine.travel(clock.now(), tick=False) as now:
        beat(hotman, case)
        now.shift(timedelta(seconds=10))
        beat(hotman, case, menulis="1")
        beat(hotman, case, pergi="1", lalu="10000")
        assert "Hotman" in beat(tiur, case).json["line"]
        beat(hotman, case, pergi="1", lalu="keliru")
        assert beat(tiur, case).json["line"] == ""


def test_a_colleague_from_elsewhere_is_shown_with_where_they_sit(hotman, at_desk, agency, case):
    rina = at_desk(Role.TRIAGE, name="Rina")
    beat(hotman, case)
    assert beat(rina, case).json["line"] == f"Hotman ({agency.short_id}) sedang melihat."
    assert beat(hotman, case).json["line"] == "Rina (triase) sedang melihat."


def test_of_a_crowd_three_are_named(hotman, at_desk, agency, case):
    for number in range(5):
        beat(at_desk(Role.OFFICER, agency, name=f"Rekan {number}"), case)
    line = beat(hotman, case).json["line"]
    assert line == "Rekan 0, Rekan 1, Rekan 2 dan 2 orang lain sedang melihat."


def test_taking_over_tells_the_other_who_keeps_what_they_wrote(hotman, tiur, case):
    beat(hotman, case, menulis="1")
    answer = tiur.post(f"/meja/k/{case.reference}/ambil-alih?antrean=mine")
    assert answer.headers["Location"] == f"/meja/k/{case.reference}?antrean=mine#answer-text"
    told = beat(hotman, case, menulis="1").json
    assert told["taken"].startswith("Tiur mengambil alih jawaban ini. Tulisan Anda tetap ada")
    assert "Tiur sedang menulis jawaban" in told["line"]
    assert "Tiur mengambil alih" in hotman.open(case).get_data(as_text=True)
    assert beat(hotman, case, tahu="1").json["taken"] == ""
    assert beat(hotman, case).json["taken"] == ""
    saved = hotman.act(case, "draft_answer", text="Draf saya tetap tersimpan.")
    assert saved.status_code == 303, "taking over locks nothing"


def test_a_case_of_another_agency_does_not_exist(at_desk, hotman, case, db):
    beat(hotman, case, menulis="1")
    stranger = at_desk(Role.HEAD, make_agency())
    for path in ("hadir", "ambil-alih"):
        answer = stranger.post(f"/meja/k/{case.reference}/{path}", menulis="1")
        assert answer.status_code == 404
        assert "Hotman" not in answer.get_data(as_text=True)
    assert len(db.session.scalars(select(Presence)).all()) == 1


def test_whom_a_secret_case_names_hears_nothing_of_it(tiur, at_desk, agency):
    named = at_desk(Role.OFFICER, agency)
    case = make_case(Status.ASSIGNED, agency=agency, secret=True, named=named.user)
    assert beat(tiur, case).status_code == 200
    assert beat(named, case).status_code == 404


def test_another_site_cannot_send_a_sign_of_life(hotman, case):
    answer = hotman.client.post(f"/meja/k/{case.reference}/hadir", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_name_is_never_markup(hotman, at_desk, agency, case):
    beat(at_desk(Role.OFFICER, agency, name="<b>Sari</b>"), case, menulis="1")
    page = hotman.open(case).get_data(as_text=True)
    assert "<b>Sari</b>" not in page
    assert "&lt;b&gt;Sari&lt;/b&gt; sedang menulis jawaban." in page


def test_a_sign_of_life_costs_three_statements_beside_the_session(hotman, tiur, case, count_queries):
    beat(tiur, case, menulis="1")
    path = f"/meja/k/{case.reference}/hadir"
    with count_queries() as said:
        hotman.post(path, menulis="1")
    session = [one for one in said if "user_session" in one or one.startswith("SELECT membership.")]
    assert len(said) - len(session) <= 3, said


def test_a_sign_of_life_that_says_nothing_new_takes_no_lock(hotman, case, db):
    begun = []
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL lets many write at once")

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith(("BEGIN", "INSERT", "UPDATE", "DELETE")):
            begun.append(statement)

    with time_machine.travel(clock.now(), tick=False) as now:
        path = f"/meja/k/{case.reference}/hadir"
        hotman.post(path)
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            hotman.post(path)
            assert set(begun) <= {"BEGIN"}, begun
            now.shift(timedelta(seconds=15))
            hotman.post(path)
            assert any(statement.startswith("INSERT") for statement in begun)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)


def test_whoever_takes_over_is_drawn_as_the_writer(hotman, tiur, case, db):
    presence.take_over(case.id, tiur.user_id, at=clock.now())
    db.session.commit()
    assert re.search(r'data-writing="1"', tiur.open(case).get_data(as_text=True))
    assert re.search(r'data-writing=""', hotman.open(case).get_data(as_text=True))


def test_a_sign_of_life_for_nothing_does_not_exist(hotman):
    make_user()
    assert hotman.post("/meja/k/SB-2611-ZZZZ/hadir").status_code == 404
