"""Meetings: agenda, decisions, closing, and the mail that follows."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.models import Event, MeetingStatus, Note, OutboxMessage, Role, Status
from portal.queries import meetings as reads
from portal.queries.meetings import Pile
from portal.services import meetings
from portal.services.errors import NotPermitted, StaleVersion
from portal.services.meetings import AgendaEmpty, AgendaFull, MeetingClosed
from tests.factories import MONDAY, actor, at, make_agency, make_case, make_meeting, make_user

NOW = at(12)


@pytest.fixture
def agency(db):
    return make_agency()


@pytest.fixture
def chair(agency):
    return make_user(Role.HEAD, agency)


def agenda(meeting):
    return [row.case.reference for row in reads.agenda(meeting.id)]


def only(meeting):
    (row,) = reads.agenda(meeting.id)
    return row


def decide(meeting, who, **changes):
    row = only(meeting)
    given = {"decision": "Perbaiki pekan ini", "owner_id": None, "due_on": None, "version": row.item.version}
    return meetings.decide(meeting, row.item, row.case, actor=actor(who), at=NOW, **(given | changes))


def test_whoever_calls_a_meeting_and_the_chair_take_part(agency, chair):
    caller = make_user(Role.OFFICER, agency)
    made = meetings.create(
        title="Rapat", place="Aula", starts_at=NOW, agency_id=agency.id, chair_id=chair.id, people=[],
        actor=actor(caller), at=NOW,
    )  # fmt: skip
    assert reads.invited(made.id) == {caller.id, chair.id}
    assert len(made.token) >= 32


def test_nobody_invites_people_of_another_agency_but_coordinators_do(agency, chair):
    stranger = make_user(Role.OFFICER, make_agency())
    call = {"title": "Rapat", "place": "", "starts_at": NOW, "chair_id": chair.id, "people": [stranger.id]}
    with pytest.raises(NotPermitted):
        meetings.create(agency_id=agency.id, actor=actor(chair), at=NOW, **call)
    with pytest.raises(NotPermitted):
        meetings.create(agency_id=None, actor=actor(chair), at=NOW, **(call | {"people": []}))
    made = meetings.create(agency_id=None, actor=actor(make_user(Role.TRIAGE)), at=NOW, **call)
    assert stranger.id in reads.invited(made.id)


def test_a_guest_stays_when_the_head_edits_the_list(agency, chair):
    guest = make_user(Role.OFFICER, make_agency())
    meeting = make_meeting(agency, chair=chair, people=(guest,))
    given = {"title": "Rapat baru", "place": "", "starts_at": NOW, "chair_id": chair.id}
    meetings.edit(meeting, people=[guest.id], actor=actor(chair), version=1, **given)
    assert reads.invited(meeting.id) == {guest.id, chair.id}
    meetings.edit(meeting, people=[], actor=actor(chair), version=2, **given)
    assert reads.invited(meeting.id) == {chair.id}
    with pytest.raises(StaleVersion):
        meetings.edit(meeting, people=[], actor=actor(chair), version=2, **given)


def test_cases_come_at_the_end_once_and_only_those_that_one_may_read(agency, chair):
    one, two = make_case(Status.ASSIGNED, agency=agency), make_case(Status.ASSIGNED, agency=agency)
    meeting = make_meeting(agency, one, chair=chair)
    assert meetings.add_cases(meeting, [two, one, two], actor=actor(chair), at=NOW) == 1
    assert agenda(meeting) == [one.reference, two.reference]
    with pytest.raises(NotPermitted):
        foreign = make_case(Status.ASSIGNED, agency=make_agency())
        meetings.add_cases(meeting, [foreign], actor=actor(chair), at=NOW)


def test_an_agenda_has_an_end(agency, chair, monkeypatch):
    monkeypatch.setattr(meetings, "MOST_ITEMS", 1)
    meeting = make_meeting(agency, make_case(Status.ASSIGNED, agency=agency), chair=chair)
    with pytest.raises(AgendaFull):
        meetings.add_cases(meeting, [make_case(Status.ASSIGNED, agency=agency)], actor=actor(chair), at=NOW)


def test_items_move_up_and_down_and_stay_at_the_ends(agency, chair):
    cases = [make_case(Status.ASSIGNED, agency=agency) for _ in range(3)]
    a, b, c = (case.reference for case in cases)
    meeting = make_meeting(agency, *cases, chair=chair)
    first, _, last = (row.item.id for row in reads.agenda(meeting.id))
    who = actor(chair)
    meetings.move(meeting, last, -1, actor=who, at=clock.now())
    assert agenda(meeting) == [a, c, b]
    meetings.move(meeting, first, -1, actor=who, at=clock.now())
    assert agenda(meeting) == [a, c, b]
    meetings.move(meeting, first, 1, actor=who, at=clock.now())
    assert agenda(meeting) == [c, a, b]
    meetings.remove(meeting, first, actor=who)
    meetings.remove(meeting, first, actor=who)
    assert agenda(meeting) == [c, b]


def test_a_decision_is_kept_and_written_into_the_case_as_a_note(agency, chair, db):
    case = make_case(Status.ASSIGNED, agency=agency)
    meeting = make_meeting(agency, case, chair=chair)
    before = (case.status, case.version)
    assert decide(meeting, chair, owner_id=chair.id, due_on=date(2026, 12, 1), note="Keputusan rapat")
    row = only(meeting)
    assert (row.item.decision, row.item.owner_id, row.item.decided_by_id) == (
        "Perbaiki pekan ini", chair.id, chair.id,
    )  # fmt: skip
    assert [note.body for note in db.session.scalars(select(Note))] == ["Keputusan rapat"]
    newest = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert (newest.action, newest.public) == ("note", False)
    assert (case.status, case.version) == before


def test_the_same_decision_twice_writes_one_note(agency, chair, db):
    meeting = make_meeting(agency, make_case(Status.ASSIGNED, agency=agency), chair=chair)
    assert decide(meeting, chair, note="sekali")
    assert not decide(meeting, chair, note="sekali")
    assert decide(meeting, chair, owner_id=chair.id, note="sekali")  # the words are the same
    assert len(db.session.scalars(select(Note)).all()) == 1


def test_the_second_of_two_secretaries_is_told(agency, chair):
    meeting = make_meeting(agency, make_case(Status.ASSIGNED, agency=agency), chair=chair)
    decide(meeting, chair)
    with pytest.raises(StaleVersion):
        decide(meeting, chair, decision="Lain", version=1)
    assert not decide(meeting, chair, version=1)  # the same press again


def test_an_empty_text_takes_a_decision_back(agency, chair):
    meeting = make_meeting(agency, make_case(Status.ASSIGNED, agency=agency), chair=chair)
    decide(meeting, chair)
    decide(meeting, chair, decision=" \u200b ")
    assert only(meeting).item.decided_at is None


def test_nobody_decides_on_a_case_that_they_may_not_read(chair, agency):
    meeting = make_meeting(agency, make_case(Status.ASSIGNED, agency=make_agency()), chair=chair)
    with pytest.raises(NotPermitted):
        decide(meeting, chair)


def test_officers_of_the_agency_and_guests_change_nothing(agency, chair):
    guest = make_user(Role.HEAD, make_agency())
    meeting = make_meeting(agency, make_case(Status.ASSIGNED, agency=agency), chair=chair, people=(guest,))
    for who in (actor(make_user(Role.OFFICER, agency)), actor(guest)):
        for change in (
            lambda who: meetings.add_cases(meeting, [], actor=who, at=NOW),
            lambda who: meetings.move(meeting, 1, 1, actor=who, at=clock.now()),
            lambda who: meetings.remove(meeting, 1, actor=who),
            lambda who: meetings.attend(meeting, [], actor=who),
            lambda who: meetings.close(meeting, remarks="", actor=who, at=NOW, version=1),
        ):
            with pytest.raises(NotPermitted):
                change(who)


def test_an_empty_agenda_cannot_be_closed(agency, chair):
    meeting = make_meeting(agency, chair=chair)
    with pytest.raises(AgendaEmpty):
        meetings.close(meeting, remarks="", actor=actor(chair), at=NOW, version=1)


def test_closing_fixes_the_minutes_and_mails_everybody_invited_once(agency, chair, db):
    guest = make_user(Role.OFFICER, make_agency())
    meeting = make_meeting(agency, make_case(Status.ASSIGNED, agency=agency), chair=chair, people=(guest,))
    meetings.attend(meeting, [guest.id], actor=actor(chair))
    assert {one.user_id for one in reads.people(meeting.id) if one.present} == {guest.id}
    meetings.close(meeting, remarks="Selesai tepat waktu", actor=actor(chair), at=NOW, version=1)
    assert (meeting.status, meeting.closed_at) == (MeetingStatus.CLOSED, NOW)
    rows = db.session.scalars(select(OutboxMessage)).all()
    assert {(row.kind, row.recipient_id, row.digest) for row in rows} == {
        ("staff_minutes", chair.id, False), ("staff_minutes", guest.id, False),
    }  # fmt: skip
    for change in (
        lambda: decide(meeting, chair),
        lambda: meetings.attend(meeting, [], actor=actor(chair)),
        lambda: meetings.close(meeting, remarks="", actor=actor(chair), at=NOW, version=2),
    ):
        with pytest.raises(MeetingClosed):
            change()


def test_a_correction_stands_below_what_was_there(agency, chair):
    meeting = make_meeting(agency, chair=chair, status=MeetingStatus.CLOSED, remarks="Catatan")
    meetings.correct(meeting, text="Tanggalnya 3 Des.", head="Ralat:", actor=actor(chair), version=1)
    assert meeting.remarks == "Catatan\n\nRalat:\nTanggalnya 3 Des."
    with pytest.raises(MeetingClosed):
        meetings.correct(make_meeting(agency, chair=chair), text="x", head="", actor=actor(chair), version=1)


# --- what people see -------------------------------------------------------------------------------------


def test_a_secret_case_is_not_on_the_agenda_of_whoever_may_not_read_it(agency, chair):
    guest = make_user(Role.OFFICER, make_agency())
    open_case = make_case(Status.ASSIGNED, agency=agency)
    secret = make_case(Status.ASSIGNED, agency=agency, secret=True)
    meeting = make_meeting(agency, secret, open_case, chair=chair, people=(guest,))
    (row,) = reads.seen(meeting.id, actor(guest), at=NOW)
    assert (row.number, row.case.id, row.readable, row.title) == (1, open_case.id, False, "")
    assert [one.title for one in reads.seen(meeting.id, actor(chair), at=NOW)] == ["", open_case.title]


def test_lists_show_ones_own_meetings_the_latest_first_page_by_page(agency, chair):
    for day in range(1, 6):
        make_meeting(agency, chair=chair, starts_at=at(day), title=f"Rapat {day}")
    make_meeting(make_agency(), chair=make_user(Role.HEAD, make_agency()), title="Rapat lain")
    who = actor(chair)
    first = reads.listed(who, size=2)
    assert [row.title for row in first] == ["Rapat 5", "Rapat 4"]
    second = reads.listed(who, first.next_cursor, size=2)
    assert [row.title for row in second] == ["Rapat 3", "Rapat 2"]
    assert [row.title for row in reads.listed(who, second.previous_cursor, size=2)] == ["Rapat 5", "Rapat 4"]
    last = reads.listed(who, second.next_cursor, size=2)
    assert [row.title for row in last] == ["Rapat 1"]
    assert last.next_cursor is None


def test_the_three_piles_are_offered_without_what_is_on_the_agenda(agency, chair):
    late = make_case(Status.ASSIGNED, agency=agency, due_at=MONDAY)
    deferred = make_case(Status.DEFERRED, agency=agency, review_on=date(2026, 11, 14))
    make_case(Status.DEFERRED, agency=agency, review_on=date(2027, 3, 1))
    make_case(Status.ASSIGNED, agency=make_agency(), due_at=MONDAY)
    planned = make_case(Status.ASSIGNED, agency=agency, due_at=MONDAY)
    meeting = make_meeting(agency, planned, chair=chair)

    def pile(which):
        return [row.reference for row in reads.offered(meeting, which, actor(chair), at=NOW)]

    assert pile(Pile.OVERDUE) == [late.reference]
    assert pile(Pile.DEFERRED) == [deferred.reference]
    assert pile(Pile.REOPENED) == []


def test_cases_that_their_reporter_reopened_are_offered(agency, chair):
    from portal.services import cases
    from tests.factories import reporter

    case = make_case(Status.ANSWERED, agency=agency)
    cases.not_done(case, reason="Masih padam juga", actor=reporter(case), at=NOW)
    meeting = make_meeting(agency, chair=chair)
    rows = reads.offered(meeting, Pile.REOPENED, actor(chair), at=NOW)
    assert [row.reference for row in rows] == [case.reference]
