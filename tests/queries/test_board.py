"""The board for heads and the city's leaders: it equals a naive recount, without a trace of secret cases."""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from portal.models import (
    Answer,
    AnswerKind,
    Endorsement,
    Endorser,
    Kind,
    LandStatus,
    LinkType,
    PartnershipStage,
    PlanningProposal,
    ProgramLink,
    ReasonCode,
    Status,
    Submission,
    Verdict,
)
from portal.queries import board
from portal.queries.board import Cause
from portal.rules import visibility
from tests import factories as make
from tests.factories import MONDAY

AT = make.at(27, 10)
LATE = {Status.RECEIVED, Status.IN_REVIEW, Status.ASSIGNED, Status.IN_PROGRESS}
OPEN = {
    Status.RECEIVED,
    Status.IN_REVIEW,
    Status.NEEDS_INFO,
    Status.ASSIGNED,
    Status.ANSWERED,
    Status.IN_PROGRESS,
    Status.DEFERRED,
}


@pytest.fixture(params=[1, 2, 3])
def city(request, db):
    """Two agencies with submissions, drafts of answers, programs and links, drawn by chance."""
    chance = random.Random(request.param)
    agencies = [make.make_agency(), make.make_agency()]
    categories = [make.make_category() for _ in range(2)]
    officer, programs = make.make_user(), [make.make_program(agencies[number % 2]) for number in range(4)]
    for _ in range(160):
        case = make.make_case(
            kind=chance.choice([Kind.PROBLEM, Kind.IDEA, Kind.QUESTION, Kind.THANKS]),
            secret=chance.random() < 0.2,
            received_at=AT - timedelta(hours=chance.randint(1, 24 * 450)),
            agency_id=chance.choice([None, *(agency.id for agency in agencies)]),
            category_id=chance.choice([None, *(category.id for category in categories)]),
            ward_code=chance.choice([None, "12.73.01.1001", "12.73.02.1001"]),
            officer_id=chance.choice([None, officer.id]),
            due_at=chance.choice([AT - timedelta(hours=chance.randint(1, 900)), AT + timedelta(hours=5)]),
            paused_at=chance.choice([None, None, None, MONDAY]),
            handovers=chance.choice([0, 0, 1]),
            support_count=chance.choice([0, 0, 3, 12]),
            closed_at=chance.choice([None, AT - timedelta(days=chance.randint(1, 500))]),
            reason_code=chance.choice([None, *ReasonCode]),
        )
        case.status = chance.choice([status for status in Status if status is not Status.MERGED])
        case.listed = visibility.listed(case)
        if chance.random() < 0.2:
            db.session.add(
                Answer(
                    submission_id=case.id,
                    kind=AnswerKind.ANSWER,
                    text="Sedang kami siapkan.",
                    updated_at=AT,
                    published_at=chance.choice([None, AT]),
                )
            )
        for program in chance.sample(programs, chance.choice([0, 0, 0, 1, 2])):
            link(db, case, program)
    db.session.commit()
    return [None, [agencies[0].id], [agency.id for agency in agencies]], programs


def link(db, case, program) -> None:
    db.session.add(
        ProgramLink(
            submission_id=case.id,
            program_id=program.id,
            type=LinkType.ANSWERS,
            sentence="Lampu jalan dipasang lewat program ini.",
            created_at=MONDAY,
        )
    )
    db.session.flush()


def cases_of(db, scope) -> list[Submission]:
    return [one for one in db.session.query(Submission) if scope is None or one.agency_id in scope]


def cause_of(db, case) -> Cause:
    drafts = [one for one in db.session.query(Answer) if one.submission_id == case.id]
    if case.agency_id is None:
        return Cause.TRIAGE
    if any(one.published_at is None for one in drafts):
        return Cause.UNPUBLISHED
    if case.status is Status.IN_PROGRESS:
        return Cause.PROMISE
    if case.handovers:
        return Cause.HANDED_ON
    return Cause.WORK if case.officer_id else Cause.NO_OFFICER


