"""The word of reporters on an answer counts once, however often and at once it is said."""

import threading

from flask import Flask
from sqlalchemy import select

from portal.core.database import db, transaction
from portal.models import Answer, AnswerVote, Event, Status, Submission
from portal.services import cases
from tests.factories import make_case, reporter


def test_ten_presses_at_once_count_one(app: Flask) -> None:
    with app.app_context(), transaction():
        case = make_case(Status.ANSWERED)
        answer = db.session.scalars(select(Answer).where(Answer.submission_id == case.id)).one()
        case_id, answer_id = case.id, answer.id
    gate = threading.Barrier(10)

    def run() -> None:
        with app.app_context():
            gate.wait()
            with transaction():
                found, answer = db.session.get(Submission, case_id), db.session.get(Answer, answer_id)
                assert found is not None
                assert answer is not None
                cases.rate(found, answer, useful=True, actor=reporter(found), at=found.updated_at)

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        votes = db.session.scalars(select(AnswerVote)).all()
        assert [(vote.answer_id, vote.submission_id, vote.useful) for vote in votes] == [
            (answer_id, case_id, True)
        ]
        assert len(db.session.scalars(select(Event).where(Event.action == "rate")).all()) == 1
