"""Voiding what is kept of public pages: a number that the same transaction raises."""

from typing import Any

from sqlalchemy import event, insert, update

from portal.core.database import db
from portal.models import PageVersion

_TOUCHED = "pages_touched"
_REFERENCE = "reference_touched"


def touch_reference() -> None:
    """Say that reference data changed: every process reads it anew, and pages that show it are void."""
    db.session.info[_REFERENCE] = True
    touch()


def touch() -> None:
    """Raise the page version with this transaction, once, however often it is asked for.

    It is raised last, just before the commit: the row is one for the whole site, and on PostgreSQL
    everybody who writes would wait for whoever holds it.
    """
    db.session.info[_TOUCHED] = True


def _raise_version(session: Any) -> None:
    # releasing a savepoint is announced as a commit too
    if session.in_nested_transaction() or not session.info.pop(_TOUCHED, False):
        return
    step = int(session.info.pop(_REFERENCE, False))
    raised = session.execute(
        update(PageVersion)
        .where(PageVersion.id == 1)
        .values(number=PageVersion.number + 1, reference_number=PageVersion.reference_number + step)
    )
    if raised.rowcount == 0:
        session.execute(insert(PageVersion).values(id=1, number=1, reference_number=1))


def _forget(session: Any) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_TOUCHED, None)
        session.info.pop(_REFERENCE, None)


event.listen(db.session, "before_commit", _raise_version)
event.listen(db.session, "after_rollback", _forget)