def late(db, scope) -> list[Submission]:
    return [
        case
        for case in cases_of(db, scope)
        if not case.secret and case.status in LATE and case.due_at and case.due_at < AT and not case.paused_at
    ]


def test_what_is_late_and_why_equals_a_naive_recount(city, db):
    for scope in city[0]:
        wanted = defaultdict(Counter)
        for case in late(db, scope):
            wanted[case.agency_id][cause_of(db, case)] += 1
        assert board.late_causes(scope, at=AT) == wanted
        assert scope is not None or len({cause for found in wanted.values() for cause in found}) > 2
        order = sorted(late(db, scope), key=lambda case: (case.due_at, case.id))[: board.TOP]
        found = board.latest(scope, at=AT)
        assert [(row.reference, row.cause) for row in found] == [
            (case.reference, cause_of(db, case)) for case in order
        ]


def test_what_blocks_equals_a_naive_recount(city, db):
    for scope in city[0]:
        wanted = defaultdict(Counter)
        for case in cases_of(db, scope):
            recent = case.closed_at is not None and case.closed_at >= AT - board.YEAR
            if not case.secret and recent and case.reason_code:
                wanted[case.reason_code][case.status] += 1
        lines = [(code, one[Status.DECLINED], one[Status.DEFERRED]) for code, one in wanted.items()]
        lines = [line for line in lines if line[1] + line[2]]
        assert lines
        assert board.reasons(scope, at=AT) == sorted(lines, key=lambda line: (-line[1] - line[2], line[0]))


def test_the_programs_that_answer_most_demand_equal_a_naive_recount(city, db):
    scopes, programs = city
    for scope in scopes:
        wanted = []
        for program in programs:
            ids = {one.submission_id for one in db.session.query(ProgramLink) if one.program_id == program.id}
            behind = [case for case in cases_of(db, None) if case.id in ids and case.listed]
            if behind and (scope is None or program.agency_id in scope):
                wanted.append((program.code, len(behind), sum(case.support_count for case in behind)))
        wanted.sort(key=lambda line: (-line[1] - line[2], line[0]))
        found = board.answered_demand(scope)
        assert [(one.code, one.number, one.supports) for one in found] == wanted
        assert found


def test_the_demand_that_no_program_answers_equals_a_naive_recount(city, db):
    linked = {one.submission_id for one in db.session.query(ProgramLink)}
    for scope in city[0]:
        wanted = defaultdict(list)
        for case in cases_of(db, scope):
            asks = case.kind in (Kind.PROBLEM, Kind.IDEA) and case.status in OPEN
            if case.listed and asks and case.id not in linked and case.received_at >= AT - board.YEAR:
                wanted[case.category_id, case.ward_code].append(case.support_count)
        groups = {key: sums for key, sums in wanted.items() if len(sums) > 1 or sum(sums)}
        found = board.open_demand(scope, at=AT, size=1000)
        assert {(one.category_id, one.ward_code): (one.number, one.supports) for one in found} == {
            key: (len(sums), sum(sums)) for key, sums in groups.items()
        }
        voices = [one.number + one.supports for one in found]
        assert voices == sorted(voices, reverse=True)
        assert len(board.open_demand(scope, at=AT)) <= board.TOP


def test_questions_and_thanks_are_no_demand_for_a_program(db):
    for kind in (Kind.QUESTION, Kind.THANKS):
        make.make_case(kind=kind, support_count=40)
    assert board.open_demand(None, at=AT) == []


def test_the_title_of_a_case_whose_text_waits_or_is_hidden_is_not_read(db):
    fields = {"agency_id": make.make_agency().id, "due_at": MONDAY}
    make.make_case(text_public=False, **fields)
    make.make_case(hidden_code=make.HideCode.INSULT, **fields)
    assert [row.title for row in board.latest(None, at=AT)] == ["", ""]


