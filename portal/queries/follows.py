"""What an account follows, and whether it may."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, and_, case, func, or_, select

from portal.core.database import db
from portal.models import Consultation, Follow, Program, Subject, Submission
from portal.rules.visibility import shows_text

#: Rows of one page of what somebody follows.
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Followed:
    """Something that an account follows. `address` is its reference, code or slug.

    Of what nobody may read (any more) the titles are empty.
    """

    follow_id: int
    subject: Subject
    subject_id: int
    address: str
    title_id: str
    title_en: str
    since: datetime


def consultation(slug: str) -> Consultation | None:
    """Return a consultation."""
    return db.session.scalar(select(Consultation).where(Consultation.slug == slug))


def is_following(user_id: int, subject: Subject, subject_id: int) -> bool:
    """Tell whether an account follows something."""
    query = select(Follow.id).where(
        Follow.user_id == user_id, Follow.subject == subject, Follow.subject_id == subject_id
    )
    return db.session.scalar(query) is not None


def may_be_followed(found: Submission | Program | Consultation, *, at: datetime) -> bool:
    """Tell whether everybody can read something, so that everybody may ask for its news.

    A case that was merged counts: who follows it hears of the case that it was merged into.
    """
    match found:
        case Submission():
            return shows_text(found)
        case Consultation():
            return found.published_at is not None and found.published_at <= at
        case _:
            return True


def of_user(user_id: int, *, before_id: int | None = None, size: int = PAGE_SIZE) -> list[Followed]:
    """Return what an account follows, the newest first; `before_id` is the last id of the page before."""
    kind = Follow.subject
    query = (
        select(
            Follow.id,
            kind,
            Follow.subject_id,
            func.coalesce(Submission.reference, Program.code, Consultation.slug, ""),
            func.coalesce(_shown_title(), Program.title_id, Consultation.title_id, "").cast(Text),
            func.coalesce(Program.title_en, Consultation.title_en, ""),
            Follow.created_at,
        )
        .join(
            Submission,
            and_(
                kind == Subject.SUBMISSION, Submission.id == Follow.subject_id, Submission.secret.is_(False)
            ),
            isouter=True,
        )
        .join(Program, and_(kind == Subject.PROGRAM, Program.id == Follow.subject_id), isouter=True)
        .join(
            Consultation,
            and_(kind == Subject.CONSULTATION, Consultation.id == Follow.subject_id),
            isouter=True,
        )
        .where(
            Follow.user_id == user_id,
            or_(Submission.id.is_not(None), Program.id.is_not(None), Consultation.id.is_not(None)),
        )
    )
    if before_id is not None:
        query = query.where(Follow.id < before_id)
    return [Followed(*row) for row in db.session.execute(query.order_by(Follow.id.desc()).limit(size))]


def _shown_title() -> ColumnElement[str | None]:
    """The title of a case while everybody may read it: it is the reporter's own words."""
    shown = and_(Submission.text_public.is_(True), Submission.hidden_code.is_(None))
    return case((shown, Submission.title), else_=None)
