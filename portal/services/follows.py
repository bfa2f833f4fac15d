"""Following a case, a program or a consultation: its news come to an account, however often one presses."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update

from portal.core.database import db, insert
from portal.models import Follow, Subject, Submission, Support, User

#: Cases that one case and everything merged into it may be.
_MOST = 1_000


def follow(user: User, subject: Subject, subject_id: int, *, at: datetime) -> bool:
    """Follow something; False where the account did already. The caller made sure that it may.

    Never for a case of the account's own: the reporter hears of it anyway, and no table names an account
    beside a case that it sent.
    """
    values = {"user_id": user.id, "subject": subject, "subject_id": subject_id, "created_at": at}
    row = insert(Follow).values(values).on_conflict_do_nothing().returning(Follow.id)
    return db.session.scalar(row) is not None


def unfollow(user: User, subject: Subject, subject_id: int) -> bool:
    """Follow it no more; of a case also nothing as its supporter. False where nothing was to be stopped."""
    gone = delete(Follow).where(
        Follow.user_id == user.id, Follow.subject == subject, Follow.subject_id == subject_id
    )
    stopped = bool(db.session.scalars(gone.returning(Follow.id)).all())
    if subject is Subject.SUBMISSION:
        stopped |= bool(_quiet_supports(user.id, [subject_id]))
    return stopped


def silence(user_id: int, case_id: int) -> None:
    """Stop all news of a case for an account, as its follower and supporter, merged cases included."""
    family = _family(case_id)
    db.session.execute(
        delete(Follow).where(
            Follow.user_id == user_id, Follow.subject == Subject.SUBMISSION, Follow.subject_id.in_(family)
        )
    )
    _quiet_supports(user_id, family)


def forget(user: User) -> None:
    """Follow nothing any more."""
    db.session.execute(delete(Follow).where(Follow.user_id == user.id))


def _quiet_supports(user_id: int, case_ids: Iterable[int]) -> list[int]:
    quiet = (
        update(Support)
        .where(
            Support.user_id == user_id,
            Support.submission_id.in_(list(case_ids)),
            Support.mail_stopped.is_(False),
        )
        .values(mail_stopped=True)
    )
    return list(db.session.scalars(quiet.returning(Support.id)))


def _family(case_id: int) -> list[int]:
    family = select(Submission.id).where(Submission.id == case_id).cte("family", recursive=True)
    family = family.union(select(Submission.id).join(family, Submission.merged_into_id == family.c.id))
    return list(db.session.scalars(select(family.c.id).order_by(family.c.id).limit(_MOST)))
