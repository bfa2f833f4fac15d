"""Who may see and run a meeting."""

from dataclasses import dataclass

import pytest

from portal.models import Role
from portal.rules.meetings import may_call, may_edit, may_see
from portal.rules.permissions import VISITOR, Actor, Seat


@dataclass
class Planned:
    agency_id: int | None = 1
    chair_id: int | None = 10
    created_by_id: int | None = 11


def somebody(user_id: int, role: Role, agency_id: int | None = None) -> Actor:
    return Actor(user_id=user_id, seats=frozenset({Seat(role, agency_id)}))


TRIAGE = somebody(1, Role.TRIAGE)
HEAD, OFFICER = somebody(2, Role.HEAD, 1), somebody(3, Role.OFFICER, 1)
HEAD_ELSEWHERE, GUEST = somebody(4, Role.HEAD, 2), somebody(5, Role.OFFICER, 2)
CHAIR, CALLER = somebody(10, Role.OFFICER, 1), somebody(11, Role.OFFICER, 1)
GONE, ADMIN = Actor(user_id=10), somebody(9, Role.ADMIN)


@pytest.mark.parametrize("actor", [TRIAGE, HEAD, OFFICER, CHAIR, CALLER, GUEST])
def test_staff_of_the_agency_coordinators_and_the_invited_see_a_meeting(actor: Actor) -> None:
    assert may_see(actor, Planned(), {5, 9, 10})


@pytest.mark.parametrize("actor", [HEAD_ELSEWHERE, GONE, ADMIN, VISITOR])
def test_nobody_else_sees_it_and_an_invitation_alone_is_not_enough(actor: Actor) -> None:
    assert not may_see(actor, Planned(), {5, 9, 10})


@pytest.mark.parametrize("actor", [TRIAGE, HEAD, CHAIR, CALLER])
def test_caller_chair_heads_and_coordinators_run_it(actor: Actor) -> None:
    assert may_edit(actor, Planned(), set())


@pytest.mark.parametrize("actor", [OFFICER, GUEST, HEAD_ELSEWHERE, GONE, ADMIN, VISITOR])
def test_nobody_else_runs_it(actor: Actor) -> None:
    assert not may_edit(actor, Planned(), {5})


def test_a_caller_who_left_the_agency_runs_it_no_more() -> None:
    assert not may_edit(somebody(11, Role.OFFICER, 2), Planned(), set())


def test_no_head_runs_a_meeting_of_several_agencies_by_office() -> None:
    assert not may_edit(HEAD, Planned(agency_id=None), {2})
    assert may_edit(TRIAGE, Planned(agency_id=None), set())


def test_one_calls_meetings_of_ones_own_agency_and_coordinators_of_any() -> None:
    assert may_call(OFFICER, 1)
    assert not may_call(OFFICER, 2)
    assert not may_call(OFFICER, None)
    assert may_call(TRIAGE, None)
    assert not may_call(ADMIN, 1)
