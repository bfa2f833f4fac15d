from datetime import timedelta

import pytest
from sqlalchemy import text

from portal.core.pagination import Cursor
from portal.models import Comment, CommentState
from portal.queries import discussion as queries
from portal.rules.discussion import Order
from tests import factories as make
from tests.factories import MONDAY


@pytest.fixture
def citizen(app, db):
    return make.make_citizen(app.extensions["seal"])


def tokens(talk) -> list[str]:
    return [row.token for row in talk.comments]


def test_pages_are_the_same_read_forwards_and_backwards(db, citizen):
    case = make.make_case()
    made = [make.make_comment(case, citizen, helpful_count=n % 4) for n in range(23)]
    thread_id = made[0].thread_id
    for order in Order:
        first = queries.page(thread_id, order, size=10)
        second = queries.page(thread_id, order, first.comments.next_cursor, size=10)
        third = queries.page(thread_id, order, second.comments.next_cursor, size=10)
        assert third.comments.next_cursor is None
        assert len({*tokens(first), *tokens(second), *tokens(third)}) == 23
        assert tokens(queries.page(thread_id, order, second.comments.previous_cursor, size=10)) == tokens(
            first
        )
    helpful = queries.page(thread_id, Order.HELPFUL, size=23)
    counts = [row.helpful_count for row in helpful.comments]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize(
    "cursor", ["", "x", "W10", "WzAsIjEiXQ", Cursor((2**62,)).encode(), Cursor((-5, -5)).encode(), "a" * 300]
)
def test_a_meddled_cursor_breaks_nothing(db, citizen, cursor):
    comment = make.make_comment(make.make_case(), citizen)
    for order in Order:
        queries.page(comment.thread_id, order, cursor)
    queries.replies(comment, cursor)


def test_a_comment_that_comes_meanwhile_moves_no_page(db, citizen):
    case = make.make_case()
    made = [make.make_comment(case, citizen) for _ in range(12)]
    first = queries.page(made[0].thread_id, size=5)
    make.make_comment(case, citizen)
    second = queries.page(made[0].thread_id, after=first.comments.next_cursor, size=5)
    assert tokens(second) == [one.token for one in reversed(made[2:7])]


def test_of_a_hidden_comment_neither_words_nor_name_are_read(db, citizen):
    case = make.make_case()
    comment = make.make_comment(case, citizen, state=CommentState.HIDDEN, listed=True, agency_id=None)
    (row,) = queries.page(comment.thread_id).comments
    assert (row.body, row.author_name, row.helpful_count) == ("", "", 0)


def test_a_reply_goes_where_its_comment_went(db, citizen):
    case = make.make_case()
    root = make.make_comment(case, citizen)
    reply = make.make_comment(case, citizen, parent_id=root.id)
    assert queries.listed(reply.token) is not None
    root.state, root.listed = CommentState.HELD, False
    assert queries.listed(reply.token) is None


def test_what_one_wrote_is_listed_without_what_the_reporter_said(db, citizen):
    case = make.make_case()
    mine = make.make_comment(case, citizen)
    make.make_comment(case)
    assert [row.id for row in queries.written_by(citizen.id)] == [mine.id]


def test_ten_thousand_comments_are_read_along_an_index(db, citizen):
    case = make.make_case()
    root = make.make_comment(case, citizen)
    rows = [
        {
            "token": f"banyak{number:06d}",
            "thread_id": root.thread_id,
            "parent_id": root.id if number % 2 else None,
            "author_name": "Ros",
            "body": "Betul.",
            "state": CommentState.PUBLISHED,
            "listed": True,
            "idempotency_hash": f"banyak{number:057d}",
            "created_at": MONDAY + timedelta(seconds=number),
        }
        for number in range(10_000)
    ]
    db.session.execute(Comment.__table__.insert(), rows)
    root.reply_count = 5000
    if db.engine.dialect.name == "sqlite":
        for order in Order:
            asked = str(
                queries._roots_query(root.thread_id, order, None).compile(
                    db.engine, compile_kwargs={"literal_binds": True}
                )
            )
            plan = " ".join(str(row) for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {asked}")))
            assert "ix_comment_" in plan
            assert "TEMP B-TREE" not in plan
    talk = queries.page(root.thread_id, Order.OLDEST)
    assert len(talk.comments) == 20
    assert len(talk.replies[root.id]) == 3
