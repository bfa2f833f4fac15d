from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.models import QuestionKind
from portal.rules.consultations import Asked
from portal.rules.tallies import SMALL, Row, of_wards, people, tally, wards_to_show

OPTIONS = (1, 2, 3, 4)
RANKING = Asked(5, QuestionKind.RANKING, True, OPTIONS)
POINTS = Asked(5, QuestionKind.POINTS, True, OPTIONS, points=10)
SINGLE = Asked(5, QuestionKind.SINGLE, True, OPTIONS)

rankings = st.lists(st.permutations(OPTIONS), min_size=1, max_size=20)


def rows_of(votes: list[dict[int, int]], ward: str = "") -> list[Row]:
    """Group votes (option -> value) as the database does."""
    count, total, first = Counter(), Counter(), Counter()
    for vote in votes:
        for option, value in vote.items():
            count[option] += 1
            total[option] += value
            first[option] += value == 1
    rows = [Row(ward, 5, one, count[one], total[one], first[one]) for one in count]
    return [*rows, Row(ward, 5, None, len(votes)), Row(ward, None, None, len(votes))]


@settings(max_examples=40, deadline=None)
@given(rankings, st.randoms())
def test_a_ranking_gives_away_the_same_points_in_whatever_order_it_is_counted(ballots, random):
    rows = rows_of([{one: place for place, one in enumerate(ballot, 1)} for ballot in ballots])
    counted = tally(RANKING, rows)
    random.shuffle(rows)
    assert tally(RANKING, rows) == counted
    assert sum(line.score for line in counted.lines) == len(ballots) * (1 + 2 + 3 + 4)
    assert sum(line.first for line in counted.lines) == len(ballots) == counted.people
    borda = {one: sum(len(OPTIONS) - ballot.index(one) for ballot in ballots) for one in OPTIONS}
    assert {line.option_id: line.score for line in counted.lines} == borda


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from(OPTIONS), min_size=10, max_size=10), min_size=1, max_size=20))
def test_no_point_is_lost(ballots):
    counted = tally(POINTS, rows_of([dict(Counter(ballot)) for ballot in ballots]))
    assert sum(line.score for line in counted.lines) == 10 * len(ballots)
    assert abs(sum(line.share for line in counted.lines) - 100) < 0.3


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 12), min_size=1))
def test_no_group_smaller_than_five_can_be_read_or_worked_out(by_ward):
    shown, together = wards_to_show(by_ward)
    assert sorted([*shown, *together]) == sorted(by_ward)
    assert all(by_ward[ward] >= SMALL for ward in shown)
    rest = sum(by_ward[ward] for ward in together)
    assert not together or rest >= SMALL or not shown


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), st.integers(1, 9), min_size=1))
def test_the_wards_add_up_to_the_city(by_ward):
    rows = [row for ward, number in by_ward.items() for row in rows_of([{1: 1}] * number, ward)]
    assert people(rows) == by_ward
    whole = tally(SINGLE, rows)
    parts = [tally(SINGLE, of_wards(rows, [ward])) for ward in by_ward]
    assert whole.people == sum(part.people for part in parts)
    assert whole.lines[0].score == sum(part.lines[0].score for part in parts)


def test_equal_options_stay_in_the_order_of_the_question():
    counted = tally(SINGLE, rows_of([{2: 1}, {1: 1}]))
    assert [line.option_id for line in counted.ranked] == [1, 2, 3, 4]
