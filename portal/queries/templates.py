"""Templates of official texts: those that somebody may use, and how useful their answers were."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, func, or_, select
from sqlalchemy.sql.expression import cast

from portal.core.database import db
from portal.models import AnswerTemplate
from portal.models.desk import AnswerVote
from portal.models.submissions import Answer
from portal.rules.permissions import Actor
from portal.rules.templates import may_read

#: More than anybody can choose from; keeps lists bounded.
MOST = 300
#: More than a select can show sensibly.
MOST_OFFERED = 60
#: Fewer votes than this say more about the voters than about the text (WORKFLOW section 4).
LEAST_VOTES = 5


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """One line of the list. `kind` and `reason_code` are "" for any."""

    id: int
    agency_id: int | None
    category_id: int | None
    kind: str
    reason_code: str
    title: str
    active: bool
    used: int
    last_used_at: datetime | None


_COLUMNS: tuple[Any, ...] = (
    AnswerTemplate.id,
    AnswerTemplate.agency_id,
    AnswerTemplate.category_id,
    AnswerTemplate.kind,
    AnswerTemplate.reason_code,
    AnswerTemplate.title,
    AnswerTemplate.active,
    AnswerTemplate.used,
    AnswerTemplate.last_used_at,
)


def by_id(template_id: int, actor: Actor) -> AnswerTemplate | None:
    """Return a template that the actor may use, switched off ones included; None: it does not exist."""
    found = db.session.get(AnswerTemplate, template_id) if 0 < template_id < 2**31 else None
    return found if found is not None and may_read(actor, found.agency_id) else None


def _owned_by(agency_ids: Collection[int]) -> ColumnElement[bool]:
    return or_(AnswerTemplate.agency_id.is_(None), AnswerTemplate.agency_id.in_(agency_ids))


def listed(actor: Actor, *, kind: str = "", category_id: int | None = None) -> list[TemplateRow]:
    """Return the templates of the actor's agencies and of the city, at most MOST.

    Agencies' first, those in use before those switched off, then by title. A filter keeps what fits it
    exactly.
    """
    query = select(*_COLUMNS).where(_owned_by(actor.agency_ids))
    if kind:
        query = query.where(AnswerTemplate.kind == kind)
    if category_id is not None:
        query = query.where(AnswerTemplate.category_id == category_id)
    query = query.order_by(
        AnswerTemplate.active.desc(),
        AnswerTemplate.agency_id.is_(None),
        AnswerTemplate.agency_id,
        func.lower(AnswerTemplate.title),
        AnswerTemplate.id,
    )
    found: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query.limit(MOST))]
    return [TemplateRow(*row) for row in found]


def for_case(
    actor: Actor, *, agency_id: int | None, category_id: int | None, kinds: Collection[str]
) -> list[TemplateRow]:
    """Return what the actor can begin a text of a case with, at most MOST_OFFERED.

    `kinds` are the steps in question. The agency's before the city's, the much used before the others.
    """
    own = [agency_id] if agency_id is not None and agency_id in actor.agency_ids else []
    query = select(*_COLUMNS).where(
        AnswerTemplate.active,
        _owned_by(own),
        or_(AnswerTemplate.category_id.is_(None), AnswerTemplate.category_id == category_id),
        AnswerTemplate.kind.in_(kinds),
    )
    query = query.order_by(
        AnswerTemplate.agency_id.is_(None),
        AnswerTemplate.used.desc(),
        func.lower(AnswerTemplate.title),
        AnswerTemplate.id,
    )
    found: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query.limit(MOST_OFFERED))]
    return [TemplateRow(*row) for row in found]


@dataclass(frozen=True, slots=True)
class Votes:
    """How many said that a text was useful, of how many."""

    useful: int
    all: int


_USEFUL = func.sum(cast(AnswerVote.useful, Integer))


def votes_of_answers(answer_ids: Sequence[int]) -> dict[int, Votes]:
    """Return what reporters said of these answers; those that nobody judged are missing."""
    if not answer_ids:
        return {}
    query = (
        select(AnswerVote.answer_id, _USEFUL, func.count())
        .where(AnswerVote.answer_id.in_(answer_ids))
        .group_by(AnswerVote.answer_id)
    )
    return {row[0]: Votes(int(row[1]), row[2]) for row in db.session.execute(query)}


def own_votes(submission_id: int, answer_ids: Sequence[int]) -> dict[int, bool]:
    """Return what the reporter of one submission said of these answers."""
    query = select(AnswerVote.answer_id, AnswerVote.useful).where(
        AnswerVote.submission_id == submission_id, AnswerVote.answer_id.in_(answer_ids)
    )
    return {row[0]: row[1] for row in db.session.execute(query)} if answer_ids else {}


def votes_of_templates(template_ids: Sequence[int]) -> dict[int, Votes]:
    """Return what reporters said of the answers that began from these templates, from LEAST_VOTES on."""
    if not template_ids:
        return {}
    query = (
        select(Answer.template_id, _USEFUL, func.count())
        .join(AnswerVote, AnswerVote.answer_id == Answer.id)
        .where(Answer.template_id.in_(template_ids))
        .group_by(Answer.template_id)
        .having(func.count() >= LEAST_VOTES)
    )
    found: list[tuple[Any, ...]] = [tuple(row) for row in db.session.execute(query)]
    return {row[0]: Votes(int(row[1]), row[2]) for row in found}
