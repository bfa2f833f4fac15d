"""The weekly summary: once for each head and week, and nothing in it that may not be mailed."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import jobs
from portal.core.database import transaction
from portal.models import IdentityMode, OutboxMessage, OutboxState, Role, Status
from portal.queries import weekly as queries
from portal.services import cases, weekly
from tests import factories as make
from tests.factories import at
from tests.support.jobs import send_due, use

MONDAY = at(23, 7)


@pytest.fixture
def agency(db):
    return make.make_agency(name_id="Dinas Talud", name_en="Embankment Agency")


@pytest.fixture
def head(agency):
    return make.make_user(Role.HEAD, agency, email="kepala@contoh.example")


def late(agency, **fields):
    """Return a case whose deadline passed on Friday."""
    return make.make_case(Status.ASSIGNED, agency=agency, due_at=at(20, 16), **fields)


def rows(db):
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "staff_weekly")))


def test_each_head_gets_one_a_week_however_often_the_clock_runs(db, head):
    assert weekly.queue_due(at(23, 6, 59)) == 0
    assert [weekly.queue_due(at(number, 8)) for number in range(23, 30)] == [1, 0, 0, 0, 0, 0, 0]
    assert weekly.queue_due(at(30, 8)) == 1
    assert [row.dedupe_key for row in rows(db)] == [
        f"staff_weekly:2026-W48:{head.id}",
        f"staff_weekly:2026-W49:{head.id}",
    ]


def test_a_clock_that_stood_still_on_monday_still_sends_it_that_week(db, head):
    assert weekly.queue_due(at(29, 23)) == 1


def test_over_new_year_it_leaves_once(db, head):
    moments = (at(28, 8, month=12), at(31, 8, month=12), at(1, 8, month=1, year=2027))
    assert sum(weekly.queue_due(moment) for moment in moments) == 1


def test_two_workers_at_once_queue_it_once(db, head, monkeypatch):
    monkeypatch.setattr(queries, "told", lambda prefix: set())  # neither sees what the other does
    weekly.queue_due(MONDAY)
    weekly.queue_due(MONDAY)
    assert len(rows(db)) == 1


def test_only_active_heads_who_want_it_get_it(db, agency, head):
    make.make_user(Role.OFFICER, agency)
    make.make_user(Role.TRIAGE)
    make.make_user(Role.HEAD, agency, active=False)
    make.make_user(Role.HEAD, agency, weekly_summary=False)
    weekly.queue_due(MONDAY)
    assert [row.recipient_id for row in rows(db)] == [head.id]


def test_a_head_of_two_agencies_gets_both_in_one(db, agency):
    user = make.make_user(Role.HEAD, agency)
    other = make.make_agency()
    user.memberships.append(type(user.memberships[0])(role=Role.HEAD, agency_id=other.id))
    for one in (agency, other):
        late(one)
    assert weekly.queue_due(MONDAY) == 1
    week = queries.week_of(user, at=MONDAY)
    assert (week.agency_ids, week.overdue) == (tuple(sorted((agency.id, other.id))), 2)


def test_it_counts_what_waits_in_the_agencies_of_the_head_alone(db, agency, head):
    late(agency)
    late(make.make_agency())
    make.make_case(Status.ASSIGNED, agency=agency, due_at=at(27, 16), received_at=at(20))
    make.make_case(Status.ASSIGNED, agency=agency, due_at=at(30, 16), received_at=at(20))
    make.make_case(Status.ASSIGNED, agency=agency, due_at=at(30, 16), received_at=at(20), reopened=1)
    make.make_case(Status.DONE, agency=agency)
    drafted = make.make_case(Status.ASSIGNED, agency=agency, due_at=at(30, 16), received_at=at(20))
    make.make_answer(drafted, published_at=None)
    week = queries.week_of(head, at=at(23, 8))
    assert (week.overdue, week.due, week.reopened, week.unanswered, week.drafts) == (1, 1, 1, 0, 1)
    assert len(week.lines) == 3
    assert queries.week_of(head, at=at(25, 8)).unanswered == 1


@pytest.fixture
def mail(db, app, smtp, head):
    """Send the summary and return it, or None when none left."""

    moment = at(23, 8)

    def send():
        use(app, smtp)
        with time_machine.travel(moment, tick=False):
            with transaction():
                weekly.queue_due(moment)
            send_due(app, moment)
        found = smtp.to("kepala@contoh.example")
        return found[-1] if found else None

    return send


def test_the_mail_names_the_cases_and_leads_to_them(agency, mail):
    case = late(agency, title="Talud ujung gang longsor")
    said = mail()
    assert "1 lewat batas" in said.message["Subject"]
    for part in (said.text, said.html):
        assert "Dinas Talud" in part
        assert f"{case.reference} Talud ujung gang longsor" in part
        assert f"/meja/k/{case.reference}" in part
        assert "/meja/antrean/overdue" in part
        assert "/akun" in part
        assert "/meja/cuti" not in part
    assert "<a href=" in said.html


def test_in_english_for_a_head_who_reads_english(agency, head, mail):
    head.locale = "en"
    late(agency)
    assert "/en/meja/k/" in mail().text


def test_secret_and_shielded_cases_are_named_by_their_number_alone(agency, mail):
    hidden = [
        late(agency, title="KENARI RAHASIA", secret=True),
        late(agency, title="KENARI ANONIM", identity_mode=IdentityMode.SHIELDED),
    ]
    said = mail()
    assert "KENARI" not in said.message.as_string() + said.text + said.html
    for case in hidden:
        assert case.reference in said.text


def test_a_secret_case_that_names_the_head_is_not_there_at_all(agency, head, mail):
    named = late(agency, secret=True, named=head)
    late(agency)
    said = mail()
    assert named.reference not in said.text
    assert "1 lewat batas" in said.message["Subject"]


def test_it_says_what_is_true_when_it_leaves(db, agency, head, app, smtp):
    case = late(agency)
    kept = late(agency)
    weekly.queue_due(MONDAY)
    case.agency_id = make.make_agency().id
    use(app, smtp)
    send_due(app, MONDAY + timedelta(minutes=1))
    [said] = smtp.messages
    assert case.reference not in said.text
    assert kept.reference in said.text


def test_where_nothing_waits_nothing_is_sent(db, head, mail):
    assert mail() is None
    assert [(row.state, row.last_error) for row in rows(db)] == [(OutboxState.NO_ADDRESS, "nothing_to_tell")]


def test_it_is_not_sent_to_who_is_head_no_more(db, agency, head, mail):
    late(agency)
    weekly.queue_due(at(23, 7, 30))
    head.memberships.clear()
    assert mail() is None


def test_the_clock_job_queues_it(db, agency, head):
    late(agency)
    db.session.commit()
    with time_machine.travel(at(24, 9), tick=False):
        jobs.due()
    assert len(rows(db)) == 1


def test_what_came_back_is_told_to_the_head_with_its_reason_on_the_desk(db, agency, head):
    case = make.make_case(Status.DONE, agency=agency)
    moment = case.contest_until - timedelta(days=2)
    cases.not_done(case, reason="Masih longsor.", actor=make.reporter(case), at=moment)
    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "staff_reopened"))
    assert [row.recipient_id for row in told] == [head.id]
