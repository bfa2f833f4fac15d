"""The figures of /keterbukaan: equal to a naive recount, whatever happened to the submissions."""

from datetime import date, timedelta
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.models import Status, Submission
from portal.queries import statistics
from portal.queries.statistics import Group, Period
from portal.rules import visibility
from portal.rules.dashboards import Figures
from tests import factories as make

AT = make.at(27, 10)
NOVEMBER = Period.month(date(2026, 11, 1))
KEYS = {Group.AGENCY: "agency_id", Group.WARD: "ward_code", Group.CATEGORY: "category_id"}
WAITING = {Status.RECEIVED, Status.IN_REVIEW, Status.NEEDS_INFO, Status.ASSIGNED}

#: The edges of months, days and ages on the city's clock, and what lies between.
moments = st.sampled_from(
    [NOVEMBER.start, NOVEMBER.end, AT, *(AT - timedelta(days=days) for days in statistics.AGES)]
).flatmap(lambda edge: st.sampled_from([-60, 0, 60]).map(lambda more: edge + timedelta(seconds=more))) | (
    st.integers(0, 200 * 24).map(lambda hours: AT - timedelta(hours=hours))
)
submissions = st.fixed_dictionaries(
    {
        "status": st.sampled_from(Status),
        "received_at": moments,
        "place": st.integers(0, 2),
        "secret": st.sampled_from([False, False, False, True]),
        "answered": st.none() | st.tuples(st.booleans(), st.integers(0, 30)),
        "due_at": st.none() | moments,
        "paused": st.booleans(),
        "reopened": st.integers(0, 2),
        "objected": st.booleans(),
        "confirmed": st.sampled_from([None, True, False]),
    }
)


@pytest.fixture
def city(db):
    """Agency, ward and category of three places; the first is said of nothing."""
    agencies = [None, make.make_agency().id, make.make_agency().id]
    wards = [None, "12.73.01.1001", "12.73.02.1001"]
    categories = [None, make.make_category().id, make.make_category().id]
    db.session.commit()
    return list(zip(agencies, wards, categories, strict=True))


def send(city, drawn) -> Submission:
    """Add a submission as drawn, whether or not the services would ever leave such a one behind."""
    agency_id, ward_code, category_id = city[drawn["place"]]
    on_time, days = drawn["answered"] or (None, None)
    received = drawn["received_at"]
    case = make.make_case(
        received_at=received,
        secret=drawn["secret"],
        agency_id=agency_id,
        ward_code=ward_code,
        category_id=category_id,
        answered_at=received + timedelta(days=1) if drawn["answered"] else None,
        answered_on_time=on_time,
        answered_in_days=days,
        due_at=drawn["due_at"],
        paused_at=received if drawn["paused"] else None,
        reopened=drawn["reopened"],
        objected=drawn["objected"] and drawn["reopened"] > 0,  # an objection always opens again
        confirmed=drawn["confirmed"],
    )
    case.status = drawn["status"]
    case.listed = visibility.listed(case)
    return case


def naive(cases) -> Figures:
    """Count again, one by one, in the plainest way there is."""
    numbers = dict.fromkeys(("answered", "on_time", "overdue", "reopened", "yes", "no", "silent"), 0)
    days = []
    for case in cases:
        if case.answered_at is not None:
            numbers["answered"] += 1
            days.append(case.answered_in_days)
        if case.answered_on_time:
            numbers["on_time"] += 1
        if case.status in WAITING and case.due_at is not None and case.due_at < AT and case.paused_at is None:
            numbers["overdue"] += 1
        if case.reopened:
            numbers["reopened"] += 1
        times_not_done = case.reopened - (1 if case.objected else 0)
        if case.status is Status.DONE and case.confirmed:
            numbers["yes"] += 1
        elif case.confirmed is False or times_not_done > 0:
            numbers["no"] += 1
        elif case.status is Status.DONE:
            numbers["silent"] += 1
    middle = median(days) if len(days) >= 5 else None
    return Figures(
        len(cases), numbers["answered"], numbers["on_time"], numbers["overdue"], numbers["reopened"], middle,
        numbers["yes"], numbers["no"], numbers["silent"],
    )  # fmt: skip


def counted(cases, period=NOVEMBER) -> list[Submission]:
    """Pick what counts: listed, received in the period, neither taken back nor merged."""
    return [
        case
        for case in cases
        if not case.secret
        and case.status not in (Status.MERGED, Status.WITHDRAWN)
        and period.start <= case.received_at < period.end
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(drawn=st.lists(submissions, max_size=30))
def test_every_table_equals_a_naive_recount(city, db, drawn):
    cases = [send(city, one) for one in drawn]
    db.session.flush()
    try:
        for group, key in KEYS.items():
            found = statistics.report(NOVEMBER, at=AT, group=group)
            assert statistics.reports(NOVEMBER, at=AT)[group] == found
            mine = counted(cases)
            assert found.overall == naive(mine)
            lines = {getattr(case, key) for case in mine}
            assert found.by_key == {
                line: naive([case for case in mine if getattr(case, key) == line]) for line in lines
            }
        months = [date(2026, number, 1) for number in (6, 7, 8, 9, 10, 11)]
        assert statistics.by_month(months, at=AT) == [
            (month, naive(counted(cases, Period.month(month)))) for month in months
        ]
        assert statistics.backlog(at=AT) == naive_backlog(cases)
    finally:
        db.session.rollback()


def naive_backlog(cases) -> dict[int | None, tuple[int, ...]]:
    found: dict[int | None, list[int]] = {}
    for case in cases:
        if case.secret or case.status not in WAITING:
            continue
        age = AT - case.received_at
        place = sum(age >= timedelta(days=days) for days in statistics.AGES)
        found.setdefault(case.agency_id, [0, 0, 0, 0])[place] += 1
    return {agency_id: tuple(numbers) for agency_id, numbers in found.items()}


def test_an_objection_to_a_no_is_not_the_word_not_done(db):
    make.make_case(Status.IN_REVIEW, reopened=1, objected=True)
    assert statistics.report(NOVEMBER, at=AT).overall.said == (0, 0, 0)


def test_the_last_word_counts_once(db):
    make.make_case(Status.DONE, confirmed=True, reopened=1)
    make.make_case(Status.ASSIGNED, confirmed=False, reopened=1)
    make.make_case(Status.DONE)
    assert statistics.report(NOVEMBER, at=AT).overall.said == (1, 1, 1)


def test_each_table_costs_one_query_however_many_submissions_there_are(db, count_queries):
    agency = make.make_agency()
    for _ in range(12):
        make.make_case(Status.ANSWERED, agency=agency)
    db.session.flush()
    with count_queries() as asked:
        statistics.report(NOVEMBER, at=AT)
        statistics.by_month([date(2026, 10, 1), date(2026, 11, 1)], at=AT)
        statistics.backlog(at=AT)
    assert len(asked) == 3
