"""Quarters, reminders and differences."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from portal.models.kinds import Party
from portal.rules.partnership_room import DUTY_REMIND_DAYS, differing, duty_reminder, last_quarter
from portal.rules.partnerships import quarter_of_day


@given(some.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1)))
def test_the_last_quarter_ends_where_the_present_one_begins(today):
    begins = last_quarter(today)
    assert begins < quarter_of_day(today) <= today
    assert quarter_of_day(begins + timedelta(days=93)) == quarter_of_day(today)


@given(some.dates(max_value=date(2100, 1, 1)), some.integers(0, 400))
def test_day_by_day_a_promise_is_reminded_of_at_most_three_times(due, days_before):
    told, found = None, []
    for day in range(days_before, -30, -1):
        step = duty_reminder(due, due - timedelta(days=day), told) if due.year > 3 else None
        if step is not None:
            told = step
            found.append(step)
    assert found == sorted(set(found), reverse=True)
    assert set(found) <= set(DUTY_REMIND_DAYS)


def test_one_answer_alone_differs_from_nothing():
    assert differing({Party.BUSINESS: {"promises": "yes"}}) == frozenset()


def test_what_two_see_differently_is_named():
    answers = {
        Party.BUSINESS: {"promises": "yes", "benefit": "no"},
        Party.AGENCY: {"promises": "no", "benefit": "no"},
    }
    assert differing(answers) == {"promises"}
