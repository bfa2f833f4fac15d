"""Cases that may tell the same as one at the desk, with enough of each to judge."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from portal.core.database import db
from portal.models import Answer, Attachment, NotDuplicate, Purpose, Status, Submission
from portal.queries import similar
from portal.queries.cases import visible
from portal.rules.permissions import Actor
from portal.rules.visibility import shows_files

#: At most so many are shown beside a case.
MOST = 4
#: Staff look at forty cases a day: two words in common are not worth a card. Tried on the example data.
LEAST = 45.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that may be the same. `answer` is the newest official text, `thumbnail` the token of a photo."""

    case: Submission
    merged: int = 0
    thumbnail: str = ""
    answer: str = ""


def reachable(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for cases that one may be merged into: read at the desk, or open to everybody.

    Secret ones are never tied to any other.
    """
    return and_(Submission.secret.is_(False), or_(visible(actor), Submission.listed.is_(True)))


def candidates(case: Submission, actor: Actor) -> list[Candidate]:
    """Return at most MOST cases that resemble this one, the likeliest first; none for a secret one."""
    if case.secret:
        return []
    rejected = _rejected(case.id)
    ranked = similar.ranked(
        f"{case.title} {case.body}",
        kind=case.kind,
        ward_code=case.ward_code,
        category_id=case.category_id,
        among=and_(reachable(actor), Submission.hidden_code.is_(None)),
        least=LEAST,
    )
    ids = [row.id for row in ranked if row.id != case.id and row.id not in rejected][:MOST]
    return _described(ids)


def between(case: Submission, other: Submission) -> list[Candidate]:
    """Describe two cases that stand side by side, in this order."""
    return _described([case.id, other.id])


def _described(ids: list[int]) -> list[Candidate]:
    if not ids:
        return []
    found = {row.id: row for row in db.session.scalars(select(Submission).where(Submission.id.in_(ids)))}
    merged = dict(
        db.session.execute(
            select(Submission.merged_into_id, func.count())
            .where(Submission.merged_into_id.in_(ids), Submission.status == Status.MERGED)
            .group_by(Submission.merged_into_id)
        ).all()
    )
    made = {
        one: Candidate(found[one], merged.get(one, 0)) for one in ids if one in found
    }  # in the order of `ids`
    with_files = [one for one in made if found[one].file_count and shows_files(found[one])]
    for owner, token in db.session.execute(_thumbnails(with_files)) if with_files else ():
        if owner in made and not made[owner].thumbnail:
            made[owner] = replace(made[owner], thumbnail=token)
    answered = [one for one in made if found[one].answered_at is not None]
    for owner, text in db.session.execute(_answers(answered)) if answered else ():
        made[owner] = replace(made[owner], answer=text)
    return list(made.values())


def _thumbnails(ids: list[int]) -> Select[int | None, str]:
    return (
        select(Attachment.submission_id, Attachment.token)
        .where(
            Attachment.submission_id.in_(ids),
            Attachment.purpose == Purpose.STORY,
            Attachment.thumbnail_key != "",
            Attachment.cleared.is_(True),
            Attachment.proprietary.is_(False),
        )
        .order_by(Attachment.id)
        .limit(60)
    )


def _answers(ids: list[int]) -> Select[int, str]:
    return (
        select(Answer.submission_id, Answer.text)
        .where(Answer.submission_id.in_(ids), Answer.published_at.is_not(None))
        .order_by(Answer.id)
        .limit(60)
    )


def _rejected(case_id: int) -> frozenset[int]:
    query = (
        select(NotDuplicate.low_id, NotDuplicate.high_id)
        .where(or_(NotDuplicate.low_id == case_id, NotDuplicate.high_id == case_id))
        .limit(500)
    )
    return frozenset(high if low == case_id else low for low, high in db.session.execute(query))


def by_reference(reference: str, actor: Actor) -> Submission | None:
    """Return a case that the actor may compare with, else None."""
    query = select(Submission).where(Submission.reference == reference, reachable(actor))
    return db.session.scalar(query)


def judged_different(one: Submission, other: Submission) -> datetime | None:
    """Return when somebody found the two different, or None."""
    low, high = sorted((one.id, other.id))
    return db.session.scalar(
        select(NotDuplicate.at).where(NotDuplicate.low_id == low, NotDuplicate.high_id == high)
    )
