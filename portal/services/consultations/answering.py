"""One person's answers: written once, changed until the end, counted in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from portal.core.database import db, insert
from portal.core.sealing import Seal
from portal.core.text import normalise
from portal.models import Consultation, ConsultationAnswer, ConsultationResponse, User
from portal.queries import consultations as reads
from portal.rules.consultations import Given, Stage, stage


class NotOpen(Exception):
    """It does not take answers (any more)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it; `changed` where the person had answered before."""

    response_id: int
    changed: bool


def answer(
    consultation_id: int,
    *,
    person: str,
    given: Sequence[Given],
    ward_code: str | None,
    confirmed: bool,
    at: datetime,
    seal: Seal,
) -> Answer:
    """Keep a person's answers in place of those they gave before. Raises `NotOpen`.

    Who may answer and whether the answers are sound is asked before (`rules.consultations`). `person` is as
    in `queries.consultations.person_hashes`. Pressing twice, or 20 times at once, counts one person.
    """
    # Nobody edits the questions, ends the consultation or sends for the same person meanwhile.
    one = db.session.scalar(
        select(Consultation)
        .where(Consultation.id == consultation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if one is None or stage(one, at) is not Stage.OPEN:
        raise NotOpen
    if not {(row.question_id, row.option_id) for row in given} <= _answerable(consultation_id):
        raise NotOpen  # the question went while it was being answered
    hashes = reads.person_hashes(consultation_id, person, seal=seal)
    known = reads.answer_of(consultation_id, hashes)
    if known is None:
        response_id = _enter(consultation_id, hashes[0], ward_code, confirmed, at)
    else:
        response_id = known.response_id
        db.session.execute(
            update(ConsultationResponse)
            .where(ConsultationResponse.id == response_id)
            .values(ward_code=ward_code, confirmed=confirmed, updated_at=at)
        )
        db.session.execute(delete(ConsultationAnswer).where(ConsultationAnswer.response_id == response_id))
    rows = [
        {
            "response_id": response_id,
            "question_id": row.question_id,
            "option_id": row.option_id,
            "value": row.value,
            "text": normalise(row.text),
        }
        for row in given
    ]
    if rows:
        db.session.execute(insert(ConsultationAnswer), rows)
    return Answer(response_id, known is not None)


def _answerable(consultation_id: int) -> set[tuple[int, int | None]]:
    found: set[tuple[int, int | None]] = set()
    for question in reads.questions(consultation_id):
        found.add((question.id, None))
        found |= {(question.id, option.id) for option in question.options}
    return found


def _enter(
    consultation_id: int, person_hash: str, ward_code: str | None, confirmed: bool, at: datetime
) -> int:
    statement = insert(ConsultationResponse).values(
        consultation_id=consultation_id,
        person_hash=person_hash,
        ward_code=ward_code,
        confirmed=confirmed,
        created_at=at,
        updated_at=at,
    )
    response_id: int = db.session.execute(statement.returning(ConsultationResponse.id)).scalar_one()
    db.session.execute(
        update(Consultation)
        .where(Consultation.id == consultation_id)
        .values(response_count=Consultation.response_count + 1)
        .execution_options(synchronize_session=False)
    )
    return response_id


def declare_ward(user: User, ward_code: str) -> None:
    """Keep where a person says they live, where their account does not say so yet."""
    if not user.ward_code:
        user.ward_code = ward_code
