"""Templates of official texts: writing them, switching them off, counting their use."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update

from portal.core.database import db
from portal.core.text import normalise
from portal.models import Answer, AnswerTemplate
from portal.rules.permissions import Actor
from portal.rules.templates import may_write, unknown_fields
from portal.services.errors import NotPermitted, StaleVersion

#: What `create` and `edit` set.
FIELDS = frozenset({"agency_id", "category_id", "kind", "reason_code", "title", "text"})


class UnknownField(ValueError):
    """A text has something in braces that is no field; `name` is what stands there."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no such field: {name}")
        self.name = name


def create(*, fields: Mapping[str, Any], actor: Actor, at: datetime) -> AnswerTemplate:
    """Add a template. `fields` are those of FIELDS. Raise `NotPermitted` or `UnknownField`."""
    template = AnswerTemplate(active=True, used=0, version=1)
    _write(template, fields, actor, at)
    db.session.add(template)
    db.session.flush()  # need the id
    return template


def edit(
    template: AnswerTemplate, *, fields: Mapping[str, Any], version: int, actor: Actor, at: datetime
) -> None:
    """Change a template. Raise `NotPermitted`, `UnknownField`, or `StaleVersion`: somebody was first."""
    _hold(template, version, actor)
    _write(template, fields, actor, at)
    template.version += 1


def switch(template: AnswerTemplate, *, active: bool, version: int, actor: Actor, at: datetime) -> None:
    """Offer a template or stop offering it; what was published from it keeps its count."""
    _hold(template, version, actor)
    if template.active == active:
        return
    template.active = active
    template.version += 1
    template.updated_at, template.updated_by_id = at, actor.user_id


def _hold(template: AnswerTemplate, version: int, actor: Actor) -> None:
    db.session.refresh(template, with_for_update=True)
    if not may_write(actor, template.agency_id):
        raise NotPermitted
    if template.version != version:
        raise StaleVersion(template.version)


def _write(template: AnswerTemplate, fields: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    if not may_write(actor, fields["agency_id"]):
        raise NotPermitted
    text = normalise(fields["text"])
    for name in unknown_fields(text):
        raise UnknownField(name)
    for name in FIELDS:
        setattr(template, name, fields[name])
    template.text = text
    template.updated_at, template.updated_by_id = at, actor.user_id


def note_use(template: AnswerTemplate, answer: Answer | None, *, at: datetime) -> None:
    """Count a published text (or a question sent, `answer` None) that began from a template.

    A draft remembers its template and is counted when it is published.
    """
    if answer is not None:
        answer.template_id = template.id
        if answer.published_at is None:
            return
    # By the database: colleagues may publish in the same moment.
    db.session.execute(
        update(AnswerTemplate)
        .where(AnswerTemplate.id == template.id)
        .values(used=AnswerTemplate.used + 1, last_used_at=at)
        .execution_options(synchronize_session="fetch")
    )
