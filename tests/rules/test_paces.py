"""The usual paces of news, and the one choice that nobody has."""

import pytest

from portal.models import Pace, Topic
from portal.rules import paces


def test_every_topic_has_a_usual_pace_that_may_be_chosen():
    assert set(paces.USUAL) == set(Topic)
    assert all(paces.USUAL[topic] in paces.offered(topic) for topic in Topic)


def test_questions_and_outcomes_come_at_once_and_the_rest_is_gathered():
    assert paces.USUAL[Topic.QUESTION] is Pace.NOW
    assert paces.USUAL[Topic.OUTCOME] is Pace.NOW
    assert paces.USUAL[Topic.PROGRESS] is Pace.DAILY
    assert paces.USUAL[Topic.INVITATION] is Pace.WEEKLY


def test_a_question_cannot_be_silenced():
    assert paces.refusal(Topic.QUESTION, Pace.NEVER) is paces.Refusal.QUESTION_MUST_ARRIVE
    assert Pace.NEVER not in paces.offered(Topic.QUESTION)


@pytest.mark.parametrize("topic", [topic for topic in Topic if topic is not Topic.QUESTION])
def test_everything_else_may_be_had_at_any_pace(topic):
    assert paces.offered(topic) == tuple(Pace)


def test_a_choice_counts_before_the_usual_pace():
    assert paces.effective(Topic.PROGRESS, {Topic.PROGRESS: Pace.NEVER}) is Pace.NEVER
    assert paces.effective(Topic.PROGRESS, {}) is Pace.DAILY


def test_a_choice_that_is_not_allowed_any_more_falls_back_to_the_usual_pace():
    assert paces.effective(Topic.QUESTION, {Topic.QUESTION: Pace.NEVER}) is Pace.NOW
