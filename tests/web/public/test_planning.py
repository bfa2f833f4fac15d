"""The planning clock as citizens and the administration see it."""

from datetime import date

import pytest

from portal.models import Kind, PlanningRound, ReasonCode, Role, RoundLevel, Status
from portal.queries import planning as listed
from portal.services import pages, planning
from tests import factories as make
from tests.support.html import text_of


@pytest.fixture
def rounds(db):
    for year in (2028, 2029):
        row = PlanningRound(
            year=year,
            level=RoundLevel.WARD,
            opens_on=date(year - 2, 11, 1),
            closes_on=date(year - 1, 1, 31),
        )
        db.session.add(row)
    pages.touch_reference()
    db.session.commit()


@pytest.fixture
def admin(db, new_client):
    client = new_client()
    make.sign_in(client, make.make_user(Role.ADMIN))
    return client


def test_a_case_page_names_the_year_and_a_step_that_needs_no_budget(db, client, rounds):
    category = make.make_category()
    admin = make.actor(make.make_user(Role.ADMIN))
    planning.add_step(
        category_id=category.id,
        text_id="Adakan gotong royong",
        text_en="Clean up together",
        actor=admin,
        at=make.at(16),
    )
    case = make.make_case(Status.ASSIGNED, Kind.IDEA, category=category, planning_year=2028)
    db.session.commit()
    page = text_of(client.get(f"/k/{case.reference}"))
    assert "Musrenbang tahun 2028" in page
    assert "Adakan gotong royong" in page


def test_a_case_put_off_for_money_is_told_the_next_round(db, client, rounds):
    case = make.make_case(Status.DEFERRED, Kind.IDEA, reason_code=ReasonCode.BUDGET)
    db.session.commit()
    assert "dibawa lagi ke Musrenbang tahun" in text_of(client.get(f"/k/{case.reference}"))


def test_questions_and_finished_cases_are_told_nothing_of_budgets(db, client, rounds):
    asked = make.make_case(Status.ASSIGNED, Kind.QUESTION)
    over = make.make_case(Status.DONE, Kind.PROBLEM, planning_year=2028)
    db.session.commit()
    for case in (asked, over):
        assert "Musrenbang tahun" not in text_of(client.get(f"/k/{case.reference}"))


def test_the_calendar_shows_rounds_and_says_so_when_there_are_none(client, db):
    assert "Jadwal perencanaan belum diisi." in text_of(client.get("/perencanaan"))


def test_the_calendar_shows_the_days_of_each_round(client, rounds):
    for prefix in ("", "/en"):
        assert client.get(f"{prefix}/perencanaan").status_code == 200
    assert "Perencanaan tahun 2028" in text_of(client.get("/perencanaan"))


def test_a_year_whose_rounds_are_all_over_folds_away_below_the_others(client, rounds, db):
    over = db.session.query(PlanningRound).filter_by(year=2028).one()
    over.opens_on, over.closes_on = date(2020, 1, 1), date(2020, 2, 1)
    pages.touch_reference()
    db.session.commit()
    page = client.get("/perencanaan").text
    folded = page.index("<summary>Perencanaan tahun 2028, sudah ditutup")
    assert page.index(">Perencanaan tahun 2029<") < folded


ROUND = {"version": 1, "year": 2030, "level": "ward", "opens_on": "2028-11-01", "closes_on": "2029-01-31"}


def test_an_admin_adds_moves_and_removes_a_round(db, admin):
    assert admin.post("/admin/perencanaan", data=ROUND).status_code == 303
    row = listed.rounds()[0]
    assert (row.year, row.closes_on) == (2030, date(2029, 1, 31))
    assert admin.get(f"/admin/perencanaan/{row.id}").status_code == 200
    moved = ROUND | {"closes_on": "2029-02-05"}
    assert admin.post(f"/admin/perencanaan/{row.id}", data=moved).status_code == 303
    assert listed.rounds()[0].closes_on == date(2029, 2, 5)
    stale = admin.post(f"/admin/perencanaan/{row.id}", data=ROUND | {"note": "Isian saya"})
    assert stale.status_code == 409
    assert "Isian saya" in stale.text
    assert admin.post(f"/admin/perencanaan/{row.id}/hapus").status_code == 303
    assert listed.rounds() == ()


def test_a_round_twice_or_backwards_is_refused_and_every_value_kept(db, admin):
    admin.post("/admin/perencanaan", data=ROUND)
    twice = admin.post("/admin/perencanaan", data=ROUND)
    assert twice.status_code == 422
    assert "sudah ada untuk tahun itu" in twice.text
    backwards = admin.post("/admin/perencanaan", data=ROUND | {"year": 2031, "closes_on": "2028-01-01"})
    assert backwards.status_code == 422
    assert "2028-01-01" in backwards.text


def test_steps_come_and_go(db, admin):
    assert admin.post("/admin/perencanaan/langkah", data={"text_id": ""}).status_code == 422
    assert admin.post("/admin/perencanaan/langkah", data={"text_id": "Rembuk warga"}).status_code == 303
    (step,) = listed.quick_steps(None)
    assert "Rembuk warga" in admin.get("/admin/perencanaan").text
    assert admin.post(f"/admin/perencanaan/langkah/{step.id}/hapus").status_code == 303
    assert listed.quick_steps(None) == []
    assert admin.post(f"/admin/perencanaan/langkah/{step.id}/hapus").status_code == 404
