"""The table itself: complete, and as the city decided it (WORKFLOW section 1)."""

import pytest

from portal.models import AnswerKind, Kind, ReasonCode, Status
from portal.rules import workflow
from portal.rules.workflow import (
    OUTCOMES,
    PUBLISHES,
    STANDING,
    TRANSITIONS,
    Action,
    Requirement,
    TransitionNotAllowed,
    Who,
)

S = Status


def test_every_action_is_a_transition_or_standing_and_sending_is_neither() -> None:
    moving = {row.action for row in TRANSITIONS}
    assert moving | set(STANDING) | {Action.SEND} == set(Action)
    assert not moving & set(STANDING)


def test_no_two_rows_answer_for_one_action_and_state() -> None:
    """Else a service would pick one of them by chance."""
    seen = [(row.action, source, row.proposals_only) for row in TRANSITIONS for source in row.sources]
    assert len(seen) == len(set(seen))


def test_every_state_can_be_reached() -> None:
    reached = {S.RECEIVED} | {row.target for row in TRANSITIONS if row.target is not None}
    assert reached == set(Status)


def test_only_these_states_are_the_end() -> None:
    left = {source for row in TRANSITIONS for source in row.sources}
    assert set(Status) - left == {S.ACCEPTED, S.WITHDRAWN}


def test_only_these_lead_back_where_a_case_came_from() -> None:
    back = {row.action for row in TRANSITIONS if row.target is None}
    assert back == {Action.REPLY, Action.UNMERGE, Action.TAKE_BACK}


def test_only_an_assignment_is_taken_back() -> None:
    assert {(row.action, row.undoes) for row in TRANSITIONS if row.undoes} == {
        (Action.TAKE_BACK, Action.ASSIGN)
    }


@pytest.mark.parametrize(
    ("action", "sources", "target"),
    [
        (Action.VERIFY, {S.RECEIVED}, S.IN_REVIEW),
        (Action.ASK, {S.RECEIVED, S.IN_REVIEW, S.ASSIGNED}, S.NEEDS_INFO),
        (Action.REPLY, {S.NEEDS_INFO}, None),
        (Action.EXPIRE, {S.NEEDS_INFO}, S.DECLINED),
        (Action.ASSIGN, {S.RECEIVED, S.IN_REVIEW}, S.ASSIGNED),
        (Action.HAND_OVER, {S.ASSIGNED}, S.ASSIGNED),
        (Action.ANSWER, {S.ASSIGNED}, S.ANSWERED),
        (Action.PROMISE, {S.ASSIGNED, S.ANSWERED, S.IN_PROGRESS}, S.IN_PROGRESS),
        (Action.FINISH, {S.ANSWERED, S.IN_PROGRESS}, S.DONE),
        (Action.ACCEPT, {S.ASSIGNED}, S.ACCEPTED),
        (Action.DECLINE, {S.IN_REVIEW, S.ASSIGNED}, S.DECLINED),
        (Action.DEFER, {S.ASSIGNED, S.IN_PROGRESS}, S.DEFERRED),
        (Action.REFER, {S.IN_REVIEW, S.ASSIGNED}, S.REFERRED),
        (Action.MERGE, {S.RECEIVED, S.IN_REVIEW, S.NEEDS_INFO, S.ASSIGNED}, S.MERGED),
        (Action.UNMERGE, {S.MERGED}, None),
        (Action.WITHDRAW, {S.RECEIVED, S.IN_REVIEW, S.NEEDS_INFO, S.ASSIGNED}, S.WITHDRAWN),
        (Action.NOT_DONE, {S.ANSWERED, S.IN_PROGRESS, S.DONE}, S.ASSIGNED),
        (Action.OBJECT, {S.DECLINED, S.DEFERRED, S.REFERRED}, S.IN_REVIEW),
        (Action.REVIEW, {S.DEFERRED}, S.IN_REVIEW),
        (Action.TAKE_BACK, {S.ASSIGNED}, None),
    ],
)
def test_the_table_is_what_the_city_decided(action: Action, sources: set[Status], target: Status) -> None:
    rows = [row for row in TRANSITIONS if row.action is action]
    assert set().union(*(row.sources for row in rows)) == sources
    assert {row.target for row in rows} == {target}


@pytest.mark.parametrize(
    ("action", "status", "who"),
    [
        (Action.VERIFY, S.RECEIVED, {Who.TRIAGE}),
        (Action.ASK, S.RECEIVED, {Who.TRIAGE}),
        (Action.ASK, S.ASSIGNED, {Who.TRIAGE, Who.OFFICER_HERE}),
        (Action.REPLY, S.NEEDS_INFO, {Who.REPORTER}),
        (Action.EXPIRE, S.NEEDS_INFO, {Who.CLOCK}),
        (Action.HAND_OVER, S.ASSIGNED, {Who.HEAD_HERE_FIRST, Who.TRIAGE}),
        (Action.ANSWER, S.ASSIGNED, {Who.PUBLISHER}),
        (Action.ACCEPT, S.ASSIGNED, {Who.HEAD_HERE}),
        (Action.DECLINE, S.IN_REVIEW, {Who.TRIAGE}),
        (Action.DECLINE, S.ASSIGNED, {Who.PUBLISHER}),
        (Action.MERGE, S.ASSIGNED, {Who.TRIAGE, Who.OFFICER_HERE}),
        (Action.UNMERGE, S.MERGED, {Who.TRIAGE, Who.HEAD_HERE}),
        (Action.WITHDRAW, S.RECEIVED, {Who.REPORTER}),
        (Action.REVIEW, S.DEFERRED, {Who.CLOCK, Who.TRIAGE}),
        (Action.TAKE_BACK, S.ASSIGNED, {Who.TRIAGE}),
    ],
)
def test_who_may_is_what_the_city_decided(action: Action, status: Status, who: set[Who]) -> None:
    assert workflow.row(action, status, Kind.PARTNERSHIP).who == who


def test_a_row_is_found_for_the_right_kind_only() -> None:
    assert workflow.row(Action.ACCEPT, S.ASSIGNED, Kind.TOURISM_PACKAGE).target is S.ACCEPTED
    with pytest.raises(TransitionNotAllowed) as caught:
        workflow.row(Action.ACCEPT, S.ASSIGNED, Kind.PROBLEM)
    assert (caught.value.status, caught.value.action) == (S.ASSIGNED, Action.ACCEPT)


def test_every_outcome_takes_a_public_text() -> None:
    for row in TRANSITIONS:
        assert (Requirement.PUBLIC_TEXT in row.requires) == (row.action in PUBLISHES)


def test_every_official_text_belongs_to_one_action() -> None:
    assert sorted(PUBLISHES.values()) == sorted(AnswerKind)


def test_done_alone_is_no_first_outcome() -> None:
    assert set(PUBLISHES) - OUTCOMES == {Action.FINISH}


def test_reason_codes_are_restricted_for_triage_alone() -> None:
    restricted = [row for row in TRANSITIONS if row.codes]
    assert [(row.action, row.who) for row in restricted] == [(Action.DECLINE, frozenset({Who.TRIAGE}))]
    assert restricted[0].codes == {ReasonCode.AGAINST_RULES, ReasonCode.NOT_ENOUGH_INFORMATION}


def test_reporters_contest_outcomes_and_nothing_else() -> None:
    assert {row.action for row in TRANSITIONS if row.contest} == {Action.NOT_DONE, Action.OBJECT}
