"""The planning clock."""

from dataclasses import dataclass
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.models import Endorser, Kind, RoundLevel, Verdict
from portal.rules import planning


@dataclass(frozen=True)
class Round:
    year: int
    level: RoundLevel
    opens_on: date
    closes_on: date


def ward(year, closes_on, level=RoundLevel.WARD):
    return Round(year, level, date(year - 2, 11, 1), closes_on)


ROUNDS = [
    ward(2028, date(2027, 1, 31)),
    ward(2028, date(2027, 3, 24), RoundLevel.CITY),
    ward(2029, date(2028, 1, 31)),
]


def test_the_closing_day_is_in_time_and_the_day_after_is_for_the_next_year():
    assert planning.year_for(ROUNDS, Kind.IDEA, date(2027, 1, 31)) == 2028
    assert planning.year_for(ROUNDS, Kind.PROBLEM, date(2027, 2, 1)) == 2029


def test_later_levels_do_not_keep_a_year_open():
    assert planning.entry_for(ROUNDS, date(2027, 3, 1)).year == 2029


def test_a_year_without_a_ward_round_is_entered_through_its_first_level():
    rounds = [ward(2028, date(2027, 3, 24), RoundLevel.CITY), ward(2028, date(2027, 2, 20), RoundLevel.FORUM)]
    assert planning.entry_for(rounds, date(2027, 2, 1)).level is RoundLevel.FORUM


def test_questions_thanks_and_unknown_rounds_name_no_year():
    assert planning.year_for(ROUNDS, Kind.QUESTION, date(2026, 11, 29)) is None
    assert planning.year_for(ROUNDS, Kind.THANKS, date(2026, 11, 29)) is None
    assert planning.year_for(ROUNDS, Kind.IDEA, date(2030, 1, 1)) is None
    assert planning.year_for([], Kind.IDEA, date(2026, 1, 1)) is None


@given(st.dates(date(2026, 1, 1), date(2028, 1, 31)), st.dates(date(2026, 1, 1), date(2028, 1, 31)))
def test_who_says_it_earlier_is_never_put_to_a_later_year(one, other):
    first, second = sorted((one, other))
    assert planning.entry_for(ROUNDS, first).year <= planning.entry_for(ROUNDS, second).year


def test_the_chain_goes_in_order_and_ends_where_somebody_says_no():
    assert planning.next_endorser({}) is Endorser.WARD_HEAD
    given = {Endorser.WARD_HEAD: Verdict.RECOMMENDED, Endorser.DISTRICT_HEAD: Verdict.CHANGED}
    assert planning.next_endorser(given) is Endorser.AGENCY
    assert planning.last_given(given) is Endorser.DISTRICT_HEAD
    assert planning.next_endorser({Endorser.WARD_HEAD: Verdict.NOT_RECOMMENDED}) is None
    assert planning.next_endorser(dict.fromkeys(Endorser, Verdict.RECOMMENDED)) is None
    assert planning.last_given({}) is None