def test_secret_cases_leave_no_trace(db):
    agency = make.make_agency()
    secret = make.make_case(Status.ASSIGNED, secret=True, agency=agency, due_at=MONDAY, support_count=9)
    link(db, secret, make.make_program(agency))
    make.make_case(Status.DECLINED, secret=True, agency=agency)
    proposal = make.make_case(Status.ACCEPTED, Kind.PARTNERSHIP, secret=True, agency=agency)
    make.make_partnership(case=proposal, stage=PartnershipStage.ACTIVE, ends_on=date(2026, 12, 1))
    write(db, secret, agency)
    db.session.flush()
    for scope in (None, [agency.id]):
        assert board.late_causes(scope, at=AT) == {}
        assert board.latest(scope, at=AT) == []
        assert board.reasons(scope, at=AT) == []
        assert board.answered_demand(scope) == []
        assert board.open_demand(scope, at=AT) == []
        assert board.partnership_stages(scope) == {}
        assert board.partnerships_ending(scope, until=date(2027, 1, 1)) == []
        assert board.planning(scope) == []


def test_partnerships_are_counted_by_stage_and_the_soonest_end_comes_first(db):
    agency, other = make.make_agency(), make.make_agency()
    later = make.make_partnership(agency, stage=PartnershipStage.ACTIVE, ends_on=date(2027, 1, 20))
    sooner = make.make_partnership(other, stage=PartnershipStage.EXTENDED, ends_on=date(2026, 12, 3))
    make.make_partnership(agency, stage=PartnershipStage.ACTIVE, ends_on=date(2028, 1, 1))
    make.make_partnership(agency, stage=PartnershipStage.STOPPED, ends_on=date(2026, 12, 1))
    stages = board.partnership_stages([agency.id])
    assert stages == {PartnershipStage.ACTIVE: 2, PartnershipStage.STOPPED: 1}
    ends = [ends_on for _ref, _title, ends_on in board.partnerships_ending(None, until=date(2027, 2, 25))]
    assert ends == [sooner.ends_on, later.ends_on]


def write(db, case, agency, year=2028, given=()) -> None:
    """Write a case for the planning of a year, with what endorsers said."""
    db.session.add(
        PlanningProposal(
            submission_id=case.id,
            year=year,
            problem="Talud pantai retak.",
            agency_id=agency.id,
            land_status=next(iter(LandStatus)),
            created_at=MONDAY,
            updated_at=MONDAY,
        )
    )
    db.session.flush()
    for endorser, verdict in given:
        db.session.add(
            Endorsement(
                submission_id=case.id,
                endorser=endorser,
                verdict=verdict,
                given_on=date(2026, 11, 9),
                at=MONDAY,
            )
        )


def test_aspirations_of_a_year_are_counted_once_and_by_who_recommended_them(db):
    agency, other = make.make_agency(), make.make_agency()
    yes, changed, no = Verdict.RECOMMENDED, Verdict.CHANGED, Verdict.NOT_RECOMMENDED
    chains = (
        [(Endorser.WARD_HEAD, yes), (Endorser.DISTRICT_HEAD, changed), (Endorser.AGENCY, yes)],
        [(Endorser.WARD_HEAD, yes), (Endorser.DISTRICT_HEAD, no)],
        [],
    )
    for chain in chains:
        write(db, make.make_case(Status.ASSIGNED, Kind.IDEA, agency=agency), agency, given=chain)
    write(db, make.make_case(Status.ASSIGNED, Kind.IDEA, agency=other), other, year=2027)
    db.session.flush()
    (mine,) = board.planning([agency.id])
    assert (mine.year, mine.number) == (2028, 3)
    assert list(mine.recommended.values()) == [2, 1, 1, 0]
    assert [one.year for one in board.planning(None)] == [2028, 2027]
