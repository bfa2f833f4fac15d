import itertools
from datetime import timedelta

import pytest

from portal.core import clock
from portal.models import Kind, Role, Status
from portal.queries import cases
from portal.queries.cases import Filters, Queue
from portal.rules.permissions import VISITOR, can
from portal.rules.workflow import Action
from tests.factories import (
    MONDAY,
    actor,
    head,
    make_agency,
    make_answer,
    make_case,
    make_category,
    make_user,
    officer,
    triage,
)

NOW = MONDAY + timedelta(days=3)
TODAY = clock.city_date(NOW)


def references(actor_, queue: Queue = Queue.ALL, filters: Filters | None = None, **more) -> list[str]:
    return [row.reference for row in cases.queue(actor_, queue, filters or Filters(), at=NOW, **more)]


@pytest.fixture
def agency(db):
    return make_agency()


def people(agency):
    """Everybody the policy tells apart, each with a second seat elsewhere now and then."""
    other = make_agency()
    both = make_user(Role.OFFICER, agency)
    both.memberships.extend(make_user(Role.HEAD, other).memberships)
    return [
        triage(), officer(agency), officer(agency, publisher=True), head(agency), officer(other), head(other),
        actor(both), actor(make_user(Role.ADMIN)), actor(make_user(Role.COMPETENCY)), actor(make_user()),
        VISITOR,
    ]  # fmt: skip


def test_the_lists_show_exactly_what_the_policy_lets_read(agency):
    named = make_user(Role.OFFICER, agency)
    other = make_agency()
    made = [
        make_case(status, agency=where, secret=secret, named=who)
        for status, where, secret, who in itertools.product(
            (Status.RECEIVED, Status.ASSIGNED, Status.ANSWERED),
            (None, agency, other),
            (False, True),
            (None, named),
        )
        if not (status is Status.RECEIVED and where)
    ]
    for one in [*people(agency), actor(named)]:
        allowed = {case.reference for case in made if can(Action.READ, one, case, at=NOW)}
        assert set(references(one, size=100)) == allowed
        for case in made:
            found = cases.by_reference(case.reference, one, at=NOW)
            assert (found is not None) == (case.reference in allowed)


def test_every_count_is_the_length_of_its_queue(agency):
    boss = make_user(Role.HEAD, agency)
    days = (None, TODAY, TODAY + timedelta(days=1))
    for number, status in enumerate(Status):
        for where, day in itertools.product((agency, make_agency()), days):
            received = MONDAY - timedelta(days=number * 2)
            case = make_case(status, agency=where, officer=boss, received_at=received, later_until=day)
            make_answer(case, published_at=None)
    make_case(Status.ASSIGNED, agency=agency, secret=True, named=boss)
    for one in people(agency)[:8]:
        counts = cases.counts(one, at=NOW)
        assert set(counts) == set(cases.queues_of(one)) - {Queue.ALL}
        for queue, number in counts.items():
            assert number == len(references(one, queue, size=200)), (queue, one)


@pytest.mark.parametrize("queue", list(Queue))
def test_pages_of_a_queue_go_forth_and_back_without_loss(agency, queue):
    one = make_user(Role.OFFICER, agency, publisher=True)
    one.memberships.extend(make_user(Role.TRIAGE).memberships)
    status = {
        Queue.TO_SORT: Status.RECEIVED, Queue.WAITING: Status.NEEDS_INFO,
        Queue.DEFERRED: Status.DEFERRED, Queue.DONE: Status.ANSWERED,
    }.get(queue, Status.ASSIGNED)  # fmt: skip
    for number in range(11):
        received = MONDAY - timedelta(days=20, hours=number % 3) if status is Status.ASSIGNED else MONDAY
        case = make_case(
            status,
            agency=agency,
            officer=one,
            received_at=received,
            later_until=(NOW + timedelta(days=2 + number % 3)).date() if queue is Queue.LATER else None,
            **{"due_at": None} if number == 5 else {},
        )
        if queue is Queue.DRAFTS:
            make_answer(case, published_at=None)
    reader = actor(one)
    at = MONDAY + timedelta(days=30) if queue is Queue.OVERDUE else NOW
    everything = list(cases.queue(reader, queue, Filters(), at=at, size=50))
    forth, cursors, after = [], [], None
    while True:
        page = cases.queue(reader, queue, Filters(), at=at, size=4, after=after)
        forth += [row.id for row in page]
        if page.next_cursor is None:
            break
        after = page.next_cursor
        cursors.append(page.previous_cursor)
    assert forth == [row.id for row in everything]
    assert len(forth) >= 10
    back = cases.queue(reader, queue, Filters(), at=at, size=4, after=page.previous_cursor)
    assert [row.id for row in back] == forth[4:8]


