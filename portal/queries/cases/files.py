"""A list of the desk as rows for a file that leaves the house."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case as when
from sqlalchemy import select

from portal.core.database import db
from portal.models import Kind, Place, Status, Submission, User
from portal.queries.cases.filters import Filters
from portal.queries.cases.queues import Queue, chosen_ids
from portal.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class FileRow:
    """One case in a file. No body and nothing of the reporter."""

    reference: str
    kind: Kind
    status: Status
    title: str
    place: Place
    ward_code: str | None
    category_id: int | None
    agency_id: int | None
    officer: str | None
    received_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    answered_in_days: int | None
    support_count: int
    handovers: int
    reopened: int
    priority: int


def file_rows(
    actor: Actor, queue: Queue, filters: Filters, *, at: datetime, most: int
) -> tuple[list[FileRow], bool]:
    """Return at most `most` cases of a list in its order, and whether there were more.

    The actor gets what they may read, which is what they may export (both are one line of the policy:
    WORKFLOW section 5). Two things stay behind, since a file is sent on to people whom no policy asks:
    - secret cases altogether; not even their existence is for others, so no row counts them;
    - the title where the public may not read the text (`rules.visibility.shows_text`): before verification
      and after moderation it may hold a name or a telephone number, and exports go without identity.
    """
    found = chosen_ids(actor, queue, filters, at=at)
    if found is None:
        return [], False
    query, order = found
    page = order.after(query.where(Submission.secret.is_(False)), None).limit(most + 1).subquery()
    keys = [page.c[f"key_{number}"] for number in range(len(order.keys))]
    readable = (
        Submission.text_public & Submission.hidden_code.is_(None) & (Submission.status != Status.WITHDRAWN)
    )
    rows = (
        select(
            Submission.reference,
            Submission.kind,
            Submission.status,
            when((readable, Submission.title), else_=""),
            Submission.place,
            Submission.ward_code,
            Submission.category_id,
            Submission.agency_id,
            User.name,
            Submission.received_at,
            Submission.due_at,
            Submission.answered_at,
            Submission.answered_in_days,
            Submission.support_count,
            Submission.handovers,
            Submission.reopened,
            Submission.priority,
        )
        .select_from(page)
        .join(Submission, Submission.id == page.c.id)
        .outerjoin(User, User.id == Submission.officer_id)
        .order_by(*(key.desc() if order.descending else key.asc() for key in keys))
    )
    read: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(rows)]
    return [FileRow(*row) for row in read[:most]], len(read) > most
