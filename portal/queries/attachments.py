"""Finding a file by its public name, with the case that says who may see it."""

import re
from dataclasses import dataclass

from sqlalchemy import select

from portal.core.database import db
from portal.models import Attachment, Submission

_TOKEN = re.compile(r"[\w-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """A file and the case it belongs to (None: it is part of a draft)."""

    file: Attachment
    case: Submission | None


def by_token(token: str) -> Found | None:
    """Return the file of that name. The caller asks who may see it."""
    if not _TOKEN.fullmatch(token):  # PostgreSQL takes no NUL, not even in a question
        return None
    query = (
        select(Attachment, Submission)
        .outerjoin(Submission, Submission.id == Attachment.submission_id)
        .where(Attachment.token == token)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else Found(*row)
