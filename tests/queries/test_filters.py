"""Every filter of the desk, alone and combined, beside the same question asked in plain Python."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from portal.core.clock import city_date
from portal.models import Channel, Intake, Kind, Place, Role, Status, Submission, Watch
from portal.queries import cases
from portal.queries.cases import PLACES, RUNNING, Due, Filters, Queue, Sort
from portal.rules.permissions import Actor, can
from portal.rules.workflow import Action
from tests.factories import (
    MONDAY,
    a_ward,
    actor,
    make_agency,
    make_case,
    make_category,
    make_user,
    triage,
)

NOW = MONDAY + timedelta(days=3, hours=2)


class City:
    """Some forty cases that differ in everything a list can be narrowed by."""

    def __init__(self, db: Any) -> None:
        random = Random(7)
        self.agencies = [make_agency(), make_agency()]
        self.categories = [make_category(), make_category()]
        self.officers = [make_user(Role.OFFICER, self.agencies[number % 2]) for number in range(3)]
        self.triage = triage()
        self.officer = actor(self.officers[0])
        watchers = (self.triage.user_id, self.officer.user_id)
        self.cases: list[Submission] = []
        self.watched: set[tuple[int, int]] = set()
        self.channel: dict[int, Channel] = {}
        statuses = list(Status)
        for number in range(42):
            status = statuses[number % len(statuses)]
            place = random.choice([Place.WARD, Place.WARD, Place.SEA, Place.UNKNOWN])
            due = random.choice([None, -3, -1, 0.05, 1, 2, 9])
            agency = random.choice(self.agencies)
            case = make_case(
                status, random.choice([Kind.PROBLEM, Kind.IDEA]),
                agency=None if status in {Status.RECEIVED, Status.IN_REVIEW} else agency,
                category=random.choice(self.categories),
                officer=random.choice([None, *self.officers]),
                received_at=MONDAY - timedelta(hours=random.randrange(5)),
                place=place, ward_code=a_ward().code if place is Place.WARD else None,
                due_at=None if due is None else NOW + timedelta(days=due),
                file_count=random.choice([0, 2]), support_count=random.choice([0, 0, 3, 12]),
                priority=random.choice([0, 0, 1, 2]), reopened=random.choice([0, 1]),
                handovers=random.choice([0, 0, 1]), confirmed=random.choice([None, True, False]),
                title=random.choice(["Lampu jalan padam", "Sampah di tangga"]), body="Sejak kemarin malam.",
                secret=number % 9 == 0, named=self.officers[0] if number % 18 == 0 else None,
            )  # fmt: skip
            self.cases.append(case)
            for watcher in watchers:
                if random.random() < 0.3:
                    db.session.add(Watch(user_id=watcher, submission_id=case.id, created_at=NOW))
                    self.watched.add((watcher, case.id))
            if random.random() < 0.4:
                self.channel[case.id] = random.choice([Channel.COUNTER, Channel.PHONE])
                db.session.add(
                    Intake(
                        submission_id=case.id, channel=self.channel[case.id], consent="spoken", created_at=NOW
                    )
                )
        db.session.flush()

    def expected(self, filters: Filters, one: Actor) -> set[int]:
        return {
            case.id
            for case in self.cases
            if can(Action.READ, one, case, at=NOW) and self._fits(case, filters, one)
        }

    def _fits(self, case: Submission, f: Filters, one: Actor) -> bool:
        places = {PLACES[key] for key in f.wards if key in PLACES}
        day = city_date(case.due_at) if case.due_at else None
        today = city_date(NOW)
        runs = case.status in RUNNING and case.due_at is not None
        due: dict[Due, Callable[[], bool]] = {
            Due.OVERDUE: lambda: runs and case.due_at < NOW,
            Due.TODAY: lambda: runs and case.due_at >= NOW and day == today,
            Due.WEEK: lambda: (
                runs and case.due_at >= NOW and day.isocalendar()[:2] == today.isocalendar()[:2]
            ),
            Due.PAUSED: lambda: case.status is Status.NEEDS_INFO,
        }
        asked = [
            not f.words or all(word in case.title.lower() for word in f.words.split()),
            not f.kinds or case.kind in f.kinds,
            not f.statuses or case.status in f.statuses,
            not f.category_ids or case.category_id in f.category_ids,
            not f.wards or case.ward_code in f.wards or case.place in places,
            not f.agency_ids or case.agency_id in f.agency_ids,
            not (f.officer_ids or f.without_officer)
            or case.officer_id in f.officer_ids
            or (f.without_officer and case.officer_id is None),
            not f.due or any(due[key]() for key in f.due),
            not f.with_files or case.file_count > 0,
            case.support_count >= f.least_supports,
            not f.priorities or case.priority in f.priorities,
            not f.reopened or case.reopened > 0,
            not f.handed_over or case.handovers > 0,
            not f.unconfirmed or (case.status is Status.DONE and case.confirmed is None),
            not f.watched or (one.user_id, case.id) in self.watched,
            not f.channels or self.channel.get(case.id, Channel.WEB) in f.channels,
            not f.references or case.reference in f.references,
        ]
        return all(asked)

    def some(self, random: Random) -> Filters:
        """Draw a combination; now and then several values of one field."""

        def few(values: list[Any]) -> frozenset[Any]:
            return frozenset(random.sample(values, random.randrange(1, min(4, len(values)) + 1)))

        values: dict[str, Callable[[], Any]] = {
            "words": lambda: random.choice(["lampu", "sampah tangga", "lampu jalan"]),
            "kinds": lambda: few([Kind.PROBLEM, Kind.IDEA, Kind.THANKS]),
            "statuses": lambda: few(list(Status)),
            "category_ids": lambda: few([row.id for row in self.categories]),
            "wards": lambda: few([a_ward().code, "laut", "tidak_tahu"]),
            "agency_ids": lambda: few([row.id for row in self.agencies]),
            "officer_ids": lambda: few([row.id for row in self.officers]),
            "without_officer": lambda: True,
            "due": lambda: few(list(Due)),
            "with_files": lambda: True,
            "least_supports": lambda: random.choice([1, 3, 5]),
            "priorities": lambda: few([0, 1, 2]),
            "reopened": lambda: True,
            "handed_over": lambda: True,
            "unconfirmed": lambda: True,
            "watched": lambda: True,
            "channels": lambda: few(list(Channel)),
            "references": lambda: few([case.reference for case in self.cases]),
        }
        names = random.sample(sorted(values), random.choice([1, 2, 2, 3, 4]))
        return Filters(**{name: values[name]() for name in names})


@pytest.fixture
def city(db) -> City:
    return City(db)


def ids(one: Actor, filters: Filters, queue: Queue = Queue.ALL) -> list[int]:
    return [row.id for row in cases.queue(one, queue, filters, at=NOW, size=100)]


def test_each_filter_and_many_combinations_find_what_plain_python_finds(city):
    random, hits = Random(11), 0
    drawn = [Filters(), *(city.some(random) for _ in range(220))]
    names = {
        name for one in drawn for name in Filters.__slots__ if getattr(one, name) != getattr(Filters(), name)
    }
    assert names == set(Filters.__slots__) - {"sort"}
    for filters in drawn:
        for one in (city.triage, city.officer):
            found = ids(one, filters)
            assert set(found) == city.expected(filters, one), filters
            assert len(found) == len(set(found))
            hits += bool(found)
    assert hits > 100


@pytest.mark.parametrize("queue", [Queue.OVERDUE, Queue.WAITING, Queue.DEFERRED, Queue.MINE, Queue.AGENCY])
def test_filters_narrow_every_queue_the_same_way(city, queue):
    random = Random(5)
    pile = set(ids(city.officer, Filters(), queue))
    for _ in range(30):
        filters = city.some(random)
        assert set(ids(city.officer, filters, queue)) == pile & city.expected(filters, city.officer), filters


_KEYS: dict[Sort, Callable[[Submission], Any]] = {
    Sort.DUE: lambda case: (case.due_at is None, case.due_at or NOW, case.id),
    Sort.NEWEST: lambda case: (-case.received_at.timestamp(), -case.id),
    Sort.OLDEST: lambda case: (case.received_at, case.id),
    Sort.SUPPORTS: lambda case: (-case.support_count, -case.id),
    Sort.PRIORITY: lambda case: (-case.priority, case.due_at is None, case.due_at or NOW, case.id),
}


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("filters", [Filters(), Filters(words="lampu"), Filters(with_files=True)], ids=str)
def test_every_order_holds_over_its_pages_in_both_directions(city, sort, filters):
    filters = replace(filters, sort=sort)
    expected = sorted(
        (case for case in city.cases if case.id in city.expected(filters, city.triage)), key=_KEYS[sort]
    )
    forth, pages, after = [], [], None
    while True:
        page = cases.queue(city.triage, Queue.ALL, filters, at=NOW, size=4, after=after)
        pages.append([row.id for row in page])
        forth += pages[-1]
        if page.next_cursor is None:
            break
        after = page.next_cursor
    assert forth == [case.id for case in expected]
    back = [pages[-1]]
    while page.previous_cursor:
        page = cases.queue(city.triage, Queue.ALL, filters, at=NOW, size=4, after=page.previous_cursor)
        back.append([row.id for row in page])
    assert back == pages[::-1]


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("after", ["x", "WzAsMSwxXQ", "WzAsMSwxLDFd", "WzEsNDYxMTY4NjAxODQyNzM4NzkwMywxXQ"])
def test_a_cursor_of_another_order_is_harmless(city, sort, after):
    assert isinstance(
        list(cases.queue(city.triage, Queue.ALL, Filters(sort=sort), at=NOW, after=after)), list
    )


def test_another_agencys_case_is_found_by_no_filter(city):
    other = make_user(Role.OFFICER, make_agency())
    one = actor(other)
    for filters in (
        Filters(officer_ids=frozenset(officer.id for officer in city.officers)),
        Filters(agency_ids=frozenset(agency.id for agency in city.agencies)),
        Filters(references=frozenset(case.reference for case in city.cases)),
        Filters(words="lampu"),
    ):
        assert ids(one, filters) == []
