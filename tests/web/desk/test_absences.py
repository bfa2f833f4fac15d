"""The page of absences, and what the forms of a case say of whoever is away."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.models import Absence, Role, Status
from portal.services import clock as due_dates
from portal.web.rendering import date_text
from tests.factories import make_agency, make_case, make_user
from tests.support.html import text_of


def day(days: int):
    return clock.city_date(clock.now()) + timedelta(days=days)


@pytest.fixture
def hotman(at_desk, agency):
    return at_desk(Role.OFFICER, agency, name="Hotman")


@pytest.fixture
def tiur(at_desk, agency):
    return at_desk(Role.OFFICER, agency, name="Tiur")


def plan(desk, deputy, first: int = 3, last: int = 9, **data):
    given = {"starts_on": day(first).isoformat(), "ends_on": day(last).isoformat()}
    return desk.post("/meja/cuti", **given | {"deputy_id": deputy.user_id} | data)


def rows(db) -> list[Absence]:
    return list(db.session.scalars(select(Absence).order_by(Absence.id)))


def test_an_officer_plans_and_cancels_an_absence(hotman, tiur, db):
    assert plan(hotman, tiur).headers["Location"] == "/meja/cuti"
    page = text_of(hotman.get("/meja/cuti"))
    assert "Direncanakan" in page
    assert "Pengganti: Tiur" in page
    assert "Saya pengganti" in text_of(tiur.get("/meja/cuti"))
    (absence,) = rows(db)
    assert hotman.post(f"/meja/cuti/{absence.id}/batal").status_code == 303
    assert rows(db) == []
    assert "Cuti dibatalkan." in text_of(hotman.get("/meja/cuti"))


def test_an_absence_from_today_moves_the_cases_and_can_be_ended(hotman, tiur, agency, db):
    case = make_case(Status.ASSIGNED, agency=agency, officer=hotman.user)
    plan(hotman, tiur, 0, 4)
    page = text_of(hotman.get("/meja/cuti"))
    assert "1 kiriman berpindah ke pengganti." in page
    assert "Sedang cuti" in page
    assert case.officer_id == tiur.user_id
    (absence,) = rows(db)
    hotman.post(f"/meja/cuti/{absence.id}/batal")
    assert "Cuti ini sudah dimulai." in text_of(hotman.get("/meja/cuti"))
    hotman.post(f"/meja/cuti/{absence.id}/akhiri")
    assert "Cuti diakhiri." in text_of(hotman.get("/meja/cuti"))
    db.session.expire_all()
    assert case.officer_id == hotman.user_id


def test_a_head_plans_for_an_officer_and_sees_all_of_the_agency(head, hotman, tiur, db):
    assert "Petugas yang cuti" not in text_of(hotman.get("/meja/cuti"))
    assert "Petugas yang cuti" in text_of(head.get("/meja/cuti"))
    assert plan(head, tiur, user_id=hotman.user_id).status_code == 303
    assert [row.user_id for row in rows(db)] == [hotman.user_id]
    page = text_of(head.get("/meja/cuti"))
    assert "Cuti di dinas saya" in page
    assert "Hotman" in page.split("Cuti di dinas saya")[1]


@pytest.mark.parametrize(
    ("first", "last", "changes", "said"),
    [
        (-1, 3, {}, "Pilih hari ini atau sesudahnya."),
        (5, 4, {}, "Hari terakhir ada sebelum hari pertama."),
        (0, 400, {}, "Paling lama 366 hari."),
        (500, 501, {}, "Hari pertama lebih dari satu tahun lagi."),
        (1, 2, {"deputy_id": ""}, "Pilih pengganti."),
        (1, 2, {"starts_on": ""}, "Pilih hari pertama."),
        (1, 2, {"ends_on": "31-31-31"}, "Tulis tanggal yang benar"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_and_kept(hotman, tiur, db, first, last, changes, said):
    answer = plan(hotman, tiur, first, last, **changes)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "<title>Galat: " in page
    assert page.count(said) == 2, "in the summary and at the field"
    if "starts_on" not in changes:
        assert f'value="{day(first).isoformat()}"' in page
    assert rows(db) == []


def test_overlaps_and_absent_deputies_are_refused_with_their_days(hotman, tiur, head, db):
    plan(hotman, tiur)
    answer = plan(hotman, tiur, 9, 12)
    assert answer.status_code == 422
    days = f"{date_text(day(3))} sampai {date_text(day(9))}"
    assert f"Sudah tercatat cuti {days}. Pilih hari lain." in text_of(answer)
    answer = plan(head, hotman, 5, 6, user_id=tiur.user_id)
    assert f"Rekan ini cuti {days}. Pilih pengganti lain." in text_of(answer)
    assert plan(hotman, hotman, 20, 21).status_code == 422
    assert len(rows(db)) == 1


def test_a_deputy_who_is_away_too_later_hears_whose_cases_go_along(hotman, tiur, head):
    plan(hotman, tiur)
    assert plan(tiur, head, 5, 6).status_code == 303
    assert "Ia juga pengganti Hotman." in text_of(tiur.get("/meja/cuti"))


def test_colleagues_of_another_agency_are_neither_offered_nor_taken(hotman, at_desk, db):
    stranger = at_desk(Role.OFFICER, make_agency(), name="Orang Lain")
    assert "Orang Lain" not in hotman.get("/meja/cuti").get_data(as_text=True)
    assert plan(hotman, stranger).status_code == 422
    assert rows(db) == []


def test_the_absence_of_another_agency_does_not_exist(hotman, tiur, at_desk, db):
    plan(hotman, tiur)
    (absence,) = rows(db)
    stranger = at_desk(Role.HEAD, make_agency())
    for desk in (stranger, tiur):
        for step in ("batal", "akhiri"):
            assert desk.post(f"/meja/cuti/{absence.id}/{step}").status_code == 404
    assert "Hotman" not in stranger.get("/meja/cuti").get_data(as_text=True)
    assert len(rows(db)) == 1


def test_an_officer_cannot_plan_for_a_colleague(hotman, tiur, at_desk, agency, db):
    sari = at_desk(Role.OFFICER, agency)
    plan(hotman, tiur, user_id=sari.user_id)
    assert [row.user_id for row in rows(db)] == [hotman.user_id], "the field is not theirs"


def test_triage_has_no_absences_of_its_own(triage, tiur):
    assert "Cuti dicatat untuk petugas dinas." in text_of(triage.get("/meja/cuti"))
    assert plan(triage, tiur).status_code == 404


def test_the_forms_of_a_case_say_who_is_away_and_lead_to_the_deputy(hotman, tiur, triage, agency, db):
    plan(hotman, tiur, 0, 4)
    said = f"Hotman, cuti sampai {date_text(day(4))} (pengganti: Tiur)"
    case = make_case(Status.ASSIGNED, agency=agency)
    assert said in tiur.open(case).get_data(as_text=True)
    assert said in triage.open(make_case()).get_data(as_text=True)
    tiur.act(case, "take", officer_id=hotman.user_id)
    assert case.officer_id == tiur.user_id


def test_the_case_tells_why_its_officer_changed(hotman, tiur, agency, db):
    case = make_case(Status.ASSIGNED, agency=agency, officer=hotman.user)
    plan(hotman, tiur, 0, 4)
    assert "Petugas berganti karena cuti" in text_of(tiur.open(case))


def test_a_planned_absence_says_nothing_yet(hotman, tiur, agency):
    plan(hotman, tiur)
    due_dates.run_due(clock.now())
    page = tiur.open(make_case(Status.ASSIGNED, agency=agency)).get_data(as_text=True)
    assert "cuti sampai" not in page


def test_somebody_without_an_absence_is_told_so(hotman):
    make_user()
    assert "Belum ada cuti yang tercatat." in text_of(hotman.get("/meja/cuti"))
