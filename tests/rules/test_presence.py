from datetime import timedelta

import pytest

from portal.rules.presence import Kept, is_fresh, is_news, minutes_of_writing
from tests.factories import MONDAY as NOW

QUIET = {"writing": False, "told": False, "at": NOW}


def kept(seconds: int = 5, *, writing: bool = False, taken: bool = False) -> Kept:
    return Kept(NOW - timedelta(seconds=seconds), NOW if writing else None, taken)


def test_whoever_was_silent_for_a_minute_is_gone():
    assert is_fresh(NOW - timedelta(seconds=59), NOW)
    assert not is_fresh(NOW - timedelta(seconds=60), NOW)


def test_the_first_sign_of_life_is_written_down():
    assert is_news(None, **QUIET)


def test_the_same_word_is_written_down_every_fifteen_seconds_only():
    assert not is_news(kept(14), **QUIET)
    assert is_news(kept(15), **QUIET)


@pytest.mark.parametrize("before", [True, False])
def test_beginning_and_ending_to_write_is_news_at_once(before):
    assert is_news(kept(writing=before), **QUIET | {"writing": not before})
    assert not is_news(kept(writing=before), **QUIET | {"writing": before})


def test_whoever_was_taken_over_is_no_writer_until_they_know_it():
    assert not is_news(kept(taken=True), **QUIET | {"writing": True})
    assert is_news(kept(taken=True), **QUIET | {"told": True})


def test_minutes_are_whole_and_never_negative():
    assert minutes_of_writing(NOW - timedelta(seconds=119), NOW) == 1
    assert minutes_of_writing(NOW + timedelta(seconds=5), NOW) == 0
