"""What the figures of an agency ask of it next."""

import pytest

from portal.rules.satisfaction import Measure, Satisfaction, Step, first_step, steps


def test_without_figures_there_is_no_step():
    assert steps(Satisfaction()) == {}
    assert first_step(Satisfaction()) is None


def test_what_citizens_call_unfinished_comes_before_everything_else():
    figures = Satisfaction(yes=9, not_yet=1, silent=20, answered=30, on_time=3, median_days=20)
    assert list(steps(figures))[0] is Measure.NOT_YET
    assert first_step(figures) is Step.TAKE_UP_AGAIN


@pytest.mark.parametrize(("on_time", "step"), [(7, Step.DUE_FIRST), (8, Step.KEEP_ON), (10, Step.KEEP_ON)])
def test_less_than_four_in_five_in_time_asks_to_begin_with_what_is_due(on_time, step):
    assert steps(Satisfaction(answered=10, on_time=on_time))[Measure.ON_TIME] is step


def test_fewer_than_five_cases_give_no_rate():
    figures = Satisfaction(answered=4, on_time=0)
    assert figures.rate(0, 4) is None
    assert Measure.ON_TIME not in steps(figures)
    assert figures.rate(0, 5) == 0


@pytest.mark.parametrize(("days", "step"), [(10.0, Step.KEEP_ON), (10.5, Step.ANSWER_SOONER)])
def test_a_median_above_the_usual_days_asks_to_answer_sooner(days, step):
    assert steps(Satisfaction(answered=9, on_time=9, median_days=days))[Measure.DAYS] is step


def test_silence_is_never_a_yes():
    figures = Satisfaction(yes=2, silent=8)
    assert figures.rate(figures.yes, figures.finished) == 20
    assert steps(figures)[Measure.SILENT] is Step.ASK_TO_CONFIRM
    assert steps(Satisfaction(yes=8, silent=2))[Measure.SILENT] is Step.WAIT


def test_more_than_one_in_ten_reopened_asks_for_evidence():
    assert steps(Satisfaction(answered=10, on_time=10, reopened=2))[Measure.REOPENED] is Step.SHOW_EVIDENCE
    assert steps(Satisfaction(answered=10, on_time=10, reopened=1))[Measure.REOPENED] is Step.KEEP_ON
