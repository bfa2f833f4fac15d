"""References can be read aloud, cannot be counted, and repeat with the sending they belong to."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.references import (
    code_matches,
    hash_code,
    parse_reference,
    parse_tracking_code,
    reference,
    tracking_code,
)

SECRET = b"a secret of thirty-two bytes ...."
NOVEMBER = date(2026, 11, 17)
keys = st.text(min_size=1)


def test_reference_names_the_month_and_four_clear_signs() -> None:
    assert re.fullmatch(r"SB-2611-[2-9A-HJ-NPR-Y]{4}", reference(SECRET, "key", NOVEMBER))


@given(keys)
def test_the_same_sending_gets_the_same_receipt(key: str) -> None:
    assert reference(SECRET, key, NOVEMBER) == reference(SECRET, key, NOVEMBER)
    assert tracking_code(SECRET, key) == tracking_code(SECRET, key)


@given(keys, st.dates(date(2001, 1, 1), date(2099, 12, 31)), st.integers(4, 8), st.integers(0, 50))
def test_every_reference_can_be_typed_back(key: str, when: date, length: int, attempt: int) -> None:
    made = reference(SECRET, key, when, attempt=attempt, length=length)
    assert parse_reference(made) == made
    assert parse_reference(made.lower().replace("-", " ")) == made
    assert parse_reference(made.removeprefix("SB-").replace("-", "")) == made


def test_next_attempt_leaves_a_taken_reference() -> None:
    assert len({reference(SECRET, "key", NOVEMBER, attempt=attempt) for attempt in range(20)}) == 20


def test_another_secret_gives_other_numbers() -> None:
    other = SECRET[::-1]
    assert reference(SECRET, "key", NOVEMBER) != reference(other, "key", NOVEMBER)
    assert tracking_code(SECRET, "key") != tracking_code(other, "key")


def test_references_of_one_month_rarely_collide() -> None:
    made = {reference(SECRET, str(number), NOVEMBER) for number in range(2_000)}
    assert len(made) > 1_980


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sb 2611 k7rm", "SB-2611-K7RM"),
        ("SB2611K7RM", "SB-2611-K7RM"),
        ("2611k7rm", "SB-2611-K7RM"),
        (" sb–2611–k7rm. ", "SB-2611-K7RM"),
        ("https://suara.example/en/k/SB-2611-K7RM/?x=1", "SB-2611-K7RM"),
        ("SB/2611/K7RM", "SB-2611-K7RM"),
        ("SB-26II-K7RM", "SB-2611-K7RM"),
        ("SB-2611-K71M", "SB-2611-K7LM"),
        ("ＳＢ２６１１Ｋ７ＲＭ", "SB-2611-K7RM"),
    ],
)
def test_reference_is_understood_as_people_write_it(typed: str, meant: str) -> None:
    assert parse_reference(typed) == meant


@pytest.mark.parametrize(
    "typed", ["", "SB", "SB-2613-K7RM", "SB-2600-K7RM", "SB-2611-K7R", "SB-2611-K7ROQ", "K7RM", "9" * 5_000]
)
def test_what_is_no_reference_gives_nothing(typed: str) -> None:
    assert parse_reference(typed) is None


@given(st.text())
def test_any_input_is_survived(typed: str) -> None:
    assert parse_reference(typed) in {None, parse_reference(parse_reference(typed) or "")}
    parse_tracking_code(typed)


def test_prefix_belongs_to_the_city() -> None:
    made = reference(SECRET, "key", NOVEMBER, prefix="TB")
    assert made.startswith("TB-")
    assert parse_reference(made.lower(), prefix="TB") == made


@given(keys)
def test_tracking_code_can_be_typed_back(key: str) -> None:
    made = tracking_code(SECRET, key)
    assert re.fullmatch(r"(?:[234679AC-HJ-NPRTUV-Y]{4}-?){3}", made)
    assert parse_tracking_code(made.lower().replace("-", " ")) == made


def test_only_the_right_code_opens_the_case() -> None:
    code = tracking_code(SECRET, "key")
    stored = hash_code(SECRET, code)
    assert re.fullmatch("[0-9a-f]{64}", stored)
    assert code_matches(SECRET, code.lower().replace("-", ""), stored)
    assert not code_matches(SECRET, tracking_code(SECRET, "other"), stored)
    assert not code_matches(SECRET, "", stored)
    assert not code_matches(SECRET, code, None)
    assert not code_matches(SECRET[::-1], code, stored)


def test_weak_secret_and_odd_length_are_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        reference(b"short", "key", NOVEMBER)
    with pytest.raises(ValueError, match="suffix"):
        reference(SECRET, "key", NOVEMBER, length=3)
