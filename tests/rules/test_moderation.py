"""Who may decide about what: nobody about themselves."""

from datetime import timedelta

import pytest

from portal.models.kinds import ModerationAct, Role
from portal.rules.moderation import APPEAL_PERIOD, Matter, may_appeal, may_decide, moderates
from portal.rules.permissions import VISITOR, Actor, Seat
from tests.factories import MONDAY

ME, OTHER = 7, 8


def holder(role: Role) -> Actor:
    agency_id = 1 if role in {Role.OFFICER, Role.HEAD} else None
    return Actor(user_id=ME, seats=frozenset([Seat(role, agency_id, False)]))


MATTERS = {
    "nobody's": (Matter(), True),
    "somebody else's words": (Matter(author_id=OTHER), True),
    "my own words": (Matter(author_id=ME), False),
    "a case that I reported": (Matter(is_reporter=True), False),
    "a case that names me": (Matter(named_ids=frozenset({ME, OTHER})), False),
    "a case that names a colleague": (Matter(named_ids=frozenset({OTHER})), True),
    "an appeal against my decision": (Matter(author_id=OTHER, decided_by_id=ME), False),
    "an appeal against a colleague's": (Matter(author_id=OTHER, decided_by_id=OTHER), True),
    "my own words, a colleague's decision": (Matter(author_id=ME, decided_by_id=OTHER), False),
}


@pytest.mark.parametrize("name", MATTERS)
@pytest.mark.parametrize("role", list(Role))
def test_only_coordinators_decide_and_never_about_themselves(role, name):
    matter, by_triage = MATTERS[name]
    assert may_decide(holder(role), matter) is (by_triage and role is Role.TRIAGE)


def test_a_visitor_and_a_citizen_moderate_nothing():
    assert not moderates(VISITOR)
    assert not moderates(Actor(user_id=ME))
    assert not may_decide(Actor(user_id=ME), Matter())


@pytest.mark.parametrize("act", list(ModerationAct))
def test_only_what_takes_something_away_can_be_appealed(act):
    takes_away = act in {ModerationAct.HIDE, ModerationAct.WARN, ModerationAct.BLOCK}
    assert may_appeal(act, MONDAY, appealed=False, at=MONDAY) is takes_away


def test_one_appeals_once_and_until_the_last_moment_of_the_period():
    end = MONDAY + APPEAL_PERIOD
    assert may_appeal(ModerationAct.HIDE, MONDAY, appealed=False, at=end)
    assert not may_appeal(ModerationAct.HIDE, MONDAY, appealed=False, at=end + timedelta(seconds=1))
    assert not may_appeal(ModerationAct.HIDE, MONDAY, appealed=True, at=MONDAY)
