from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models import BudgetStage, ProgramLevel
from portal.rules import programs as rules
from portal.rules.programs import Part, Promise

PARTS = st.lists(st.builds(Part, st.integers(0, 100), st.integers(1, 1000)), min_size=1, max_size=40)


@given(PARTS)
def test_the_progress_of_a_parent_lies_between_its_slowest_and_its_fastest_child(parts):
    progress = rules.weighted(parts)
    assert min(part.progress for part in parts) <= progress <= max(part.progress for part in parts)


@given(PARTS)
def test_a_parent_is_finished_only_when_everything_is_and_begun_as_soon_as_anything_is(parts):
    progress = rules.weighted(parts)
    assert (progress == 100) == all(part.progress == 100 for part in parts)
    assert (progress == 0) == all(part.progress == 0 for part in parts)


@given(PARTS, st.integers(2, 50))
def test_only_the_relation_of_the_weights_counts(parts, times):
    assert rules.weighted(parts) == rules.weighted(Part(p.progress, p.weight * times) for p in parts)


@given(PARTS, st.integers(0, 39))
def test_progress_of_a_child_never_sets_its_parent_back(parts, place):
    place %= len(parts)
    ahead = list(parts)
    ahead[place] = Part(min(100, parts[place].progress + 7), parts[place].weight)
    assert rules.weighted(ahead) >= rules.weighted(parts)


def test_a_program_without_parts_has_no_progress_of_parts():
    assert rules.weighted([]) is None
    assert rules.weighted([Part(30, 1), Part(60, 3)]) == 53


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("3", None, ""),
        ("3.26", None, ""),
        ("3.26.02", ProgramLevel.PROGRAM, ""),
        ("3.26.02.2.01", ProgramLevel.ACTIVITY, "3.26.02"),
        ("3.26.02.2.01.0004", ProgramLevel.SUB_ACTIVITY, "3.26.02.2.01"),
    ],
)
def test_a_code_says_its_level_and_what_stands_above(code, level, parent):
    assert rules.is_code(code)
    assert rules.level_of(code) is level
    assert rules.parent_code(code) == parent


@pytest.mark.parametrize("code", ["", "3.", ".26", "3..26", "3.26.02.2.01.0004.7", "a.b", "=3.26", "٣.26"])
def test_what_is_no_code_is_none(code):
    assert not rules.is_code(code)


def test_levels_stand_in_their_order():
    assert rules.fits_under(ProgramLevel.ACTIVITY, ProgramLevel.PROGRAM)
    assert rules.fits_under(ProgramLevel.SUB_ACTIVITY, None)
    assert not rules.fits_under(ProgramLevel.PROGRAM, ProgramLevel.PROGRAM)
    assert not rules.fits_under(ProgramLevel.SUB_ACTIVITY, ProgramLevel.PROGRAM)


DUE, LATER = date(2026, 11, 20), date(2026, 12, 2)


@pytest.mark.parametrize(
    ("due", "done", "first", "today", "standing"),
    [
        (DUE, DUE, None, LATER, Promise.KEPT),
        (DUE, LATER, None, LATER, Promise.KEPT_LATE),
        (DUE, None, None, DUE, Promise.AHEAD),
        (DUE, None, None, LATER, Promise.LATE),
        (LATER, None, DUE, date(2026, 11, 1), Promise.MOVED),
        (LATER, None, DUE, date(2026, 11, 25), Promise.LATE),
        (LATER, LATER, DUE, LATER, Promise.KEPT_LATE),  # moving a day does not keep a promise
        (DUE, None, LATER, date(2026, 11, 1), Promise.AHEAD),  # brought forward
    ],
)
def test_a_promise_is_judged_by_the_day_that_was_promised_first(due, done, first, today, standing):
    assert rules.promise(due, done, today=today, first=first) is standing


@pytest.mark.parametrize(
    ("baseline", "target", "realised", "share"),
    [
        (0, 36, 22, 61),
        (0, 36, None, None),
        (10, 4, 7, 50),  # fewer accidents
        (10, 10, 10, 100),
        (10, 10, 9, 0),
        (0, 4, 9, 100),
        (5, 10, 2, 0),
    ],
)
def test_a_measure_says_how_much_of_the_way_is_done(baseline, target, realised, share):
    assert rules.reached(baseline, target, realised) == share


def test_the_revised_budget_stands_before_the_enacted_one():
    amounts = {BudgetStage.PROPOSED: 510, BudgetStage.ENACTED: 400}
    assert rules.standing(amounts) == 400
    assert rules.standing(amounts | {BudgetStage.REVISED: 420, BudgetStage.PAID: 214}) == 420
    assert rules.paid_share(amounts | {BudgetStage.REVISED: 420, BudgetStage.PAID: 214}) == 50
    assert rules.standing({BudgetStage.PROPOSED: 510}) is None
    assert rules.paid_share({BudgetStage.PAID: 5}) is None
    assert rules.paid_share({BudgetStage.ENACTED: 0, BudgetStage.PAID: 5}) is None
