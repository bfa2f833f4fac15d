"""Reads of consultations: their pages, their answers counted, and what one person answered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, func, literal, null, or_, select, union_all
from sqlalchemy.orm import joinedload

from portal.core.clock import city_date
from portal.core.database import db
from portal.core.pagination import Cursor, Page, page_of
from portal.core.sealing import Seal
from portal.models import (
    Consultation,
    ConsultationAnswer,
    ConsultationKind,
    ConsultationOption,
    ConsultationQuestion,
    ConsultationResponse,
    Eligibility,
    Follow,
    Program,
    QuestionKind,
    Subject,
    Submission,
)
from portal.rules.consultations import Asked, Given
from portal.rules.tallies import Row

PAGE_SIZE = 30
#: Consultations that run at the same time, of all agencies and wards together.
MOST_RUNNING = 200
#: Answers that a file holds.
MOST_ROWS = 100_000
#: No period ends later (2100), so no page begins there.
_LATEST = 4_102_444_800


#: Counted answers of consultations that have ended, in this process.
_final: dict[tuple[int, datetime, int], list[Row]] = {}
_MOST_FINAL = 200


@dataclass(frozen=True, slots=True)
class OptionRow:
    """An option. One made of a submission that is no longer public has no words (`gone`)."""

    id: int
    text_id: str
    text_en: str
    reference: str = ""
    gone: bool = False
    submission_id: int | None = None
    #: What staff wrote, where the words shown are the submission's own.
    written_id: str = ""


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question with its options in order."""

    id: int
    kind: QuestionKind
    text_id: str
    text_en: str
    required: bool
    most: int | None
    points: int | None
    options: tuple[OptionRow, ...]

    @property
    def asked(self) -> Asked:
        """Return it as the rules know it."""
        options = tuple(one.id for one in self.options)
        return Asked(self.id, self.kind, self.required, options, self.most, self.points)


@dataclass(frozen=True, slots=True)
class ListRow:
    """A line of a list."""

    id: int
    slug: str
    kind: ConsultationKind
    agency_id: int
    title_id: str
    title_en: str
    eligibility: Eligibility
    ward_code: str | None
    opens_at: datetime
    closes_at: datetime
    published_at: datetime | None
    outcome_at: datetime | None
    review_on: date | None
    archived_at: datetime | None
    response_count: int


_LIST: tuple[Any, ...] = (
    Consultation.id,
    Consultation.slug,
    Consultation.kind,
    Consultation.agency_id,
    Consultation.title_id,
    Consultation.title_en,
    Consultation.eligibility,
    Consultation.ward_code,
    Consultation.opens_at,
    Consultation.closes_at,
    Consultation.published_at,
    Consultation.outcome_at,
    Consultation.review_on,
    Consultation.archived_at,
    Consultation.response_count,
)


