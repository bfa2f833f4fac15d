"""A case becomes an aspiration for the planning system: fields, recommendations in order, export."""

import csv
import io

import pytest

from portal.models import IdentityMode, Kind, PlanningProposal, Role, Status
from tests import factories as make

FIELDS = {
    "version": "0",
    "year": "2028",
    "problem": "=Jalan rusak sepanjang gang",
    "address": "Gang Mawar",
    "volume": "120.5",
    "unit": "meter",
    "budget": "250000000",
    "land_status": "city",
}
WORD = {"verdict": "recommended", "given_on": "2026-01-15"}


@pytest.fixture
def agency(db):
    return make.make_agency()


@pytest.fixture
def case(agency, db):
    case = make.make_case(Status.ASSIGNED, Kind.IDEA, agency=agency, landmark="Dekat masjid")
    db.session.commit()
    return case


@pytest.fixture
def desk(client, agency):
    make.sign_in(client, make.make_user(Role.OFFICER, agency))
    return client


def path(case, rest=""):
    return f"/meja/k/{case.reference}/usulan{rest}"


def written(client, case, agency, **more):
    return client.post(path(case), data=FIELDS | {"agency_id": agency.id} | more)


def test_the_form_begins_with_what_the_case_says(desk, case):
    page = desk.get(path(case)).text
    assert case.body in page
    assert "Dekat masjid" in page


def test_words_are_given_in_order_and_only_the_last_is_taken_back(desk, case, agency):
    assert written(desk, case, agency).status_code == 303
    early = desk.post(path(case, "/rekomendasi/agency"), data=WORD)
    assert early.status_code == 422
    assert "Bukan giliran rekomendasi ini." in early.text
    for endorser in ("ward_head", "district_head", "agency", "budget_team"):
        assert desk.post(path(case, f"/rekomendasi/{endorser}"), data=WORD).status_code == 303
    assert "Rantai rekomendasi sudah selesai." in desk.get(path(case)).text
    assert desk.post(path(case, "/rekomendasi/ward_head/tarik")).status_code == 422
    assert desk.post(path(case, "/rekomendasi/budget_team/tarik")).status_code == 303


def test_a_no_ends_the_chain_and_needs_a_reason(desk, case, agency):
    written(desk, case, agency)
    refusal = WORD | {"verdict": "not_recommended"}
    assert desk.post(path(case, "/rekomendasi/ward_head"), data=refusal).status_code == 422
    answer = desk.post(path(case, "/rekomendasi/ward_head"), data=refusal | {"remark": "Sudah ada."})
    assert answer.status_code == 303
    assert desk.post(path(case, "/rekomendasi/district_head"), data=WORD).status_code == 422


def test_no_word_is_given_before_the_fields_or_ahead_of_today(desk, case, agency):
    assert desk.post(path(case, "/rekomendasi/ward_head"), data=WORD).status_code == 404
    written(desk, case, agency)
    page = desk.post(path(case, "/rekomendasi/ward_head"), data=WORD | {"given_on": "2099-01-01"})
    assert page.status_code == 422


def test_what_was_recommended_is_not_rewritten_under_the_word(desk, case, agency):
    written(desk, case, agency)
    desk.post(path(case, "/rekomendasi/ward_head"), data=WORD)
    page = written(desk, case, agency, version="1", problem="Lain sama sekali")
    assert page.status_code == 422
    assert "Tarik dulu rekomendasinya" in page.text
    assert "Lain sama sekali" in page.text


def test_a_stale_form_keeps_what_was_typed(desk, case, agency):
    written(desk, case, agency)
    page = written(desk, case, agency, problem="Tulisan kedua")
    assert page.status_code == 409
    assert "Tulisan kedua" in page.text


