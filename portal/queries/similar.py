"""Finding public cases that may tell the same story as one that is being written."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Text,
    and_,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy import true as sql_true

from portal.core.database import db
from portal.core.text import alike, search_query, stems
from portal.models import Kind, SearchDocument, Status, Submission
from portal.rules import similarity
from portal.rules.workflow import OPEN

#: At most so many are shown.
MOST = 3
#: The newest so many that share a word are compared.
CANDIDATES = 150
_WORDS = 16
#: Letters of a story that are compared.
MOST_LETTERS = 1_000
#: A case that is over is no twin of one that begins: what happens again is told again.
_ALIVE = OPEN | {Status.ANSWERED, Status.DEFERRED}
_COMPARABLE = frozenset({Kind.PROBLEM, Kind.IDEA, Kind.QUESTION})


@dataclass(frozen=True, slots=True)
class SimilarRow:
    """A public case that may be the same."""

    id: int
    reference: str
    title: str
    status: Status
    ward_code: str | None
    category_id: int | None
    agency_id: int | None
    support_count: int


def find(
    text: str, *, kind: Kind, ward_code: str | None, category_id: int | None, but: int = 0
) -> list[SimilarRow]:
    """Return at most `MOST` listed, living cases of the same ward or category that resemble the text.

    `but` is the id of the case that asks, when it is one already.
    """
    listed = and_(Submission.listed.is_(sql_true()), Submission.id != but)
    return ranked(text, kind=kind, ward_code=ward_code, category_id=category_id, among=listed)[:MOST]


def related(case: Submission) -> list[SimilarRow]:
    """Return at most `MOST` living, listed cases that resemble a listed one, for the foot of its page."""
    if not case.listed:
        return []
    return find(
        f"{case.title} {case.body}",
        kind=case.kind,
        ward_code=case.ward_code,
        category_id=case.category_id,
        but=case.id,
    )


def ranked(
    text: str,
    *,
    kind: Kind,
    ward_code: str | None,
    category_id: int | None,
    among: ColumnElement[bool],
    least: float = similarity.THRESHOLD,
) -> list[SimilarRow]:
    """Return the living cases that fulfil `among` and resemble the text, the likeliest first.

    `least` is the score, of 100 for the words plus what the same ward and category add, from which on.
    """
    words = search_query(text, _WORDS)
    if kind not in _COMPARABLE or not words or (ward_code is None and category_id is None):
        return []
    key, condition, index = _any_of(list(dict.fromkeys(other for word in words for other in alike(word))))
    query = (
        select(
            Submission.id,
            Submission.reference,
            Submission.title,
            Submission.status,
            Submission.ward_code,
            Submission.category_id,
            Submission.agency_id,
            Submission.support_count,
            SearchDocument.stems,
        )
        .select_from(index)
        .join(Submission, Submission.id == key)
        .where(
            condition,
            among,
            Submission.kind.in_(_COMPARABLE),
            Submission.status.in_(_ALIVE),
            or_(*_near(ward_code, category_id)),
        )
        .order_by(key.desc())
        .limit(CANDIDATES)
    )
    if index is not SearchDocument.__table__:
        query = query.join(SearchDocument, SearchDocument.submission_id == Submission.id)
    found: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query)]
    points = similarity.scores(stems(text[:MOST_LETTERS]), [theirs.split() for *_, theirs in found])
    scored = []
    for (*values, _), score in zip(found, points, strict=True):
        row = SimilarRow(*values)
        if score <= 0:
            continue
        score += similarity.SAME_WARD * (ward_code is not None and row.ward_code == ward_code)
        score += similarity.SAME_CATEGORY * (category_id is not None and row.category_id == category_id)
        if score >= least:
            scored.append((score, row.support_count, row.id, row))
    return [row for *_, row in sorted(scored, reverse=True)]


def _near(ward_code: str | None, category_id: int | None) -> list[ColumnElement[bool]]:
    near: list[ColumnElement[bool]] = []
    if ward_code is not None:
        near.append(Submission.ward_code == ward_code)
    if category_id is not None:
        near.append(Submission.category_id == category_id)
    return near


def _any_of(words: list[str]) -> tuple[ColumnElement[int], ColumnElement[bool], FromClause]:
    """Return (id column, condition, table) that find any of the words. Stems carry no query syntax."""
    if db.engine.dialect.name == "sqlite":
        index = table("search_index", column("rowid", Integer), column("search_index", Text))
        wanted = " OR ".join(f'"{word}"' for word in words)
        return index.c.rowid, index.c.search_index.op("MATCH")(wanted), index
    document: ColumnElement[Any] = literal_column(
        "search_document.words"
    )  # a column of PostgreSQL's own, see the migration
    query: Any = func.to_tsquery(literal_column("'simple'"), " | ".join(words))
    return (
        cast(ColumnElement[int], SearchDocument.submission_id),
        document.op("@@")(query),
        SearchDocument.__table__,
    )
