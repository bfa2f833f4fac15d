"""Whether people feel the result of a program: one word an account, which may be changed or taken back."""

from datetime import datetime

from sqlalchemy import delete

from portal.core.database import db, insert
from portal.models import Program, ResultVote, User
from portal.rules.programs import VOTED_ON
from portal.services import pages
from portal.services.errors import NotPermitted


def vote(program: Program, user: User, *, felt: bool, at: datetime) -> None:
    """Count the word of an account; a second one takes the place of the first."""
    if program.status not in VOTED_ON:
        raise NotPermitted
    values = {"program_id": program.id, "user_id": user.id, "felt": felt, "at": at}
    db.session.execute(
        insert(ResultVote)
        .values(values)
        .on_conflict_do_update(index_elements=["program_id", "user_id"], set_={"felt": felt, "at": at})
    )
    pages.touch()


def take_back(program: Program, user: User) -> None:
    """Forget the word of an account."""
    db.session.execute(
        delete(ResultVote).where(ResultVote.program_id == program.id, ResultVote.user_id == user.id)
    )
    pages.touch()