@pytest.mark.parametrize(
    "bad",
    [
        {"problem": ""},
        {"year": "1900"},
        {"unit": ""},
        {"budget": "-1"},
        {"land_status": "moon"},
        {"agency_id": "0"},
    ],
)
def test_bad_fields_are_said_and_nothing_is_written(desk, case, agency, bad, db):
    assert written(desk, case, agency, **bad).status_code == 422
    assert db.session.query(PlanningProposal).count() == 0


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD])
def test_another_agency_finds_nothing(client, case, role):
    make.sign_in(client, make.make_user(role, make.make_agency()))
    assert client.get(path(case)).status_code == 404
    assert client.post(path(case), data=FIELDS).status_code == 404


def test_a_question_is_no_aspiration(desk, agency, db):
    question = make.make_case(Status.ASSIGNED, Kind.QUESTION, agency=agency)
    db.session.commit()
    assert desk.get(path(question)).status_code == 404


def rows(client, query=""):
    text = client.get(f"/meja/usulan.csv{query}").text.lstrip("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_export_has_the_columns_of_the_planning_system_and_no_formula(desk, case, agency):
    written(desk, case, agency)
    desk.post(path(case, "/rekomendasi/ward_head"), data=WORD)
    (row,) = rows(desk)
    assert row["nomor"] == case.reference
    assert row["permasalahan"] == "'=Jalan rusak sepanjang gang"
    assert (float(row["volume"]), row["satuan"], row["anggaran"]) == (120.5, "meter", "250000000")
    assert row["rekomendasi_lurah"] == "Direkomendasikan"
    assert row["rekomendasi_camat"] == ""
    assert rows(desk, "?tahun=2031") == []
    assert desk.get("/meja/usulan.xlsx").data[:2] == b"PK"


def test_secret_and_hidden_cases_leave_the_list_and_the_export(desk, agency, db):
    secret = make.make_case(Status.ASSIGNED, Kind.IDEA, agency=agency, secret=True)
    db.session.commit()
    assert written(desk, secret, agency).status_code == 303
    assert rows(desk) == []
    assert secret.reference not in desk.get("/meja/usulan").text


def test_where_a_shielded_reporter_stood_is_not_said(desk, agency, db):
    from_nobody = make.make_case(
        Status.ASSIGNED, Kind.IDEA, agency=agency, identity_mode=IdentityMode.SHIELDED, landmark="Rumah biru"
    )
    db.session.commit()
    written(desk, from_nobody, agency)
    assert "Rumah biru" not in desk.get("/meja/usulan.csv").text


def test_other_agencies_do_not_see_it_in_their_list(desk, case, agency, new_client):
    written(desk, case, agency)
    other = new_client()
    make.sign_in(other, make.make_user(Role.HEAD, make.make_agency()))
    assert case.reference not in other.get("/meja/usulan").text
    assert rows(other) == []


def test_where_a_shielded_reporter_stood_is_not_filled_in(desk, agency, db):
    case = make.make_case(
        Status.ASSIGNED,
        Kind.IDEA,
        agency=agency,
        identity_mode=IdentityMode.SHIELDED,
        landmark="Depan rumah KENARI",
    )
    db.session.commit()
    assert 'value="Depan rumah KENARI' not in desk.get(path(case)).text


@pytest.mark.parametrize("typed", ["250.000.000", "Rp 250.000.000", "250000000"])
def test_a_budget_is_read_as_people_write_it(desk, case, agency, typed, db):
    assert written(desk, case, agency, budget=typed).status_code == 303
    assert db.session.get(PlanningProposal, case.id).budget == 250_000_000
    assert 'value="250.000.000"' in desk.get(path(case)).text


def test_a_budget_beyond_reason_is_named_in_words(desk, case, agency):
    page = written(desk, case, agency, budget="9" * 20)
    assert page.status_code == 422
    assert "Anggaran paling besar Rp 10 triliun." in page.text
    assert "9" * 20 in page.text


def test_a_no_ends_the_chain_and_says_where(desk, case, agency):
    written(desk, case, agency)
    no = WORD | {"verdict": "not_recommended", "remark": "Tanahnya milik orang."}
    assert desk.post(path(case, "/rekomendasi/ward_head"), data=no).status_code == 303
    assert "Berhenti di Lurah: tidak direkomendasikan." in desk.get(path(case)).text
