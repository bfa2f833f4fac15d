"""Links in mails that may do one thing, once."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.core.tokens import digest
from portal.models import ScopedToken, TokenPurpose
from portal.services import tokens
from tests.factories import MONDAY

DAY = timedelta(days=1)


def test_a_token_works_once(db: Any) -> None:
    raw = tokens.issue(TokenPurpose.CONFIRM_SUPPORT, 7, MONDAY, DAY)
    assert tokens.redeem(raw, TokenPurpose.CONFIRM_SUPPORT, MONDAY) == 7
    assert tokens.redeem(raw, TokenPurpose.CONFIRM_SUPPORT, MONDAY) is None


def test_looking_uses_nothing_up(db: Any) -> None:
    raw = tokens.issue(TokenPurpose.CONFIRM_SUPPORT, 7, MONDAY, DAY)
    assert tokens.peek(raw, TokenPurpose.CONFIRM_SUPPORT, MONDAY) == 7
    assert tokens.peek(raw, TokenPurpose.CONFIRM_SUPPORT, MONDAY) == 7
    assert tokens.redeem(raw, TokenPurpose.CONFIRM_SUPPORT, MONDAY) == 7
    assert tokens.peek(raw, TokenPurpose.CONFIRM_SUPPORT, MONDAY) is None


def test_a_token_does_only_what_it_is_for(db: Any) -> None:
    raw = tokens.issue(TokenPurpose.CONFIRM_SUPPORT, 7, MONDAY, DAY)
    for purpose in set(TokenPurpose) - {TokenPurpose.CONFIRM_SUPPORT}:
        assert tokens.redeem(raw, purpose, MONDAY) is None
    assert tokens.redeem(raw, TokenPurpose.CONFIRM_SUPPORT, MONDAY) == 7


def test_a_token_is_over_at_its_end(db: Any) -> None:
    raw = tokens.issue(TokenPurpose.CONFIRM_SUPPORT, 7, MONDAY, DAY)
    assert tokens.redeem(raw, TokenPurpose.CONFIRM_SUPPORT, MONDAY + DAY) is None


def test_only_the_digest_of_a_token_is_stored(db: Any) -> None:
    raw = tokens.issue(TokenPurpose.CONFIRM_SUPPORT, 7, MONDAY, DAY)
    row = db.session.scalars(select(ScopedToken)).one()
    assert row.token_hash == digest(raw)
    assert raw not in str(vars(row))


def test_a_made_up_token_opens_nothing(db: Any) -> None:
    for raw in ("", "x", "a" * 5000, "\0", "'; DROP TABLE event; --"):
        assert tokens.redeem(raw, TokenPurpose.CONFIRM_SUPPORT, MONDAY) is None
