"""Who may do what: the rows of WORKFLOW section 5, asked of the one policy."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models import IdentityMode, Kind, Role, Status
from portal.rules.permissions import CLOCK, VISITOR, Actor, Seat, allowed, can, could, standing
from portal.rules.workflow import OPEN, STANDING, TRANSITIONS, Action, Who
from tests.factories import at

NOW = at(20)
HERE, ELSEWHERE = 1, 2


@dataclass(frozen=True)
class Case:
    """What the policy asks of a case."""

    id: int = 7
    status: Status = Status.ASSIGNED
    kind: Kind = Kind.PROBLEM
    agency_id: int | None = HERE
    secret: bool = False
    identity_mode: IdentityMode = IdentityMode.HIDDEN
    handovers: int = 0
    objected: bool = False
    contest_until: object = NOW + timedelta(days=1)
    updated_at: datetime = NOW - timedelta(days=1)
    confirmed: bool | None = None
    answered_at: datetime | None = None
    named_user_ids: frozenset[int] = frozenset()


def person(role: Role, agency: int | None = None, *, publisher: bool = False, user: int = 50) -> Actor:
    return Actor(user_id=user, seats=frozenset({Seat(role, agency, publisher)}))


PEOPLE = {
    "visitor": VISITOR,
    "reporter": Actor(reporter_of=frozenset({7})),
    "other citizen": Actor(user_id=9, reporter_of=frozenset({8})),
    "officer here": person(Role.OFFICER, HERE),
    "officer elsewhere": person(Role.OFFICER, ELSEWHERE, publisher=True),
    "head here": person(Role.HEAD, HERE),
    "triage": person(Role.TRIAGE),
    "admin": person(Role.ADMIN),
    "competency": person(Role.COMPETENCY),
}


@pytest.mark.parametrize(
    ("action", "who_may"),
    [
        (Action.READ, {"officer here", "head here", "triage"}),
        (Action.REVEAL_IDENTITY, {"officer here", "head here", "triage"}),
        (Action.NOTE, {"officer here", "head here", "triage"}),
        (Action.DRAFT_ANSWER, {"officer here", "head here", "triage"}),
        (Action.ANSWER, {"head here"}),
        (Action.ASK, {"officer here", "head here", "triage"}),
        (Action.TAKE, {"officer here", "head here", "triage"}),
        (Action.PRIORITISE, {"officer here", "head here", "triage"}),
        (Action.LATER, {"officer here", "head here", "triage"}),
        (Action.LINK, {"officer here", "head here", "triage"}),
        (Action.EXPORT, {"officer here", "head here", "triage"}),
        (Action.WITHDRAW, {"reporter"}),
        (Action.ADD_INFORMATION, {"reporter"}),
        (Action.HIDE, {"triage"}),
        (Action.UNHIDE, {"triage"}),
        (Action.CLASSIFY, {"triage"}),
        (Action.CLEAR_FILE, {"triage"}),
        (Action.NAME_STAFF, {"triage"}),
        (Action.HAND_OVER, {"head here", "triage"}),
        (Action.PROMISE, {"head here"}),
        (Action.DECLINE, {"head here"}),
        (Action.DEFER, {"head here"}),
        (Action.REFER, {"head here", "triage"}),
        (Action.MERGE, {"officer here", "head here", "triage"}),
        (Action.EDIT_ANSWER, {"head here"}),
    ],
)
def test_an_assigned_case_is_open_to_these_and_to_nobody_else(action: Action, who_may: set[str]) -> None:
    assert {name for name, actor in PEOPLE.items() if can(action, actor, Case(), at=NOW)} == who_may


def test_an_admin_sees_no_case() -> None:
    for status in Status:
        for secret in (False, True):
            assert allowed(PEOPLE["admin"], Case(status=status, secret=secret), at=NOW) == frozenset()


def test_a_publisher_is_an_officer_whom_the_head_named() -> None:
    named = person(Role.OFFICER, HERE, publisher=True)
    assert can(Action.ANSWER, named, Case(), at=NOW)
    assert not can(Action.ANSWER, PEOPLE["officer here"], Case(), at=NOW)
    assert not can(Action.ACCEPT, named, Case(kind=Kind.PARTNERSHIP), at=NOW)


def test_a_case_without_an_agency_is_triages_alone() -> None:
    case = Case(status=Status.IN_REVIEW, agency_id=None)
    readers = {name for name, actor in PEOPLE.items() if can(Action.READ, actor, case, at=NOW)}
    assert readers == {"triage"}


def test_a_secret_case_is_closed_to_the_colleagues_it_names() -> None:
    case = Case(secret=True, named_user_ids=frozenset({50}))
    for role in (Role.OFFICER, Role.HEAD):
        assert allowed(person(role, HERE, publisher=True), case, at=NOW) == frozenset()
        assert can(Action.READ, person(role, HERE, user=51), case, at=NOW)
    assert can(Action.READ, person(Role.TRIAGE, user=50), case, at=NOW)


def test_an_open_case_that_names_a_colleague_stays_open_to_them() -> None:
    case = Case(named_user_ids=frozenset({50}))
    assert can(Action.READ, PEOPLE["officer here"], case, at=NOW)


def test_nobody_opens_the_identity_of_a_shielded_reporter_by_themselves() -> None:
    case = Case(identity_mode=IdentityMode.SHIELDED)
    assert not [name for name, actor in PEOPLE.items() if can(Action.REVEAL_IDENTITY, actor, case, at=NOW)]


def test_secrecy_is_lowered_by_the_reporter_and_only_where_there_is_some() -> None:
    reporter = PEOPLE["reporter"]
    assert can(Action.LOWER_SECRECY, reporter, Case(secret=True), at=NOW)
    assert not can(Action.LOWER_SECRECY, reporter, Case(), at=NOW)
    assert not can(Action.LOWER_SECRECY, PEOPLE["triage"], Case(secret=True), at=NOW)


def test_from_the_second_hand_over_on_only_triage_decides() -> None:
    case = Case(handovers=1)
    assert not can(Action.HAND_OVER, PEOPLE["head here"], case, at=NOW)
    assert can(Action.HAND_OVER, PEOPLE["triage"], case, at=NOW)


@pytest.mark.parametrize(
    ("action", "status"), [(Action.NOT_DONE, Status.DONE), (Action.OBJECT, Status.DECLINED)]
)
def test_contesting_ends_with_its_period(action: Action, status: Status) -> None:
    reporter = PEOPLE["reporter"]
    assert can(action, reporter, Case(status=status, contest_until=NOW), at=NOW)
    assert not can(action, reporter, Case(status=status, contest_until=NOW), at=NOW + timedelta(seconds=1))
    assert not can(action, reporter, Case(status=status, contest_until=None), at=NOW)


def test_objecting_works_once_and_saying_not_done_again_and_again() -> None:
    reporter = PEOPLE["reporter"]
    assert not can(Action.OBJECT, reporter, Case(status=Status.DECLINED, objected=True), at=NOW)
    assert can(Action.NOT_DONE, reporter, Case(status=Status.DONE, objected=True), at=NOW)


def test_an_assignment_is_taken_back_within_ten_minutes() -> None:
    fresh = Case(updated_at=NOW - timedelta(minutes=10))
    assert can(Action.TAKE_BACK, PEOPLE["triage"], fresh, at=NOW)
    assert not can(Action.TAKE_BACK, PEOPLE["head here"], fresh, at=NOW)
    assert not can(Action.TAKE_BACK, PEOPLE["triage"], fresh, at=NOW + timedelta(seconds=1))


def test_only_an_open_case_is_put_off() -> None:
    offered = {s for s in Status if can(Action.LATER, PEOPLE["head here"], Case(status=s), at=NOW)}
    assert offered == OPEN


def test_the_clock_does_what_is_the_clocks() -> None:
    assert allowed(CLOCK, Case(status=Status.NEEDS_INFO), at=NOW) == {Action.EXPIRE}
    assert allowed(CLOCK, Case(status=Status.DEFERRED), at=NOW) == {Action.REVIEW}
    assert allowed(CLOCK, Case(), at=NOW) == frozenset()


def test_a_role_in_two_agencies_is_a_role_in_each() -> None:
    both = Actor(user_id=50, seats=frozenset({Seat(Role.OFFICER, ELSEWHERE), Seat(Role.HEAD, HERE)}))
    assert Who.HEAD_HERE in standing(both, Case())
    assert Who.HEAD_HERE not in standing(both, Case(agency_id=ELSEWHERE))
    assert both.agency_ids == {HERE, ELSEWHERE}


def test_a_coordinators_seat_in_one_agency_does_not_open_the_city() -> None:
    assert not can(Action.READ, person(Role.TRIAGE, ELSEWHERE), Case(), at=NOW)


def test_the_desk_is_open_to_those_who_handle_cases() -> None:
    assert {name for name, actor in PEOPLE.items() if actor.is_staff} == {
        "officer here",
        "officer elsewhere",
        "head here",
        "triage",
    }


SEATS = st.frozensets(
    st.builds(
        Seat,
        role=st.sampled_from(Role),
        agency_id=st.sampled_from([None, HERE, ELSEWHERE]),
        publisher=st.booleans(),
    ),
    max_size=4,
)
ACTORS = st.builds(
    Actor,
    user_id=st.sampled_from([None, 50, 51]),
    seats=SEATS,
    reporter_of=st.sampled_from([frozenset(), frozenset({7}), frozenset({8})]),
)
CASES = st.builds(
    Case,
    status=st.sampled_from(Status),
    kind=st.sampled_from(Kind),
    agency_id=st.sampled_from([None, HERE, ELSEWHERE]),
    secret=st.booleans(),
    identity_mode=st.sampled_from(IdentityMode),
    handovers=st.integers(0, 3),
    objected=st.booleans(),
    contest_until=st.sampled_from([None, NOW - timedelta(days=1), NOW + timedelta(days=1)]),
    confirmed=st.sampled_from([None, True, False]),
    named_user_ids=st.sampled_from([frozenset(), frozenset({50})]),
)


@given(ACTORS, CASES)
def test_whatever_is_allowed_stands_in_the_table_for_what_the_actor_is(actor: Actor, case: Case) -> None:
    who = standing(actor, case)
    for action in allowed(actor, case, at=NOW):
        rows = [row.who for row in TRANSITIONS if row.action is action and case.status in row.sources]
        assert any(who & set_ for set_ in [*rows, *([STANDING[action]] if action in STANDING else [])])
        assert could(action, actor, case)


@given(ACTORS, CASES)
def test_without_standing_nothing_is_allowed(actor: Actor, case: Case) -> None:
    if not standing(actor, case):
        assert allowed(actor, case, at=NOW) == frozenset()


@given(ACTORS, CASES)
def test_staff_of_other_agencies_gain_nothing(actor: Actor, case: Case) -> None:
    stripped = replace(
        actor, seats=frozenset(seat for seat in actor.seats if seat.agency_id in {None, case.agency_id})
    )
    assert allowed(actor, case, at=NOW) == allowed(stripped, case, at=NOW)


@given(ACTORS, CASES)
def test_more_secrecy_never_allows_more(actor: Actor, case: Case) -> None:
    opened = allowed(actor, replace(case, secret=False), at=NOW)
    closed = allowed(actor, replace(case, secret=True), at=NOW) - {Action.LOWER_SECRECY}
    assert closed <= opened


def test_a_role_of_the_city_that_is_tied_to_an_agency_opens_nothing() -> None:
    tied = Actor(user_id=1, seats=frozenset({Seat(Role.TRIAGE, agency_id=7)}))
    assert not tied.has(Role.TRIAGE)
    assert not tied.is_staff
    assert tied.agency_ids == frozenset()
