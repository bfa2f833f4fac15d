"""Several counts in one pass over the same rows."""

from sqlalchemy import ColumnElement, func
from sqlalchemy import case as when


def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Return the column that counts the rows which fulfil a condition (0 where there are no rows)."""
    return func.coalesce(func.sum(when((condition, 1), else_=0)), 0)