@pytest.mark.parametrize("after", ["", "x", "WzAsMSwxXQ", "WzAsIngiLDFd", "W10", "é" * 20, "A" * 400])
@pytest.mark.parametrize("queue", list(Queue))
def test_a_meddled_cursor_is_harmless(agency, queue, after):
    make_case(Status.DEFERRED, agency=agency)
    assert isinstance(references(head(agency), queue, after=after), list)


def test_a_case_put_off_is_in_no_pile_until_its_day_but_never_hidden_from_view(agency):
    mine = make_user(Role.OFFICER, agency)
    case = make_case(Status.ASSIGNED, agency=agency, officer=mine, later_until=TODAY + timedelta(days=1))
    late = make_case(
        Status.ASSIGNED, agency=agency, officer=mine, due_at=NOW - timedelta(days=1),
        later_until=TODAY + timedelta(days=1),
    )  # fmt: skip
    one = actor(mine)
    assert references(one, Queue.MINE) == references(one, Queue.AGENCY) == []
    assert references(one, Queue.LATER) == [case.reference, late.reference]
    assert references(one, Queue.OVERDUE) == [late.reference]
    assert set(references(one)) == {case.reference, late.reference}
    midnight = clock.city_time(NOW).replace(hour=0, minute=0) + timedelta(days=1)
    for queue in (Queue.MINE, Queue.AGENCY, Queue.LATER):
        before = [row.id for row in cases.queue(one, queue, Filters(), at=midnight - timedelta(seconds=1))]
        after = [row.id for row in cases.queue(one, queue, Filters(), at=midnight)]
        assert (len(before), len(after)) == ((2, 0) if queue is Queue.LATER else (0, 2))


def test_each_filter_narrows(agency):
    category = make_category()
    wanted = make_case(
        Status.ASSIGNED, agency=agency, category=category, title="Dermaga gelap", body="Lampu dermaga padam."
    )
    make_case(title="Sampah menumpuk", body="Tangga Seratus penuh sampah.", ward_code=None, kind=Kind.IDEA)
    one = triage()
    for filters in (
        Filters(words="dermaga"),
        Filters(kinds=frozenset({wanted.kind})),
        Filters(category_ids=frozenset({category.id})),
        Filters(wards=frozenset({wanted.ward_code})),
        Filters(agency_ids=frozenset({agency.id})),
        Filters(statuses=frozenset({Status.ASSIGNED})),
        Filters(words="lampu padam", agency_ids=frozenset({agency.id})),
    ):
        assert references(one, filters=filters) == [wanted.reference], filters
    assert references(one, filters=Filters(words="!!! ???")) == []


def test_secret_cases_are_found_by_their_words_only_by_those_who_may_read_them(agency):
    secret = make_case(Status.ASSIGNED, agency=agency, secret=True, body="Pungutan liar di loket parkir.")
    words = Filters(words="pungutan loket")
    assert references(triage(), filters=words) == [secret.reference]
    assert references(officer(agency), filters=words) == [secret.reference]
    assert references(officer(make_agency()), filters=words) == []


def test_an_answered_case_is_not_overdue(agency):
    make_case(Status.ANSWERED, agency=agency, due_at=MONDAY - timedelta(days=9))
    make_case(Status.NEEDS_INFO, agency=agency, due_at=MONDAY - timedelta(days=9))
    assert references(triage(), Queue.OVERDUE) == []


def test_the_thread_keeps_the_newest_events_of_an_endless_case(db, monkeypatch):
    from portal.queries.cases import page
    from portal.services import cases as writes

    case, one = make_case(), triage()
    for number in range(6):
        writes.note(case, text=f"Catatan {number}", actor=one, at=NOW)
    monkeypatch.setattr(page, "MOST_EVENTS", 3)
    assert [entry.words for entry in cases.thread(case.id)] == ["Catatan 3", "Catatan 4", "Catatan 5"]


def test_staff_without_a_role_at_work_are_not_offered(db, agency):
    sitting = make_user(Role.OFFICER, agency)
    make_user(Role.OFFICER, agency, active=False)
    make_user(Role.ADMIN)
    assert [row.user_id for row in cases.staff([agency.id])] == [sitting.id]
