"""What a person chose counts for them and for nobody else."""

import pytest

from portal.models import NotificationChoice, Pace, Topic
from portal.queries import choices as chosen
from portal.services import choices
from tests import factories as make


def test_without_a_choice_the_usual_pace_counts(db):
    user = make.make_user()
    assert chosen.pace(user.id, Topic.OUTCOME) is Pace.NOW
    assert chosen.chosen(user.id)[Topic.INVITATION] is Pace.WEEKLY


def test_a_choice_counts_for_its_person_only(db):
    one, other = make.make_user(), make.make_user()
    choices.choose(one, {Topic.OUTCOME: Pace.WEEKLY})
    assert chosen.paces([one.id, other.id], Topic.OUTCOME) == {one.id: Pace.WEEKLY, other.id: Pace.NOW}


def test_choosing_twice_keeps_the_second_and_the_usual_pace_needs_no_row(db):
    user = make.make_user()
    choices.choose(user, {Topic.PROGRESS: Pace.NEVER})
    choices.choose(user, {Topic.PROGRESS: Pace.WEEKLY})
    assert chosen.pace(user.id, Topic.PROGRESS) is Pace.WEEKLY
    choices.choose(user, {Topic.PROGRESS: Pace.DAILY})
    assert db.session.query(NotificationChoice).count() == 0


def test_never_is_refused_for_questions_and_nothing_is_kept(db):
    user = make.make_user()
    with pytest.raises(choices.PaceRefused):
        choices.choose(user, {Topic.PROGRESS: Pace.NEVER, Topic.QUESTION: Pace.NEVER})
    assert chosen.pace(user.id, Topic.PROGRESS) is Pace.DAILY


def test_many_people_are_asked_for_in_few_questions(db, count_queries):
    with count_queries() as said:
        found = chosen.paces(range(1, 1201), Topic.QUESTION)
    assert len(said) == 3
    assert set(found.values()) == {Pace.NOW}
    assert chosen.paces([], Topic.QUESTION) == {}
