from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.models import Eligibility, QuestionKind, Role
from portal.rules.consultations import (
    Asked,
    Fault,
    Given,
    Problem,
    Refusal,
    Stage,
    days_left,
    may_publish,
    may_write,
    read,
    refusal,
    stage,
)
from portal.rules.permissions import Actor, Seat

OPENS = datetime(2026, 11, 10, tzinfo=UTC)
CLOSES = datetime(2026, 11, 20, tzinfo=UTC)


def one(**changes):
    values = {"opens_at": OPENS, "closes_at": CLOSES, "published_at": OPENS, "outcome_at": None}
    return SimpleNamespace(**{"agency_id": 1, "archived_at": None, **values, **changes})


@pytest.mark.parametrize(
    ("changes", "at", "expected"),
    [
        ({"published_at": None}, OPENS, Stage.DRAFT),
        ({}, OPENS - timedelta(seconds=1), Stage.COMING),
        ({}, OPENS, Stage.OPEN),
        ({}, CLOSES - timedelta(seconds=1), Stage.OPEN),
        ({}, CLOSES, Stage.CLOSED),
        ({"outcome_at": CLOSES}, CLOSES, Stage.OUTCOME),
        ({"outcome_at": CLOSES, "archived_at": CLOSES}, CLOSES, Stage.ARCHIVED),
    ],
)
def test_a_consultation_is_open_from_its_first_moment_until_before_its_last(changes, at, expected):
    assert stage(one(**changes), at) is expected


def test_the_last_day_has_no_days_left():
    assert days_left(date(2026, 11, 20), date(2026, 11, 14)) == 6
    assert days_left(date(2026, 11, 20), date(2026, 11, 20)) == 0


def test_officers_write_and_only_those_who_publish_bring_it_before_the_public():
    def seated(role, agency_id=None, publisher=False):
        return Actor(1, frozenset({Seat(role, agency_id, publisher)}))

    assert may_write(seated(Role.OFFICER, 1), 1)
    assert not may_publish(seated(Role.OFFICER, 1), 1)
    assert may_publish(seated(Role.OFFICER, 1, True), 1)
    assert may_publish(seated(Role.HEAD, 1), 1)
    assert may_publish(seated(Role.TRIAGE), 1)
    for other in (seated(Role.HEAD, 2), seated(Role.ADMIN), Actor()):
        assert not may_write(other, 1)
        assert not may_publish(other, 1)


@pytest.mark.parametrize(
    ("eligibility", "signed_in", "ward", "expected"),
    [
        (Eligibility.ANYONE, False, None, None),
        (Eligibility.CONFIRMED, False, None, Refusal.UNKNOWN),
        (Eligibility.CONFIRMED, True, None, None),
        (Eligibility.WARD, True, None, Refusal.NO_WARD),
        (Eligibility.WARD, True, "b", Refusal.OTHER_WARD),
        (Eligibility.WARD, True, "a", None),
    ],
)
def test_who_may_answer_depends_on_contact_and_ward(eligibility, signed_in, ward, expected):
    assert refusal(eligibility, signed_in=signed_in, ward_code=ward, wanted="a") is expected


def asked(kind, *, required=True, most=None, points=None):
    options = () if kind is QuestionKind.TEXT else (7, 8, 9)
    return Asked(1, kind, required, options, most, points)


SINGLE, MULTIPLE = asked(QuestionKind.SINGLE), asked(QuestionKind.MULTIPLE, most=2)
RANKING, POINTS = asked(QuestionKind.RANKING), asked(QuestionKind.POINTS, points=10)
TEXT = asked(QuestionKind.TEXT)


@pytest.mark.parametrize(
    ("question", "typed", "expected"),
    [
        (SINGLE, {}, Problem(Fault.MISSING)),
        (SINGLE, {"q1": "99"}, Problem(Fault.UNKNOWN)),
        (MULTIPLE, {"q1-7": "1", "q1-8": "1", "q1-9": "1"}, Problem(Fault.TOO_MANY, 3, 2)),
        (RANKING, {}, Problem(Fault.MISSING)),
        (RANKING, {"q1-7": "1", "q1-8": "1"}, Problem(Fault.TWICE, 1)),
        (RANKING, {"q1-7": "1", "q1-8": "3"}, Problem(Fault.GAP, 3, 2)),
        (RANKING, {"q1-7": "4"}, Problem(Fault.NUMBER, 0, 3)),
        (POINTS, {"q1-7": "5", "q1-8": "7"}, Problem(Fault.SUM, 12, 10)),
        (POINTS, {"q1-7": "-3"}, Problem(Fault.NUMBER, 0, 1000)),
        (POINTS, {"q1-7": "9" * 400}, Problem(Fault.NUMBER, 0, 1000)),
        (POINTS, {"q1-7": "5,5"}, Problem(Fault.NUMBER, 0, 1000)),
        (POINTS, {}, Problem(Fault.MISSING, 0, 10)),
        (TEXT, {"q1": "  "}, Problem(Fault.MISSING)),
        (TEXT, {"q1": "x" * 2001}, Problem(Fault.LONG, 2001, 2000)),
    ],
)
def test_what_is_wrong_with_an_answer_is_named_with_its_figures(question, typed, expected):
    given_, problems = read([question], typed)
    assert problems == {1: expected}
    assert given_ == ()


@pytest.mark.parametrize(
    ("question", "typed", "expected"),
    [
        (SINGLE, {"q1": "8"}, [Given(1, 8, 1)]),
        (MULTIPLE, {"q1-7": "1", "q1-9": "1"}, [Given(1, 7, 1), Given(1, 9, 1)]),
        (RANKING, {"q1-7": "2", "q1-9": "1", "q1-8": ""}, [Given(1, 7, 2), Given(1, 9, 1)]),
        (POINTS, {"q1-7": "10", "q1-8": "0"}, [Given(1, 7, 10)]),
        (TEXT, {"q1": " Jalan rusak "}, [Given(1, None, None, "Jalan rusak")]),
        (asked(QuestionKind.POINTS, required=False, points=10), {}, []),
    ],
)
def test_a_sound_answer_becomes_its_rows(question, typed, expected):
    assert read([question], typed) == (tuple(expected), {})


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(["q1", "q1-7", "q1-8", "q1-9"]), st.text(max_size=6)))
def test_whatever_is_typed_is_read_without_an_error_and_never_breaks_the_rules(typed):
    for question in (SINGLE, MULTIPLE, RANKING, POINTS, TEXT):
        rows, problems = read([question], typed)
        assert bool(rows) != bool(problems)
        if question is POINTS and rows:
            assert sum(row.value for row in rows) == 10
        if question is RANKING and rows:
            assert sorted(row.value for row in rows) == list(range(1, len(rows) + 1))
