"""Meetings for citizens at the desk."""

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.models import Gathering, GatheringItem, GatheringSubmission
from portal.services import gatherings
from tests import factories as make
from tests.factories import MONDAY

FIELDS = {
    "version": "1",
    "title_id": "Musrenbang Kelurahan Pancuran",
    "day": "2027-03-08",
    "begins": "09:00",
    "ends": "11:30",
    "place": "Aula kantor lurah",
    "capacity": "40",
    "points_id": "09.00 Pembukaan\nTanya jawab",
    "latitude": "1,74",
    "longitude": "98,78",
}


def fields(agency, **changes) -> dict[str, str]:
    return FIELDS | {"agency_id": str(agency.id)} | changes


def test_an_officer_prepares_what_their_head_publishes(officer, head, agency, client, db):
    answer = officer.post("/meja/agenda/baru", **fields(agency))
    assert answer.status_code == 303
    row = db.session.scalars(select(Gathering)).one()
    assert (row.capacity, row.latitude, row.longitude) == (40, 1.74, 98.78)
    assert clock.city_time(row.starts_at).isoformat() == "2027-03-08T09:00:00+07:00"
    items = db.session.scalars(select(GatheringItem).order_by(GatheringItem.position)).all()
    assert [(one.text_id, one.starts_at is None) for one in items] == [
        ("Pembukaan", False),
        ("Tanya jawab", True),
    ]
    page = officer.get(answer.headers["Location"]).get_data(as_text=True)
    assert "09.00 Pembukaan" in page and "Terbitkan" not in page
    path = f"/meja/agenda/{row.slug}"
    for step in ("terbit", "batal", "hasil"):
        assert officer.post(f"{path}/{step}", reason="Hujan deras sekali").status_code == 404
    assert head.post(f"{path}/terbit").status_code == 303
    assert "Musrenbang Kelurahan Pancuran" in client.get("/agenda").text
    assert officer.post(path, **fields(agency, version="2")).status_code == 404
    assert officer.get(path).status_code == 200


def test_another_agency_finds_nothing(head, agency, db):
    row = make.make_gathering(make.make_agency())
    path = f"/meja/agenda/{row.slug}"
    for one in ("", "/peserta", "/peserta.csv"):
        assert head.get(path + one).status_code == 404
    for one in ("", "/terbit", "/batal", "/hasil", "/kiriman"):
        assert head.post(path + one, **fields(agency)).status_code == 404
    assert row.title_id not in head.get("/meja/agenda").get_data(as_text=True)
    assert head.post("/meja/agenda/baru", **fields(make.make_agency())).status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"title_id": ""},
        {"day": "kemarin"},
        {"ends": "08:00"},
        {"capacity": "0"},
        {"capacity": "99999999999999999999"},
        {"latitude": "abc"},
        {"latitude": "nan"},
        {"longitude": ""},
        {"last_day": "2027-03-09"},
        {"points_en": "One"},
        {"ward_code": "x"},
        {"program_id": "999999"},
        {"points_id": "\n".join("acara" for _ in range(41))},
    ],
)
def test_a_meeting_that_cannot_be_is_refused_and_nothing_typed_is_lost(head, agency, db, wrong):
    answer = head.post("/meja/agenda/baru", **fields(agency, **wrong))
    assert answer.status_code == 422
    assert "Aula kantor lurah" in answer.get_data(as_text=True)
    assert db.session.scalars(select(Gathering)).all() == []


def test_a_stale_save_keeps_what_was_typed(head, agency, db):
    row = make.make_gathering(agency)
    path = f"/meja/agenda/{row.slug}"
    assert head.post(path, **fields(agency, title_id="Nama yang pertama")).status_code == 303
    answer = head.post(path, **fields(agency, title_id="Nama yang kedua"))
    assert answer.status_code == 409 and "Nama yang kedua" in answer.get_data(as_text=True)
    again = head.post(path, **fields(agency, version="2", title_id="Nama yang kedua"))
    assert again.status_code == 303


def test_fewer_seats_than_are_taken_are_refused_at_the_field(app, head, agency, db):
    seal = app.extensions["seal"]
    row = make.make_gathering(agency, capacity=9)
    person = make.make_citizen(seal)
    gatherings.register(row, person, seats=3, needs="", at=MONDAY, seal=seal)
    answer = head.post(f"/meja/agenda/{row.slug}", **fields(agency, capacity="2"))
    assert answer.status_code == 422 and "Sudah 3 kursi terisi" in answer.get_data(as_text=True)


def test_the_list_of_people_is_for_the_organisers_and_safe_in_a_spreadsheet(app, officer, agency, client, db):
    seal = app.extensions["seal"]
    row = make.make_gathering(agency)
    person = make.make_citizen(seal, name="=HYPERLINK(1)")
    gatherings.register(row, person, seats=2, needs="kursi roda", at=MONDAY, seal=seal)
    page = officer.get(f"/meja/agenda/{row.slug}/peserta").get_data(as_text=True)
    assert "kursi roda" in page and "=HYPERLINK(1)" in page
    table = officer.get(f"/meja/agenda/{row.slug}/peserta.csv")
    assert "attachment" in table.headers["Content-Disposition"]
    assert "'=HYPERLINK" in table.get_data(as_text=True)
    assert client.get(f"/meja/agenda/{row.slug}/peserta").status_code == 303


def test_minutes_cancelling_and_links_are_said_to_everybody(head, agency, client, db):
    yesterday = clock.now().replace(microsecond=0)
    row = make.make_gathering(
        agency, starts_at=yesterday - make.timedelta(days=1), ends_at=yesterday - make.timedelta(hours=22)
    )
    case, secret = make.make_case(), make.make_case(secret=True)
    path = f"/meja/agenda/{row.slug}"
    answer = head.post(f"{path}/kiriman", references=f"{case.reference} {secret.reference}")
    assert answer.status_code == 303
    assert db.session.query(GatheringSubmission).one().submission_id == case.id
    assert head.post(f"{path}/kiriman", references="bukan nomor").status_code == 422
    assert head.post(f"{path}/hasil", version="1", minutes_id="pendek").status_code == 422
    said = "Disepakati: dermaga diperbaiki tahun depan."
    assert head.post(f"{path}/hasil", version="1", minutes_id=said).status_code == 303
    assert head.post(f"{path}/hasil", version="1", minutes_id=said).status_code == 409
    page = client.get(f"/agenda/{row.slug}").text
    assert said in page and case.title in page
    assert head.post(f"{path}/batal", reason="").status_code == 422
    assert head.post(f"{path}/batal", reason="Aula kebanjiran semalam").status_code == 303
    assert "Aula kebanjiran semalam" in client.get(f"/agenda/{row.slug}").text
