"""The front of the desk: what waits today, and what citizens said."""

import re

import pytest
import time_machine

from portal.models import Role, Status
from portal.queries import satisfaction, today
from portal.services import cases
from tests import factories as make
from tests.factories import at
from tests.support.html import text_of

NOW = at(24, 10)


@pytest.fixture(autouse=True)
def on_a_tuesday():
    with time_machine.travel(NOW, tick=False):
        yield


def case(agency, **fields):
    return make.make_case(
        Status.ASSIGNED, **{"agency": agency, "received_at": at(18), "due_at": at(30, 16)} | fields
    )


def test_an_empty_desk_says_so(officer):
    assert "Tidak ada yang mendesak." in text_of(officer.get("/meja"))


def test_only_what_waits_is_named_and_each_leads_to_its_list(officer, agency):
    case(agency, due_at=at(20, 16))
    due = case(agency, due_at=at(24, 16))
    case(agency, reopened=1)
    page = officer.get("/meja")
    front = page.get_data(as_text=True).split('class="front"')[1].split("</ul>")[0]
    assert re.findall(r"<b>(\d+)</b> ([^<]+)<", front) == [
        ("1", "lewat batas"),
        ("1", "jatuh tempo hari ini"),
        ("1", "dibuka lagi, kata warga belum selesai"),
    ]
    links = re.findall(r'href="([^"]+)"', front)
    rows = [officer.get(link.replace("&amp;", "&")).get_data(as_text=True) for link in links]
    assert [len(re.findall(r'class="case-row[ "]', row)) for row in rows] == [1, 1, 1]
    assert due.reference in rows[1]


def test_a_reply_and_a_draft_lead_to_their_cases(publisher, agency):
    replied = case(agency, updated_at=at(23, 9))
    make.make_question(replied, asked_at=at(20), replied_at=at(23, 9), reply="Nomor 12.")
    drafted = case(agency)
    make.make_answer(drafted, published_at=None)
    moved = case(agency, updated_at=at(23, 12))
    make.make_question(moved, asked_at=at(20), replied_at=at(23, 9), reply="Nomor 13.")
    found = today.today(make.actor(publisher.user), at=NOW)
    assert (found.replied, found.drafts) == ((replied.reference,), 1)
    page = publisher.get("/meja").get_data(as_text=True)
    assert f"nomor={replied.reference}" in page
    assert "1 draf jawaban menunggu diterbitkan" in text_of(publisher.get("/meja"))
    assert drafted.reference in publisher.get("/meja/antrean/drafts").get_data(as_text=True)


def test_triage_sees_what_waits_to_be_sorted(triage):
    make.make_case(received_at=at(23))
    make.make_case(Status.IN_REVIEW, received_at=at(20), reopened=1)
    said = text_of(triage.get("/meja"))
    assert "2 menunggu dipilah" in said
    assert "1 dibuka lagi" in said


def test_another_agency_is_not_counted(officer):
    other = make.make_agency()
    case(other, due_at=at(20, 16))
    make.make_case(Status.DONE, agency=other, closed_at=at(20))
    said = text_of(officer.get("/meja"))
    assert "Tidak ada yang mendesak." in said
    assert "Kata warga" not in said


def test_a_list_has_no_front(officer, agency):
    case(agency, due_at=at(20, 16))
    assert "Hari ini" not in text_of(officer.get("/meja/antrean/overdue"))


def done(agency, **fields):
    return make.make_case(
        Status.DONE,
        **{"agency": agency, "closed_at": at(20), "answered_at": at(16), "answered_in_days": 4} | fields,
    )


def test_silence_is_counted_apart_and_small_numbers_give_no_rate(officer, agency):
    done(agency, confirmed=True)
    done(agency)
    case(agency, reopened=1, confirmed=False, updated_at=at(23), answered_at=at(16), answered_on_time=False)
    figures = satisfaction.by_agency([agency.id], at=NOW)[agency.id]
    assert (figures.yes, figures.silent, figures.not_yet) == (1, 1, 1)
    assert (figures.answered, figures.on_time, figures.reopened, figures.median_days) == (3, 2, 1, None)
    said = text_of(officer.get("/meja"))
    assert "1 dari 3" in said
    assert "%" not in said
    assert "Dahulukan yang kata warga belum selesai." in said


def test_from_five_on_there_are_rates_and_a_median(officer, agency):
    for _ in range(5):
        done(agency, confirmed=True)
    said = text_of(officer.get("/meja"))
    assert "5 dari 5 (100%)" in said
    assert "4 hari kerja" in said


def test_a_median_of_one_day_is_one_working_day(officer, agency):
    for _ in range(5):
        done(agency, confirmed=True, answered_in_days=1)
    assert "1 working day " in f"{text_of(officer.get('/en/meja'))} "


def test_what_is_older_than_90_days_is_not_counted(agency):
    done(agency, closed_at=at(20, month=8), answered_at=at(20, month=8))
    assert satisfaction.by_agency([agency.id], at=NOW) == {}


def test_secret_cases_are_in_no_figure(agency):
    done(agency, secret=True)
    assert satisfaction.by_agency([agency.id], at=NOW) == {}


def test_triage_sees_a_table_of_the_agencies(triage, agency):
    done(agency, confirmed=True)
    done(make.make_agency(short_id="Dinas Kedua"))
    said = text_of(triage.get("/meja"))
    assert "Kata warga per dinas" in said
    assert "sudah selesai: 1 dari 1" in said
    assert "Dinas Kedua" in said


def test_the_case_says_plainly_that_citizens_call_it_unfinished(head, agency, client, db):
    finished = done(agency, contest_until=at(30))
    cases.not_done(finished, reason="Masih longsor di ujung.", actor=make.reporter(finished), at=NOW)
    db.session.commit()
    page = head.open(finished).get_data(as_text=True)
    assert "Kata warga: belum selesai" in page
    assert "Masih longsor di ujung." in page
    assert "Dibuka lagi" in head.get("/meja/antrean/agency").get_data(as_text=True)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.HEAD, Role.TRIAGE])
def test_the_front_takes_few_questions(at_desk, agency, db, count_queries, role):
    desk = at_desk(role, None if role is Role.TRIAGE else agency)
    for _ in range(3):
        case(agency, due_at=at(20, 16))
        done(agency)
    actor = make.actor(desk.user)
    db.session.commit()  # what the cases left to be written is no question of the front
    with count_queries() as asked:
        satisfaction.by_agency([agency.id], at=NOW)
        today.today(actor, at=NOW)
    assert len(asked) <= 7