@dataclass(frozen=True, slots=True)
class ConsultationFilters:
    """What a visitor asked for; None means anything. `year` is that of the end."""

    kind: ConsultationKind | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A published consultation and the program that it is about."""

    consultation: Consultation
    program_code: str = ""
    program_title_id: str = ""
    program_title_en: str = ""


def by_slug(slug: str) -> Published | None:
    """Return a published consultation; one that is not published does not exist."""
    return _published(and_(Consultation.slug == slug, Consultation.published_at.is_not(None)))


def preview(consultation_id: int) -> Published | None:
    """Return a consultation as `by_slug` will once it is published."""
    return _published(Consultation.id == consultation_id)


def _published(which: ColumnElement[bool]) -> Published | None:
    query = (
        select(Consultation, Program.code, Program.title_id, Program.title_en)
        .outerjoin(Program, Program.id == Consultation.program_id)
        .where(which)
        .options(joinedload(Consultation.thread))
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return None
    return Published(found[0], *(value or "" for value in found[1:]))


def by_id(consultation_id: int) -> Consultation | None:
    """Return a consultation, published or not."""
    return db.session.get(Consultation, consultation_id) if consultation_id < 2**31 else None


def slug_taken(slug: str) -> bool:
    """Tell whether an address is in use."""
    return db.session.scalar(select(Consultation.id).where(Consultation.slug == slug)) is not None


def questions(consultation_id: int) -> list[QuestionRow]:
    """Return the questions with their options, in order, by one query.

    The words of an option that stands for a submission are the submission's own unless staff wrote others;
    either way they go when the submission is hidden, withdrawn or closed.
    """
    query = (
        select(
            ConsultationQuestion,
            ConsultationOption,
            Submission.reference,
            Submission.title,
            Submission.listed,
        )
        .outerjoin(ConsultationOption, ConsultationOption.question_id == ConsultationQuestion.id)
        .outerjoin(Submission, Submission.id == ConsultationOption.submission_id)
        .where(ConsultationQuestion.consultation_id == consultation_id)
        .order_by(
            ConsultationQuestion.position,
            ConsultationQuestion.id,
            ConsultationOption.position,
            ConsultationOption.id,
        )
    )
    rows: dict[int, ConsultationQuestion] = {}
    options: dict[int, list[OptionRow]] = {}
    found: Sequence[Any] = db.session.execute(query).all()
    for question, option, reference, title, listed in found:
        rows[question.id] = question
        of_question = options.setdefault(question.id, [])
        if option is None:
            continue
        of_question.append(_option(option, reference, title, listed))
    return [
        QuestionRow(
            one.id,
            one.kind,
            one.text_id,
            one.text_en,
            one.required,
            one.most,
            one.points,
            tuple(options[one.id]),
        )
        for one in rows.values()
    ]


def _option(
    option: ConsultationOption, reference: str | None, title: str | None, listed: bool | None
) -> OptionRow:
    if option.submission_id is None:
        return OptionRow(option.id, option.text_id, option.text_en, written_id=option.text_id)
    if not listed:
        return OptionRow(option.id, "", "", gone=True, submission_id=option.submission_id)
    return OptionRow(
        option.id,
        option.text_id or title or "",
        option.text_en,
        reference or "",
        submission_id=option.submission_id,
        written_id=option.text_id,
    )


def _matching(filters: ConsultationFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Consultation.published_at.is_not(None)]
    if filters.kind is not None:
        found.append(Consultation.kind == filters.kind)
    if filters.year is not None:
        found.append(Consultation.closes_at >= datetime.fromisoformat(f"{filters.year}-01-01T00:00+07:00"))
        found.append(Consultation.closes_at < datetime.fromisoformat(f"{filters.year + 1}-01-01T00:00+07:00"))
    return found


def running(filters: ConsultationFilters, *, at: datetime) -> list[ListRow]:
    """Return what takes answers now or will, the next to end first."""
    query = (
        select(*_LIST)
        .where(*_matching(filters), Consultation.closes_at > at)
        .order_by(Consultation.closes_at, Consultation.id)
        .limit(MOST_RUNNING)
    )
    return [ListRow(*row) for row in db.session.execute(query)]


def ended(filters: ConsultationFilters, after: str | None, *, at: datetime) -> Page[ListRow]:
    """Return a page of what has ended, the last to end first."""
    query = select(*_LIST).where(*_matching(filters), Consultation.closes_at <= at)
    cursor = Cursor.decode(after, (int, int))
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        # a meddled cursor may name a moment that no calendar has
        seconds = min(max(cursor.values[0], 0), _LATEST)
        moment, row_id = datetime.fromtimestamp(seconds, tz=at.tzinfo), cursor.values[1]
        query = query.where(
            or_(
                Consultation.closes_at > moment,
                and_(Consultation.closes_at == moment, Consultation.id > row_id),
            )
            if backwards
            else or_(
                Consultation.closes_at < moment,
                and_(Consultation.closes_at == moment, Consultation.id < row_id),
            )
        )
    order = (
        (Consultation.closes_at.asc(), Consultation.id.asc())
        if backwards
        else (Consultation.closes_at.desc(), Consultation.id.desc())
    )
    rows = [ListRow(*row) for row in db.session.execute(query.order_by(*order).limit(PAGE_SIZE + 1))]
    return page_of(rows, PAGE_SIZE, cursor, lambda row: (int(row.closes_at.timestamp()), row.id))


def at_desk(agency_ids: Collection[int] | None, after: str | None) -> Page[ListRow]:
    """Return a page of the consultations of these agencies (None: of all), the newest first."""
    query = select(*_LIST)
    if agency_ids is not None:
        query = query.where(Consultation.agency_id.in_(agency_ids))
    cursor = Cursor.decode(after, (int,))
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        row_id = cursor.values[0]
        query = query.where(Consultation.id > row_id if backwards else Consultation.id < row_id)
    order = Consultation.id.asc() if backwards else Consultation.id.desc()
    rows = [ListRow(*row) for row in db.session.execute(query.order_by(order).limit(PAGE_SIZE + 1))]
    return page_of(rows, PAGE_SIZE, cursor, lambda row: (row.id,))


# --- answers ----------------------------------------------------------------------------------------


def tally_rows(consultation_id: int) -> list[Row]:
    """Return the answers grouped by ward, question and option, counted by the database in one query."""
    ward = func.coalesce(ConsultationResponse.ward_code, "")
    here = ConsultationResponse.consultation_id == consultation_id
    joined = select(
        ward,
        ConsultationAnswer.question_id,
        ConsultationAnswer.option_id,
        func.count(),
        func.coalesce(func.sum(ConsultationAnswer.value), 0),
        func.sum(case((ConsultationAnswer.value == 1, 1), else_=0)),
    ).join(ConsultationResponse, ConsultationResponse.id == ConsultationAnswer.response_id)
    by_option = joined.where(here, ConsultationAnswer.option_id.is_not(None)).group_by(
        ward, ConsultationAnswer.question_id, ConsultationAnswer.option_id
    )
    by_question = (
        select(
            ward,
            ConsultationAnswer.question_id,
            null(),
            func.count(distinct(ConsultationAnswer.response_id)),
            literal(0),
            literal(0),
        )
        .join(ConsultationResponse, ConsultationResponse.id == ConsultationAnswer.response_id)
        .where(here)
        .group_by(ward, ConsultationAnswer.question_id)
    )
    people = (
        select(ward, null(), null(), func.count(), literal(0), literal(0))
        .select_from(ConsultationResponse)
        .where(here)
        .group_by(ward)
    )
    rows: Sequence[Any] = db.session.execute(union_all(by_option, by_question, people)).all()
    return [
        Row(row[0], row[1], row[2], int(row[3]), int(row[4]), int(row[5]))
        for row in sorted(rows, key=lambda row: (row[0], row[1] or 0, row[2] or 0))
    ]


def final_rows(one: Consultation) -> list[Row]:
    """Return `tally_rows` of a consultation that has ended: nothing changes them, so they are kept in memory.

    The page around them is drawn anew after each change on the site, the counting is not.
    """
    key = (one.id, one.closes_at, one.response_count)
    found = _final.get(key)
    if found is None:
        if len(_final) >= _MOST_FINAL:
            _final.clear()
        found = _final[key] = tally_rows(one.id)
    return found


@dataclass(frozen=True, slots=True)
class Answered:
    """What one person answered."""

    response_id: int
    updated_at: datetime
    ward_code: str | None
    given: tuple[Given, ...]


def answer_of(consultation_id: int, hashes: Sequence[str]) -> Answered | None:
    """Return what the person behind one of these keyed hashes answered."""
    query = select(ConsultationResponse).where(
        ConsultationResponse.consultation_id == consultation_id,
        ConsultationResponse.person_hash.in_(hashes),
    )
    response = db.session.scalars(query.order_by(ConsultationResponse.id).limit(1)).first()
    if response is None:
        return None
    answers = (
        select(
            ConsultationAnswer.question_id,
            ConsultationAnswer.option_id,
            ConsultationAnswer.value,
            ConsultationAnswer.text,
        )
        .where(ConsultationAnswer.response_id == response.id)
        .order_by(ConsultationAnswer.id)
    )
    given = tuple(Given(*row) for row in db.session.execute(answers))
    return Answered(response.id, response.updated_at, response.ward_code, given)


def person_hashes(consultation_id: int, person: str, *, seal: Seal) -> list[str]:
    """Return what stands for a person in one consultation, under each key, newest first.

    It is bound to the consultation: nobody can be followed from one to the next. `person` is "user:<id>" or
    "browser:<random>".
    """
    return seal.keyed_hashes(f"consultation:{consultation_id}:{person}")


@dataclass(frozen=True, slots=True)
class FileRow:
    """One answer in a file. `response` only says which rows belong together."""

    response: int
    ward_code: str | None
    question_id: int
    option_id: int | None
    value: int | None
    text: str


def file_rows(consultation_id: int) -> list[FileRow]:
    """Return all answers, those of one person together."""
    query = (
        select(
            ConsultationAnswer.response_id,
            ConsultationResponse.ward_code,
            ConsultationAnswer.question_id,
            ConsultationAnswer.option_id,
            ConsultationAnswer.value,
            ConsultationAnswer.text,
        )
        .join(ConsultationResponse, ConsultationResponse.id == ConsultationAnswer.response_id)
        .where(ConsultationResponse.consultation_id == consultation_id)
        .order_by(ConsultationAnswer.response_id, ConsultationAnswer.id)
        .limit(MOST_ROWS)
    )
    return [FileRow(*row) for row in db.session.execute(query)]


def texts(question_id: int, after: str | None) -> Page[tuple[int, str]]:
    """Return a page of the free texts to a question as (id, text), oldest first."""
    query = select(ConsultationAnswer.id, ConsultationAnswer.text).where(
        ConsultationAnswer.question_id == question_id, ConsultationAnswer.text != ""
    )
    cursor = Cursor.decode(after, (int,))
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        row_id = cursor.values[0]
        query = query.where(ConsultationAnswer.id < row_id if backwards else ConsultationAnswer.id > row_id)
    order = ConsultationAnswer.id.desc() if backwards else ConsultationAnswer.id.asc()
    rows = [(row[0], row[1]) for row in db.session.execute(query.order_by(order).limit(PAGE_SIZE + 1))]
    return page_of(rows, PAGE_SIZE, cursor, lambda row: (row[0],))


# --- who is told -----------------------------------------------------------------------------------


def followers(consultation_id: int) -> list[int]:
    """Return the ids of the follows of a consultation."""
    query = select(Follow.id).where(
        Follow.subject == Subject.CONSULTATION, Follow.subject_id == consultation_id
    )
    return list(db.session.scalars(query.order_by(Follow.id)))


def without_outcome(since: datetime, until: datetime) -> list[Consultation]:
    """Return the consultations that ended between two moments and have no outcome yet."""
    query = select(Consultation).where(
        Consultation.published_at.is_not(None),
        Consultation.outcome_at.is_(None),
        Consultation.closes_at > since,
        Consultation.closes_at <= until,
    )
    return list(db.session.scalars(query.order_by(Consultation.id).limit(MOST_RUNNING)))


def to_review(since: date, until: date) -> list[Consultation]:
    """Return the consultations whose outcome is to be looked at again on one of these days."""
    query = select(Consultation).where(
        Consultation.outcome_at.is_not(None),
        Consultation.review_on >= since,
        Consultation.review_on <= until,
    )
    return list(db.session.scalars(query.order_by(Consultation.id).limit(MOST_RUNNING)))


def last_day(moment: datetime) -> date:
    """Return the last whole day before an end; periods end at midnight unless they were ended early."""
    return city_date(datetime.fromtimestamp(moment.timestamp() - 1, tz=moment.tzinfo))
