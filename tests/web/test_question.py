from datetime import timedelta

import pytest

from portal.core import clock
from portal.models import Question, Status, Submission, TokenPurpose
from portal.services import tokens
from tests.factories import make_case


@pytest.fixture
def asked(db):
    """A case that waits for its reporter, its question, and the token of the mail."""
    case = make_case(Status.NEEDS_INFO)
    question = db.session.query(Question).one()
    question.expires_at = clock.now() + timedelta(days=5)
    token = tokens.issue(TokenPurpose.ANSWER_QUESTION, question.id, clock.now(), timedelta(days=5))
    return case, question, token


def test_the_link_shows_the_question_and_uses_nothing_up(client, db, asked):
    _case, question, token = asked
    for _ in range(3):
        page = client.get(f"/tanya/{token}")
        assert page.status_code == 200
        assert question.text in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"


def test_the_page_shows_no_more_than_the_question(client, asked):
    case, _question, token = asked
    assert case.body not in client.get(f"/tanya/{token}").text
    assert client.get(f"/lacak/{case.reference}").status_code == 303


def test_the_answer_is_taken_once(client, db, asked):
    case, question, token = asked
    answer = client.post(f"/tanya/{token}", data={"text": "Nomor 12."})
    assert answer.status_code == 303
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.post(f"/tanya/{token}", data={"text": "Nomor 13."}).status_code == 404
    assert db.session.get(Question, question.id).reply == "Nomor 12."
    assert db.session.get(Submission, case.id).status is Status.IN_REVIEW


def test_an_empty_answer_uses_nothing_up(client, db, asked):
    _case, question, token = asked
    page = client.post(f"/tanya/{token}", data={"text": " \u200b"})
    assert page.status_code == 422
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert client.post(f"/tanya/{token}", data={"text": "Nomor 12."}).status_code == 303
    assert db.session.get(Question, question.id).reply == "Nomor 12."


def test_a_question_answered_elsewhere_closes_the_link(client, db, asked):
    case, _question, token = asked
    case.status = Status.IN_REVIEW
    assert client.get(f"/tanya/{token}").status_code == 404
    assert client.post(f"/tanya/{token}", data={"text": "Nomor 12."}).status_code == 404


@pytest.mark.parametrize("token", ["x", "a" * 43, "..%2f", "%00"])
def test_a_made_up_link_opens_nothing(client, db, token):
    page = client.get(f"/tanya/{token}")
    assert page.status_code == 404


def test_a_token_for_something_else_opens_nothing(client, db, asked):
    _case, question, _token = asked
    other = tokens.issue(TokenPurpose.CONFIRM_SUPPORT, question.id, clock.now(), timedelta(days=5))
    assert client.get(f"/tanya/{other}").status_code == 404
