from datetime import timedelta

import pytest

from portal.core.text import fold
from portal.models import CommentState, HideCode, Premoderation, Role
from portal.rules.discussion import (
    Voice,
    first_state,
    is_listed,
    is_reserved_name,
    may_close,
    may_edit,
    voices,
)
from portal.rules.permissions import VISITOR, Actor, Seat
from tests.factories import MONDAY

HERE, ELSEWHERE = 1, 2


def staff(role: Role, agency_id: int | None = None) -> Actor:
    return Actor(user_id=9, seats=frozenset({Seat(role, agency_id)}))


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        (VISITOR, []),
        (Actor(user_id=9), [Voice.PERSON]),
        (staff(Role.OFFICER, HERE), [Voice.AGENCY]),
        (staff(Role.HEAD, HERE), [Voice.AGENCY]),
        (staff(Role.TRIAGE), [Voice.AGENCY]),
        (staff(Role.OFFICER, ELSEWHERE), [Voice.PERSON]),
        (staff(Role.HEAD, ELSEWHERE), [Voice.PERSON]),
        (staff(Role.TRIAGE, ELSEWHERE), [Voice.PERSON]),
        (staff(Role.ADMIN), [Voice.PERSON]),
        (staff(Role.COMPETENCY), [Voice.PERSON]),
    ],
)
def test_who_may_speak_as_whom(actor, expected):
    assert voices(actor, HERE, is_reporter=False) == expected
    assert voices(actor, HERE, is_reporter=True) == [Voice.REPORTER, *expected]


def test_nobody_speaks_for_an_agency_where_none_is_in_charge():
    assert voices(staff(Role.TRIAGE), None, is_reporter=False) == [Voice.PERSON]


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (staff(Role.OFFICER, HERE), True),
        (staff(Role.HEAD, HERE), True),
        (staff(Role.TRIAGE), True),
        (staff(Role.OFFICER, ELSEWHERE), False),
        (staff(Role.ADMIN), False),
        (Actor(user_id=9), False),
        (VISITOR, False),
    ],
)
def test_who_may_close_a_discussion(actor, may):
    assert may_close(actor, HERE) is may


@pytest.mark.parametrize("setting", list(Premoderation))
@pytest.mark.parametrize("first_timer", [True, False])
def test_when_a_text_waits(setting, first_timer):
    waits = setting is Premoderation.ALL or (setting is Premoderation.FIRST_TIMERS and first_timer)
    expected = CommentState.HELD if waits else CommentState.PUBLISHED
    assert first_state([], setting, first_timer=first_timer) is expected
    assert first_state(["flagged_word", "link"], setting, first_timer=first_timer) is expected
    assert first_state(["phone"], setting, first_timer=first_timer) is CommentState.HELD
    assert first_state([], setting, first_timer=first_timer, official=True) is CommentState.PUBLISHED
    assert first_state(["nik"], setting, first_timer=first_timer, official=True) is CommentState.HELD


def test_what_stands_on_the_page():
    def listed(state, *, was_public=True, replies=False, hidden=None):
        return is_listed(state, was_public=was_public, replies=replies, hidden=hidden)

    assert listed(CommentState.PUBLISHED)
    assert not listed(CommentState.HELD)
    assert listed(CommentState.HIDDEN, hidden=HideCode.INSULT)
    assert not listed(CommentState.HIDDEN, hidden=HideCode.INSULT, was_public=False)
    assert listed(CommentState.DELETED, replies=True)
    assert not listed(CommentState.DELETED)


def test_words_may_change_for_fifteen_minutes():
    last = MONDAY + timedelta(minutes=15)
    assert may_edit(CommentState.HELD, MONDAY, at=last - timedelta(microseconds=1))
    assert not may_edit(CommentState.PUBLISHED, MONDAY, at=last)
    assert not may_edit(CommentState.HIDDEN, MONDAY, at=MONDAY)
    assert not may_edit(CommentState.DELETED, MONDAY, at=MONDAY)


@pytest.mark.parametrize(
    "name", ["Admin", "PETUGAS Pemko", "Wali Kota", "walikota", "Kepala Dinas", "Ａdmin"]
)
def test_a_name_of_the_city_is_nobodys(name):
    assert is_reserved_name(fold(name))


@pytest.mark.parametrize("name", ["Mustafa", "Resmiati Hutabarat", "Stafani", "Ros", "Pak Dinasti"])
def test_a_name_that_only_sounds_like_it_is_fine(name):
    assert not is_reserved_name(fold(name))
