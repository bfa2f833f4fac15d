"""Writing a consultation: its data, its questions and their options.

Until somebody answered everything may change. From the first answer on people have answered these questions:
then only a slip in the words may be mended, with a note that everybody reads. Kind, order, number and figures
stay, and so do period, eligibility and ward (the period is changed by `life.extend` and `life.close`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.core.database import db
from portal.core.text import fold, normalise
from portal.models import Consultation, ConsultationOption, ConsultationQuestion, QuestionKind
from portal.queries import consultations as reads
from portal.rules.consultations import WITH_OPTIONS, Stage, may_publish, may_write, stage
from portal.rules.permissions import Actor
from portal.services import audit, pages
from portal.services.errors import NotPermitted, StaleVersion

SUBJECT = "consultation"
CORRECTED = "corrected"

#: What `create` and `edit` may set.
FIELDS = frozenset(
    {
        "kind",
        "agency_id",
        "program_id",
        "title_id",
        "title_en",
        "background_id",
        "background_en",
        "eligibility",
        "ward_code",
        "opens_at",
        "closes_at",
    }
)
#: Of these a correction after the first answer may touch only the words.
_WORDS = frozenset({"title_id", "title_en", "background_id", "background_en"})


@dataclass(frozen=True, slots=True)
class OptionDraft:
    """An option as it is written; `id` None for a new one."""

    id: int | None
    text_id: str = ""
    text_en: str = ""
    submission_id: int | None = None


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question as it is written; `id` None for a new one."""

    id: int | None
    kind: QuestionKind
    text_id: str
    text_en: str = ""
    required: bool = True
    most: int | None = None
    points: int | None = None
    options: tuple[OptionDraft, ...] = ()


class Frozen(Exception):
    """People have answered: only words may still be mended."""


class NoteMissing(Exception):
    """Mending words that people have answered takes a note for everybody."""


def create(
    *, actor: Actor, at: datetime, fields: Mapping[str, Any], questions: Sequence[QuestionDraft]
) -> Consultation:
    """Write a new consultation, which nobody but staff sees. Raises `NotPermitted`."""
    if not may_write(actor, fields["agency_id"]):
        raise NotPermitted
    one = Consultation(
        **_tidy(fields),
        slug=_slug(fields["title_id"]),
        created_by_id=actor.user_id,
        created_at=at,
        changes=[],
    )
    db.session.add(one)
    db.session.flush()  # need the id
    _write(one, questions)
    audit.note("create", SUBJECT, one.id, actor=actor, at=at)
    return one


def _slug(title: str) -> str:
    """Return an address made of the title that no other consultation has."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:60].strip("-") or "konsultasi"
    slug, number = words, 1
    while reads.slug_taken(slug):
        number += 1
        slug = f"{words}-{number}"
    return slug


def _tidy(fields: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: fields[name] for name in FIELDS & fields.keys()}
    return {name: normalise(value) if name in _WORDS else value for name, value in found.items()}


def edit(
    one: Consultation,
    *,
    actor: Actor,
    at: datetime,
    version: int,
    fields: Mapping[str, Any],
    questions: Sequence[QuestionDraft],
    note: str = "",
) -> None:
    """Change a consultation. Raises `NotPermitted`, `StaleVersion`, `Frozen`, `NoteMissing`.

    The period of a published one is changed with a reason only (`life.extend`, `life.close`). What is
    published already is changed by those only who may publish.
    """
    db.session.flush()  # reading anew forgets what was not written yet
    db.session.refresh(one, with_for_update=True)  # nobody answers meanwhile
    allowed = may_write if one.published_at is None else may_publish
    if not allowed(actor, one.agency_id):
        raise NotPermitted
    if one.version != version:
        raise StaleVersion(one.version)
    if stage(one, at) is Stage.ARCHIVED:
        raise Frozen
    changes = _tidy(fields)
    if "agency_id" in changes and not allowed(actor, changes["agency_id"]):
        raise NotPermitted
    answered = one.response_count > 0
    if one.published_at is not None and any(
        changes.get(name, getattr(one, name)) != getattr(one, name) for name in ("opens_at", "closes_at")
    ):
        raise Frozen
    if answered:
        _mend(one, changes, questions, normalise(note), at)
    else:
        for name, value in changes.items():
            setattr(one, name, value)
        _write(one, questions)
    one.version += 1
    action = CORRECTED if answered else "edit"
    audit.note(action, SUBJECT, one.id, actor=actor, at=at, data={"version": one.version})
    pages.touch()


def _mend(
    one: Consultation, changes: dict[str, Any], drafts: Sequence[QuestionDraft], note: str, at: datetime
) -> None:
    rows = reads.questions(one.id)
    same = [
        (row.id, row.kind, row.required, row.most, row.points, tuple(option.id for option in row.options))
        for row in rows
    ] == [
        (row.id, row.kind, row.required, row.most, row.points, tuple(option.id for option in row.options))
        for row in drafts
    ]
    fixed = {name: value for name, value in changes.items() if name not in _WORDS}
    if not same or any(getattr(one, name) != value for name, value in fixed.items()):
        raise Frozen
    before = _words(one)
    for name in _WORDS & changes.keys():
        setattr(one, name, changes[name])
    _write(one, drafts)
    if before != _words(one):
        if not note:
            raise NoteMissing
        one.changes = [*one.changes, {"at": at.isoformat(), "kind": CORRECTED, "text": note}]


def _words(one: Consultation) -> list[str]:
    db.session.flush()  # what was just set is compared with what stands
    found = [getattr(one, name) for name in sorted(_WORDS)]
    for row in reads.questions(one.id):
        found += [row.text_id, row.text_en]
        found += [text for option in row.options for text in (option.text_id, option.text_en)]
    return found


def _write(one: Consultation, drafts: Sequence[QuestionDraft]) -> None:
    """Make the questions those of the drafts, keeping rows that are named by their id."""
    kept = {
        row.id: row
        for row in db.session.scalars(
            select(ConsultationQuestion)
            .where(ConsultationQuestion.consultation_id == one.id)
            .order_by(ConsultationQuestion.id)
        )
    }
    for position, draft in enumerate(drafts):
        row = kept.pop(draft.id, None) if draft.id is not None else None
        if row is None:
            row = ConsultationQuestion(consultation_id=one.id)
            db.session.add(row)
        row.position, row.kind = position, draft.kind
        row.text_id, row.text_en = normalise(draft.text_id), normalise(draft.text_en)
        row.required = draft.required
        row.most = draft.most if draft.kind is QuestionKind.MULTIPLE else None
        row.points = draft.points if draft.kind is QuestionKind.POINTS else None
        db.session.flush()  # need the id
        _write_options(row, draft.options if draft.kind in WITH_OPTIONS else ())
    for row in kept.values():
        db.session.delete(row)
    db.session.flush()  # the options of a question that went go with it, in the database


def _write_options(question: ConsultationQuestion, drafts: Sequence[OptionDraft]) -> None:
    kept = {
        row.id: row
        for row in db.session.scalars(
            select(ConsultationOption)
            .where(ConsultationOption.question_id == question.id)
            .order_by(ConsultationOption.id)
        )
    }
    for position, draft in enumerate(drafts):
        row = kept.pop(draft.id, None) if draft.id is not None else None
        if row is None:
            row = ConsultationOption(question_id=question.id)
            db.session.add(row)
        row.position, row.submission_id = position, draft.submission_id
        row.text_id, row.text_en = normalise(draft.text_id), normalise(draft.text_en)
    for row in kept.values():
        db.session.delete(row)
