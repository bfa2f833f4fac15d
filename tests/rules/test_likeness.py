"""Resemblance is said in words, metres and reasons that a person can follow."""

from dataclasses import dataclass
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from portal.core.text import stems
from portal.models.kinds import Status
from portal.rules.likeness import Because, main_one, marked, metres
from tests.factories import at


def test_words_of_one_stem_are_marked_in_the_spelling_they_have() -> None:
    pieces = marked("Lampunya padam lagi.", stems("lampu jalan padam"))
    assert pieces == [("Lampunya", True), (" ", False), ("padam", True), (" lagi.", False)]


def test_words_that_say_nothing_are_never_marked() -> None:
    assert marked("yang di dan", stems("yang di dan")) == [("yang di dan", False)]


@given(st.text(max_size=200), st.text(max_size=80))
def test_the_pieces_joined_give_the_text(text: str, other: str) -> None:
    assert "".join(piece for piece, _ in marked(text, stems(other))) == text


def test_a_distance_is_measured_along_the_ground() -> None:
    assert metres((1.7400, 98.7800), (1.7400, 98.7800)) == 0
    assert 1_105 <= metres((1.7400, 98.7800), (1.7500, 98.7800)) <= 1_118


@dataclass
class Case:
    id: int = 1
    status: Status = Status.IN_REVIEW
    support_count: int = 0
    received_at: datetime = at(10)
    answered_at: datetime | None = None


def test_the_answered_one_carries_the_other() -> None:
    answered = Case(1, Status.ANSWERED, answered_at=at(12))
    assert main_one(Case(2, support_count=9), answered) == (answered, Because.ANSWERED)


def test_else_the_one_that_is_further() -> None:
    further = Case(2, Status.ASSIGNED)
    assert main_one(Case(1, support_count=9), further) == (further, Because.FURTHER)


def test_else_the_one_with_more_supports() -> None:
    supported = Case(2, support_count=3)
    assert main_one(Case(1), supported) == (supported, Because.SUPPORTED)


def test_else_the_older() -> None:
    older = Case(2, received_at=at(9))
    assert main_one(Case(1), older) == (older, Because.OLDER)
